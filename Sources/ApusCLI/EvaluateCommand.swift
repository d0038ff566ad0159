#if Server
import Apus
import ApusCore
import ApusFrame
import ArgumentParser

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Judge a model on a table that has the target column.")

    @Argument(help: "A model file.")
    var model: String
    @Argument(help: DataSource.help)
    var data: String
    @Flag(help: "Print one JSON object.")
    var json = false
    @Option(help: "Where to write a report, one HTML page.")
    var report: String?
    @OptionGroup var reading: ReadingOptions

    func run() throws {
        let trained = try TrainedModel(contentsOf: model)
        let source = try DataSource(data, options: reading, for: trained)
        let evaluation = try Evaluation(of: trained, on: source.frame)
        if let report {
            try EvaluationReport(evaluation, of: trained, file: model, data: source.name).page().write(to: report)
        }
        if json {
            try Console.say(json: evaluation.json(model: model))
        } else {
            Console.say(try evaluation.text(model: model, data: source.name))
            if let report { Console.say("Report written to \(report).") }
        }
    }
}
#endif
