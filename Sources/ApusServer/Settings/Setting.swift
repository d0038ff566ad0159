#if Server
import ApusCore
import Configuration

/// A setting of a server by its name.
struct Setting: Sendable {
    private enum Kind: Sendable {
        case text(@Sendable (inout ServerConfiguration, String) -> Void)
        case whole(@Sendable (inout ServerConfiguration, Int) -> Void)
        case number(@Sendable (inout ServerConfiguration, Double) -> Void)
        case flag(@Sendable (inout ServerConfiguration, Bool) -> Void)
        case texts(@Sendable (inout ServerConfiguration, [String]) -> Void)

        var wanted: String {
            switch self {
            case .text: "a text"
            case .whole: "a whole number"
            case .number: "a number"
            case .flag: "true or false"
            case .texts: "a list of texts"
            }
        }
    }

    let name: String
    private let kind: Kind
    private let isSecret: Bool

    private init(_ name: String, _ kind: Kind, isSecret: Bool = false) {
        self.name = name
        self.kind = kind
        self.isSecret = isSecret
    }

    var key: ConfigKey { ConfigKey([name]) }

    /// The variable of the environment that sets it.
    var variable: String { "APUS_" + name.uppercased().replacing("-", with: "_") }

    /// Every setting that is one value or a list of texts, in the order of the documentation.
    static let all: [Setting] = [
        Setting("models", .texts { _, _ in }),
        Setting("models-folder", .text { $0.modelsFolder = $1 }),
        Setting("watch-interval", .number { $0.watchInterval = $1 }),
        Setting("allow-control", .flag { $0.allowsControl = $1 }),
        Setting("host", .text { $0.host = $1 }),
        Setting("port", .whole { $0.port = $1 }),
        Setting("max-body", .whole { $0.maxBodyBytes = $1 }),
        Setting("max-rows", .whole { $0.maxRows = $1 }),
        Setting("max-explained-rows", .whole { $0.maxExplainedRows = $1 }),
        Setting("max-queue", .whole { $0.maxQueue = $1 }),
        Setting("max-batch", .whole { $0.maxBatch = $1 }),
        Setting("max-connections", .whole { $0.maxConnections = $1 }),
        Setting("max-pending-bytes", .whole { $0.maxPendingBytes = $1 }),
        Setting("request-timeout", .number { $0.requestTimeout = $1 }),
        Setting("answer-timeout", .number { $0.answerTimeout = $1 }),
        Setting("idle-timeout", .number { $0.idleTimeout = $1 }),
        Setting("shutdown-timeout", .number { $0.shutdownTimeout = $1 }),
        Setting("tokens", .texts { $0.tokens += $1 }, isSecret: true),
        Setting("token-file", .text { _, _ in }),
        Setting("tls-certificate", .text { $0.tlsCertificate = $1 }),
        Setting("tls-key", .text { $0.tlsKey = $1 }),
        Setting("cors-origins", .texts { $0.corsOrigins = $1 }),
        Setting("log-level", .text { _, _ in }),
        Setting("log-format", .text { _, _ in }),
        Setting("database", .text { _, _ in }),
        Setting("monitor-config", .text { _, _ in }),
        Setting("monitor", .flag { _, _ in }),
    ]

    /// The variables of the environment whose values are not for logs.
    static var secretVariables: Set<String> { Set(all.filter(\.isSecret).map(\.variable)) }

    /// What a value of a file or of a flag is to a reader.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when it is of another kind.
    func value(_ value: JSONValue) throws -> ConfigValue {
        switch (kind, value) {
        case (.text, .string(let text)): return content(.string(text))
        case (.text, .int(let whole)): return content(.string("\(whole)"))
        case (.whole, .int(let whole)): return content(.int(whole))
        case (.number, _):
            if let number = value.doubleValue { return content(.double(number)) }
        case (.flag, .bool(let flag)): return content(.bool(flag))
        case (.texts, .string(let text)): return content(.stringArray([text]))
        case (.texts, .array(let values)):
            let texts = values.compactMap(\.stringValue)
            if texts.count == values.count { return content(.stringArray(texts)) }
        default: break
        }
        throw wrong()
    }

    private func content(_ content: ConfigContent) -> ConfigValue { ConfigValue(content, isSecret: isSecret) }

    /// Puts what a reader knows into a configuration.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when it is of another kind.
    func read(_ config: ConfigReader, into configuration: inout ServerConfiguration) async throws {
        do {
            switch kind {
            case .text(let put):
                if let text = try await config.fetchString(forKey: key, isSecret: isSecret) {
                    put(&configuration, text)
                }
            case .whole(let put):
                if let whole = try await config.fetchInt(forKey: key) { put(&configuration, whole) }
            case .number(let put):
                if let number = try await config.fetchDouble(forKey: key) { put(&configuration, number) }
            case .flag(let put):
                if let flag = try await config.fetchBool(forKey: key) { put(&configuration, flag) }
            case .texts(let put):
                if let texts = try await config.fetchStringArray(forKey: key, isSecret: isSecret) {
                    put(&configuration, texts)
                }
            }
        } catch {
            throw wrong(cause: error)
        }
    }

    private func wrong(cause: (any Error)? = nil) -> ApusError {
        ApusError(.invalidParameter, "The setting “\(name)” must be \(kind.wanted).", cause: cause)
    }
}

extension VersionPolicy {
    /// The policies of the section `traffic`, by model.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` where the section has another form.
    static func policies(_ section: JSONValue) throws -> [String: VersionPolicy] {
        guard let fields = section.objectValue else {
            throw ApusError(
                .invalidParameter,
                "The setting “traffic” must be versions by model, such as `loans: {split: {1: 90, 2: 10}, shadow: [3]}`."
            )
        }
        return try Dictionary(uniqueKeysWithValues: fields.map { ($0, try policy($1, $0)) })
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
