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
        /// Each classifier that a reduction tried, on the training rows.
        public var candidates: [Candidate]

        /// A classifier that was tried.
        public struct Candidate: Sendable, Hashable, Codable {
            /// The share of rows it gets wrong.
            public var error: Double
            /// How far groups are apart under it, by the constraint.
            public var disparity: Double
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
