import ApusCore
import ApusEvaluation
import ApusFrame
import ApusPlots
import ApusTrust

/// The parts of a report that make a model card of it: use and limits, as far as the model file can know them.
///
/// M. Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
enum ModelCard {
    /// What the model is for. What only its owner can say is left as a field to fill in.
    static func addUse(of model: TrainedModel, data: String, to page: inout HTMLPage) {
        page.section("Use")
        let sensitive = model.encoder.inputColumns.filter(\.schema.isSensitive).map(\.schema.name)
        let needsGroup =
            model.catalogName == FairTraining.Mitigation.threshold.catalogName
            || model.catalogName == FairTraining.Mitigation.correlationRemover.catalogName
        page.table(
            header: ["field", "content"],
            rows: [
                [
                    "predicts",
                    "\(model.target)" + (model.classes.map { ": \($0.names.joined(separator: ", "))" } ?? ""),
                ],
                ["learned from", "\(data), \(TextTable.grouped(model.summary.trainRows)) rows"],
                ["kind of model", model.catalogName],
                ["watched for fairness", model.summary.sensitiveColumns.joined(separator: ", ")],
                [
                    "sensitive columns in the model",
                    needsGroup
                        ? "\(sensitive.joined(separator: ", ")), needed to predict"
                        : sensitive.isEmpty ? "none" : "\(sensitive.joined(separator: ", ")), as features",
                ],
                ["intended use", "to be filled in by whoever puts the model to use: who decides what by it"],
                ["uses out of scope", "to be filled in: what it must not decide"],
                ["people to ask", "to be filled in: owner and contact"],
            ])
    }

    /// Rows that columns are shuffled in, at most.
    private static let shuffledRows = 2000
    /// Rows whose contributions are shown, at most: for models that have an explanation of their own kind, and for others.
    private static let explainedRows = (fast: 300, slow: 24)

    /// What the model leans on: what each column adds to its answers, and how much worse it gets without each.
    static func addImportance(of model: TrainedModel, on frame: DataFrame, to page: inout HTMLPage) throws {
        page.section("What it leans on")
        try addContributions(of: model, on: frame, to: &page)
        try addShuffles(of: model, on: frame, to: &page)
    }

    /// The contributions of the columns: their mean sizes, and those of each row.
    private static func addContributions(
        of model: TrainedModel, on frame: DataFrame, to page: inout HTMLPage
    ) throws {
        var random = RandomState(seed: model.summary.seed)
        let order = random.permutation(frame.rowCount)
        let most = model.isExplainedFast ? explainedRows.fast : explainedRows.slow
        let rows = try frame.selecting(rows: Array(order.prefix(most)))
        // Rows to compare with: those that are not explained, or all of them where there are no others.
        let others = order.dropFirst(most).prefix(model.isExplainedFast ? 100 : 15)
        let background = others.isEmpty ? rows : try frame.selecting(rows: Array(others))
        do {
            let report = try ExplanationReport(
                model.explain(rows, background: background, seed: model.summary.seed), of: model, on: rows)
            page.paragraph(
                "Contributions to the \(report.measure) of \(TextTable.grouped(rows.rowCount)) of the rows "
                    + "(\(report.explanation.method)); base and contributions add up to what the model says of each row."
            )
            report.addFigures(to: &page)
        } catch let error as ApusError where error.code == .unavailable {
            page.note("Contributions of columns are not shown: \(error.message)")
        }
    }

    /// How much the model's accuracy falls, or its mean error grows, when a column is shuffled.
    private static func addShuffles(of model: TrainedModel, on frame: DataFrame, to page: inout HTMLPage) throws {
        var random = RandomState(seed: model.summary.seed)
        let rows = random.permutation(frame.rowCount).prefix(shuffledRows)
        let sample = try frame.selecting(rows: Array(rows))
        let truth = try Truth(of: model, in: sample)
        func score(_ frame: DataFrame) throws -> Double {
            switch (try model.predict(frame).values, truth) {
            case (.labels(let predicted), .labels(let known)): return try accuracyScore(known, predicted)
            case (.numbers(let predicted), .numbers(let known)): return -(try meanAbsoluteError(known, predicted))
            default: throw ApusError(.shapeMismatch, "Classes cannot be judged against numbers.")
            }
        }
        let baseline = try score(sample)
        let names = model.encoder.inputColumns.map(\.schema.name).filter(sample.containsColumn)
        var means: [Double] = []
        var deviations: [Double] = []
        for name in names {
            let falls = try (0..<3).map { _ in
                let order = random.permutation(sample.rowCount)
                var shuffled = sample
                shuffled[name] = try sample.selecting(columns: [name]).selecting(rows: order).columns.first
                return baseline - (try score(shuffled))
            }
            let mean = falls.reduce(0, +) / 3
            means.append(mean)
            deviations.append((falls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3).squareRoot())
        }
        page.figure(
            svg: ImportanceChart(
                names: names, values: means, deviations: deviations,
                title: "Fall of \(model.task == .classification ? "accuracy" : "the mean absolute error") by column"
            ).svg(width: 640, height: Double(110 + 24 * min(20, names.count))),
            caption: "How much worse the model gets when the values of a column are shuffled among "
                + "\(TextTable.grouped(sample.rowCount)) rows, with the deviation over three shuffles. Columns that carry the same "
                + "information stand in for each other and look less important. `apus explain` has more.")
    }

