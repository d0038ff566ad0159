import ApusCore

/// Many small trees that together tell classes apart, each mending what those before it got wrong.
///
///     let model = try HistGradientBoostingClassifier(learningRate: 0.05, maxIter: 300).fit(x, y)
///     try model.predictProba(x)
///
/// The score of a row is the sum of its leaves' values over all trees; for two classes there is one score r with the loss
/// `log(1 + exp(r)) - y r`, for more there is one for each class and the loss is `log Σₖ exp(rₖ) - r_y`. An iteration adds
/// a tree for each score that lowers the losses, approximated to second order. Features are cut into at most `maxBins`
/// bins first, so that an iteration looks at bins and not at values: it is the learner to try first on tables of 10,000
/// rows and more. NaN stands for a missing value: each split learns where those go.
///
/// With the same parameters and seed the trees are scikit-learn's. There, weights that are all 1 count as weights; here
/// they are the same as none.
///
/// Source: J. Friedman, "Greedy Function Approximation: A Gradient Boosting Machine" (2001); G. Ke et al., "LightGBM: A
/// Highly Efficient Gradient Boosting Decision Tree" (NeurIPS 2017).
public struct HistGradientBoostingClassifier: Classifier, BoostingParameters {
    /// `hist-gradient-boosting`.
    public static let catalogName = "hist-gradient-boosting"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// What the answer of each tree is multiplied with, above 0; default 0.1.
    public var learningRate: Double
    /// The most iterations, at least 1; default 100.
    public var maxIter: Int
    /// The greatest number of leaves of a tree, at least 2; default 31, nil for no limit.
    public var maxLeafNodes: Int?
    /// The greatest depth, at least 1; default nil: no limit.
    public var maxDepth: Int?
    /// The least number of samples in a leaf, at least 1; default 20.
    public var minSamplesLeaf: Int
    /// How strongly leaves with little evidence are drawn towards 0, at least 0; default 0.
    public var l2Regularization: Double
    /// The part of the features, drawn at random, that is tried at each node, above 0 and at most 1; default 1.
    public var maxFeatures: Double
    /// The most bins a feature is cut into, 2 to 255; default 255.
    public var maxBins: Int
    /// The columns that hold categories: any numbers, at most `maxBins` different ones each; default none.
    public var categoricalFeatures: ColumnIndices
    /// Columns with which the answer may only rise or only fall; default none.
    public var monotonicCst: MonotonicConstraints
    /// Which columns may act on the answer together; default all.
    public var interactionCst: InteractionConstraints
    /// Whether rows are held out, and training ends when they gain no more; default above 10,000 rows.
    public var earlyStopping: EarlyStopping
    /// The part, or number, of rows held out; default 0.1, nil to watch the loss of the training rows instead.
    public var validationFraction: SampleCount?
    /// The iterations without gain after which training ends, at least 1; default 10.
    public var nIterNoChange: Int
    /// What counts as a gain of the mean loss, at least 0; default 1e-7.
    public var tol: Double
    /// The seed of held-out rows, of the rows that bins come from, and of the features that are tried; default 0.
    public var seed: UInt32
    /// How much the samples of each class count; default as much as their number.
    public var classWeight: ClassWeight

    /// Boosting with the given parameters.
    public init(
        learningRate: Double = 0.1, maxIter: Int = 100, maxLeafNodes: Int? = 31, maxDepth: Int? = nil,
        minSamplesLeaf: Int = 20, l2Regularization: Double = 0, maxFeatures: Double = 1, maxBins: Int = 255,
        categoricalFeatures: ColumnIndices = [], monotonicCst: MonotonicConstraints = [:],
        interactionCst: InteractionConstraints = .none, earlyStopping: EarlyStopping = .auto,
        validationFraction: SampleCount? = 0.1, nIterNoChange: Int = 10, tol: Double = 1e-7, seed: UInt32 = 0,
        classWeight: ClassWeight = .none
    ) {
        self.learningRate = learningRate
        self.maxIter = maxIter
        self.maxLeafNodes = maxLeafNodes
        self.maxDepth = maxDepth
        self.minSamplesLeaf = minSamplesLeaf
        self.l2Regularization = l2Regularization
        self.maxFeatures = maxFeatures
        self.maxBins = maxBins
        self.categoricalFeatures = categoricalFeatures
        self.monotonicCst = monotonicCst
        self.interactionCst = interactionCst
        self.earlyStopping = earlyStopping
        self.validationFraction = validationFraction
        self.nIterNoChange = nIterNoChange
        self.tol = tol
        self.seed = seed
        self.classWeight = classWeight
    }

    /// Boosting with scikit-learn's defaults.
    public init() { self.init(learningRate: 0.1) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        boostingParameters + [
            Parameter(
                "classWeight", \.classWeight, ClassWeight.legalValues,
                "How much the samples of each class count: balanced, or weights such as no:1,yes:5.")
        ]
    }

    /// Grows the trees.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is a missing value.
    ///   - y: n labels of at least two classes.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each iteration.
    /// - Throws: `ApusError` for illegal parameters or data, `CancellationError` when the task is cancelled.
    /// - Complexity: O(n d) for each level of a tree.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try y.check(rows: x.rows, minimumClasses: 2)
        try checkSampleWeights(weights, rows: x.rows)
        let labels = y.compacted
        let weights = try classWeight.applied(to: labels, weights)
        try checkSampleWeights(weights, rows: x.rows)
        let classes = labels.classes.count
        let loss: BoostingLoss = classes == 2 ? .binary : .multinomial(classes: classes)
        let outcome = try BoostingFit(self, loss: loss, strata: labels)
            .run(.init(x: x, y: labels.codes.map(Double.init), weights: weights), progress: progress)
        return Model(
            classes: labels.classes, trees: outcome.trees, trainScore: outcome.trainScores,
            validationScore: outcome.validationScores)
    }
}
