#if Server
import Apus
import ApusCore
import ApusFrame
import ApusTrust
import ArgumentParser

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Check a table, or a model on a table, for how groups fare.",
        discussion: """
            apus audit loans.csv --sensitive sex --target paid     who is in the data, and what gives groups away
            apus audit loans.apus loans.csv --sensitive sex        how a model treats the groups
            The model's own sensitive columns are taken when none is named.
            """)

    @Argument(help: "A table, or a model file (.apus) and a table.")
    var inputs: [String]
    @Option(help: "A column whose groups are compared; may be repeated. Several are compared together too.")
    var sensitive: [String] = []
    @Option(help: "The column that is to be predicted, to compare how often each group has it.")
    var target: String?
    @Option(help: "The class of the target that counts; default: the last one.")
    var positive: String?
    @Option(
        name: .customLong("drop"), help: "A column that is no clue to a group, such as an identifier; may be repeated.")
    var dropped: [String] = []
    @Option(help: "The seed of samples, folds and ranges, from 0 to 4294967295.")
    var seed: UInt32 = 0
    @Flag(help: "Print one JSON object.")
    var json = false
    @Option(help: "Where to write a report, one HTML page.")
    var report: String?
    @OptionGroup var reading: ReadingOptions

    private var isModel: Bool { inputs[0].lowercased().hasSuffix(".apus") }

    func validate() throws {
        guard inputs.count == 1 || inputs.count == 2 else {
            throw ValidationError("Name a table, or a model file and a table.")
        }
        if isModel, inputs.count == 1 {
            throw ValidationError("A model is audited on a table with the target: apus audit \(inputs[0]) DATA.")
        }
        if !isModel, inputs.count == 2 {
            throw ValidationError("\(inputs[0]) is no model file (.apus), so only one table can be audited.")
        }
        if isModel, target != nil || positive != nil {
            throw ValidationError("A model knows its target; leave out --target and --positive.")
        }
    }

    func run() throws {
        if isModel { try auditModel() } else { try auditData() }
    }

    private func auditData() throws {
        let source = try DataSource(inputs[0], options: reading)
        try checkNames(sensitive + dropped + (target.map { [$0] } ?? []), in: source.frame)
        let audit = try DataAudit(
            of: source.frame, sensitive: sensitive, target: target, positive: positive, ignored: dropped, seed: seed)
        if let report { try DataAuditReport(audit, data: source.name).page().write(to: report) }
        if json {
            try Console.say(json: audit.json(data: source.name))
        } else {
            Console.say(audit.text(data: source.name, width: Console.width))
            if let report { Console.say("Report written to \(report).") }
        }
    }

    private func auditModel() throws {
        let model = try TrainedModel(contentsOf: inputs[0])
        let source = try DataSource(inputs[1], options: reading, for: model)
        try checkNames(sensitive, in: source.frame)
        let audit = try ModelAudit(of: model, on: source.frame, sensitive: sensitive)
        if let report { try audit.page(model: inputs[0], data: source.name).write(to: report) }
        if json {
            try Console.say(json: audit.json(model: inputs[0], data: source.name))
        } else {
            Console.say(audit.text(model: inputs[0], data: source.name, width: Console.width))
            if let report { Console.say("Report written to \(report).") }
        }
    }

    private func checkNames(_ names: [String], in frame: DataFrame) throws {
        for name in names where !frame.containsColumn(name) {
            throw ApusError(
                .unknownName,
                "There is no column \(name)\(suggestion(for: name, among: frame.columnNames)); "
                    + "the columns are \(frame.columnNames.joined(separator: ", ")).")
        }
    }
}
#endif
