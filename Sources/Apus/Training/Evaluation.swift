import ApusCore
import ApusEvaluation
import ApusFrame

/// A model judged on a table that has the target column.
public struct Evaluation: Sendable {
    /// Predictions, truth and scores.
    public let judgement: Judgement
    /// The groups of each of the model's sensitive columns that the table has.
    public let groups: [TrainingSummary.Group]
    private let model: TrainedModel

    /// Judges a model.
    ///
    /// - Throws: `ApusError` when the target or a column the model needs is missing or holds what was not learned.
    public init(of model: TrainedModel, on frame: DataFrame) throws {
        guard frame.containsColumn(model.target) else {
            throw ApusError(
                .invalidSchema,
                "The table has no column \(model.target), which the model predicts; add it, or use `apus predict`.")
        }
        self.model = model
        let truth = try Truth(of: model, in: frame)
        judgement = try Judgement(of: model.predictForScores(model.encoder.prepare(frame)), truth: truth)
        let judged = judgement
        let sensitive = model.summary.sensitiveColumns.filter(frame.containsColumn)
        groups = try sensitive.flatMap { name in
            let rule = model.summary.groupRules?.first { $0.column == name }
            return try TrainingSummary.Group.all(of: name, in: frame, judged, rule: rule)
        }
    }

    /// What a person reads.
    public func text(model file: String, data: String) throws -> String {
        var lines = [
            "\(file) (\(model.catalogName)) on \(TextTable.grouped(judgement.prediction.count)) rows of \(data)", "",
        ]
        var table = TextTable(header: ["score", "value"])
        for score in judgement.scores {
            table.add([TrainingSummary.title(of: score.name), TextTable.score(score.value)])
        }
        lines.append(table.text())
        if case (.labels(let truth), .labels(let predicted)) = (judgement.truth, judgement.prediction.values) {
            let report = try ClassificationReport(truth, predicted)
            lines += ["", try report.text(), try Evaluation.confusionText(truth, predicted)]
        }
        for column in summary.sensitiveColumns {
            var table = TextTable(header: TrainingSummary.groupHeader(model.task))
            for row in summary.groupRows(of: column, model.task) { table.add(row) }
            lines += ["", "By \(column)", table.text()]
        }
        return lines.joined(separator: "\n")
    }

    /// What a program reads.
    public func json(model file: String) throws -> JSONValue {
        var object: [String: JSONValue] = [
            "model": .string(file),
            "kind": .string(model.catalogName),
            "rows": .int(judgement.prediction.count),
            "scores": .object(
                Dictionary(
                    uniqueKeysWithValues: judgement.scores.map { ($0.name, $0.value.map { .double($0) } ?? .null) })),
            "groups": .array(
                groups.map {
                    [
                        "column": .string($0.column), "group": .string($0.group), "rows": .int($0.rows),
                        "base_rate": $0.baseRate.map { .double($0) } ?? .null,
                        "selection_rate": $0.selectionRate.map { .double($0) } ?? .null,
                        "performance": $0.performance.map { .double($0) } ?? .null,
                    ]
                }),
        ]
        if case (.labels(let truth), .labels(let predicted)) = (judgement.truth, judgement.prediction.values) {
            let matrix = try ConfusionMatrix(truth, predicted)
            object["classes"] = .array(matrix.classes.names.map { .string($0) })
            object["confusion_matrix"] = .array(
                (0..<matrix.counts.rows).map { .array(matrix.counts.row($0).map { .int(Int($0)) }) })
        }
        return .object(object)
    }

    /// The scores and groups in the form that the tables of a report take.
    var summary: TrainingSummary {
        var summary = TrainingSummary(trainRows: 0, testRows: judgement.prediction.count, seed: 0)
        summary.groups = groups
        return summary
    }

    private static func confusionText(_ truth: Labels, _ predicted: Labels) throws -> String {
        let matrix = try ConfusionMatrix(truth, predicted)
        var table = TextTable(header: ["true \\ predicted"] + matrix.classes.names)
        for (i, name) in matrix.classes.names.enumerated() {
            table.add([name] + matrix.counts.row(i).map { TextTable.grouped(Int($0)) })
        }
        return table.text()
    }
}
