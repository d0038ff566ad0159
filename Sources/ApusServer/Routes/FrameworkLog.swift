#if Server
import Logging

/// Passes on what the web framework has to say to the server's log.
///
/// The framework names each request in the metadata of a logger of its own. The server's requests have another name, by
/// which clients know them, so that one is not kept: putting it into a line of text, request after request, would cost as
/// much as a small model's prediction.
struct FrameworkLog: LogHandler {
    let base: Logger
    var logLevel: Logger.Level

    /// Always empty.
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        base.log(
            level: event.level, event.message, metadata: event.metadata, source: event.source, file: event.file,
            function: event.function, line: event.line)
    }
}
#endif
