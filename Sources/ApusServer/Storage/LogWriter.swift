#if Server
import ApusCore
import Foundation
import Logging

/// Writes predictions to the log in batches, behind the answers.
///
/// What cannot be written, because the disk is full for instance, waits and is tried again; what comes while too much
/// waits already is counted and lost. Neither ever holds up an answer.
actor LogWriter {
    /// How the log stands.
    struct State: Sendable, Hashable {
        /// Rows in the log since the start: what is counted here outlives the process.
        var written = 0
        /// Rows that wait.
        var pending = 0
        /// Rows that were lost because too many waited, or could not be written before the end.
        var lost = 0
        /// Batches that could not be written.
        var failures = 0
        /// Rows that were deleted because they were too old or too many.
        var deleted = 0
        /// Why the last batch could not be written; nil when it was.
        var trouble: String?
    }

    /// Rows of a transaction at most.
    private static let batch = 5000

    let log: PredictionLog
    private let settings: MonitorConfiguration
    private let logger: Logger
    private(set) var state = State()
    private var waiting: [PredictionLog.Entry] = []
    private var work: Task<Void, Never>?
    private var isClosing = false

    init(_ log: PredictionLog, settings: MonitorConfiguration, logger: Logger) {
        self.log = log
        self.settings = settings
        self.logger = logger
    }

    /// Takes rows to be written soon.
    func submit(_ entries: [PredictionLog.Entry]) {
        for entry in entries {
            let rows = entry.event.rows.count
            guard state.pending + rows <= settings.maxPendingRows, !isClosing else {
                state.lost += rows
                continue
            }
            waiting.append(entry)
            state.pending += rows
        }
        start()
    }

    private func start() {
        guard work == nil, !waiting.isEmpty else { return }
        work = Task { await writeAll() }
    }

    private func writeAll() async {
        var pause = 0.1
        while !waiting.isEmpty {
            var (count, rows) = (0, 0)
            while count < waiting.count, rows < Self.batch {
                rows += waiting[count].event.rows.count
                count += 1
            }
            let batch = Array(waiting[..<count])
            do {
                try await log.append(batch)
                waiting.removeFirst(count)
                state.pending -= rows
                state.written += rows
                if state.trouble != nil { logger.info("The prediction log can be written again.") }
                state.trouble = nil
                pause = 0.1
            } catch {
                state.failures += 1
                let reason = (error as? ApusError)?.message ?? "\(error)"
                if state.trouble == nil {
                    logger.warning("Predictions are answered, but not logged.", metadata: ["reason": "\(reason)"])
                }
                state.trouble = reason
                if isClosing { break }
                try? await Task.sleep(for: .seconds(pause))
                pause = min(5, pause * 2)
            }
        }
        work = nil
    }

    /// Waits until all rows that were taken are in the log.
    ///
    /// - Returns: Rows in the log since the start.
    /// - Throws: `RouteFailure` with status 503 when the log cannot be written.
    func flush() async throws -> Int {
        let failures = state.failures
        while !waiting.isEmpty {
            start()
            guard state.failures == failures else {
                throw RouteFailure(503, "logUnavailable", state.trouble ?? "The prediction log cannot be written.")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        return state.written
    }

    /// Deletes what is too old or too much.
    func prune(at time: Double) async {
        do {
            state.deleted += try await log.prune(
                before: settings.keepDays.map { time - $0 * 86_400 }, bytes: settings.keepBytes)
        } catch {
            logger.warning("Old predictions could not be deleted.", metadata: ["reason": "\(error)"])
        }
    }

    /// Writes what waits, as far as it can be written, and closes the log.
    func close() async {
        isClosing = true
        start()
        await work?.value
        state.lost += state.pending
        state.pending = 0
        waiting = []
        do {
            try log.close()
        } catch {
            logger.warning("The prediction log could not be closed.", metadata: ["reason": "\(error)"])
        }
    }
}
#endif
