import ApusCore
import ApusLearn

/// A regressor whose mean loss is bounded in every group, by the exponentiated-gradient reduction: minimises the mean loss over
/// mixtures of regressors subject to a mean loss of at most `bound` in each group.
///
///     let fair = GroupLossRegressor(LinearRegression(), loss: .square, bound: 0.2)
///     let model = try fair.fit(x, income, sensitive: sex)
///     model.achieved.disparity        // the greatest mean loss of a group: at most 0.2, or how near it came
///
/// Any regressor with a use for sample weights will do; rounds raise the weights of the rows of groups whose loss is above the
/// bound. Steps, stopping rule and mixture are those of fairlearn 0.15's `ExponentiatedGradient` with
/// `BoundedGroupLoss(SquareLoss)` or `(AbsoluteLoss)`.
///
/// Without `randomized`, which is the default, a row is answered with the mean of the mixture, each part within the range of the
/// loss: as both losses are convex there, no group is worse off than under the mixture. With it the answer is drawn, as the
/// reference does, by the seed and the content of the row.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `loss` | square | square, absolute | how wrong a prediction is |
/// | `bound` | 0.1 | at least 0 | the greatest mean loss of a group |
/// | `least` | none | none, any number | the low end of the loss's range; none is the least known number |
/// | `greatest` | none | none, any number | the high end of the loss's range; none is the greatest known number |
/// | `eps` | 0.01 | above 0 | the precision of the constraints: multipliers add up to at most `1 / eps` |
/// | `maxIter` | 50 | at least 1 | most rounds |
/// | `nu` | none | none, at least 0 | stop when the gap is smaller; none takes it from the data |
/// | `eta0` | 2 | above 0 | the first step of the multipliers |
/// | `linearProgram` | true | true, false | whether the cheapest mixture is looked for |
/// | `randomized` | false | true, false | whether answers are drawn from the mixture |
/// | `seed` | 0 | 0 to 2³² - 1 | seed of the draws |
///
/// A. Agarwal, M. Dudík, Z. S. Wu, "Fair Regression: Quantitative Definitions and Reduction-Based Algorithms", ICML 2019.
public struct GroupLossRegressor<Base: Regressor>: FairRegressor {
    /// `group-loss-regressor`
    public static var catalogName: String { "group-loss-regressor" }

    /// Every parameter, then those of the regressor within, each called `estimator.parameter`.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter(
                "loss", \.loss, .choice(GroupLoss.allCases.map(\.rawValue)), "How wrong a prediction is."),
            Parameter("bound", \.bound, .notNegative, "The greatest mean loss of a group."),
            Parameter("least", \.least, .optional(.anyNumber), "The low end of the loss's range."),
            Parameter("greatest", \.greatest, .optional(.anyNumber), "The high end of the loss's range."),
            Parameter("eps", \.eps, .positive, "The precision of the constraints."),
            Parameter("maxIter", \.maxIter, .atLeast(1), "The most rounds."),
            Parameter(
                "nu", \.nu, .optional(.notNegative), "The gap at which rounds stop; none takes it from the data."),
            Parameter("eta0", \.eta0, .positive, "The first step of the multipliers."),
            Parameter("linearProgram", \.linearProgram, .flag, "Whether the cheapest mixture is looked for."),
            Parameter("randomized", \.randomized, .flag, "Whether answers are drawn from the mixture."),
            Parameter("seed", \.seed, .seed, "The seed of the draws."),
        ] + Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \Self.estimator) }
    }

    /// The regressor that is fitted again and again.
    public var estimator: Base
    /// How wrong a prediction is; default its square.
    public var loss: GroupLoss
    /// The greatest mean loss of a group, at least 0; default 0.1.
    public var bound: Double
    /// The low end of the loss's range; default nil: the least known number.
    public var least: Double?
    /// The high end of the loss's range; default nil: the greatest known number.
    public var greatest: Double?
    /// The precision of the constraints, above 0; default 0.01.
    public var eps: Double
    /// The most rounds; default 50.
    public var maxIter: Int
    /// The gap at which rounds stop; default nil: from the data.
    public var nu: Double?
    /// The first step of the multipliers, above 0; default 2.
    public var eta0: Double
    /// Whether the cheapest mixture is looked for; default true.
    public var linearProgram: Bool
    /// Whether answers are drawn from the mixture; default false: their mean.
    public var randomized: Bool
    /// The seed of the draws; default 0.
    public var seed: UInt32

    /// The defaults around the default regressor.
    public init() { self.init(Base()) }

    /// A reduction to `estimator`.
    public init(
        _ estimator: Base, loss: GroupLoss = .square, bound: Double = 0.1, least: Double? = nil,
        greatest: Double? = nil, eps: Double = 0.01, maxIter: Int = 50, nu: Double? = nil, eta0: Double = 2,
        linearProgram: Bool = true, randomized: Bool = false, seed: UInt32 = 0
    ) {
        self.estimator = estimator
        self.loss = loss
        self.bound = bound
        self.least = least
        self.greatest = greatest
        self.eps = eps
        self.maxIter = maxIter
        self.nu = nu
        self.eta0 = eta0
        self.linearProgram = linearProgram
        self.randomized = randomized
        self.seed = seed
    }

    /// Finds the mixture.
    ///
    /// - Throws: `ApusError` for illegal parameters or data, or what the regressor throws; `CancellationError`.
    /// - Complexity: At most about seven fits of the regressor a round, of which those asked before are not repeated.
    public func fit(
        _ x: Matrix, _ y: [Double], sensitive: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> RegressorMixture<Base.Model> {
        try validateParameters()
        guard Base.traits.usesWeights else {
            throw ApusError(
                .invalidParameter,
                "\(Base.catalogName) has no use for sample weights, which \(Self.catalogName) works by; choose another "
                    + "regressor.")
        }
        let response = try GroupLossResponse(self, x, y, sensitive, weights)
        var game = ReductionGame<Base.Model>(
            .init(
                limit: 1 / eps, bound: bound, rounds: maxIter, nu: nu, eta0: eta0, linearProgram: linearProgram),
            projected: { $0 }, response.callAsFunction)
        let outcome = try game.play(constraints: response.groupCount, progress: progress)
        let mixture = outcome.mixture
        let asked = mixture.indices.filter { mixture[$0] > 1e-12 }
        let total = asked.reduce(0) { $0 + mixture[$1] }
        let (error, gamma) = game.mixed(mixture)
        return RegressorMixture(
            parts: asked.map { game.found[$0].part }, weights: asked.map { mixture[$0] / total },
            range: response.range, randomized: randomized, seed: seed, iterations: outcome.rounds,
            converged: outcome.converged, bound: bound,
            achieved: .init(error: error, disparity: gamma.max() ?? 0),
            candidates: game.found.map { .init(error: $0.error, disparity: $0.gamma.max() ?? 0) })
    }
}

