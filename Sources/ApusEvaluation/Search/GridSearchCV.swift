import ApusCore

/// Tries every combination of some parameter values by cross-validation and keeps the best.
///
///     let search = GridSearchCV(DecisionTreeClassifier(), ["maxDepth": [2, 4, 8], "criterion": ["gini", "entropy"]])
///     let result = try search.fit(x, y)
///     result.bestParameters
///
/// The candidates, their order and their scores equal those of scikit-learn's `GridSearchCV`.
public struct GridSearchCV<Kind: Estimator>: Sendable {
    /// The estimator whose parameters are varied; those that are not stay as they are.
    public var estimator: Kind
    /// A list of values for each parameter.
    public var space: SearchSpace
    /// Splits, scores and what to do at the end.
    public var options: SearchOptions

    /// A search; `fit` validates it.
    public init(_ estimator: Kind, _ space: SearchSpace, _ options: SearchOptions = SearchOptions()) {
        self.estimator = estimator
        self.space = space
        self.options = options
    }
}

extension GridSearchCV where Kind: Classifier {
    /// Searches on labelled rows.
    ///
    /// - Throws: `ApusError` for an unknown parameter or an illegal value before anything is fitted, or when every candidate
    ///   fails; `CancellationError`.
    public func fit(_ x: Matrix, _ y: Labels, progress: ProgressHandler? = nil) throws -> SearchResult<Kind.Model> {
        try search(estimator, x, y, space.grid(), options, progress)
    }
}

extension GridSearchCV where Kind: Regressor {
    /// Searches on rows with a known number each.
    ///
    /// - Throws: As for classifiers.
    public func fit(_ x: Matrix, _ y: [Double], progress: ProgressHandler? = nil) throws -> SearchResult<Kind.Model> {
        try search(estimator, x, y, space.grid(), options, progress)
    }
}

/// Tries combinations of parameter values drawn at random by cross-validation and keeps the best.
///
///     let search = RandomizedSearchCV(
///         RandomForestClassifier(seed: 42), ["maxDepth": .integers(1..<20), "maxFeatures": .uniform(0, 1)],
///         nIter: 100, seed: 42)
///
/// The candidates, their order and their scores equal those of scikit-learn's `RandomizedSearchCV` with the same seed.
public struct RandomizedSearchCV<Kind: Estimator>: Sendable {
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

extension RandomizedSearchCV where Kind: Classifier {
    /// Searches on labelled rows.
    ///
    /// - Throws: As `GridSearchCV`.
    public func fit(_ x: Matrix, _ y: Labels, progress: ProgressHandler? = nil) throws -> SearchResult<Kind.Model> {
        try search(estimator, x, y, space.sample(nIter, seed: seed), options, progress)
    }
}

extension RandomizedSearchCV where Kind: Regressor {
    /// Searches on rows with a known number each.
    ///
    /// - Throws: As `GridSearchCV`.
    public func fit(_ x: Matrix, _ y: [Double], progress: ProgressHandler? = nil) throws -> SearchResult<Kind.Model> {
        try search(estimator, x, y, space.sample(nIter, seed: seed), options, progress)
    }
}

private func search<Kind: Classifier>(
    _ estimator: Kind, _ x: Matrix, _ y: Labels, _ candidates: [[String: JSONValue]], _ options: SearchOptions,
    _ progress: ProgressHandler?
) throws -> SearchResult<Kind.Model> {
    let plain = try Learner.classifier(estimator, x, y, weights: options.weights, sensitive: options.sensitive)
    return try Search(candidates, plain: plain, options) { parameters in
        try Learner.classifier(
            estimator.changed(parameters), x, y, weights: options.weights, sensitive: options.sensitive)
    }.run(candidates, progress)
}

private func search<Kind: Regressor>(
    _ estimator: Kind, _ x: Matrix, _ y: [Double], _ candidates: [[String: JSONValue]], _ options: SearchOptions,
    _ progress: ProgressHandler?
) throws -> SearchResult<Kind.Model> {
    let plain = try Learner.regressor(estimator, x, y, weights: options.weights, sensitive: options.sensitive)
    return try Search(candidates, plain: plain, options) { parameters in
        try Learner.regressor(
            estimator.changed(parameters), x, y, weights: options.weights, sensitive: options.sensitive)
    }.run(candidates, progress)
}
