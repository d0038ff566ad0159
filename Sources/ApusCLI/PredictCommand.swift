#if Server
import Apus
import ApusCore
import ApusFrame
import ArgumentParser

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Predict each row of a table.",
        discussion: """
            Writes a CSV with a column `prediction` and, with --probabilities, a column `probability_CLASS` for each class.
            Without -o it goes to standard output.
            """)

    @Argument(help: "A model file.")
    var model: String
    @Argument(help: DataSource.help)
    var data: String
    @Flag(help: "Add the probability of each class.")
    var probabilities = false
    @Option(name: [.customShort("o"), .long], help: "Where to write the predictions.")
    var output: String?
    @OptionGroup var reading: ReadingOptions

    func run() throws {
        let trained = try TrainedModel(contentsOf: model)
        if probabilities, trained.classes == nil {
            throw ApusError(
                .invalidParameter, "\(model) predicts numbers, so it has no probabilities; leave out --probabilities.")
        }
        if probabilities, !trained.givesProbabilities {
            throw ApusError(
                .unavailable,
                "\(model) is a \(trained.catalogName) without probabilities; leave out --probabilities, or train a model "
                    + "that gives them (for svc: --set probability=true).")
        }
        let source = try DataSource(data, options: reading, for: trained)
        let prediction = try trained.predict(source.frame, probabilities: probabilities)
        let table = try prediction.frame()
        if let output {
            try table.write(csv: output)
            Console.note("\(prediction.count) predictions written to \(output).")
        } else {
            Console.write(table.csvText())
        }
    }
}
#endif
