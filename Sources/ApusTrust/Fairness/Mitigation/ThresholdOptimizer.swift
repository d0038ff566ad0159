import ApusCore
import ApusEvaluation
import ApusLearn

/// Which rate of the groups a threshold optimizer keeps equal.
public enum ThresholdConstraint: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Selection rates.
    case demographicParity
    /// True and false positive rates.
    case equalizedOdds
    /// True positive rates.
    case truePositiveRateParity
    /// False positive rates.
    case falsePositiveRateParity
    /// True negative rates.
    case trueNegativeRateParity
    /// False negative rates.
    case falseNegativeRateParity
}

/// What a threshold optimizer maximises.
public enum ThresholdObjective: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// The share of rows predicted right.
    case accuracyScore
    /// The mean of true positive and true negative rate.
    case balancedAccuracyScore
    /// The share of rows predicted positive.
    case selectionRate
    /// The true positive rate.
    case truePositiveRate
    /// The true negative rate.
    case trueNegativeRate
}

/// A fair classifier by a threshold of its own for each group, on the scores of any classifier.
///
///     let fair = ThresholdOptimizer(RandomForestClassifier(), constraint: .equalizedOdds)
///     let model = try fair.fit(x, y, sensitive: sex)
///     try model.predict(x, sensitive: sex)
///
/// With `randomized`, which is the default as in fairlearn 0.15 and has its thresholds, each group mixes two thresholds (and
/// for equalized odds a constant) so that the constraint holds exactly on the training rows; `predict` draws by the seed and
/// the content of the row. Without, each group has one threshold and equal rows of a group are always answered alike; the
/// constraint then holds as nearly as single thresholds can, within `tol` where they can: `achieved` of the model says how
/// near.
///
/// The group of a row must be known at prediction time. That may be unlawful where the decision is made, whatever the
/// intention: the reductions need no group then.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `constraint` | demographicParity | demographicParity, equalizedOdds, … | what is kept equal |
/// | `objective` | accuracyScore | accuracyScore, balancedAccuracyScore, … | what is maximised |
/// | `gridSize` | 1000 | at least 1 | how finely rates are tried |
/// | `flip` | false | true, false | whether a lower score may be better in a group |
/// | `tol` | none | none, 0 to 1 | how far groups may be apart; none is 0, and 0.01 for single thresholds |
/// | `randomized` | true | true, false | whether groups mix two thresholds |
/// | `seed` | 0 | 0 to 2³² - 1 | seed of the draws |
///
/// M. Hardt, E. Price, N. Srebro, "Equality of Opportunity in Supervised Learning", NeurIPS 2016.
public struct ThresholdOptimizer<Base: Classifier>: FairClassifier {
    /// `threshold-optimizer`
    public static var catalogName: String { "threshold-optimizer" }

