import ApusCore

/// A tree of yes-no questions about single features that tells classes apart.
///
///     let model = try DecisionTreeClassifier(maxDepth: 4).fit(x, y)
///     try model.predict(x)
///
/// Each node asks whether a feature is at most a threshold, namely the question after which the two sides' impurities,
/// weighted by their samples, are smallest. Leaves answer with the shares of the classes among their training samples.
/// Values are compared as 32-bit numbers. NaN stands for a missing value: each question also learns where those go.
/// For the same parameters and seed the tree is scikit-learn's, node for node.
///
/// Source: L. Breiman, J. Friedman, R. Olshen and C. Stone, "Classification and Regression Trees" (1984).
public struct DecisionTreeClassifier: Classifier, TreeParameters {
    /// The impurity that splits lower.
    public enum Criterion: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// 1 - Σ q², q the share of each class.
        case gini
        /// -Σ q log₂ q.
        case entropy
        /// The same as entropy.
        case logLoss
    }

    /// `decision-tree`.
    public static let catalogName = "decision-tree"
    /// NaN is a missing value; one class makes a leaf.
    public static let traits = EstimatorTraits(allowsMissing: true, acceptsOneClass: true)

    /// The impurity that splits lower; default Gini.
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
    /// How much the samples of each class count; default as much as their number.
    public var classWeight: ClassWeight
    /// The price of a leaf in cost-complexity pruning, at least 0; default 0: no pruning.
    public var ccpAlpha: Double
    /// The seed of the order in which features are tried, and of random thresholds; default 0.
    public var seed: UInt32

    /// A tree that grows until its leaves are pure, unless parameters stop it.
    public init(
        criterion: Criterion = .gini, splitter: TreeSplitter = .best, maxDepth: Int? = nil,
        minSamplesSplit: SampleCount = 2, minSamplesLeaf: SampleCount = 1, minWeightFractionLeaf: Double = 0,
        maxFeatures: MaxFeatures = .all, maxLeafNodes: Int? = nil, minImpurityDecrease: Double = 0,
        classWeight: ClassWeight = .none, ccpAlpha: Double = 0, seed: UInt32 = 0
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
        self.classWeight = classWeight
        self.ccpAlpha = ccpAlpha
        self.seed = seed
    }

    /// The default tree.
    public init() { self.init(criterion: .gini) }

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
            + [
                Parameter(
                    "classWeight", \.classWeight, ClassWeight.legalValues,
                    "How much the samples of each class count: balanced, or weights such as no:1,yes:5.")
            ]
    }

    /// Grows a tree.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try y.check(rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        let labels = y.compacted
        let weights = try classWeight.applied(to: labels, weights)
        try checkSampleWeights(weights, rows: x.rows)
        let targets = TreeTargets(
            criterion.targets(labels), weights: weights, isFree: splitter == .histogram)
        let tree = try grow(x, targets, weights: weights)
        return Model(tree: tree, classes: labels.classes)
    }

    /// The prices of a leaf at which pruning makes the tree of these rows smaller: candidates for `ccpAlpha`.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    /// - Throws: what `fit` throws.
    public func costComplexityPruningPath(_ x: Matrix, _ y: Labels, weights: [Double]? = nil) throws -> PruningPath {
        var whole = self
        whole.ccpAlpha = 0
        return try whole.fit(x, y, weights: weights).tree.pruningPath
    }
}

extension DecisionTreeClassifier.Criterion {
    /// The targets of trees that lower this impurity.
    func targets(_ labels: Labels) -> TreeTargets.Kind {
        switch self {
        case .gini: .gini(codes: labels.codes, classes: labels.classes.count)
        case .entropy, .logLoss: .entropy(codes: labels.codes, classes: labels.classes.count)
        }
    }
}
