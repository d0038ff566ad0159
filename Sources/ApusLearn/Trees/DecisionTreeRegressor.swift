import ApusCore

/// A tree of yes-no questions about single features that predicts a number.
///
///     let model = try DecisionTreeRegressor(maxDepth: 4).fit(x, y)
///     try model.predict(x)
///
/// Each node asks whether a feature is at most a threshold, namely the question after which the two sides' impurities,
/// weighted by their samples, are smallest. Leaves answer with the mean of their training
/// samples, or their median where the criterion is the absolute error.
/// Values are compared as 32-bit numbers. NaN stands for a missing value: each question also learns where those go.
/// For the same parameters and seed the tree is scikit-learn's, node for node.
///
/// Source: L. Breiman, J. Friedman, R. Olshen and C. Stone, "Classification and Regression Trees" (1984).
public struct DecisionTreeRegressor: Regressor, TreeParameters {
    /// The impurity that splits lower.
    public enum Criterion: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// The variance: the mean of (y - mean)².
        case squaredError
        /// The mean of |y - median|, for tables without missing values. Leaves answer with the median.
        case absoluteError
        /// Half the Poisson deviance, the mean of y ln(y / mean), for targets of at least 0 that are not all 0.
        case poisson
    }

    /// `decision-tree`.
    public static let catalogName = "decision-tree"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// The impurity that splits lower; default squared error.
    public var criterion: Criterion
    /// How splits are searched; default the best one.
    public var splitter: TreeSplitter
    /// The greatest depth, at least 1; default nil: no limit.
    public var maxDepth: Int?
    /// The least number of samples that are split; default 2.
    public var minSamplesSplit: SampleCount
    /// The least number of samples in a leaf; default 1.
    public var minSamplesLeaf: SampleCount
    /// The least part of the total weight in a leaf, 0 to 0.5; default 0.
    public var minWeightFractionLeaf: Double
    /// How many features are tried at each node; default all.
    public var maxFeatures: MaxFeatures
    /// The greatest number of leaves, at least 2, grown best first; default nil: no limit.
    public var maxLeafNodes: Int?
    /// The least fall of the impurity that a split must bring, at least 0; default 0.
    public var minImpurityDecrease: Double
    /// The price of a leaf in cost-complexity pruning, at least 0; default 0: no pruning.
    public var ccpAlpha: Double
    /// The seed of the order in which features are tried, and of random thresholds; default 0.
    public var seed: UInt32

    /// A tree that grows until its leaves are pure, unless parameters stop it.
    public init(
        criterion: Criterion = .squaredError, splitter: TreeSplitter = .best, maxDepth: Int? = nil,
        minSamplesSplit: SampleCount = 2, minSamplesLeaf: SampleCount = 1, minWeightFractionLeaf: Double = 0,
        maxFeatures: MaxFeatures = .all, maxLeafNodes: Int? = nil, minImpurityDecrease: Double = 0,
        ccpAlpha: Double = 0, seed: UInt32 = 0
    ) {
        self.criterion = criterion
        self.splitter = splitter
        self.maxDepth = maxDepth
        self.minSamplesSplit = minSamplesSplit
        self.minSamplesLeaf = minSamplesLeaf
        self.minWeightFractionLeaf = minWeightFractionLeaf
        self.maxFeatures = maxFeatures
        self.maxLeafNodes = maxLeafNodes
        self.minImpurityDecrease = minImpurityDecrease
        self.ccpAlpha = ccpAlpha
        self.seed = seed
    }

    /// The default tree.
    public init() { self.init(criterion: .squaredError) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter(
                "criterion", \.criterion, .choice(Criterion.allCases.map(\.rawValue)), "The impurity that splits lower."
            ),
            Parameter(
                "splitter", \.splitter, .choice(TreeSplitter.allCases.map(\.rawValue)),
                "Best or random thresholds for the features that are tried, or the best of at most 255 quantiles."),
        ]
            + growthParameters
    }

    /// Grows a tree.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        let tree = try grow(
            x, TreeTargets(try criterion.targets(x, y), weights: weights, isFree: splitter == .histogram),
            weights: weights)
        return Model(tree: tree)
    }

    /// The prices of a leaf at which pruning makes the tree of these rows smaller: candidates for `ccpAlpha`.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n numbers.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    /// - Throws: what `fit` throws.
    public func costComplexityPruningPath(_ x: Matrix, _ y: [Double], weights: [Double]? = nil) throws -> PruningPath {
        var whole = self
        whole.ccpAlpha = 0
        return try whole.fit(x, y, weights: weights).tree.pruningPath
    }
}

extension DecisionTreeRegressor.Criterion {
    /// The targets of trees that lower this impurity.
    ///
    /// - Throws: `ApusError` with code `invalidInput` for targets or missing values that the criterion has no use for.
    func targets(_ x: Matrix, _ y: [Double]) throws -> TreeTargets.Kind {
        switch self {
        case .squaredError: return .squaredError(y)
        case .absoluteError:
            if let place = x.values.firstIndex(where: \.isNaN) {
                throw ApusError(
                    .invalidInput,
                    "x misses a value in row \(place / x.columns), column \(place % x.columns), which the absolute error "
                        + "cannot deal with; fill missing values in, or take the squared error.")
            }
            return .absoluteError(y)
        case .poisson:
            if let row = y.firstIndex(where: { $0 < 0 }) {
                throw ApusError(
                    .invalidInput,
                    "y holds \(y[row]) in row \(row), but the Poisson criterion needs numbers of at least 0.")
            }
            guard y.contains(where: { $0 > 0 }) else {
                throw ApusError(.invalidInput, "y is 0 everywhere, but the Poisson criterion needs a positive sum.")
            }
            return .poisson(y)
        }
    }
}
