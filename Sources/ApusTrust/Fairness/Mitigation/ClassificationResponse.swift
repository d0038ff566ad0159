@_spi(Trusted) import ApusCore

/// The classifier that is best against multipliers of the constraints: the base classifier, fitted on labels and weights that
/// stand for error and constraints together.
struct ClassificationResponse<Base: Classifier> {
    typealias Part = MixtureModel<Base.Model>.Part

    let moment: Moment
    let base: Base
    let x: Matrix

    /// The best classifier.
    func callAsFunction(_ lambda: [Double]) throws -> ReductionGame<Part>.Found {
        let signed = zip(moment.objectiveWeights, moment.signedWeights(lambda)).map { $0 + $1 }
        var (wanted, weights) = moment.problem(signed)
        let total = weights.reduce(0, +)
        let scale = total > 0 ? Double(weights.count) / total : 1
        for row in weights.indices { weights[row] *= scale }
        let part = try Self.fit(base, x, wanted, total > 0 ? weights : nil)
        let selected = try part.selected(x)
        return .init(
            part: part, error: moment.error(selected), gamma: moment.gamma(selected),
            tolerance: Self.tolerance(selected, moment.task))
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

    /// Half the standard error of a classifier's error.
    private static func tolerance(_ selected: [Bool], _ task: FairTask) -> Double {
        let n = Double(task.rows)
        guard n > 1 else { return 0 }
        let wrong = Double(zip(selected, task.isPositive).count { $0 != $1 })
        let variance = wrong * (1 - wrong / n) / (n - 1)
        return 0.5 * variance.squareRoot() / n.squareRoot()
    }
}

extension MixtureModel.Part {
    /// Whether it answers each row positive.
    func selected(_ x: Matrix) throws -> [Bool] {
        switch self {
        case .constant(let answer): [Bool](repeating: answer, count: x.rows)
        case .model(let model): try MixtureModel.selected(model, x)
        }
    }
}
