#if Server
import Apus
import ApusCore
import ArgumentParser

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what is in a model file.")

    @Argument(help: "A model file.")
    var model: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let trained = try TrainedModel(contentsOf: model)
        if json {
            try Console.say(json: trained.json(file: model))
        } else {
            Console.say(trained.text(file: model))
        }
    }
}
#endif
