import ApusCore

/// Trees that each try random thresholds on all rows, and answer together.
///
///     let model = try ExtraTreesRegressor(nEstimators: 200, seed: 42).fit(x, y)
///     try model.predict(x)
///
/// A node draws one threshold for each of a random few features and keeps the best of these, which is faster than to
/// search the best thresholds and makes trees differ more; the mean of their predictions is the answer. For the same
/// parameters and seed the trees are scikit-learn's, node for node, and so are the predictions, whatever the number
/// of threads.
///
/// Source: P. Geurts, D. Ernst and L. Wehenkel, "Extremely randomized trees", Machine Learning 63 (2006).
public struct ExtraTreesRegressor: Regressor, ForestParameters {
    /// `extra-trees`.
    public static let catalogName = "extra-trees"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// The number of trees, at least 1; default 100.
    public var nEstimators: Int
    /// The impurity that splits lower; default squared error.
    public var criterion: DecisionTreeRegressor.Criterion
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
    /// The greatest number of leaves of a tree, at least 2, grown best first; default nil: no limit.
    public var maxLeafNodes: Int?
    /// The least fall of the impurity that a split must bring, at least 0; default 0.
    public var minImpurityDecrease: Double
    /// Whether each tree grows on rows drawn with replacement; default false.
    public var bootstrap: Bool
    /// Whether to score the training rows by the trees that did not draw them; default false, needs `bootstrap`.
    public var oobScore: Bool
    /// The price of a leaf in cost-complexity pruning, at least 0; default 0: no pruning.
    public var ccpAlpha: Double
    /// How many rows are drawn for each tree; default as many as there are. Needs `bootstrap`.
    public var maxSamples: MaxSamples
    /// The seed of all draws; default 0.
    public var seed: UInt32

    /// A forest whose trees grow until their leaves are pure, unless parameters stop them.
    public init(
        nEstimators: Int = 100, criterion: DecisionTreeRegressor.Criterion = .squaredError, maxDepth: Int? = nil,
        minSamplesSplit: SampleCount = 2, minSamplesLeaf: SampleCount = 1, minWeightFractionLeaf: Double = 0,
        maxFeatures: MaxFeatures = .all, maxLeafNodes: Int? = nil, minImpurityDecrease: Double = 0,
        bootstrap: Bool = false, oobScore: Bool = false, ccpAlpha: Double = 0,
        maxSamples: MaxSamples = .all, seed: UInt32 = 0
    ) {
        self.nEstimators = nEstimators
        self.criterion = criterion
        self.maxDepth = maxDepth
        self.minSamplesSplit = minSamplesSplit
        self.minSamplesLeaf = minSamplesLeaf
        self.minWeightFractionLeaf = minWeightFractionLeaf
        self.maxFeatures = maxFeatures
        self.maxLeafNodes = maxLeafNodes
        self.minImpurityDecrease = minImpurityDecrease
        self.bootstrap = bootstrap
        self.oobScore = oobScore
        self.ccpAlpha = ccpAlpha
        self.maxSamples = maxSamples
        self.seed = seed
    }

    /// The default forest.
    public init() { self.init(nEstimators: 100) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        forestParameters
            + [
                Parameter(
                    "criterion", \.criterion, .choice(DecisionTreeRegressor.Criterion.allCases.map(\.rawValue)),
                    "The impurity that splits lower.")
            ]
            + growthParameters
    }

    /// Extra trees always try random thresholds.
    var splitter: TreeSplitter { .random }

    /// Grows the trees, several at a time.
    ///
    /// With a bootstrap, sample weights are the probabilities of rows to be drawn; without, they are weights.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try checkBootstrap()
        try x.checkUsable(allowsNaN: true)
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        let growth = try ForestGrowth(self, x, criterion.targets(x, y), weights: weights)
        let (trees, drawn) = try growth.grow(progress: progress)
        let forest = Forest(trees: trees, featureCount: x.columns, valueWidth: 1)
        return Model(
            forest: forest, outOfBag: oobScore ? try OutOfBagRegression(forest, drawn: drawn, x, y) : nil)
    }
}
