import ApusCore

/// The parameters that boosted classifiers and regressors have in common.
protocol BoostingParameters: Estimator {
    var learningRate: Double { get set }
    var maxIter: Int { get set }
    var maxLeafNodes: Int? { get set }
    var maxDepth: Int? { get set }
    var minSamplesLeaf: Int { get set }
    var l2Regularization: Double { get set }
    var maxFeatures: Double { get set }
    var maxBins: Int { get set }
    var categoricalFeatures: ColumnIndices { get set }
    var monotonicCst: MonotonicConstraints { get set }
    var interactionCst: InteractionConstraints { get set }
    var earlyStopping: EarlyStopping { get set }
    var validationFraction: SampleCount? { get set }
    var nIterNoChange: Int { get set }
    var tol: Double { get set }
    var seed: UInt32 { get set }
}

extension BoostingParameters {
    /// What the boosting of classifiers and regressors has in common, as parameters.
    static var boostingParameters: [Parameter<Self>] {
        [
            Parameter("learningRate", \.learningRate, .positive, "What the answer of each tree is multiplied with."),
            Parameter("maxIter", \.maxIter, .atLeast(1), "The most iterations, each of one tree, or one a class."),
            Parameter(
                "maxLeafNodes", \.maxLeafNodes, .optional(.atLeast(2)),
                "The greatest number of leaves of a tree; none for no limit."),
            Parameter("maxDepth", \.maxDepth, .optional(.atLeast(1)), "The greatest depth; none for no limit."),
            Parameter("minSamplesLeaf", \.minSamplesLeaf, .atLeast(1), "The least number of samples in a leaf."),
            Parameter(
                "l2Regularization", \.l2Regularization, .notNegative,
                "How strongly leaves with little evidence are drawn towards 0."),
            Parameter(
                "maxFeatures", \.maxFeatures, .number(from: 0, to: 1, openLower: true, openUpper: false),
                "The part of the features, drawn at random, that is tried at each node."),
            Parameter("maxBins", \.maxBins, .integer(2...255), "The most bins a feature is cut into."),
            Parameter(
                "categoricalFeatures", \.categoricalFeatures, .optional(.text),
                "The columns that hold categories, counted from 0: 2,5."),
            Parameter(
                "monotonicCst", \.monotonicCst, .optional(.named(.integer(-1...1))),
                "Columns with which the answer must not fall (1) or not rise (-1): 0:1,3:-1."),
            Parameter(
                "interactionCst", \.interactionCst, .optional(.text),
                "Groups of columns that may meet in a tree's path: pairwise, noInteractions, or 0,1;2,3."),
            Parameter(
                "earlyStopping", \.earlyStopping, .either([.choice(["auto"]), .flag]),
                "Whether training ends when held-out rows gain no more; auto means above 10,000 rows."),
            Parameter(
                "validationFraction", \.validationFraction, .optional(SampleCount.legal(from: 1)),
                "The part, or number, of rows held out for early stopping; none to watch the training rows."),
            Parameter(
                "nIterNoChange", \.nIterNoChange, .atLeast(1), "The iterations without gain after which training ends."),
            Parameter("tol", \.tol, .notNegative, "What counts as a gain of the score."),
            Parameter(
                "seed", \.seed, .seed, "Seed of the held-out rows, the rows that bins come from and the features."),
        ]
    }
}
