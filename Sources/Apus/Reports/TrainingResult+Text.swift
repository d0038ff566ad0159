import ApusCore
import ApusFrame

extension TrainingPlan.Result {
    /// What a person reads after training.
    ///
    /// - Parameters:
    ///   - data: What the table is called.
    ///   - seconds: How long it took.
    public func text(data: String, seconds: Double) -> String {
        let summary = model.summary
        var lines = [
            "\(model.catalogName) predicts \(model.target) from \(data): \(model.task.rawValue), \(taskReason).",
            "Fitted on \(TextTable.grouped(summary.trainRows)) rows × \(TextTable.grouped(model.encoder.featureCount))"
                + " features in \(TextTable.fixed(seconds, 2)) s"
                + (summary.testRows > 0
                    ? "; \(TextTable.grouped(summary.testRows)) rows held out." : "; none held out."),
        ]
        if summary.converged == false, let iterations = summary.iterations {
            lines.append(
                "It stopped after \(iterations) iterations without converging: scale the features (--scale) or raise "
                    + "maxIter (--set maxIter=\(iterations * 10)).")
        }
        if let balance = summary.balance { lines += balance.text }
        if let decision = summary.decision { lines += decision.text }
        var scores = TextTable(header: summary.scoreHeader)
        for row in summary.scoreRows { scores.add(row) }
        lines += ["", scores.text()]
        lines += model.groupText
        lines += model.disparityText
        return lines.joined(separator: "\n")
    }

    /// What a program reads after training.
    public func json(seconds: Double, file: String?) -> JSONValue {
        var object = model.json(file: file).objectValue ?? [:]
        object["seconds"] = .double(seconds)
        object["task_reason"] = .string(taskReason)
        return .object(object)
    }
}

extension TrainedModel {
    /// The tables of groups for each sensitive column, with an empty line before each.
    var groupText: [String] {
        summary.sensitiveColumns.flatMap { column in
            var table = TextTable(header: TrainingSummary.groupHeader(task))
            for row in summary.groupRows(of: column, task) { table.add(row) }
            let rows = summary.testRows > 0 ? "rows held out" : "training rows"
            return ["", "By \(column) (\(rows)\(positiveNote))", table.text()]
        }
    }

    /// How far groups are apart, and what a mitigation did about it.
    var disparityText: [String] {
        let chief = Set(FairnessAssessment.chief.map(\.rawValue))
        let gaps = (summary.disparities ?? []).filter { classes == nil || chief.contains($0.metric) }
        var lines: [String] = []
        if !gaps.isEmpty {
            var table = TextTable(header: ["disparity", "by", "value", "remark"])
            for gap in gaps {
                table.add([
                    FairnessAssessment.title(gap.metric), gap.column, TextTable.score(gap.value), gap.note ?? "",
                ])
            }
            lines += ["", table.text()]
        }
        guard let fairness = summary.fairness else { return lines }
        var table = TextTable(header: ["score", "before", "after"])
        for row in fairness.rows { table.add(row) }
        lines += ["", "\(TrainingSummary.Fairness.words(fairness.mitigation)), on the same rows", table.text()]
        if let change = fairness.changeText { lines.append(change) }
        if let bound = fairness.bound, let achieved = fairness.achieved, fairness.keepsBound == false {
            lines.append(
                "No mixture of the classifiers that were found keeps the bound \(bound) on the training rows; the nearest has "
                    + "\(TextTable.fixed(achieved, 4)). Another model, more rounds (--set mitigation.maxIter=200) or a wider "
                    + "--fair-bound may.")
        }
        return lines
    }

    /// Which class base rates and selection rates are about.
    var positiveNote: String {
        guard let positive = classes?.names.last else { return "" }
        return "; rates of \(target) = \(positive)"
    }

    /// The most features that are listed by name; texts may make many more.
    private static let mostListed = 20_000

