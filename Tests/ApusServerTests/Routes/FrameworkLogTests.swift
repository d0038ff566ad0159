#if Server
import Logging
import Synchronization
import Testing

@testable import ApusServer

@Suite struct FrameworkLogTests {
    private final class Lines: Sendable { let all = Mutex<[String]>([]) }

    private struct Recorder: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: ",")
            lines.all.withLock { $0.append("\(event.level) \(event.message) \(facts)") }
        }
    }

    @Test func passesOnWarningsWithoutTheNameOfARequest() {
        let lines = Lines()
        let base = Logger(label: "base") { _ in Recorder(lines: lines) }
        var log = Logger(label: "web") { _ in FrameworkLog(base: base, logLevel: .warning) }
        log[metadataKey: "hb.request.id"] = "17"
        log.info("Nobody needs this.")
        log.warning("This is bad.", metadata: ["why": "a reason"])
        #expect(log[metadataKey: "hb.request.id"] == nil)
        #expect(lines.all.withLock { $0 } == ["warning This is bad. why=a reason"])
    }
}
#endif
