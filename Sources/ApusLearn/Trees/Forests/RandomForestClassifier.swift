import ApusCore

/// Trees that each learn from rows drawn at random, and answer together.
///
///     let model = try RandomForestClassifier(nEstimators: 200, seed: 42).fit(x, y)
///     try model.predict(x)
///     model.featureImportances
///
/// Each tree grows on as many rows as there are, drawn with replacement, and tries a random few features at each node,
/// so that the trees err in different ways; the mean of their class shares errs less than any of them. For the same
/// parameters and seed the trees are scikit-learn's, node for node, and so are the probabilities, whatever the number
/// of threads.
///
/// Source: L. Breiman, "Random forests", Machine Learning 45 (2001).
public struct RandomForestClassifier: Classifier, ForestParameters {
    /// `random-forest`.
    public static let catalogName = "random-forest"
    /// NaN is a missing value; one class makes leaves.
    public static let traits = EstimatorTraits(allowsMissing: true, acceptsOneClass: true)

    /// The number of trees, at least 1; default 100.
    public var nEstimators: Int
    /// The impurity that splits lower; default Gini.
    public var criterion: DecisionTreeClassifier.Criterion
    /// How splits are searched; default the best one. Forests of random thresholds are extra trees.
    public var splitter: TreeSplitter
    /// The greatest depth, at least 1; default nil: no limit.
    public var maxDepth: Int?
    /// The least number of samples that are split; default 2.
    public var minSamplesSplit: SampleCount
    /// The least number of samples in a leaf; default 1.
    public var minSamplesLeaf: SampleCount
    /// The least part of the total weight in a leaf, 0 to 0.5; default 0.
    public var minWeightFractionLeaf: Double
    /// How many features are tried at each node; default the square root of their number.
    public var maxFeatures: MaxFeatures
    /// The greatest number of leaves of a tree, at least 2, grown best first; default nil: no limit.
    public var maxLeafNodes: Int?
    /// The least fall of the impurity that a split must bring, at least 0; default 0.
    public var minImpurityDecrease: Double
    /// Whether each tree grows on rows drawn with replacement; default true.
    public var bootstrap: Bool
    /// Whether to score the training rows by the trees that did not draw them; default false, needs `bootstrap`.
    public var oobScore: Bool
    /// How much the samples of each class count; default as much as their number.
    public var classWeight: ForestClassWeight
    /// The price of a leaf in cost-complexity pruning, at least 0; default 0: no pruning.
    public var ccpAlpha: Double
    /// How many rows are drawn for each tree; default as many as there are. Needs `bootstrap`.
    public var maxSamples: MaxSamples
    /// The seed of all draws; default 0.
    public var seed: UInt32

    /// A forest whose trees grow until their leaves are pure, unless parameters stop them.
    public init(
        nEstimators: Int = 100, criterion: DecisionTreeClassifier.Criterion = .gini, splitter: TreeSplitter = .best,
        maxDepth: Int? = nil,
        minSamplesSplit: SampleCount = 2, minSamplesLeaf: SampleCount = 1, minWeightFractionLeaf: Double = 0,
        maxFeatures: MaxFeatures = .sqrt, maxLeafNodes: Int? = nil, minImpurityDecrease: Double = 0,
        bootstrap: Bool = true, oobScore: Bool = false, classWeight: ForestClassWeight = .none, ccpAlpha: Double = 0,
        maxSamples: MaxSamples = .all, seed: UInt32 = 0
    ) {
        self.nEstimators = nEstimators
        self.criterion = criterion
        self.splitter = splitter
        self.maxDepth = maxDepth
        self.minSamplesSplit = minSamplesSplit
        self.minSamplesLeaf = minSamplesLeaf
        self.minWeightFractionLeaf = minWeightFractionLeaf
        self.maxFeatures = maxFeatures
        self.maxLeafNodes = maxLeafNodes
        self.minImpurityDecrease = minImpurityDecrease
        self.bootstrap = bootstrap
        self.oobScore = oobScore
        self.classWeight = classWeight
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
                    "criterion", \.criterion, .choice(DecisionTreeClassifier.Criterion.allCases.map(\.rawValue)),
                    "The impurity that splits lower."),
                Parameter(
                    "splitter", \.splitter, .choice([TreeSplitter.best, .histogram].map(\.rawValue)),
                    "Best thresholds among all values or among at most 255 quantiles of each feature."),
            ]
            + growthParameters
            + [
                Parameter(
                    "classWeight", \.classWeight, ForestClassWeight.legalValues,
                    "How much the samples of each class count: balanced, balancedSubsample, or weights such as no:1,yes:5."
                )
            ]
    }

    /// Grows the trees, several at a time.
    ///
    /// With a bootstrap, sample and class weights are the probabilities of rows to be drawn; without, they are weights.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try checkBootstrap()
        try x.checkUsable(allowsNaN: true)
        try y.check(rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        let labels = y.compacted
        let weights = try classWeight.applied(to: labels, weights, bootstrap: bootstrap)
        try checkSampleWeights(weights, rows: x.rows)
        let growth = try ForestGrowth(
            self, x, criterion.targets(labels), weights: weights,
            balanced: classWeight == .balancedSubsample && bootstrap ? labels : nil)
        let (trees, drawn) = try growth.grow(progress: progress)
        let forest = Forest(trees: trees, featureCount: x.columns, valueWidth: labels.classes.count)
        return Model(
            forest: forest, classes: labels.classes,
            outOfBag: oobScore ? try OutOfBagClassification(forest, drawn: drawn, x, labels.codes) : nil)
    }
}
