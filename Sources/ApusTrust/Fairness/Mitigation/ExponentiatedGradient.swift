import ApusCore
import ApusLearn

/// A fair classifier by the exponentiated-gradient reduction: minimises the error over mixtures Q of classifiers subject to
/// `M μ(Q) ≤ c`, constraints on how far groups are apart.
///
///     let fair = ExponentiatedGradient(LogisticRegression(), constraint: .equalizedOdds, bound: 0.02)
///     let model = try fair.fit(x, y, sensitive: sex)
///     model.achieved.disparity        // at most 0.02, or how near it came
///
/// Any classifier with a use for sample weights will do. Each round raises the multipliers of the constraints that the last
/// classifier breaks and fits the classifier again, on labels and weights that stand for error and constraints together;
/// every round a linear program finds the cheapest mixture of all classifiers so far. Steps, stopping rule and mixture are
/// those of fairlearn 0.15, whose results these are up to the tolerance `nu`.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `constraint` | demographicParity | demographicParity, equalizedOdds, … | what is kept equal |
/// | `bound` | 0.01 | at least 0 | how far a group may be from all rows; two groups may so be twice as far apart |
/// | `ratioBound` | none | none, above 0 to 1 | a bound of the ratio in place of the difference |
/// | `eps` | 0.01 | above 0 | the precision of the constraints: multipliers add up to at most `1 / eps` |
/// | `maxIter` | 50 | at least 1 | most rounds |
/// | `nu` | none | none, at least 0 | stop when the gap is smaller; none takes it from the data |
/// | `eta0` | 2 | above 0 | the first step of the multipliers |
/// | `linearProgram` | true | true, false | whether the cheapest mixture is looked for |
/// | `randomized` | true | true, false | whether answers are drawn from the mixture |
/// | `seed` | 0 | 0 to 2³² - 1 | seed of the draws |
///
/// A. Agarwal et al., "A Reductions Approach to Fair Classification", ICML 2018.
public struct ExponentiatedGradient<Base: Classifier>: FairClassifier, ReductionParameters {
    /// `exponentiated-gradient`
    public static var catalogName: String { "exponentiated-gradient" }

    /// Every parameter, then those of the classifier within, each called `estimator.parameter`.
    public static var parameters: [Parameter<Self>] {
        constraintParameters + [
            Parameter("eps", \.eps, .positive, "The precision of the constraints."),
            Parameter("maxIter", \.maxIter, .atLeast(1), "The most rounds."),
            Parameter(
                "nu", \.nu, .optional(.notNegative), "The gap at which rounds stop; none takes it from the data."),
            Parameter("eta0", \.eta0, .positive, "The first step of the multipliers."),
            Parameter("linearProgram", \.linearProgram, .flag, "Whether the cheapest mixture is looked for."),
            Parameter("randomized", \.randomized, .flag, "Whether answers are drawn from the mixture."),
            Parameter("seed", \.seed, .seed, "The seed of the draws."),
        ] + innerParameters
    }

    /// The classifier that is fitted again and again.
    public var estimator: Base
    /// What is kept equal between groups; default demographic parity.
    public var constraint: FairnessConstraint
    /// How far a group may be from all rows, at least 0; default 0.01. Two groups may so be twice as far apart.
    public var bound: Double
    /// The least ratio of a group and all rows, above 0 to 1, in place of a difference; default nil.
    public var ratioBound: Double?
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
    /// Whether answers are drawn from the mixture; default true.
    public var randomized: Bool
    /// The seed of the draws; default 0.
    public var seed: UInt32

    /// The defaults around the default classifier.
    public init() { self.init(Base()) }

    /// A reduction to `estimator`.
    public init(
        _ estimator: Base, constraint: FairnessConstraint = .demographicParity, bound: Double = 0.01,
        ratioBound: Double? = nil, eps: Double = 0.01, maxIter: Int = 50, nu: Double? = nil, eta0: Double = 2,
        linearProgram: Bool = true, randomized: Bool = true, seed: UInt32 = 0
    ) {
        self.estimator = estimator
        self.constraint = constraint
        self.bound = bound
        self.ratioBound = ratioBound
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
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels of two classes; the second is the positive one.
    ///   - sensitive: The group of each row, at least two groups.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each round.
    /// - Throws: `ApusError` for illegal parameters or data, or what the classifier throws; `CancellationError`.
    /// - Complexity: At most about seven fits of the classifier a round, of which those asked before are not repeated.
    public func fit(
        _ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> MixtureModel<Base.Model> {
        try validateParameters()
        try checkRatio()
        try checkBase()
        let task = try FairTask(x, y, sensitive: sensitive, weights: weights, of: Self.catalogName)
        let moment = Moment(task, constraint, bound: bound, ratio: ratioBound)
        let response = ClassificationResponse(moment: moment, base: estimator, x: x)
        var game = ReductionGame<ClassificationResponse<Base>.Part>(
            .init(
                limit: 1 / eps, bound: bound, rounds: maxIter, nu: nu, eta0: eta0, linearProgram: linearProgram),
            projected: moment.projected, response.callAsFunction)
        let outcome = try game.play(constraints: moment.count, progress: progress)
        return model(game, outcome, task, x.columns)
    }

    private func model(
        _ game: ReductionGame<ClassificationResponse<Base>.Part>,
        _ outcome: ReductionGame<ClassificationResponse<Base>.Part>.Outcome, _ task: FairTask, _ features: Int
    ) -> MixtureModel<Base.Model> {
        let mixture = outcome.mixture
        let asked = mixture.indices.filter { mixture[$0] > 1e-12 }
        let total = asked.reduce(0) { $0 + mixture[$1] }
        let (error, gamma) = game.mixed(mixture)
        return MixtureModel(
            classes: task.classes, parts: asked.map { game.found[$0].part },
            weights: asked.map { mixture[$0] / total }, randomized: randomized, seed: seed, featureCount: features,
            iterations: outcome.rounds, converged: outcome.converged, bound: bound,
            achieved: .init(error: error, disparity: gamma.max() ?? 0),
            candidates: game.found.map { .init(error: $0.error, disparity: $0.gamma.max() ?? 0) })
    }
}
