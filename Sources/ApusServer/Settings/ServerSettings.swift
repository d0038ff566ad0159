#if Server
import Apus
import ApusCore
import Foundation
import Yams

/// The settings of a server from three places: a YAML file, the environment (`APUS_PORT`), and flags (`--port`). A flag
/// outweighs the environment, the environment the file; what none of them says keeps its default.
///
/// The names are the same in all three: `max-body` is `max-body:` (or `max_body:`), `APUS_MAX_BODY` and `--max-body`.
public struct ServerSettings: Sendable {
    /// Sections of the file that belong to other parts of the server and are not looked at here.
    static let otherSections: Set<String> = ["monitoring"]

    /// The values by name.
    public private(set) var values: [String: JSONValue] = [:]

    /// No settings: every default.
    public init() {}

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
        if let file {
            let data = try WholeFile.read(file, failure: .unreadableData)
            do {
                try add(yaml: String(decoding: data.prefix(1 << 20), as: UTF8.self))
            } catch let error as ApusError {
                throw ApusError(error.code, "\(file): \(error.message)")
            }
        }
        for setting in Setting.all {
            let name = "APUS_" + setting.name.uppercased().replacing("-", with: "_")
            guard let text = environment[name], !text.isEmpty else { continue }
            values[setting.name] = try setting.value(of: text, from: name)
        }
        for (name, value) in flags { values[name] = value }
    }

    /// A value by its name.
    public subscript(name: String) -> JSONValue? { values[name] }

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
        for (written, value) in fields.sorted(by: { $0.key < $1.key }) {
            let name = written.replacing("_", with: "-")
            let names = Setting.all.map(\.name)
            guard names.contains(name) || Self.otherSections.contains(name) else {
                throw ApusError(
                    .invalidParameter,
                    "There is no setting “\(written)”\(suggestion(for: name, among: names)); the settings are "
                        + names.joined(separator: ", ") + ".")
            }
            if value != .null { values[name] = value }
        }
    }

    private static func value(_ node: Node, depth: Int) throws -> JSONValue {
        guard depth < 16 else { throw ApusError(.unreadableData, "The settings nest deeper than 16 levels.") }
        switch node {
        case .scalar(let scalar):
            guard scalar.style == .any || scalar.style == .plain else { return .string(scalar.string) }
            return Setting.scalar(scalar.string)
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

    /// The configuration of the server.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the setting.
    public func configuration() throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        for setting in Setting.all {
            if let value = values[setting.name] { try setting.apply(value, to: &configuration) }
        }
        if let file = values["token-file"]?.stringValue {
            let text = String(decoding: try WholeFile.read(file, failure: .unreadableData), as: UTF8.self)
            configuration.tokens += text.split(whereSeparator: \.isNewline).map {
                $0.trimmingCharacters(in: .whitespaces)
            }.filter { !$0.isEmpty }
        }
        try configuration.check()
        return configuration
    }

    /// The model files, each with the name and the version it is served by.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` where the list has another form, `unreadableModel` as reading does.
    public func models() throws -> [ServedModel] {
        try (values["models"]?.arrayValue ?? values["models"].map { [$0] } ?? []).map { entry in
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
    public func server() throws -> ModelServer {
        var server = try ModelServer(models: models(), configuration: configuration())
        server.logger = try logger()
        if let monitor = try monitor(server.logger) {
            server.observers.append(monitor)
            server.contributors.append(monitor)
        }
        return server
    }
}
#endif
