import ApusCore
import ApusLearn
import Foundation

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
/// | `bound` | 0.01 | at least 0 | how far groups may be apart |
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
    /// How far groups may be apart, at least 0; default 0.01.
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
        let limit = 1 / eps
        let moment = Moment(task, constraint, bound: bound, ratio: ratioBound)
        var game = Lagrangian(moment, estimator, x, limit: limit, progress: progress)
        var theta = [Double](repeating: 0, count: moment.count)
        var lambdaSum = theta
        var times: [Double] = []
        var (eta, nu) = (eta0 / limit, self.nu ?? 0)
        var rounds: [(mixture: [Double], gap: Double)] = []
        var gradientGaps: [Double] = []
        var program: (size: Int, mixture: [Double], gap: Double)?
        var (lastChecked, lastGap, converged) = (5, Double.infinity, false)
        for round in 0..<maxIter {
            let exponentials = theta.map { exp($0) }
            let sum = exponentials.reduce(1, +)
            let lambda = exponentials.map { limit * $0 / sum }
            for k in lambda.indices { lambdaSum[k] += lambda[k] }
            let mean = lambdaSum.map { $0 / Double(round + 1) }
            let place = try game.best(lambda)
            if round == 0, self.nu == nil { nu = Self.tolerance(game.found[place].selected, task) }
            while times.count < game.found.count { times.append(0) }
            times[place] += 1
            let mixture = times.map { $0 / Double(round + 1) }
            let gradient = try game.gap(mixture, mean, enough: nu)
            gradientGaps.append(gradient.size)
            var chosen = (mixture: mixture, gap: gradient.size)
            if round > 0, linearProgram {
                if program?.size != game.found.count {
                    let size = game.found.count
                    let solution = game.cheapest()
                    let gap = try game.gap(solution.mixture, solution.multipliers, enough: nu)
                    program = (size, solution.mixture, gap.size)
                }
                if let program, !(gradient.size < program.gap) { chosen = (program.mixture, program.gap) }
            }
            rounds.append(chosen)
            progress?(ProgressUpdate(stage: "rounds", completed: round + 1, total: maxIter))
            if chosen.gap < nu, round >= 5 {
                converged = true
                break
            }
            if Double(round) >= Double(lastChecked) * 1.6 {
                let best = gradientGaps.min() ?? .infinity
                if best > lastGap * 0.8 { eta *= 0.8 }
                (lastChecked, lastGap) = (round, best)
            }
            let gamma = game.found[place].gamma
            for k in theta.indices { theta[k] += eta * (gamma[k] - bound) }
        }
        let least = rounds.map(\.gap).min() ?? .infinity
        let best = rounds.last { $0.gap <= least + Lagrangian<Base>.precision } ?? rounds[rounds.count - 1]
        return model(game, best.mixture, task, x.columns, iterations: rounds.count, converged: converged)
    }

    private func model(
        _ game: Lagrangian<Base>, _ mixture: [Double], _ task: FairTask, _ features: Int, iterations: Int,
        converged: Bool
    ) -> MixtureModel<Base.Model> {
        let asked = mixture.indices.filter { mixture[$0] > 1e-12 }
        let total = asked.reduce(0) { $0 + mixture[$1] }
        let (error, gamma) = game.mixed(mixture)
        return MixtureModel(
            classes: task.classes, parts: asked.map { game.found[$0].part },
            weights: asked.map { mixture[$0] / total }, randomized: randomized, seed: seed, featureCount: features,
            iterations: iterations, converged: converged, bound: bound,
            achieved: .init(error: error, disparity: gamma.max() ?? 0),
            candidates: game.found.map { .init(error: $0.error, disparity: $0.gamma.max() ?? 0) })
    }

    /// Half the standard error of the first classifier's error.
    private static func tolerance(_ selected: [Bool], _ task: FairTask) -> Double {
        let n = Double(task.rows)
        guard n > 1 else { return 0 }
        let wrong = Double(zip(selected, task.isPositive).count { $0 != $1 })
        let variance = wrong * (1 - wrong / n) / (n - 1)
        return 0.5 * variance.squareRoot() / n.squareRoot()
    }
}
