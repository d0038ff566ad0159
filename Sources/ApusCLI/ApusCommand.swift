#if Server
import Apus
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
            GuideCommand.self, DataCommand.self, TrainCommand.self, ValidateCommand.self, TuneCommand.self,
            StudyCommand.self, EvaluateCommand.self, PredictCommand.self, ExplainCommand.self, AuditCommand.self,
            ModelsCommand.self, InspectCommand.self, ExportCommand.self, ServeCommand.self,
        ])

    /// Runs the command that the arguments name.
    static func main() async {
        // A file that reaches the limit of its size then fails to be written, with a reason, in place of ending everything.
        signal(SIGXFSZ, SIG_IGN)
        await main(nil)
    }
}
#else

/// Stands in for the command where the package is built without the trait that brings its dependencies.
@main
struct ApusCommand {
    static func main() { print("This apus was built without its trait Server; build it with the default traits.") }
}
#endif