    /// Every parameter, then those of the classifier within, each called `estimator.parameter`.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter(
                "constraint", \.constraint, .choice(ThresholdConstraint.allCases.map(\.rawValue)),
                "What is kept equal between groups."),
            Parameter(
                "objective", \.objective, .choice(ThresholdObjective.allCases.map(\.rawValue)), "What is maximised."),
            Parameter("gridSize", \.gridSize, .integer(1...1_000_000), "How finely rates are tried."),
            Parameter("flip", \.flip, .flag, "Whether a lower score may be better in a group."),
            Parameter(
                "tol", \.tol, .optional(.fraction),
                "How far groups may be apart; none is 0, and 0.01 for single thresholds."),
            Parameter("randomized", \.randomized, .flag, "Whether groups mix two thresholds to hold exactly."),
            Parameter("seed", \.seed, .seed, "The seed of the draws."),
        ] + Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \Self.estimator) }
    }

    /// The classifier whose scores are cut.
    public var estimator: Base
    /// What is kept equal between groups; default demographic parity.
    public var constraint: ThresholdConstraint
    /// What is maximised; default accuracy.
    public var objective: ThresholdObjective
    /// How finely rates are tried; default 1000.
    public var gridSize: Int
    /// Whether a lower score may be better in a group; default false.
    public var flip: Bool
    /// How far groups may be apart, 0 to 1; default nil: 0, and 0.01 for single thresholds.
    public var tol: Double?
    /// Whether groups mix two thresholds to hold the constraint exactly; default true.
    public var randomized: Bool
    /// The seed of the draws; default 0.
    public var seed: UInt32

    /// The defaults around the default classifier.
    public init() { self.init(Base()) }

    /// Thresholds for `estimator`.
    public init(
        _ estimator: Base, constraint: ThresholdConstraint = .demographicParity,
        objective: ThresholdObjective = .accuracyScore, gridSize: Int = 1000, flip: Bool = false, tol: Double? = nil,
        randomized: Bool = true, seed: UInt32 = 0
    ) {
        self.estimator = estimator
        self.constraint = constraint
        self.objective = objective
        self.gridSize = gridSize
        self.flip = flip
        self.tol = tol
        self.randomized = randomized
        self.seed = seed
    }

    /// Fits the classifier and finds the thresholds on the same rows.
    ///
    /// - Parameters: As for ``ExponentiatedGradient``.
    /// - Throws: `ApusError` for illegal parameters or data; `invalidInput` when a group has only positive or only negative
    ///   rows; or what the classifier throws.
    /// - Complexity: A fit of the classifier and O(n log n).
    public func fit(
        _ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> ThresholdModel<Base.Model> {
        try checkChoice()
        let model = try estimator.fit(x, y.compacted, weights: weights, progress: progress)
        return try fit(model, x, y, sensitive: sensitive, weights: weights)
    }

    /// Finds the thresholds for a classifier that is fitted already, on rows of your choice: those held out, for one.
    ///
    /// - Parameters:
    ///   - model: A classifier of two classes.
    ///   - x: n × d, one sample a row.
    ///   - y: n labels of the same two classes.
    ///   - sensitive: The group of each row, at least two groups.
    ///   - weights: n sample weights; default nil for equal ones.
    /// - Throws: As the other `fit`.
    public func fit(
        _ model: Base.Model, _ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]? = nil
    ) throws -> ThresholdModel<Base.Model> {
        try validateParameters()
        try checkChoice()
        let task = try FairTask(x, y, sensitive: sensitive, weights: weights, of: Self.catalogName)
        guard model.classes == task.classes else {
            throw ApusError(
                .invalidInput,
                "The classifier answers \(model.classes.names.joined(separator: ", ")), but y holds "
                    + "\(task.classes.names.joined(separator: ", ")); both must be the same two classes.")
        }
        let scores = try ThresholdModel.scores(model, x)
        var curves: [TradeOffCurve] = []
        for (group, name) in task.groups.classes.names.enumerated() {
            let rows = (0..<task.rows).filter { task.groups.codes[$0] == group && task.weight($0) > 0 }
            curves.append(
                try TradeOffCurve(
                    rows.map { (scores[$0], task.isPositive[$0], task.weight($0)) }, name: name, flip: flip,
                    x: constraint.rate, y: constraint == .equalizedOdds ? .truePositiveRate : objective.rate))
        }
        let search = ThresholdSearch(curves: curves, constraint: constraint, objective: objective)
        let rules =
            randomized
            ? search.randomized(gridSize: gridSize, tolerance: tol) : search.deterministic(tolerance: tol ?? 0.01)
        var found = ThresholdModel(
            base: model, groups: task.groups.classes.names, rules: rules, randomized: randomized, seed: seed,
            achieved: 0)
        found.achieved = Self.achieved(found, scores, task, constraint)
        return found
    }

    private func checkChoice() throws {
        guard constraint == .equalizedOdds else { return }
        guard objective == .accuracyScore || objective == .balancedAccuracyScore else {
            throw ApusError(
                .invalidParameter,
                "objective is \(objective.rawValue), but for equalizedOdds it must be accuracyScore or "
                    + "balancedAccuracyScore.")
        }
        if tol != nil, randomized {
            throw ApusError(
                .invalidParameter,
                "tol has no meaning for equalizedOdds with randomized thresholds, which hold exactly; leave it out.")
        }
    }

    /// How far groups are apart on the rows that the thresholds were found on, in expectation over the draws.
    private static func achieved(
        _ model: ThresholdModel<Base.Model>, _ scores: [Double], _ task: FairTask, _ constraint: ThresholdConstraint
    ) -> Double {
        var counts = [GroupOutcomes](repeating: GroupOutcomes(), count: model.groups.count)
        for row in scores.indices {
            let group = task.groups.codes[row]
            let share = model.rules[group].share(scores[row])
            let weight = task.weight(row)
            counts[group].add(isPositive: task.isPositive[row], isSelected: true, weight: weight * share)
            counts[group].add(isPositive: task.isPositive[row], isSelected: false, weight: weight * (1 - share))
        }
        let metric: FairnessMetric =
            switch constraint {
            case .demographicParity: .demographicParityDifference
            case .equalizedOdds: .equalizedOddsDifference
            case .truePositiveRateParity, .falseNegativeRateParity: .equalOpportunityDifference
            case .falsePositiveRateParity, .trueNegativeRateParity: .falsePositiveRateDifference
            }
        return metric.value(of: Array(zip(model.groups, counts))).value ?? 0
    }

    /// True: each group has a threshold of its own.
    public static var needsSensitiveToPredict: Bool { true }

    /// The two classes.
    public static func classes(of model: ThresholdModel<Base.Model>) -> Labels.Classes { model.classes }

    /// True: they are the shares of the two thresholds.
    public static func givesProbabilities(_ model: ThresholdModel<Base.Model>) -> Bool { true }

    /// The class of each row, and how probable each class is to be answered.
    ///
    /// - Throws: As ``ThresholdModel/predict(_:sensitive:)``; `invalidInput` without groups.
    public static func answers(
        of model: ThresholdModel<Base.Model>, _ x: Matrix, sensitive: Labels?
    ) throws -> (labels: Labels, probabilities: Matrix?) {
        guard let sensitive else {
            throw ApusError(
                .invalidInput,
                "This model decides by a threshold for each group and needs the group of each row; pass the sensitive "
                    + "column.")
        }
        let both = try model.answers(x, sensitive: sensitive)
        return (both.labels, both.probabilities)
    }
}
