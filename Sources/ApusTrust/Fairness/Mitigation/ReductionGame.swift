@_spi(Trusted) import ApusCore
import Foundation

/// The game of a reduction: models against multipliers of the constraints.
///
/// Each round raises the multipliers of the constraints that the last model breaks, and asks for the model that is best
/// against them; every round a linear program finds the cheapest mixture of all models so far.
///
/// A. Agarwal, A. Beygelzimer, M. Dudík, J. Langford, H. Wallach, "A Reductions Approach to Fair Classification", ICML 2018.
struct ReductionGame<Part> {
    /// A model that was found, with its error and how far it is from each constraint.
    struct Found {
        let part: Part
        let error: Double
        let gamma: [Double]
        /// Half the standard error of its error: a gap below this is chance.
        let tolerance: Double
    }

    /// How far a mixture is from the saddle point.
    struct Gap {
        let value: Double
        var low: Double
        let high: Double
        var size: Double { max(value - low, high - value) }
    }

    /// How a game is played.
    struct Rules {
        /// The greatest sum of multipliers.
        let limit: Double
        /// What each constraint may be at most.
        let bound: Double
        /// The most rounds.
        let rounds: Int
        /// The gap at which rounds stop; nil takes it from the first model.
        let nu: Double?
        /// The first step of the multipliers.
        let eta0: Double
        /// Whether the cheapest mixture is looked for.
        let linearProgram: Bool
    }

    /// How a game ended.
    struct Outcome {
        /// The share of each model found.
        let mixture: [Double]
        let rounds: Int
        let converged: Bool
    }

    /// Models count as different when they differ by more than this.
    static var precision: Double { 1e-8 }

    private let rules: Rules
    /// The multipliers that make the same problem and cost least.
    private let projected: ([Double]) -> [Double]
    /// The best model against multipliers.
    private let response: (_ multipliers: [Double]) throws -> Found
    private(set) var found: [Found] = []
    /// The models that answered multipliers before: fits are deterministic, so they answer again.
    private var answered: [[Double]: Found] = [:]

    init(
        _ rules: Rules, projected: @escaping ([Double]) -> [Double],
        _ response: @escaping (_ multipliers: [Double]) throws -> Found
    ) {
        self.rules = rules
        self.projected = projected
        self.response = response
    }

    /// Plays the rounds.
    ///
    /// - Parameters:
    ///   - constraints: How many constraints there are.
    ///   - progress: Called after each round.
    mutating func play(constraints: Int, progress: ProgressHandler?) throws -> Outcome {
        let limit = rules.limit
        var theta = [Double](repeating: 0, count: constraints)
        var lambdaSum = theta
        var times: [Double] = []
        var (eta, nu) = (rules.eta0 / limit, rules.nu ?? 0)
        var rounds: [(mixture: [Double], gap: Double)] = []
        var gradientGaps: [Double] = []
        var program: (size: Int, mixture: [Double], gap: Double)?
        var (lastChecked, lastGap, converged) = (5, Double.infinity, false)
        for round in 0..<rules.rounds {
            let exponentials = theta.map { exp($0) }
            let sum = exponentials.reduce(1, +)
            let lambda = exponentials.map { limit * $0 / sum }
            for k in lambda.indices { lambdaSum[k] += lambda[k] }
            let mean = lambdaSum.map { $0 / Double(round + 1) }
            let place = try best(lambda)
            if round == 0, rules.nu == nil { nu = found[place].tolerance }
            while times.count < found.count { times.append(0) }
            times[place] += 1
            let mixture = times.map { $0 / Double(round + 1) }
            let gradient = try gap(mixture, mean, enough: nu)
            gradientGaps.append(gradient.size)
            var chosen = (mixture: mixture, gap: gradient.size)
            if round > 0, rules.linearProgram {
                if program?.size != found.count {
                    let size = found.count
                    let solution = cheapest()
                    let gap = try gap(solution.mixture, solution.multipliers, enough: nu)
                    program = (size, solution.mixture, gap.size)
                }
                if let program, !(gradient.size < program.gap) { chosen = (program.mixture, program.gap) }
            }
            rounds.append(chosen)
            progress?(ProgressUpdate(stage: "rounds", completed: round + 1, total: rules.rounds))
            if chosen.gap < nu, round >= 5 {
                converged = true
                break
            }
            if Double(round) >= Double(lastChecked) * 1.6 {
                let best = gradientGaps.min() ?? .infinity
                if best > lastGap * 0.8 { eta *= 0.8 }
                (lastChecked, lastGap) = (round, best)
            }
            let gamma = found[place].gamma
            for k in theta.indices { theta[k] += eta * (gamma[k] - rules.bound) }
        }
        let least = rounds.map(\.gap).min() ?? .infinity
        let best = rounds.last { $0.gap <= least + Self.precision } ?? rounds[rounds.count - 1]
        return Outcome(mixture: best.mixture, rounds: rounds.count, converged: converged)
    }

    /// The best model against multipliers: its place among those found.
    private mutating func best(_ lambda: [Double]) throws -> Int {
        let answer: Found
        if let known = answered[lambda] {
            answer = known
        } else {
            try checkCancellation()
            answer = try response(lambda)
            answered[lambda] = answer
        }
        func value(_ one: Found) -> Double { one.error + BLAS.dot(one.gamma, lambda) }
        let values = found.map(value)
        if let best = values.indices.min(by: { (values[$0], $0) < (values[$1], $1) }),
            value(answer) >= values[best] - Self.precision
        {
            return best
        }
        found.append(answer)
        return found.count - 1
    }

    /// Error and constraints of a mixture of the models found.
    func mixed(_ mixture: [Double]) -> (error: Double, gamma: [Double]) {
        var error = 0.0
        var gamma = [Double](repeating: 0, count: found.first?.gamma.count ?? 0)
        for (one, weight) in zip(found, mixture) where weight != 0 {
            error += weight * one.error
            BLAS.add(one.gamma, times: weight, to: &gamma)
        }
        return (error, gamma)
    }

    private func value(_ error: Double, _ gamma: [Double], _ lambda: [Double]) -> Double {
        error + zip(lambda, gamma).reduce(0) { $0 + $1.0 * ($1.1 - rules.bound) }
    }

    /// How far a mixture and multipliers are from the saddle point, found out up to `enough`.
    private mutating func gap(_ mixture: [Double], _ lambda: [Double], enough: Double) throws -> Gap {
        let projected = projected(lambda)
        let (error, gamma) = mixed(mixture)
        let value = value(error, gamma, projected)
        let excess = (gamma.max() ?? 0) - rules.bound
        var gap = Gap(value: value, low: value, high: error + (excess > 0 ? rules.limit * excess : 0))
        for factor in [1.0, 2, 5, 10] {
            let place = try best(lambda.map { factor * $0 })
            gap.low = min(gap.low, self.value(found[place].error, found[place].gamma, projected))
            if gap.size > enough + Self.precision { break }
        }
        return gap
    }

    /// The cheapest mixture of all found, and the multipliers of its constraints.
    private func cheapest() -> MixtureProgram.Solution {
        MixtureProgram.solve(
            errors: found.map(\.error), gaps: found.map { $0.gamma.map { $0 - rules.bound } }, penalty: rules.limit)
    }
}
