import ApusCore

/// Many small trees whose answers add up to a number, each mending what those before it got wrong.
///
///     let model = try HistGradientBoostingRegressor(loss: .poisson).fit(x, y)
///     try model.predict(x)
///
/// The score of a row is the sum of its leaves' values over all trees. An iteration adds a tree that lowers the losses,
/// approximated to second order; for losses with corners its leaves answer with their rows' median or quantile. Features
/// are cut into at most `maxBins` bins first. NaN stands for a missing value: each split learns where those go.
///
/// With the same parameters and seed the trees are scikit-learn's. There, weights that are all 1 count as weights; here
/// they are the same as none.
///
/// Source: J. Friedman, "Greedy Function Approximation: A Gradient Boosting Machine" (2001); G. Ke et al., "LightGBM: A
/// Highly Efficient Gradient Boosting Decision Tree" (NeurIPS 2017).
public struct HistGradientBoostingRegressor: Regressor, BoostingParameters {
    /// What is made small, as a function of the target y and the score r.
    public enum Loss: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// ½ (y - r)²: predicts means.
        case squaredError
        /// |y - r|: predicts medians.
        case absoluteError
        /// exp(r) - y r: predicts the means exp(r) of counts, which are at least 0.
        case poisson
        /// r + y exp(-r): predicts the means exp(r) of skewed numbers above 0.
        case gamma
        /// (y - r) (q - [y < r]): predicts quantiles.
        case quantile
    }

    /// `hist-gradient-boosting`.
    public static let catalogName = "hist-gradient-boosting"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// What is made small; default the squared error.
    public var loss: Loss
    /// The quantile that the loss `.quantile` predicts, above 0 and below 1; default 0.5.
    public var quantile: Double
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

    /// Boosting with the given parameters.
    public init(
        loss: Loss = .squaredError, quantile: Double = 0.5, learningRate: Double = 0.1, maxIter: Int = 100,
        maxLeafNodes: Int? = 31, maxDepth: Int? = nil, minSamplesLeaf: Int = 20, l2Regularization: Double = 0,
        maxFeatures: Double = 1, maxBins: Int = 255,
        categoricalFeatures: ColumnIndices = [], monotonicCst: MonotonicConstraints = [:],
        interactionCst: InteractionConstraints = .none, earlyStopping: EarlyStopping = .auto,
        validationFraction: SampleCount? = 0.1, nIterNoChange: Int = 10, tol: Double = 1e-7, seed: UInt32 = 0
    ) {
        self.loss = loss
        self.quantile = quantile
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
    }

    /// Boosting with scikit-learn's defaults.
    public init() { self.init(loss: .squaredError) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter("loss", \.loss, .choice(Loss.allCases.map(\.rawValue)), "What is made small."),
            Parameter(
                "quantile", \.quantile, .number(from: 0, to: 1, openLower: true, openUpper: true),
                "The quantile that the loss quantile predicts."),
        ] + boostingParameters
    }

    /// Grows the trees.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is a missing value.
    ///   - y: n numbers: at least 0 and not all 0 for `.poisson`, above 0 for `.gamma`.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each iteration.
    /// - Throws: `ApusError` for illegal parameters or data, `CancellationError` when the task is cancelled.
    /// - Complexity: O(n d) for each level of a tree.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        try checkDomain(y)
        let outcome = try BoostingFit(self, loss: boostingLoss, strata: nil)
            .run(.init(x: x, y: y, weights: weights), progress: progress)
        return Model(
            loss: loss, trees: outcome.trees, trainScore: outcome.trainScores,
            validationScore: outcome.validationScores)
    }

    private var boostingLoss: BoostingLoss {
        switch loss {
        case .squaredError: .squared
        case .absoluteError: .absolute
        case .poisson: .poisson
        case .gamma: .gamma
        case .quantile: .pinball(quantile: quantile)
        }
    }

    private func checkDomain(_ y: [Double]) throws {
        if loss == .poisson, let row = y.firstIndex(where: { $0 < 0 }) {
            throw ApusError(
                .invalidInput, "y is \(y[row]) in row \(row), but the loss poisson needs numbers of at least 0.")
        }
        if loss == .poisson, y.allSatisfy({ $0 == 0 }) {
            throw ApusError(.invalidInput, "y is 0 everywhere, but the loss poisson needs a number above 0.")
        }
        if loss == .gamma, let row = y.firstIndex(where: { $0 <= 0 }) {
            throw ApusError(.invalidInput, "y is \(y[row]) in row \(row), but the loss gamma needs numbers above 0.")
        }
    }
}
