import ApusCore
import ApusEvaluation
import ApusFrame
import ApusTrust

/// How the answers of a model treat groups: scores and rates of each group with intervals, and how far groups are apart.
///
///     let result = try plan.run(on: frame)
///     let assessment = try FairnessAssessment(result, frame)
///     print(assessment.text())
public struct FairnessAssessment: Sendable {
    /// One sensitive column, or all together.
    public struct Part: Sendable {
        /// The columns as a title: `sex × race`.
        public let title: String
        /// The group of each row.
        public let groups: Labels
        /// Scores and rates by group.
        public let frame: MetricFrame
        /// Counts of each group; empty for numbers.
        public let counts: [GroupOutcomes]
        /// Intervals of all of it from rows drawn with replacement.
        public let intervals: MetricFrame.Intervals
        /// The fairness metrics.
        public let disparities: [TrainingSummary.Disparity]
    }

    /// Predictions beside the truth.
    public let judgement: Judgement
    /// The class whose rates are compared; nil for numbers.
    public let positive: String?
    /// Each sensitive column, then all together where there are several.
    public let parts: [Part]

    /// Draws of the intervals.
    static let draws = 200

    /// Assesses answers.
    ///
    /// - Parameters:
    ///   - judgement: Predictions beside the truth.
    ///   - rules: How values of the sensitive columns make groups; at least one.
    ///   - frame: The rows that were judged.
    ///   - seed: The seed of the intervals; default 0.
    /// - Throws: `ApusError` when a sensitive column is missing or makes too many groups.
    public init(_ judgement: Judgement, _ rules: [GroupRule], _ frame: DataFrame, seed: UInt32 = 0) throws {
        self.judgement = judgement
        let outcomes = try Self.outcomes(judgement)
        let isClassifier: Bool
        if case .labels = outcomes.values { isClassifier = true } else { isClassifier = false }
        positive = isClassifier ? outcomes.positive : nil
        var metrics: [GroupMetric] =
            isClassifier
            ? [.accuracy, .baseRate, .selectionRate, .truePositiveRate, .falsePositiveRate, .precision]
            : [.meanTarget, .meanPrediction, .meanResidual, .meanAbsoluteError]
        if outcomes.positiveProbabilities != nil { metrics += [.rocAUC, .calibrationInTheLarge] }
        parts = try Self.groupings(rules, frame).map { title, groups in
            let table = try MetricFrame(metrics, outcomes, sensitive: groups)
            return Part(
                title: title, groups: groups, frame: table,
                counts: isClassifier ? try Self.counts(outcomes, groups) : [],
                intervals: try table.bootstrap(draws: Self.draws, seed: seed),
                disparities: try Self.disparities(outcomes, title, groups))
        }
    }

    /// Assesses what a training gave, on the rows held out where there are any.
    ///
    /// - Throws: As the other initialiser; `invalidParameter` when the training named no sensitive column.
    public init(_ result: TrainingPlan.Result, _ frame: DataFrame) throws {
        guard let rules = result.model.summary.groupRules, !rules.isEmpty else {
            throw ApusError(.invalidParameter, "The model was trained without a sensitive column; name one.")
        }
        let rows = result.test == nil ? result.split.train : result.split.test
        try self.init(result.judgement, rules, frame.selecting(rows: rows), seed: result.model.summary.seed)
    }

    static func groupings(_ rules: [GroupRule], _ frame: DataFrame) throws -> [(String, Labels)] {
        var found = try rules.map { ($0.column, try GroupRule.groups(of: [$0], in: frame)) }
        if rules.count > 1 {
            found.append(
                (rules.map(\.column).joined(separator: " × "), try GroupRule.groups(of: rules, in: frame)))
        }
        return found
    }

    static func outcomes(_ judgement: Judgement) throws -> Outcomes {
        switch (judgement.truth, judgement.prediction.values) {
        case (.labels(let truth), .labels(let predicted)):
            return try Outcomes(
                truth: truth, prediction: predicted, probabilities: judgement.prediction.probabilities,
                positive: predicted.classes.names.last)
        case (.numbers(let truth), .numbers(let predicted)):
            return try Outcomes(truth: truth, prediction: predicted)
        default: throw ApusError(.shapeMismatch, "Classes cannot be judged against numbers.")
        }
    }

    private static func counts(_ outcomes: Outcomes, _ groups: Labels) throws -> [GroupOutcomes] {
        guard case .labels(let truth, let prediction, _) = outcomes.values else { return [] }
        return try GroupOutcomes.all(truth, prediction, sensitive: groups, positive: outcomes.positive)
    }

    private static func disparities(
        _ outcomes: Outcomes, _ title: String, _ groups: Labels
    ) throws -> [TrainingSummary.Disparity] {
        func entry(_ name: String, _ value: MetricValue) -> TrainingSummary.Disparity {
            TrainingSummary.Disparity(column: title, metric: name, value: value.value, note: value.note)
        }
        switch outcomes.values {
        case .labels:
            let counts = Array(zip(groups.classes.names, try counts(outcomes, groups)))
            return FairnessMetric.allCases.map { entry($0.rawValue, $0.value(of: counts)) }
        case .numbers(let truth, let prediction):
            return try RegressionFairness.allCases.map {
                entry($0.rawValue, try $0.value(truth, prediction, sensitive: groups))
            }
        }
    }

    /// The fairness metrics of each sensitive column and of all together.
    static func disparities(
        _ judgement: Judgement, _ rules: [GroupRule], _ frame: DataFrame
    ) throws -> [TrainingSummary.Disparity] {
        let outcomes = try outcomes(judgement)
        return try groupings(rules, frame).flatMap { try disparities(outcomes, $0, $1) }
    }

    /// The scores that stand beside the fairness metrics.
    static let ownScores = ["accuracy", "roc_auc", "f1", "r2", "mae", "rmse"]

