import ApusCore
import ApusLearn
import ApusTrust

/// How a training is to treat the groups of its sensitive columns alike.
///
///     var plan = TrainingPlan(target: "income")
///     plan.sensitive = ["sex"]
///     plan.fair = FairTraining(constraint: .equalizedOdds, mitigation: .reductions, bound: 0.02)
public struct FairTraining: Sendable, Hashable {
    /// The way to a fair model.
    public enum Mitigation: String, Sendable, Hashable, CaseIterable {
        /// A mixture of classifiers within a bound: `ExponentiatedGradient`.
        case reductions
        /// The best classifier of a grid: `ReductionGridSearch`.
        case gridSearch = "grid-search"
        /// Weights under which label and group are independent: `Reweighing`.
        case reweighing
        /// Thresholds for each group: `ThresholdOptimizer`. The model then needs the sensitive columns to predict.
        case threshold
        /// A second learner that must not tell the group: `AdversarialDebiasing`.
        case adversarial
        /// Features without correlation: `CorrelationRemover`. The model then needs the sensitive columns to predict.
        case correlationRemover = "correlation-remover"

        /// The name in the catalog of the estimator behind it.
        public var catalogName: String {
            switch self {
            case .reductions: ExponentiatedGradient<LogisticRegression>.catalogName
            case .gridSearch: ReductionGridSearch<LogisticRegression>.catalogName
            case .reweighing: Reweighing<LogisticRegression>.catalogName
            case .threshold: ThresholdOptimizer<LogisticRegression>.catalogName
            case .adversarial: AdversarialDebiasing.catalogName
            case .correlationRemover: CorrelationRemover.catalogName
            }
        }

        /// The word on the command line for a name in the catalog.
        static func of(_ catalogName: String) -> String {
            allCases.first { $0.catalogName == catalogName }?.rawValue ?? reductions.rawValue
        }
    }

    /// What settings of the mitigation begin with, to tell them from those of the classifier: `mitigation.eps`.
    static let prefix = "mitigation."

    /// What is kept equal between groups.
    public var constraint: FairnessConstraint
    /// The way to it.
    public var mitigation: Mitigation
    /// How far groups may be apart, or with a reduction a group from all rows; nil takes the mitigation's default.
    public var bound: Double?
    /// Whether a mixture is drawn from, and whether thresholds are mixed; otherwise one fixed rule decides.
    public var randomized: Bool

    /// A way to a fair model.
    public init(
        constraint: FairnessConstraint = .demographicParity, mitigation: Mitigation = .reductions,
        bound: Double? = nil, randomized: Bool = true
    ) {
        self.constraint = constraint
        self.mitigation = mitigation
        self.bound = bound
        self.randomized = randomized
    }

    /// The kind of the model that comes out; nil where it is that of the classifier itself.
    var kind: String? { mitigation == .reweighing ? nil : mitigation.catalogName }

    /// Whether something is bounded that changes with the shares of the classes.
    var boundDependsOnClasses: Bool {
        guard mitigation == .reductions || mitigation == .gridSearch else { return false }
        switch constraint {
        case .demographicParity, .errorRateParity, .boundedGroupLoss: return true
        case .equalizedOdds, .truePositiveRateParity, .falsePositiveRateParity: return false
        }
    }

    /// Whether the sensitive columns are needed to predict.
    var needsSensitive: Bool { mitigation == .threshold || mitigation == .correlationRemover }
}