    /// What the figures cannot tell.
    static func addLimits(of model: TrainedModel, to page: inout HTMLPage) {
        let summary = model.summary
        var lines: [String] = []
        if summary.testRows == 0 {
            lines.append("No rows were held out: all scores are of rows that the model has seen, and flatter it.")
        }
        let small = summary.groups.filter { $0.rows < DataAudit.smallGroup }
        if !small.isEmpty {
            lines.append(
                "Groups with fewer than \(DataAudit.smallGroup) judged rows: "
                    + small.prefix(10).map { "\($0.column) = \($0.group) (\($0.rows))" }.joined(separator: ", ")
                    + (small.count > 10 ? " and \(small.count - 10) more" : "")
                    + ". Their figures move by chance; look at the ranges.")
        }
        if let rules = summary.groupRules {
            let judged = Dictionary(grouping: summary.groups, by: \.column).mapValues { Set($0.map(\.group)) }
            let absent = rules.flatMap { rule in
                rule.names.filter { !(judged[rule.column] ?? []).contains($0) }.map { "\(rule.column) = \($0)" }
            }
            if !absent.isEmpty {
                lines.append(
                    "No row of these groups was judged: \(absent.prefix(10).joined(separator: ", ")). Nothing is known of how "
                        + "the model treats them.")
            }
        }
        if let fairness = summary.fairness, fairness.keepsBound == false {
            lines.append("The bound of the mitigation was not reached on the training rows.")
        }
        let probabilities =
            summary.decision?.calibration == nil
            ? " Its probabilities are those of the answer and not of the truth." : ""
        switch FairTraining.Mitigation(rawValue: summary.fairness?.mitigation ?? "") {
        case .reductions where model.task == .classification:
            lines.append(
                "The model is a mixture: it draws by its seed and the content of a row, so the same row always gets the same "
                    + "answer." + probabilities)
        case .threshold:
            lines.append(
                "The model decides by group. Deciding by a sensitive column can be unlawful where it is used."
                    + probabilities)
        default: break
        }
        lines += [
            "A metric that is equal between groups says nothing about groups that were not named, nor about single rows.",
            "Labels may carry the bias of those who gave them; equal error rates are then equal errors against biased labels.",
            "Figures hold for rows like those judged here; watch them where the model is used.",
        ]
        page.list(lines)
    }
}

/// The page of `apus audit` for a table.
public struct DataAuditReport: Sendable {
    private let audit: DataAudit
    private let data: String

    /// A report of a check.
    public init(_ audit: DataAudit, data: String) {
        self.audit = audit
        self.data = data
    }

    /// The page.
    public func page() -> HTMLPage {
        var page = HTMLPage(
            title: "Groups in \(data)",
            subtitle: "\(TextTable.grouped(audit.rows)) rows"
                + (audit.target.map { ", \($0)" + (audit.positive.map { " = \($0)" } ?? "") } ?? "") + ".")
        page.section("Groups")
        audit.addSections(to: &page)
        return page
    }
}

/// A trained model audited on a table: how it treats the groups of some columns, whether it was trained with them or not.
public struct ModelAudit: Sendable {
    /// How groups are treated.
    public let assessment: FairnessAssessment
    private let model: TrainedModel
    private let frame: DataFrame
    private let rules: [GroupRule]

