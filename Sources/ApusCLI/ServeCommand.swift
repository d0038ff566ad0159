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
            The first model answers POST /predict; each answers POST /models/NAME/predict, NAME being its file's name, and \
            POST /v2/models/NAME/infer of the Open Inference Protocol. GET /docs is a page to try them.

            Every option may also stand in a YAML file (--config) or in the environment: --max-body is max-body there, and \
            APUS_MAX_BODY here. An option outweighs the environment, the environment the file.
            SIGTERM or Ctrl-C ends the server after the requests under way are answered.
            """)

    @Argument(help: "Model files.")
    var models: [String] = []
    @Option(help: "A YAML file with settings.")
    var config: String?
    @OptionGroup(title: "Models") var repository: RepositoryOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Access") var access: AccessOptions
    @OptionGroup(title: "Log") var log: LogOptions
    @OptionGroup(title: "Monitoring") var monitoring: MonitoringOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var flags = repository.flags.merging(limits.flags) { $1 }.merging(access.flags) { $1 }.merging(log.flags) { $1 }
        flags.merge(monitoring.flags) { $1 }
        if !models.isEmpty { flags["models"] = .array(models.map { .string($0) }) }
        let settings = try ServerSettings(
            file: config ?? environment["APUS_CONFIG"], environment: environment, flags: flags)
        try await settings.server().run()
    }
}

struct RepositoryOptions: ParsableArguments {
    @Option(help: "A folder of model files (NAME.apus, NAME/VERSION.apus) to serve and to look after.")
    var modelsFolder: String?
    @Option(help: "Seconds between two looks at the model files; 0 for never. Default: 2.")
    var watchInterval: Double?
    @Flag(help: "Let clients load and unload models.")
    var allowControl = false

    var flags: [String: JSONValue] {
        var flags: [String: JSONValue] = [:]
        flags["models-folder"] = modelsFolder.map { .string($0) }
        flags["watch-interval"] = watchInterval.map { .double($0) }
        if allowControl { flags["allow-control"] = true }
        return flags
    }
}

struct LimitOptions: ParsableArguments {
    @Option(help: "The largest request body, in bytes. Default: 8388608.")
    var maxBody: Int?
    @Option(help: "The most rows of a request. Default: 100000.")
    var maxRows: Int?
    @Option(help: "The most predictions that may wait. Default: 1024.")
    var maxQueue: Int?
    @Option(help: "The most rows of different requests that are predicted together. Default: 64.")
    var maxBatch: Int?
    @Option(help: "The most connections at a time. Default: 4096.")
    var maxConnections: Int?
    @Option(help: "The most bytes of bodies at a time. Default: 536870912.")
    var maxPendingBytes: Int?
    @Option(help: "Seconds a client may take to send a request. Default: 30.")
    var requestTimeout: Double?
    @Option(help: "Seconds a prediction may take, waiting included. Default: 30.")
    var answerTimeout: Double?
    @Option(help: "Seconds a connection may stay open between requests. Default: 60.")
    var idleTimeout: Double?
    @Option(help: "Seconds that requests may take after the server was told to stop. Default: 30.")
    var shutdownTimeout: Double?

    var flags: [String: JSONValue] {
        var flags: [String: JSONValue] = [:]
        let wholes = [
            ("max-body", maxBody), ("max-rows", maxRows), ("max-queue", maxQueue), ("max-batch", maxBatch),
            ("max-connections", maxConnections), ("max-pending-bytes", maxPendingBytes),
        ]
        for (name, value) in wholes { flags[name] = value.map { .int($0) } }
        let seconds = [
            ("request-timeout", requestTimeout), ("answer-timeout", answerTimeout), ("idle-timeout", idleTimeout),
            ("shutdown-timeout", shutdownTimeout),
        ]
        for (name, value) in seconds { flags[name] = value.map { .double($0) } }
        return flags
    }
}

struct AccessOptions: ParsableArguments {
    @Option(help: "The address to listen on. Default: 127.0.0.1.")
    var host: String?
    @Option(help: "The port to listen on; 0 takes a free one. Default: 8080.")
    var port: Int?
    @Option(help: "A file with the tokens of which clients have to bring one, one a line.")
    var tokenFile: String?
    @Option(help: "A PEM file with the certificate, for HTTPS.")
    var tlsCertificate: String?
    @Option(help: "A PEM file with the certificate's private key.")
    var tlsKey: String?
    @Option(name: .customLong("cors-origin"), help: "An origin whose pages may send requests; may be repeated.")
    var corsOrigins: [String] = []

    var flags: [String: JSONValue] {
        var flags: [String: JSONValue] = [:]
        flags["host"] = host.map { .string($0) }
        flags["port"] = port.map { .int($0) }
        flags["token-file"] = tokenFile.map { .string($0) }
        flags["tls-certificate"] = tlsCertificate.map { .string($0) }
        flags["tls-key"] = tlsKey.map { .string($0) }
        if !corsOrigins.isEmpty { flags["cors-origins"] = .array(corsOrigins.map { .string($0) }) }
        return flags
    }
}

struct LogOptions: ParsableArguments {
    @Option(help: "The least that is logged: debug (every request), info, warning, error. Default: info.")
    var logLevel: String?
    @Option(help: "text or json. Default: text.")
    var logFormat: String?

    var flags: [String: JSONValue] {
        var flags: [String: JSONValue] = [:]
        flags["log-level"] = logLevel.map { .string($0) }
        flags["log-format"] = logFormat.map { .string($0) }
        return flags
    }
}

struct MonitoringOptions: ParsableArguments {
    @Option(help: "An SQLite file that every prediction is logged in, and true labels are joined in.")
    var database: String?
    @Option(help: "A YAML file: windows, private columns, how long the log is kept, alarms and their webhooks.")
    var monitorConfig: String?
    @Flag(help: "Do without /metrics, /dashboard and what they show.")
    var noMonitor = false

    var flags: [String: JSONValue] {
        var flags: [String: JSONValue] = [:]
        flags["database"] = database.map { .string($0) }
        flags["monitor-config"] = monitorConfig.map { .string($0) }
        if noMonitor { flags["monitor"] = false }
        return flags
    }
}
#endif
