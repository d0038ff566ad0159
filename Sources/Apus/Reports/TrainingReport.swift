import ApusCore
import ApusFrame
import ApusPlots

/// The page that `apus train --report` writes: the data, the scores, the charts, the parameters.
public struct TrainingReport: Sendable {
    private let result: TrainingPlan.Result
    private let data: String
    private let frame: DataFrame
    private let seconds: Double

    /// A report of a training.
    ///
    /// - Parameters:
    ///   - result: What training gave.
    ///   - data: What the table is called.
    ///   - frame: The table.
    ///   - seconds: How long training took.
    public init(_ result: TrainingPlan.Result, data: String, frame: DataFrame, seconds: Double) {
        self.result = result
        self.data = data
        self.frame = frame
        self.seconds = seconds
    }

    /// The page.
    public func page() throws -> HTMLPage {
        let model = result.model
        let summary = model.summary
        var page = HTMLPage(
            title: "\(model.catalogName) for \(model.target)",
            subtitle: "\(data): \(model.task.rawValue), \(result.taskReason).")
        let judged = summary.testScores.isEmpty ? summary.trainScores : summary.testScores
        page.tiles(
            [
                ("rows to learn from", TextTable.grouped(summary.trainRows)),
                ("rows held out", TextTable.grouped(summary.testRows)),
                ("features", TextTable.grouped(model.encoder.featureCount)),
                ("seconds", TextTable.fixed(seconds, 2)),
            ] + judged.prefix(1).map { (TrainingSummary.title(of: $0.name), TextTable.score($0.value)) })
        if summary.converged == false {
            page.note(
                "The optimiser stopped after \(summary.iterations ?? 0) iterations before it reached its tolerance. Scaled "
                    + "features (`--scale`) or a larger `maxIter` usually mend this.")
        }

        if let balance = summary.balance {
            page.section("Classes")
            page.paragraph(balance.sentence)
            page.table(header: TrainingSummary.Balance.header, rows: balance.rows)
            for remark in balance.remarks { page.note(remark) }
        }

        page.section("Scores")
        for line in summary.decision?.text ?? [] { page.paragraph(line) }
        page.table(header: summary.scoreHeader, rows: summary.scoreRows)
        if !summary.testScores.isEmpty {
            page.paragraph("A training score far above the test score is the mark of overfitting.")
        }

        if !summary.sensitiveColumns.isEmpty {
            ModelCard.addUse(of: model, data: data, to: &page)
            page.section("Groups")
            try FairnessAssessment(result, frame).addSections(to: &page)
            if let fairness = summary.fairness {
                page.section("Mitigation")
                fairness.addSection(to: &page)
            }
            let rows = result.test == nil ? result.split.train : result.split.test
            try ModelCard.addImportance(of: model, on: frame.selecting(rows: rows), to: &page)
        }

        page.section(summary.testRows > 0 ? "On the rows held out" : "On the training rows")
        try result.judgement.addFigures(to: &page)

        page.section("Data")
        addColumns(to: &page)
        if !summary.sensitiveColumns.isEmpty {
            page.section("Groups in the data")
            try DataAudit(
                of: frame, sensitive: summary.sensitiveColumns, target: model.target,
                positive: model.classes?.names.last,
                ignored: frame.columnNames.filter { name in
                    !model.encoder.inputColumns.contains { $0.schema.name == name }
                }, seed: summary.seed
            ).addSections(to: &page)
            page.section("Limits")
            ModelCard.addLimits(of: model, to: &page)
        }
        page.section("Model")
        page.table(
            header: ["parameter", "value"],
            rows: model.parameters.sorted { $0.key < $1.key }.map { [$0.key, $0.value.summary] })
        page.paragraph("Seed of the split: \(summary.seed). Made by Apus \(TrainedModel.libraryVersion).")
        return page
    }

    private func addColumns(to page: inout HTMLPage) {
        let description = DataDescription(frame)
        page.table(header: DataDescription.header, rows: description.rows)
    }
}

/// The page that `apus evaluate --report` writes.
public struct EvaluationReport: Sendable {
    private let evaluation: Evaluation
    private let model: TrainedModel
    private let file: String
    private let data: String

    /// A report of an evaluation.
    public init(_ evaluation: Evaluation, of model: TrainedModel, file: String, data: String) {
        self.evaluation = evaluation
        self.model = model
        self.file = file
        self.data = data
    }

    /// The page.
    public func page() throws -> HTMLPage {
        let judgement = evaluation.judgement
        var page = HTMLPage(
            title: "\(file) on \(data)",
            subtitle: "\(model.catalogName), \(model.task.rawValue) of \(model.target), "
                + "\(TextTable.grouped(judgement.prediction.count)) rows.")
        page.section("Scores")
        page.table(
            header: ["score", "value"],
            rows: judgement.scores.map { [TrainingSummary.title(of: $0.name), TextTable.score($0.value)] })
        for column in evaluation.summary.sensitiveColumns {
            page.heading("By \(column)")
            page.table(
                header: TrainingSummary.groupHeader(model.task),
                rows: evaluation.summary.groupRows(of: column, model.task))
        }
        page.section("Charts")
        try judgement.addFigures(to: &page)
        return page
    }
}
