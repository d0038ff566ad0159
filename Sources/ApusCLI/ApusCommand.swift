import Apus
import ArgumentParser

/// The command `apus`: one subcommand a task, arguments in and text out.
@main
struct ApusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus",
        abstract: "Machine learning from a CSV file to a model behind HTTP.",
        discussion: """
            A first minute:
              apus data describe iris
              apus train iris --target species -o iris.apus
              apus predict iris.apus flowers.csv -o answers.csv
              apus serve iris.apus
            """,
        version: TrainedModel.libraryVersion,
        subcommands: [
            DataCommand.self, TrainCommand.self, EvaluateCommand.self, PredictCommand.self,
            ModelsCommand.self, InspectCommand.self,
        ])
}