    /// The scores of a model before or after a mitigation: accuracy first, then the fairness metrics.
    static func scores(_ judgement: Judgement, _ groups: Labels) throws -> [TrainingSummary.Score] {
        let own = judgement.scores.filter { ownScores.contains($0.name) }
        let outcomes = try outcomes(judgement)
        return own
            + (try disparities(outcomes, "", groups).map { TrainingSummary.Score(name: $0.metric, value: $0.value) })
    }

    /// By how much a metric changes from one model's answers to another's, on the same rows drawn again.
    ///
    /// - Parameters:
    ///   - before: The answers of the one.
    ///   - after: Those of the other.
    ///   - groups: The group of each row.
    ///   - metric: The metric.
    ///   - seed: The seed of the draws.
    /// - Returns: The middle 95 of 100 changes; nil for numbers, or when the metric is never defined.
    static func change(
        _ before: Judgement, _ after: Judgement, _ groups: Labels, _ metric: FairnessMetric, seed: UInt32
    ) throws -> Interval? {
        let (old, new) = (try outcomes(before), try outcomes(after))
        guard case .labels(let truth, let first, _) = old.values, case .labels(_, let second, _) = new.values else {
            return nil
        }
        func isPositive(_ labels: Labels) -> [Bool] {
            let place = labels.classes.names.firstIndex(of: new.positive)
            return labels.codes.map { $0 == place }
        }
        let (known, one, other) = (isPositive(truth), isPositive(first), isPositive(second))
        let names = groups.classes.names
        var random = RandomState(seed: seed)
        let changes = (0..<draws).compactMap { _ -> Double? in
            var counts = [[GroupOutcomes]](
                repeating: [GroupOutcomes](repeating: GroupOutcomes(), count: names.count), count: 2)
            for row in random.integers(in: 0..<known.count, count: known.count) {
                counts[0][groups.codes[row]].add(isPositive: known[row], isSelected: one[row])
                counts[1][groups.codes[row]].add(isPositive: known[row], isSelected: other[row])
            }
            let values = counts.map { part in
                metric.value(of: Array(zip(names, part)).filter { $0.1.rows > 0 }).value
            }
            guard let old = values[0], let new = values[1] else { return nil }
            return new - old
        }
        return Interval(percentiles: changes, 0.95)
    }

    // MARK: Tables

    /// The title of a metric: `true positive rate`.
    static func title(_ metric: String) -> String {
        switch metric {
        case "rocAUC": "ROC AUC"
        case "calibrationInTheLarge": "probability − share"
        default: snakeCase(metric).split(separator: "_").joined(separator: " ")
        }
    }

    /// The metrics that are listed first, and in the text alone.
    static let chief: [FairnessMetric] = [
        .demographicParityDifference, .demographicParityRatio, .equalizedOddsDifference, .equalOpportunityDifference,
        .predictiveParityDifference, .accuracyDifference,
    ]

    /// Group, rows and metrics of a part, one row for each group.
    func header(_ part: Part) -> [String] { ["group", "rows"] + part.frame.metrics.map(Self.title) }

    /// The rows of `header`; with intervals below each value where asked for.
    func rows(_ part: Part, intervals: Bool) -> [[String]] {
        zip(part.frame.byGroup, part.intervals.byGroup).map { entry, ranges in
            [entry.group, TextTable.grouped(entry.rows)]
                + zip(entry.values, ranges).map { value, range in
                    guard let number = value.value else { return "undefined" }
                    let text = TextTable.fixed(number, 3)
                    guard intervals, let range else { return text }
                    return "\(text) (\(TextTable.fixed(range.lower, 3))–\(TextTable.fixed(range.upper, 3)))"
                }
        }
    }

    /// What a person reads.
    public func text(width: Int = 100) -> String {
        var lines: [String] = []
        for part in parts {
            var table = TextTable(header: header(part))
            for row in rows(part, intervals: false) { table.add(row) }
            lines += ["By \(part.title)" + (positive.map { " (rates of \($0))" } ?? ""), table.text(width: width), ""]
            var gaps = TextTable(header: ["disparity", "value", "remark"])
            let wanted = positive == nil ? part.disparities.map(\.metric) : Self.chief.map(\.rawValue)
            for gap in part.disparities where wanted.contains(gap.metric) {
                gaps.add([Self.title(gap.metric), TextTable.score(gap.value), gap.note ?? ""])
            }
            lines += [gaps.text(width: width), ""]
        }
        return lines.dropLast().joined(separator: "\n")
    }

    /// What a program reads.
    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        func range(_ interval: Interval?) -> JSONValue {
            interval.map { .array([.double($0.lower), .double($0.upper)]) } ?? .null
        }
        return .array(
            parts.map { part in
                let names = part.frame.metrics.map(snakeCase)
                let groups = zip(part.frame.byGroup, part.intervals.byGroup).map { entry, ranges -> JSONValue in
                    var values: [String: JSONValue] = [:]
                    for (place, name) in names.enumerated() {
                        values[name] = [
                            "value": number(entry.values[place].value), "interval": range(ranges[place]),
                            "note": entry.values[place].note.map { .string($0) } ?? .null,
                        ]
                    }
                    return ["group": .string(entry.group), "rows": .int(entry.rows), "metrics": .object(values)]
                }
                var gaps: [String: JSONValue] = [:]
                for gap in part.disparities {
                    gaps[snakeCase(gap.metric)] = [
                        "value": number(gap.value), "note": gap.note.map { .string($0) } ?? .null,
                    ]
                }
                return [
                    "columns": .string(part.title), "groups": .array(groups), "disparities": .object(gaps),
                    "positive": positive.map { .string($0) } ?? .null,
                ]
            })
    }
}