/// The regressor that is best against multipliers of the groups' losses: the base regressor, fitted on weights.
private struct GroupLossResponse<Base: Regressor> {
    let range: ClosedRange<Double>
    let groupCount: Int
    private let base: Base
    private let loss: GroupLoss
    private let x: Matrix
    private let y: [Double]
    private let groups: [Int]
    private let weights: [Double]
    /// The share of the weight of each group.
    private let shares: [Double]

    init(_ fair: GroupLossRegressor<Base>, _ x: Matrix, _ y: [Double], _ sensitive: Labels, _ weights: [Double]?) throws
    {
        guard x.rows > 0 else { throw ApusError(.invalidInput, "x has no rows; at least one sample is needed.") }
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        guard sensitive.count == x.rows else {
            throw ApusError(
                .shapeMismatch, "There are \(sensitive.count) groups for \(x.rows) rows; give one for each row.")
        }
        let labels = sensitive.compacted
        guard (2...GroupRule.mostGroups).contains(labels.classes.count) else {
            throw ApusError(
                .invalidInput,
                labels.classes.count < 2
                    ? "All rows are of one group (“\(labels.classes.names.first ?? "")”), so there is nothing to treat alike; "
                        + "choose another sensitive column or rows of more groups."
                    : "There are \(labels.classes.count) groups, too many to treat alike; group the sensitive values first, "
                        + "to at most \(GroupRule.mostGroups).")
        }
        let (low, high) = (fair.least ?? y.min() ?? 0, fair.greatest ?? y.max() ?? 0)
        guard low < high else {
            throw ApusError(
                .invalidInput,
                "The loss has the range from \(low) to \(high), which holds no different numbers; set least and greatest, "
                    + "or take rows with other values too.")
        }
        range = low...high
        base = fair.estimator
        loss = fair.loss
        self.x = x
        self.y = y
        groups = labels.codes
        groupCount = labels.classes.count
        let weights = weights ?? [Double](repeating: 1, count: x.rows)
        self.weights = weights
        var sums = [Double](repeating: 0, count: labels.classes.count)
        for (row, group) in labels.codes.enumerated() { sums[group] += weights[row] }
        let total = sums.reduce(0, +)
        shares = sums.map { $0 / total }
        guard shares.allSatisfy({ $0 > 0 }) else {
            throw ApusError(.invalidInput, "A group has rows that all weigh nothing; leave them out.")
        }
    }

    func callAsFunction(_ lambda: [Double]) throws -> ReductionGame<Base.Model>.Found {
        var strengths = groups.indices.map { weights[$0] * (1 + lambda[groups[$0]] / shares[groups[$0]]) }
        let scale = Double(strengths.count) / strengths.reduce(0, +)
        for row in strengths.indices { strengths[row] *= scale }
        let model = try base.fit(x, y, weights: strengths, progress: nil)
        let predictions = try model.predict(x)
        var sums = [Double](repeating: 0, count: groupCount)
        for row in y.indices {
            sums[groups[row]] += weights[row] * loss(y[row], predictions[row], range: range)
        }
        let total = weights.reduce(0, +)
        let differences = y.indices.map { (predictions[$0] - y[$0]).magnitude }
        let (mean, n) = (meanOf(differences), Double(y.count))
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)
        return .init(
            part: model, error: sums.reduce(0, +) / total,
            gamma: sums.indices.map { sums[$0] / (total * shares[$0]) },
            tolerance: 0.5 * variance.squareRoot() / n.squareRoot())
    }
}
