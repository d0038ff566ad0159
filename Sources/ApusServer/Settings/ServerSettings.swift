#if Server
import Apus
import ApusCore
import Configuration
import Foundation
import Yams

/// The settings of a server from three places: a YAML file, the environment (`APUS_PORT`), and flags (`--port`). A flag
/// outweighs the environment, the environment the file; what none of them says keeps its default.
///
/// The names are the same in all three: `max-body` is `max-body:` (or `max_body:`), `APUS_MAX_BODY` and `--max-body`. The
/// three are providers of one swift-configuration reader; a service that has a reader of its own hands it to
/// `ServerConfiguration.init(config:)` instead.
public struct ServerSettings: Sendable {
    /// Sections of the file that are more than a value or a list of texts.
    static let sections: Set<String> = ["models", "traffic", "monitoring"]

    private var file: [String: ConfigValue] = [:]
    private let environment: [String: String]
    private let flags: [String: ConfigValue]
    private(set) var sections: [String: JSONValue] = [:]

    /// No settings: every default.
    public init() {
        environment = [:]
        flags = [:]
    }

    /// Settings from a file, the environment and flags.
    ///
    /// - Parameters:
    ///   - file: A YAML file, or nil for none.
    ///   - environment: The environment; of it only names count that are `APUS_` and a setting.
    ///   - flags: What was given on the command line.
    /// - Throws: `ApusError` with code `unreadableData` for a file that is no YAML, `invalidParameter` for a name or a value
    ///   that no setting has, saying where it stands.
    public init(
        file: String? = nil, environment: [String: String] = [:], flags: [String: JSONValue] = [:]
    ) throws {
        self.environment = environment.filter { !$0.value.isEmpty }
        self.flags = try Self.values(flags)
        if let file {
            let data = try WholeFile.read(file, failure: .unreadableData)
            do {
                try add(yaml: String(decoding: data.prefix(1 << 20), as: UTF8.self))
            } catch let error as ApusError {
                throw ApusError(error.code, "\(file): \(error.message)")
            }
        }
    }

    private static func values(_ fields: [String: JSONValue]) throws -> [String: ConfigValue] {
        var values: [String: ConfigValue] = [:]
        for setting in Setting.all {
            if let value = fields[setting.name] { values[setting.name] = try setting.value(value) }
        }
        return values
    }

    /// What flags, the environment and the file say, in this order.
    var reader: ConfigReader {
        func provider(_ name: String, _ values: [String: ConfigValue]) -> InMemoryProvider {
            InMemoryProvider(
                name: name, values: Dictionary(uniqueKeysWithValues: values.map { (AbsoluteConfigKey([$0]), $1) }))
        }
        let variables = EnvironmentVariablesProvider(
            environmentVariables: environment, secretsSpecifier: .specific(Setting.secretVariables))
        return ConfigReader(
            providers: [provider("flags", flags), variables.prefixKeys(with: "apus"), provider("file", file)])
    }

    /// Adds what a YAML text sets.
    mutating func add(yaml: String) throws {
        let tree: JSONValue
        do {
            guard let node = try Yams.compose(yaml: yaml) else { return }
            tree = try Self.value(node, depth: 0)
        } catch let error as ApusError {
            throw error
        } catch {
            throw ApusError(.unreadableData, "This is not YAML: \(error)")
        }
        if tree == .null { return }
        guard let fields = tree.objectValue else {
            throw ApusError(.unreadableData, "The settings must be names and values, such as `port: 8080`.")
        }
        var values: [String: JSONValue] = [:]
        let names = Self.names
        for (written, value) in fields.sorted(by: { $0.key < $1.key }) where value != .null {
            let name = written.replacing("_", with: "-")
            guard names.contains(name) else {
                throw ApusError(
                    .invalidParameter,
                    "There is no setting “\(written)”\(suggestion(for: name, among: names)); the settings are "
                        + names.joined(separator: ", ") + ".")
            }
            if Self.sections.contains(name) { sections[name] = value } else { values[name] = value }
        }
        file.merge(try Self.values(values)) { $1 }
    }

    private static var names: [String] {
        Setting.all.map(\.name) + sections.subtracting(Setting.all.map(\.name)).sorted()
    }

    private static func value(_ node: Node, depth: Int) throws -> JSONValue {
        guard depth < 16 else { throw ApusError(.unreadableData, "The settings nest deeper than 16 levels.") }
        switch node {
        case .scalar(let scalar):
            guard scalar.style == .any || scalar.style == .plain else { return .string(scalar.string) }
            return plain(scalar.string)
        case .sequence(let nodes): return .array(try nodes.map { try value($0, depth: depth + 1) })
        case .mapping(let pairs):
            var fields: [String: JSONValue] = [:]
            for (key, node) in pairs {
                guard let name = key.scalar?.string else {
                    throw ApusError(.unreadableData, "The names of settings must be plain texts.")
                }
                fields[name] = try value(node, depth: depth + 1)
            }
            return .object(fields)
        case .alias: throw ApusError(.unreadableData, "The settings may not hold aliases.")
        }
    }

    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if let whole = Int(text) { return .int(whole) }
        if text.first.map({ $0.isNumber || "+-.".contains($0) }) == true, let number = Double(text), number.isFinite {
            return .double(number)
        }
        return .string(text)
    }

    /// The configuration of the server.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the setting.
    public func configuration() async throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        try await configuration.read(reader)
        if let traffic = sections["traffic"] { configuration.policies = try VersionPolicy.policies(traffic) }
        try configuration.check()
        return configuration
    }

    /// The model files, each with the name and the version it is served by.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` where the list has another form, `unreadableModel` as reading does.
    public func models() async throws -> [ServedModel] {
        if let paths = try await reader.fetchStringArray(forKey: "models") {
            return try paths.map { try ServedModel(ModelFile(path: $0)) }
        }
        return try (sections["models"]?.arrayValue ?? sections["models"].map { [$0] } ?? []).map { entry in
            if let path = entry.stringValue { return try ServedModel(ModelFile(path: path)) }
            guard let fields = entry.objectValue, let path = fields["path"]?.stringValue,
                Set(fields.keys).isSubset(of: ["path", "name", "version"])
            else {
                throw ApusError(
                    .invalidParameter,
                    "models must be a list of files, or of path, name and version: `- {path: a.apus, version: 2}`.")
            }
            let file = ModelFile(path: path)
            let version = fields["version"].map { $0.stringValue ?? $0.intValue.map(String.init) ?? "" }
            return try ServedModel(
                ModelFile(
                    name: fields["name"]?.stringValue ?? file.name, version: version ?? file.version, path: path))
        }
    }

    /// The server, watched by a `Monitor` unless the settings say no.
    ///
    /// - Throws: `ApusError` as `configuration()` and `models()`, or where the monitor's files cannot be used.
    public func server() async throws -> ModelServer {
        let configuration = try await configuration()
        var server = try ModelServer(models: await models(), configuration: configuration)
        server.logger = try await logger()
        if let monitor = try await monitor(server.logger) {
            server.observers.append(monitor)
            server.contributors.append(monitor)
        }
        return server
    }
}
#endif
