import ApusCore

/// A search for the parameters of an estimator: what all of them have in common.
public protocol ParameterSearch: Sendable {
    /// The kind of estimator whose parameters are searched.
    associatedtype Kind: Estimator
    /// The estimator whose parameters are varied; those that are not stay as they are.
    var estimator: Kind { get set }
    /// A list of values or a distribution for each parameter.
    var space: SearchSpace { get set }
    /// Splits, scores and what to do at the end.
    var options: SearchOptions { get set }
    /// How candidates are chosen.
    var strategy: SearchStrategy { get }
}

extension ParameterSearch where Kind: Classifier {
    /// Searches on labelled rows.
    ///
    /// - Throws: `ApusError` for an unknown parameter or an illegal value before anything is fitted, when every candidate
    ///   fails, or when the journal belongs to another search; `CancellationError`.
    public func fit(_ x: Matrix, _ y: Labels, progress: ProgressHandler? = nil) throws -> SearchResult<Kind.Model> {
        let (estimator, weights, sensitive) = (estimator, options.weights, options.sensitive)
        return try found(
            Learner.classifier(estimator, x, y, weights: weights, sensitive: sensitive),
            Fingerprint(x, y, weights: weights).adding(sensitive), progress
        ) { try Learner.classifier(estimator.changed($0), x, y, weights: weights, sensitive: sensitive) }
    }
}

extension ParameterSearch where Kind: Regressor {
    /// Searches on rows with a known number each.
    ///
    /// - Throws: As for classifiers.
    public func fit(_ x: Matrix, _ y: [Double], progress: ProgressHandler? = nil) throws -> SearchResult<Kind.Model> {
        let (estimator, weights, sensitive) = (estimator, options.weights, options.sensitive)
        return try found(
            Learner.regressor(estimator, x, y, weights: weights, sensitive: sensitive),
            Fingerprint(x, y, weights: weights).adding(sensitive), progress
        ) { try Learner.regressor(estimator.changed($0), x, y, weights: weights, sensitive: sensitive) }
    }
}

extension ParameterSearch {
    fileprivate func found<Model: FittedModel>(
        _ plain: Learner<Model>, _ data: Fingerprint, _ progress: ProgressHandler?,
        _ learner: @escaping @Sendable ([String: JSONValue]) throws -> Learner<Model>
    ) throws -> SearchResult<Model> {
        let problem = try plain.problem(options, kind: estimator.identity, data: data.description, learner)
        let table = try SearchEngine(problem, options).run(space, strategy, progress)
        let clock = ContinuousClock()
        let start = clock.now
        let model =
            options.refit
            ? try learner(table.candidates[table.bestIndex].parameters).fit(Array(0..<plain.rows)) : nil
        return SearchResult(
            scores: problem.scores, candidates: table.candidates, bestIndex: table.bestIndex, model: model,
            refitSeconds: options.refit ? seconds(clock.now - start) : nil)
    }
}

/// Tries every combination of some parameter values by cross-validation and keeps the best.
///
///     let search = GridSearchCV(DecisionTreeClassifier(), ["maxDepth": [2, 4, 8], "criterion": ["gini", "entropy"]])
///     let result = try search.fit(x, y)
///     result.bestParameters
///
/// The candidates, their order and their scores equal those of scikit-learn's `GridSearchCV`.
public struct GridSearchCV<Kind: Estimator>: ParameterSearch {
    /// The estimator whose parameters are varied; those that are not stay as they are.
    public var estimator: Kind
    /// A list of values for each parameter.
    public var space: SearchSpace
    /// Splits, scores and what to do at the end.
    public var options: SearchOptions
    /// Every combination.
    public var strategy: SearchStrategy { .grid }

    /// A search; `fit` validates it.
    public init(_ estimator: Kind, _ space: SearchSpace, _ options: SearchOptions = SearchOptions()) {
        self.estimator = estimator
        self.space = space
        self.options = options
    }
}

/// Tries combinations of parameter values drawn at random by cross-validation and keeps the best.
///
///     let search = RandomizedSearchCV(
///         RandomForestClassifier(seed: 42), ["maxDepth": .integers(1..<20), "maxFeatures": .uniform(0, 1)],
///         nIter: 100, seed: 42)
///
/// The candidates, their order and their scores equal those of scikit-learn's `RandomizedSearchCV` with the same seed.
public struct RandomizedSearchCV<Kind: Estimator>: ParameterSearch {
    /// The estimator whose parameters are varied; those that are not stay as they are.
    public var estimator: Kind
    /// A list of values or a distribution for each parameter.
    public var space: SearchSpace
    /// How many candidates are drawn, at least 1; default 10.
    public var nIter: Int
    /// The seed of the draws; default 0.
    public var seed: UInt32
    /// Splits, scores and what to do at the end.
    public var options: SearchOptions
    /// As many combinations as were asked for.
    public var strategy: SearchStrategy { .random(nIter: nIter, seed: seed) }

    /// A search; `fit` validates it.
    public init(
        _ estimator: Kind, _ space: SearchSpace, nIter: Int = 10, seed: UInt32 = 0,
        _ options: SearchOptions = SearchOptions()
    ) {
        self.estimator = estimator
        self.space = space
        self.nIter = nIter
        self.seed = seed
        self.options = options
    }
}
