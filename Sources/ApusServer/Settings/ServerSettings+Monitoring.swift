#if Server
import Apus
import ApusCore
import Configuration
import Logging

extension ServerSettings {
    /// The monitor: by `monitor-config` or the section `monitoring`, with the log in `database`; nil where `monitor` is
    /// false.
    ///
    /// - Throws: `ApusError` when the configuration or the file of the log cannot be used.
    func monitor(_ logger: Logger) async throws -> Monitor? {
        let config = reader
        guard try await config.fetchBool(forKey: "monitor", default: true) else { return nil }
        let configuration: MonitorConfiguration
        switch (try await config.fetchString(forKey: "monitor-config"), sections["monitoring"]) {
        case (let path?, nil): configuration = try MonitorConfiguration(contentsOf: path)
        case (nil, let section?):
            // JSON is YAML.
            var text = JSONText()
            text.value(section)
            do {
                configuration = try MonitorConfiguration(yaml: String(decoding: text.bytes, as: UTF8.self))
            } catch let error as ApusError {
                throw ApusError(error.code, "The section “monitoring”: \(error.message)", cause: error.cause)
            }
        case (nil, nil): configuration = MonitorConfiguration()
        case (_?, _?):
            throw ApusError(
                .invalidParameter,
                "The monitor has both a section “monitoring” and a file by monitor-config; keep one.")
        }
        return try Monitor(
            configuration, database: try await config.fetchString(forKey: "database"), logger: logger)
    }
}
#endif
