#if Server
import Apus
import ApusCore
import ApusServer
import ArgumentParser
import Foundation

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve models over HTTP.",
        discussion: """
            The first model answers POST /predict; each answers POST /models/NAME/predict, NAME being its file's name.
            SIGTERM or Ctrl-C ends the server after the requests under way are answered.
            """)

    @Argument(help: "Model files.")
    var models: [String]
    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8080
    @Option(help: "The largest request body, in bytes.")
    var maxBody = ServerConfiguration().maxBodyBytes

    func run() async throws {
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.maxBodyBytes = maxBody
        try await ModelServer(modelFiles: models, configuration: configuration).run()
    }
}
#endif
