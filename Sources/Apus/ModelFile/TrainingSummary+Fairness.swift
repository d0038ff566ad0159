import ApusCore
import ApusEvaluation
import ApusTrust

extension TrainingSummary {
    /// How a mitigation was asked for, and what it did to the rows that the model was judged on.
    public struct Fairness: Sendable, Hashable, Codable {
        /// The mitigation's name, such as `reductions`.
        public var mitigation: String
        /// What was to be kept equal, such as `demographicParity`.
        public var constraint: String
        /// The disparity that was asked for on the training rows; nil where the mitigation has no bound.
        public var bound: Double?
        /// The disparity that was reached on the training rows; nil where the mitigation does not say.
        public var achieved: Double?
        /// Scores of the same classifier without mitigation.
        public var before: [Score]
        /// Scores of the model.
        public var after: [Score]
        /// By how much the mitigation changes the metric that it is about, on the rows that the model was judged on: the middle
        /// 95 of 100 values when these are drawn again, for both models alike; nil for numbers and in older files.
        public var change: Interval?
        /// Each classifier that a reduction tried, on the training rows.
        public var candidates: [Candidate]

        /// A classifier that was tried.
        public struct Candidate: Sendable, Hashable, Codable {
            /// The share of rows it gets wrong.
            public var error: Double
            /// How far groups are apart under it, by the constraint.
            public var disparity: Double
        }

        /// What the mitigation did to the metric that it is about, in a sentence; nil where that is not defined.
        var changeText: String? {
            // A bound on the loss of each group is not about differences.
            guard let constraint = FairnessConstraint(rawValue: constraint), constraint != .boundedGroupLoss else {
                return nil
            }
            let metric = constraint.metric.rawValue
            guard let old = before.first(where: { $0.name == metric })?.value,
                let new = after.first(where: { $0.name == metric })?.value
            else { return nil }
            let title = FairnessAssessment.title(metric)
            let range = change.map {
                "; drawn again, the rows give changes from \(TextTable.fixed($0.lower, 3)) to \(TextTable.fixed($0.upper, 3))"
            }
            if new < old {
                return
                    "It changes the \(title) by \(TextTable.fixed(new - old, 3)) on the rows that the model was judged on"
                    + (range ?? "") + "."
            }
            return
                "It did not help here: the \(title) is \(TextTable.fixed(new, 3)) after and \(TextTable.fixed(old, 3)) before"
                + (range ?? "") + ". Another mitigation, more of its rounds or points, or fewer groups may."
        }

        /// Whether the bound was reached on the training rows; nil without one.
        public var keepsBound: Bool? {
            guard let bound, let achieved else { return nil }
            return achieved <= bound + 1e-6
        }
    }

    /// A fairness metric of the rows that the model was judged on.
    public struct Disparity: Sendable, Hashable, Codable {
        /// The sensitive columns: one, or all together as `sex × race`.
        public var column: String
        /// The metric's name in Swift, such as `demographicParityDifference`.
        public var metric: String
        /// Its value, or nil where it is not defined.
        public var value: Double?
        /// Why it is not defined, or which groups it leaves out.
        public var note: String?
    }
}
