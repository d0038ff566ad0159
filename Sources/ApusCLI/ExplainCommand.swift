#if Server
import Apus
import ApusCore
import ApusFrame
import ApusTrust
import ArgumentParser

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say what each column adds to the predictions for the rows of a table.",
        discussion: """
            Methods: shap (exact for trees and linear models, exact or by permutations for others), interventional (trees,
            against the background), exact, permutation and kernel (any model), lime (a local model around each row; of columns of
            text in terms of their words), importance
            (how much the score falls when a column is shuffled; the table needs the target), counterfactual (the nearest change
            of the first row that changes the decision).
            The background is what columns are compared with: the training rows that the model keeps, or --background DATA.
            """)

    enum Method: String, CaseIterable, ExpressibleByArgument {
        case shap, interventional, exact, permutation, kernel, lime, importance, counterfactual
    }

    @Argument(help: "A model file.")
    var model: String
    @Argument(help: DataSource.help)
    var data: String
    @Option(help: "shap, interventional, exact, permutation, kernel, lime, importance or counterfactual.")
    var method: Method = .shap
    @Option(help: "How many rows to explain, from the first; default: 100, or 1 for lime.")
    var rows: Int?
    @Option(help: "The row to begin with, counted from 1.")
    var from: Int = 1
    @Option(help: "The class to show where there are several.")
    var output: String?
    @Option(help: "Rows to compare with, in place of those the model keeps.")
    var background: String?
    @Option(help: "For kernel: identity, or logit to explain the log-odds of probabilities.")
    var link: ExplanationLink = .identity
    @Option(
        help:
            "For kernel: which columns get a part: none (all of them), auto, aic, bic, a number of columns, or alpha=PENALTY."
    )
    var select: KernelSelection = .none
    @Flag(help: "For linear models: what is not known follows what is, by the correlations of the background.")
    var correlated = false
    @Option(help: "For counterfactual: a column that must stay; may be repeated.")
    var immutable: [String] = []
    @Option(help: "The seed of what is drawn at random.")
    var seed: UInt32 = 0
    @Flag(help: "Print one JSON object.")
    var json = false
    @Option(help: "Where to write a report with charts, one HTML page.")
    var report: String?
    @OptionGroup var reading: ReadingOptions

    func validate() throws {
        if let rows, rows < 1 { throw ValidationError("--rows must be at least 1.") }
        if from < 1 { throw ValidationError("--from counts rows from 1.") }
        if report != nil, [.lime, .importance, .counterfactual].contains(method) {
            throw ValidationError("--report shows contributions; use it with shap or another method that gives them.")
        }
    }

    func run() throws {
        let trained = try TrainedModel(contentsOf: model)
        let source = try DataSource(data, options: reading, for: trained)
        let other = try background.map { try DataSource($0, options: reading, for: trained).frame }
        guard from <= source.frame.rowCount else {
            throw ApusError(
                .invalidInput, "\(data) has \(source.frame.rowCount) rows, so there is no row \(from) to begin with.")
        }
        let most = rows ?? (method == .lime || method == .counterfactual ? 1 : 100)
        let frame = source.frame.selecting(rows: from - 1..<min(source.frame.rowCount, from - 1 + most))
        switch method {
        case .lime where !trained.textColumns.isEmpty: try explainTexts(trained, frame)
        case .lime: try explainLocally(trained, frame, other)
        case .importance:
            try showImportance(trained, rows == nil && from == 1 ? source.frame : frame)
        case .counterfactual: try showCounterfactual(trained, frame, other)
        default:
            let explanation = try trained.explain(
                frame, method: ExplanationMethod(rawValue: method.rawValue) ?? .shap, background: other,
                options: ExplanationOptions(link: link, selection: select, followsCorrelations: correlated), seed: seed)
            var shown = try ExplanationReport(explanation, of: trained, on: frame, output: output)
            shown.firstRow = from
            if let report { try shown.page(file: model, data: source.name).write(to: report) }
            if json {
                guard case .object(var object) = shown.json() else { return }
                object["model"] = .string(model)
                try Console.say(json: .object(object))
            } else {
                Console.say(shown.text(width: Console.width, rows: most == 100 ? 2 : min(most, 10)))
                if let report { Console.say("\nReport written to \(report).") }
            }
        }
    }

    private func explainLocally(_ trained: TrainedModel, _ frame: DataFrame, _ other: DataFrame?) throws {
        let locals = try trained.explainLocally(frame, output: output, background: other, seed: seed)
        let stability = try trained.localStability(frame, output: output, background: other)
        if json {
            try Console.say(
                json: [
                    "model": .string(model), "method": "lime",
                    "rows": .array(
                        locals.enumerated().map { row, local in
                            [
                                "row": .int(row + from - 1), "output": .string(local.outputName),
                                "prediction": .double(local.prediction),
                                "local_prediction": .double(local.localPrediction),
                                "intercept": .double(local.intercept), "r2": local.score.map { .double($0) } ?? .null,
                                "terms": .array(
                                    local.terms.map {
                                        ["condition": .string($0.condition), "weight": .double($0.weight)]
                                    }),
                            ]
                        }),
                    "stability": ["agreement": .double(stability.agreement)],
                ])
            return
        }
        for (row, local) in locals.enumerated() {
            Console.say(
                "Row \(from + row): \(local.outputName) \(TextTable.significant(local.prediction, 5)), by the local model "
                    + "\(TextTable.significant(local.localPrediction, 5)) (R² \(TextTable.score(local.score)))\n")
            var table = TextTable(header: ["condition", "weight"])
            for term in local.terms { table.add([term.condition, TextTable.significant(term.weight, 4)]) }
            table.add(["(none of them)", TextTable.significant(local.intercept, 4)])
            Console.say(table.text(width: Console.width) + "\n")
        }
        Console.say(
            "Over 5 seeds, draws for row \(from) have \(TextTable.percent(stability.agreement)) of their columns in common."
        )
    }

    private func explainTexts(_ trained: TrainedModel, _ frame: DataFrame) throws {
        let found = try trained.explainTexts(frame, output: output, seed: seed)
        guard !found.isEmpty else {
            throw ApusError(.invalidInput, "The rows have no text to explain; choose others with --from and --rows.")
        }
        let stability =
            found[0].row == 0 ? try trained.textStability(frame, column: found[0].column, output: output) : nil
        if json {
            try Console.say(
                json: [
                    "model": .string(model), "method": "lime",
                    "rows": .array(
                        found.map { text in
                            [
                                "row": .int(text.row + from - 1), "column": .string(text.column),
                                "output": .string(text.local.outputName),
                                "prediction": .double(text.local.prediction),
                                "local_prediction": .double(text.local.localPrediction),
                                "intercept": .double(text.local.intercept),
                                "r2": text.local.score.map { .double($0) } ?? .null,
                                "terms": .array(
                                    text.local.terms.map {
                                        ["word": .string($0.condition), "weight": .double($0.weight)]
                                    }),
                            ]
                        }),
                    "stability": ["agreement": stability.map { .double($0.agreement) } ?? .null],
                ])
            return
        }
        for text in found {
            Console.say(
                "Row \(from + text.row), \(text.column): \(text.local.outputName) "
                    + "\(TextTable.significant(text.local.prediction, 5)), by the local model "
                    + "\(TextTable.significant(text.local.localPrediction, 5)) (R² \(TextTable.score(text.local.score)))\n"
            )
            var table = TextTable(header: ["word", "weight"])
            for term in text.local.terms { table.add([term.condition, TextTable.significant(term.weight, 4)]) }
            table.add(["(none of them)", TextTable.significant(text.local.intercept, 4)])
            Console.say(table.text(width: Console.width) + "\n")
        }
        guard let stability else { return }
        Console.say(
            "Over 5 seeds, draws for row \(from) have \(TextTable.percent(stability.agreement)) of their words in common."
        )
    }

    private func showImportance(_ trained: TrainedModel, _ frame: DataFrame) throws {
        let importance = try trained.permutationImportance(frame, seed: seed)
        let (means, deviations) = (importance.means, importance.deviations)
        let order = means.indices.sorted { (means[$1], $0) < (means[$0], $1) }
        if json {
            try Console.say(
                json: [
                    "model": .string(model), "method": "importance", "score": .double(importance.baseline),
                    "columns": .array(
                        order.map {
                            [
                                "column": .string(importance.featureNames[$0]), "importance": .double(means[$0]),
                                "deviation": .double(deviations[$0]),
                            ]
                        }),
                ])
            return
        }
        Console.say(
            "\(trained.task == .classification ? "Accuracy" : "R²") \(TextTable.score(importance.baseline)) on "
                + "\(TextTable.grouped(frame.rowCount)) rows; how much it falls when a column is shuffled, 5 times\n")
        var table = TextTable(header: ["column", "falls by", "±"])
        for k in order {
            table.add([importance.featureNames[k], TextTable.score(means[k]), TextTable.score(deviations[k])])
        }
        Console.say(table.text(width: Console.width))
    }

    private func showCounterfactual(_ trained: TrainedModel, _ frame: DataFrame, _ other: DataFrame?) throws {
        let found = try trained.counterfactual(frame, immutable: immutable, background: other)
        if json {
            try Console.say(
                json: [
                    "model": .string(model), "method": "counterfactual", "decision": .string(found.decision),
                    "other_decision": found.otherDecision.map { .string($0) } ?? .null,
                    "distance": found.distance.map { .double($0) } ?? .null, "searched": .string(found.searched),
                    "changes": .array(
                        found.changes.map {
                            ["column": .string($0.column), "from": .string($0.from), "to": .string($0.to)]
                        }),
                ])
            return
        }
        guard let decision = found.otherDecision else {
            return Console.say("Row \(from): \(found.decision). No change that alters it was found. \(found.searched)")
        }
        Console.say("Row \(from): \(found.decision). It would be \(decision) with:\n")
        var table = TextTable(header: ["column", "is", "would be"])
        for change in found.changes { table.add([change.column, change.from, change.to]) }
        Console.say(table.text(width: Console.width) + "\n\n\(found.searched)")
    }
}

extension ExplanationLink: ExpressibleByArgument {}

extension KernelSelection: ExpressibleByArgument {
    /// A selection by its name, a number of columns, or `alpha=` and a penalty.
    public init?(argument: String) {
        switch argument {
        case "none": self = .none
        case "auto": self = .auto
        case "aic": self = .aic
        case "bic": self = .bic
        default:
            if let count = Int(argument) {
                self = .features(count)
            } else if argument.hasPrefix("alpha="), let penalty = Double(argument.dropFirst(6)) {
                self = .alpha(penalty)
            } else {
                return nil
            }
        }
    }
    /// The selections that have a name.
    public static var allValueStrings: [String] { ["none", "auto", "aic", "bic"] }
    /// `none`.
    public var defaultValueDescription: String { "none" }
}
#endif
