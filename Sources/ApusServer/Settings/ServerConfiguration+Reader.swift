#if Server
import ApusCore
import Configuration
import Foundation

extension ServerConfiguration {
    /// A configuration by the settings of a swift-configuration reader, each by its name in `serve.yaml`: `max-body`,
    /// `tls-key` and so on. What the reader does not know keeps its default.
    ///
    ///     let config = ConfigReader(provider: EnvironmentVariablesProvider())
    ///     // APUS_PORT, APUS_MAX_BODY, …
    ///     let configuration = try await ServerConfiguration(config: config.scoped(to: "apus"))
    ///
    /// The versions that answer (`policies`) have no setting of this kind; set the property.
    ///
    /// - Parameter config: The reader, scoped to where the server's settings stand.
    /// - Throws: `ApusError` with code `invalidParameter`, naming the setting that has a value of another kind or out of
    ///   range, `unreadableData` for a `token-file` that cannot be read.
    public init(config: ConfigReader) async throws {
        self.init()
        try await read(config)
        try check()
    }

    /// Takes over what a reader knows.
    mutating func read(_ config: ConfigReader) async throws {
        for setting in Setting.all { try await setting.read(config, into: &self) }
        guard let file = try await config.fetchString(forKey: "token-file") else { return }
        let text = String(decoding: try WholeFile.read(file, failure: .unreadableData), as: UTF8.self)
        tokens += text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}
#endif
