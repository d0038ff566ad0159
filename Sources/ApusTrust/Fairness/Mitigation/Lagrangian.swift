@_spi(Trusted) import ApusCore

/// The game of a reduction: classifiers against multipliers of the constraints.
struct Lagrangian<Base: Classifier> {
    typealias Part = MixtureModel<Base.Model>.Part

    /// A classifier that was found, with its error and how far it is from each constraint.
    struct Found {
        let part: Part
        let error: Double
        let gamma: [Double]
        let selected: [Bool]
    }

    /// How far a mixture is from the saddle point.
    struct Gap {
        let value: Double
        var low: Double
        let high: Double
        let error: Double
        let gamma: [Double]
        var size: Double { max(value - low, high - value) }
    }

    /// Classifiers count as different when they differ by more than this.
    static var precision: Double { 1e-8 }

    let moment: Moment
    let base: Base
    let x: Matrix
    /// The greatest sum of multipliers.
    let limit: Double
    let progress: ProgressHandler?
    private(set) var found: [Found] = []
    /// The classifiers that answered multipliers before: the base classifier is deterministic, so they answer again.
    private var answered: [[Double]: Found] = [:]
    /// How often the base classifier was fitted.
    private(set) var fits = 0

    init(_ moment: Moment, _ base: Base, _ x: Matrix, limit: Double, progress: ProgressHandler?) {
        self.moment = moment
        self.base = base
        self.x = x
        self.limit = limit
        self.progress = progress
    }

    /// The best classifier against multipliers: its place among those found.
    mutating func best(_ lambda: [Double]) throws -> Int {
        let answer: Found
        if let known = answered[lambda] {
            answer = known
        } else {
            answer = try fitted(lambda)
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

    private mutating func fitted(_ lambda: [Double]) throws -> Found {
        try checkCancellation()
        let signed = zip(moment.objectiveWeights, moment.signedWeights(lambda)).map { $0 + $1 }
        var (wanted, weights) = moment.problem(signed)
        let total = weights.reduce(0, +)
        let scale = total > 0 ? Double(weights.count) / total : 1
        for row in weights.indices { weights[row] *= scale }
        let part = try Self.fit(base, x, wanted, total > 0 ? weights : nil)
        fits += 1
        let selected: [Bool]
        switch part {
        case .constant(let answer): selected = [Bool](repeating: answer, count: x.rows)
        case .model(let model): selected = try MixtureModel<Base.Model>.selected(model, x)
        }
        return Found(part: part, error: moment.error(selected), gamma: moment.gamma(selected), selected: selected)
    }

    /// The base classifier on labels of 0 and 1, or the only label that there is.
    static func fit(
        _ base: Base, _ x: Matrix, _ wanted: [Bool], _ weights: [Double]?
    ) throws -> Part {
        guard let first = wanted.first, wanted.contains(where: { $0 != first }) else {
            return .constant(wanted.first ?? false)
        }
        // A class that weighs nothing is one that nobody asks for; most classifiers refuse it.
        if let weights {
            let positive = zip(wanted, weights).reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
            let negative = zip(wanted, weights).reduce(0) { $0 + ($1.0 ? 0 : $1.1) }
            if positive == 0 { return .constant(false) }
            if negative == 0 { return .constant(true) }
        }
        let labels = Labels(trustedCodes: wanted.map { $0 ? 1 : 0 }, classes: .integers([0, 1]))
        return .model(try base.fit(x, labels, weights: weights, progress: nil))
    }

    /// Error and constraints of a mixture of the classifiers found.
    func mixed(_ mixture: [Double]) -> (error: Double, gamma: [Double]) {
        var error = 0.0
        var gamma = [Double](repeating: 0, count: moment.count)
        for (one, weight) in zip(found, mixture) where weight != 0 {
            error += weight * one.error
            BLAS.add(one.gamma, times: weight, to: &gamma)
        }
        return (error, gamma)
    }

    private func value(_ error: Double, _ gamma: [Double], _ lambda: [Double]) -> Double {
        error + zip(lambda, gamma).reduce(0) { $0 + $1.0 * ($1.1 - moment.bound) }
    }

    /// How far a mixture and multipliers are from the saddle point, found out up to `enough`.
    mutating func gap(_ mixture: [Double], _ lambda: [Double], enough: Double) throws -> Gap {
        let projected = moment.projected(lambda)
        let (error, gamma) = mixed(mixture)
        let value = value(error, gamma, projected)
        let excess = (gamma.max() ?? 0) - moment.bound
        var gap = Gap(
            value: value, low: value, high: error + (excess > 0 ? limit * excess : 0), error: error, gamma: gamma)
        for factor in [1.0, 2, 5, 10] {
            let place = try best(lambda.map { factor * $0 })
            gap.low = min(gap.low, self.value(found[place].error, found[place].gamma, projected))
            if gap.size > enough + Self.precision { break }
        }
        return gap
    }

    /// The cheapest mixture of all found, and the multipliers of its constraints.
    func cheapest() -> MixtureProgram.Solution {
        MixtureProgram.solve(
            errors: found.map(\.error), gaps: found.map { $0.gamma.map { $0 - moment.bound } }, penalty: limit)
    }
}
