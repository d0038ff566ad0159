#if Server
import ApusCore
import Configuration
import Foundation
import Logging

extension ServerSettings {
    /// The log by the settings `log-level` and `log-format`: on the standard error stream, as text or as JSON lines.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for a level or a format that there is not.
    func logger() async throws -> Logger {
        let config = reader
        let format = try await config.fetchString(forKey: "log-format", default: "text")
        var logger: Logger
        switch format {
        case "text": logger = Logger(label: "apus") { StreamLogHandler.standardError(label: $0) }
        case "json": logger = Logger(label: "apus") { _ in JSONLogHandler() }
        default:
            throw ApusError(.invalidParameter, "log-format is “\(format)”; it must be text or json.")
        }
        let name = try await config.fetchString(forKey: "log-level", default: "info")
        guard let level = Logger.Level(rawValue: name) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ApusError(.invalidParameter, "log-level is “\(name)”; it must be one of \(names).")
        }
        logger.logLevel = level
        return logger
    }
}

/// Writes each message as one line of JSON to the standard error stream.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        FileHandle.standardError.write(Data(line(event)))
    }

    /// The line for a message.
    func line(_ event: LogEvent) -> [UInt8] {
        var out = JSONText(capacity: 256)
        out.raw(#"{"time":"#)
        out.string(Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        out.raw(#","level":"#)
        out.string(event.level.rawValue)
        out.raw(#","message":"#)
        out.string(event.message.description)
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) where !["time", "level", "message"].contains(name) {
            out.raw(",")
            out.string(name)
            out.raw(":")
            out.value(Self.json(value))
        }
        out.raw("}\n")
        return out.bytes
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let fields): .object(fields.mapValues(json))
        }
    }
}
#endif