    /// Audits a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - frame: A table with the columns of the model, the target and the sensitive columns.
    ///   - sensitive: The sensitive columns; empty takes those that the model was trained with.
    /// - Throws: `ApusError` when a column is missing, or when no sensitive column is known.
    public init(of model: TrainedModel, on frame: DataFrame, sensitive: [String] = []) throws {
        let names = sensitive.isEmpty ? model.summary.sensitiveColumns : sensitive
        guard !names.isEmpty else {
            throw ApusError(
                .invalidParameter,
                "The model was trained without a sensitive column; name the one to audit by (--sensitive COLUMN).")
        }
        let evaluation = try Evaluation(of: model, on: frame)
        rules = try names.map { name in
            guard frame.containsColumn(name) else {
                throw ApusError(
                    .invalidSchema,
                    "The table has no column \(name) to make groups by\(suggestion(for: name, among: frame.columnNames))."
                )
            }
            return try model.summary.groupRules?.first { $0.column == name } ?? GroupRule(of: frame[name])
        }
        assessment = try FairnessAssessment(evaluation.judgement, rules, frame, seed: model.summary.seed)
        self.model = model
        self.frame = frame
    }

    /// What a person reads.
    public func text(model file: String, data: String, width: Int = 100) -> String {
        var lines = [
            "\(file) (\(model.catalogName)) on \(TextTable.grouped(frame.rowCount)) rows of \(data)", "",
            assessment.text(width: width),
        ]
        if let fairness = model.summary.fairness {
            var table = TextTable(header: ["score", "before", "after"])
            for row in fairness.rows { table.add(row) }
            lines += ["", "Before and after mitigation, when it was trained", table.text(width: width)]
        }
        return lines.joined(separator: "\n")
    }

    /// What a program reads.
    public func json(model file: String, data: String) -> JSONValue {
        [
            "model": .string(file), "kind": .string(model.catalogName), "data": .string(data),
            "rows": .int(frame.rowCount),
            "scores": .object(
                Dictionary(
                    assessment.judgement.scores.map { ($0.name, $0.value.map { .double($0) } ?? .null) },
                    uniquingKeysWith: { a, _ in a })),
            "audits": assessment.json, "fairness": model.summary.fairnessJSON,
        ]
    }

    /// The page.
    public func page(model file: String, data: String) throws -> HTMLPage {
        var page = HTMLPage(
            title: "\(file) on \(data)",
            subtitle: "\(model.catalogName), \(model.task.rawValue) of \(model.target), "
                + "\(TextTable.grouped(frame.rowCount)) rows.")
        ModelCard.addUse(of: model, data: data, to: &page)
        page.section("Scores")
        page.table(
            header: ["score", "value"],
            rows: assessment.judgement.scores.map {
                [TrainingSummary.title(of: $0.name), TextTable.score($0.value)]
            })
        page.section("Groups")
        try assessment.addSections(to: &page)
        if let fairness = model.summary.fairness {
            page.section("Mitigation")
            page.remark("As it was when the model was trained.")
            fairness.addSection(to: &page)
        }
        try ModelCard.addImportance(of: model, on: frame, to: &page)
        page.section("Charts")
        try assessment.judgement.addFigures(to: &page)
        page.section("Groups in the data")
        let known = Set(model.encoder.inputColumns.map(\.schema.name))
        try DataAudit(
            of: frame, sensitive: rules.map(\.column), target: model.target, positive: model.classes?.names.last,
            ignored: frame.columnNames.filter { !known.contains($0) }, seed: model.summary.seed
        ).addSections(to: &page)
        page.section("Limits")
        ModelCard.addLimits(of: model, to: &page)
        return page
    }
}

extension TrainingSummary {
    /// What a program reads of a mitigation; null without one.
    var fairnessJSON: JSONValue {
        guard let fairness else { return .null }
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        func scores(_ list: [Score]) -> JSONValue {
            .object(
                Dictionary(list.map { (snakeCase($0.name), number($0.value)) }, uniquingKeysWith: { a, _ in a }))
        }
        return [
            "mitigation": .string(fairness.mitigation), "constraint": .string(fairness.constraint),
            "bound": number(fairness.bound), "achieved": number(fairness.achieved),
            "keeps_bound": fairness.keepsBound.map { .bool($0) } ?? .null, "before": scores(fairness.before),
            "after": scores(fairness.after),
            "change": fairness.change.map { .array([.double($0.lower), .double($0.upper)]) } ?? .null,
            "candidates": .array(
                fairness.candidates.map { ["error": .double($0.error), "disparity": .double($0.disparity)] }),
        ]
    }
}
