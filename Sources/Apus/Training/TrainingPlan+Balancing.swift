import ApusCore
import ApusFrame
import ApusLearn

extension TrainingPlan {
    /// Fits an estimator on rows, balanced if the plan says so.
    func fitBalanced(
        _ entry: CatalogEntry, _ task: LearningTask, _ x: PreparedRows, _ known: Truth,
        _ encoder: any FittedPreparation, _ progress: ProgressHandler?
    ) throws -> Fitted {
        try checkDecisions(task)
        guard let balance else { return try fit(entry, task, x, known, progress) }
        guard case .labels(let labels) = known else {
            throw ApusError(
                .invalidParameter,
                "Only classes can be balanced, and \(target) is a number; leave out --balance.")
        }
        let rows = try balance.apply(to: x, labels.compacted, encoder, seed: seed, found: found.balance)
        var fitted = try fit(
            entry, task, rows.x, .labels(rows.labels), progress, weigh: balance.method == .weights)
        fitted.balance = rows.balance
        return fitted
    }

    /// Sample weights that balance the classes; nil where the estimator has a parameter for it, which then is set.
    func balancingWeights<Kind: Classifier>(for estimator: Kind, _ labels: Labels) throws -> [Double]? {
        if Kind.parameters.contains(where: { $0.name == "classWeight" }) { return nil }
        guard Kind.traits.usesWeights else {
            throw ApusError(
                .invalidParameter,
                "\(Kind.catalogName) has no use for weights; choose another way to balance, such as --balance smote.")
        }
        return try ClassWeight.balanced.weights(for: labels, sampleWeights: nil)
    }
}