    /// What a program reads of a model.
    ///
    /// - Parameter file: The path of the model file, where there is one.
    public func json(file: String?) -> JSONValue {
        func scores(_ list: [TrainingSummary.Score]) -> JSONValue {
            .object(Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0.value.map { .double($0) } ?? .null) }))
        }
        var object: [String: JSONValue] = [
            "model": .string(catalogName),
            "task": .string(task.rawValue),
            "target": .string(target),
            "parameters": .object(parameters),
            "rows": ["train": .int(summary.trainRows), "test": .int(summary.testRows)],
            "feature_count": .int(encoder.featureCount),
            "features": .array(encoder.featureNames.prefix(Self.mostListed).map { .string($0) }),
            "columns": .array(
                encoder.inputColumns.map { column in
                    var entry: [String: JSONValue] = [
                        "name": .string(column.schema.name), "type": .string(column.schema.type.rawValue),
                        "sensitive": .bool(column.schema.isSensitive),
                    ]
                    if !column.levels.isEmpty { entry["levels"] = .array(column.levels.map { .string($0) }) }
                    return .object(entry)
                }),
            "seed": .int(Int(summary.seed)),
            "sample_rows": .int(summary.sample?.rowCount ?? 0),
            "scores": ["train": scores(summary.trainScores), "test": scores(summary.testScores)],
            "groups": .array(
                summary.groups.map {
                    [
                        "column": .string($0.column), "group": .string($0.group), "rows": .int($0.rows),
                        "base_rate": $0.baseRate.map { .double($0) } ?? .null,
                        "selection_rate": $0.selectionRate.map { .double($0) } ?? .null,
                        "performance": $0.performance.map { .double($0) } ?? .null,
                    ]
                }),
            "disparities": .array(
                (summary.disparities ?? []).map {
                    [
                        "columns": .string($0.column), "metric": .string(snakeCase($0.metric)),
                        "value": $0.value.map { .double($0) } ?? .null, "note": $0.note.map { .string($0) } ?? .null,
                    ]
                }),
            "fairness": summary.fairnessJSON,
            "library_version": .string(Self.libraryVersion),
            "file": file.map { .string($0) } ?? .null,
        ]
        if let classes {
            object["classes"] = .array(classes.names.map { .string($0) })
        }
        if let iterations = summary.iterations { object["iterations"] = .int(iterations) }
        if let converged = summary.converged { object["converged"] = .bool(converged) }
        if let balance = summary.balance { object["balance"] = balance.json }
        if let decision = summary.decision { object["decision"] = decision.json }
        return .object(object)
    }

    /// What a person reads of a model file.
    public func text(file: String) -> String {
        var lines = [
            "\(file): \(catalogName), \(task.rawValue) of \(target)",
            "Fitted on \(TextTable.grouped(summary.trainRows)) rows × \(TextTable.grouped(encoder.featureCount)) "
                + "features, \(TextTable.grouped(summary.testRows)) rows held out, seed \(summary.seed).",
        ]
        if let classes { lines.append("Classes: " + classes.names.joined(separator: ", ")) }
        if let sample = summary.sample {
            lines.append(
                "Keeps \(sample.rowCount) training rows as they were, for explanations to compare with "
                    + "(`--sample-rows 0` keeps none).")
        }
        var columns = TextTable(header: ["column", "type", "role", "levels"])
        for column in encoder.inputColumns {
            columns.add([
                column.schema.name, column.schema.type.rawValue,
                column.schema.isSensitive ? "feature, sensitive" : "feature",
                column.levels.isEmpty ? "" : "\(column.levels.count): " + column.levels.joined(separator: ", "),
            ])
        }
        lines += ["", columns.text()]
        var settings = TextTable(header: ["parameter", "value"])
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { settings.add([name, value.summary]) }
        lines += ["", settings.text()]
        if let balance = summary.balance { lines += [""] + balance.text }
        if let decision = summary.decision { lines += [""] + decision.text }
        var scores = TextTable(header: summary.scoreHeader)
        for row in summary.scoreRows { scores.add(row) }
        lines += ["", scores.text()]
        return (lines + groupText + disparityText).joined(separator: "\n")
    }
}
