#if Server
import ApusCore
import Foundation

/// A setting of a server by its name.
struct Setting: Sendable {
    private enum Kind: Sendable {
        case text(@Sendable (inout ServerConfiguration, String) -> Void)
        case whole(@Sendable (inout ServerConfiguration, Int) -> Void)
        case number(@Sendable (inout ServerConfiguration, Double) -> Void)
        case flag(@Sendable (inout ServerConfiguration, Bool) -> Void)
        case texts(@Sendable (inout ServerConfiguration, [String]) -> Void)
        case traffic
        /// Read elsewhere.
        case models, elsewhere

        var wanted: String {
            switch self {
            case .text, .elsewhere: "a text"
            case .whole: "a whole number"
            case .number: "a number"
            case .flag: "true or false"
            case .texts: "a list of texts"
            case .models: "a list of files"
            case .traffic: "versions by model, such as `loans: {split: {1: 90, 2: 10}, shadow: [3]}`"
            }
        }
    }

    let name: String
    private let kind: Kind

    /// Every setting, in the order of the documentation.
    static let all: [Setting] = [
        Setting(name: "models", kind: .models),
        Setting(name: "models-folder", kind: .text { $0.modelsFolder = $1 }),
        Setting(name: "watch-interval", kind: .number { $0.watchInterval = $1 }),
        Setting(name: "allow-control", kind: .flag { $0.allowsControl = $1 }),
        Setting(name: "traffic", kind: .traffic),
        Setting(name: "host", kind: .text { $0.host = $1 }),
        Setting(name: "port", kind: .whole { $0.port = $1 }),
        Setting(name: "max-body", kind: .whole { $0.maxBodyBytes = $1 }),
        Setting(name: "max-rows", kind: .whole { $0.maxRows = $1 }),
        Setting(name: "max-explained-rows", kind: .whole { $0.maxExplainedRows = $1 }),
        Setting(name: "max-queue", kind: .whole { $0.maxQueue = $1 }),
        Setting(name: "max-batch", kind: .whole { $0.maxBatch = $1 }),
        Setting(name: "max-connections", kind: .whole { $0.maxConnections = $1 }),
        Setting(name: "max-pending-bytes", kind: .whole { $0.maxPendingBytes = $1 }),
        Setting(name: "request-timeout", kind: .number { $0.requestTimeout = $1 }),
        Setting(name: "answer-timeout", kind: .number { $0.answerTimeout = $1 }),
        Setting(name: "idle-timeout", kind: .number { $0.idleTimeout = $1 }),
        Setting(name: "shutdown-timeout", kind: .number { $0.shutdownTimeout = $1 }),
        Setting(name: "tokens", kind: .texts { $0.tokens += $1 }),
        Setting(name: "token-file", kind: .elsewhere),
        Setting(name: "tls-certificate", kind: .text { $0.tlsCertificate = $1 }),
        Setting(name: "tls-key", kind: .text { $0.tlsKey = $1 }),
        Setting(name: "cors-origins", kind: .texts { $0.corsOrigins = $1 }),
        Setting(name: "log-level", kind: .elsewhere),
        Setting(name: "log-format", kind: .elsewhere),
        Setting(name: "database", kind: .elsewhere),
        Setting(name: "monitor-config", kind: .elsewhere),
        Setting(name: "monitor", kind: .flag { _, _ in }),
    ]

    /// A plain scalar of YAML or of the environment.
    static func scalar(_ text: String) -> JSONValue {
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

    /// The value that a variable of the environment stands for.
    func value(of text: String, from variable: String) throws -> JSONValue {
        switch kind {
        case .text, .elsewhere: .string(text)
        case .texts, .models:
            .array(text.split(separator: ",").map { .string($0.trimmingCharacters(in: .whitespaces)) })
        case .whole, .number, .flag: Self.scalar(text)
        case .traffic:
            throw ApusError(.invalidParameter, "\(variable): set `traffic` in the file, where it can have its form.")
        }
    }

    /// Puts a value into a configuration.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when it is of another kind.
    func apply(_ value: JSONValue, to configuration: inout ServerConfiguration) throws {
        switch (kind, value) {
        case (.models, _), (.elsewhere, .string): return
        case (.text(let put), .string(let text)): return put(&configuration, text)
        case (.text(let put), .int(let whole)): return put(&configuration, "\(whole)")
        case (.whole(let put), .int(let whole)): return put(&configuration, whole)
        case (.number(let put), _):
            if let number = value.doubleValue { return put(&configuration, number) }
        case (.flag(let put), .bool(let flag)): return put(&configuration, flag)
        case (.texts(let put), .string(let text)): return put(&configuration, [text])
        case (.texts(let put), .array(let values)):
            let texts = values.compactMap(\.stringValue)
            if texts.count == values.count { return put(&configuration, texts) }
        case (.traffic, .object(let fields)):
            for (name, value) in fields { configuration.policies[name] = try Self.policy(value, name) }
            return
        default: break
        }
        throw ApusError(.invalidParameter, "The setting “\(name)” must be \(kind.wanted).")
    }

    private static func policy(_ value: JSONValue, _ name: String) throws -> VersionPolicy {
        func wrong(_ what: String) -> ApusError {
            ApusError(.invalidParameter, "traffic of “\(name)”: \(what)")
        }
        guard let fields = value.objectValue, Set(fields.keys).isSubset(of: ["split", "shadow"]) else {
            throw wrong("give split (percentages by version), shadow (versions), or both.")
        }
        var policy = VersionPolicy()
        if let split = fields["split"] {
            guard let shares = split.objectValue else { throw wrong("split must be percentages by version.") }
            for (version, share) in shares {
                guard let percent = share.doubleValue, percent >= 0, percent <= 100 else {
                    throw wrong("the percentage of version \(version) must be from 0 to 100.")
                }
                policy.shares[version] = percent
            }
            let total = policy.shares.values.reduce(0, +)
            guard abs(total - 100) < 1e-6 else {
                throw wrong("the percentages add up to \(total) where 100 is needed.")
            }
        }
        if let shadow = fields["shadow"] {
            policy.shadows = (shadow.arrayValue ?? [shadow]).map {
                $0.stringValue ?? $0.intValue.map(String.init) ?? ""
            }
            guard !policy.shadows.contains("") else { throw wrong("shadow must be a list of versions.") }
        }
        return policy
    }
}
#endif
