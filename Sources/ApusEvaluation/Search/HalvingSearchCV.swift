import ApusCore

/// Tries every combination of some parameter values on few rows, the better part of them on more, and so on.
///
///     let search = HalvingGridSearchCV(DecisionTreeClassifier(), ["maxDepth": [2, 4, 8, 16]], Halving(factor: 2))
///     try search.fit(x, y).bestParameters
///
/// The rounds, candidates and scores equal those of scikit-learn's `HalvingGridSearchCV`.
public struct HalvingGridSearchCV<Kind: Estimator>: ParameterSearch {
    /// The estimator whose parameters are varied; those that are not stay as they are.
    public var estimator: Kind
    /// A list of values for each parameter.
    public var space: SearchSpace
    /// The rounds.
    public var halving: Halving
    /// Splits, scores and what to do at the end.
    public var options: SearchOptions
    /// Rounds of a grid.
    public var strategy: SearchStrategy { .halvingGrid(halving) }

    /// A search; `fit` validates it.
    public init(
        _ estimator: Kind, _ space: SearchSpace, _ halving: Halving = Halving(),
        _ options: SearchOptions = SearchOptions()
    ) {
        self.estimator = estimator
        self.space = space
        self.halving = halving
        self.options = options
    }
}

/// Tries combinations of parameter values drawn at random on few rows, the better part of them on more, and so on.
///
/// The rounds, candidates and scores equal those of scikit-learn's `HalvingRandomSearchCV`.
public struct HalvingRandomSearchCV<Kind: Estimator>: ParameterSearch {
    /// The estimator whose parameters are varied; those that are not stay as they are.
    public var estimator: Kind
    /// A list of values or a distribution for each parameter.
    public var space: SearchSpace
    /// How many candidates are drawn; nil draws as many as leave the last round all resources.
    public var nCandidates: Int?
    /// The rounds.
    public var halving: Halving
    /// Splits, scores and what to do at the end.
    public var options: SearchOptions
    /// Rounds of candidates drawn at random.
    public var strategy: SearchStrategy { .halvingRandom(halving, nCandidates: nCandidates) }

    /// A search; `fit` validates it.
    public init(
        _ estimator: Kind, _ space: SearchSpace, nCandidates: Int? = nil, _ halving: Halving = Halving(),
        _ options: SearchOptions = SearchOptions()
    ) {
        self.estimator = estimator
        self.space = space
        self.nCandidates = nCandidates
        self.halving = halving
        self.options = options
    }
}

/// Tries combinations of parameter values that a tree-structured Parzen estimator draws: it learns from each candidate
/// where to look next.
///
///     let search = TPESearchCV(SVC(), ["c": .logUniform(1e-3, 1e3), "gamma": .logUniform(1e-4, 1)], TPESettings(nIter: 40))
///     try search.fit(x, y).bestParameters
///
/// The candidates are those of Optuna's `TPESampler(multivariate=False)` with the same seed, up to rounding. A journal's
/// search goes on exactly as it would have, and processes that share one share the folds of each candidate.
public struct TPESearchCV<Kind: Estimator>: ParameterSearch {
    /// The estimator whose parameters are varied; those that are not stay as they are.
    public var estimator: Kind
    /// A list of values or a distribution for each parameter.
    public var space: SearchSpace
    /// How candidates are drawn and given up.
    public var settings: TPESettings
    /// Splits, scores and what to do at the end.
    public var options: SearchOptions
    /// Candidates that are learned from.
    public var strategy: SearchStrategy { .tpe(settings) }

    /// A search; `fit` validates it.
    public init(
        _ estimator: Kind, _ space: SearchSpace, _ settings: TPESettings = TPESettings(),
        _ options: SearchOptions = SearchOptions()
    ) {
        self.estimator = estimator
        self.space = space
        self.settings = settings
        self.options = options
    }
}
