#if Server
import Apus
import Foundation
import Synchronization

/// What the threads that answer leave for the monitor: taking it in costs them a moment, whatever is done with it later.
final class MonitorInbox: Sendable {
    /// Something that happened, in the order in which it did.
    enum Item: Sendable {
        case loaded(TrainedModel, name: String, version: String)
        case unloaded(name: String, version: String)
        case answered(PredictionEvent)
    }

    private struct State {
        var items: [Item] = []
        var rows = 0
        var lost = 0
        var traffic = Traffic()
    }

    private let state = Mutex(State())
    private let maxRows: Int
    /// Gives a sign when the inbox is no longer empty.
    let signs: AsyncStream<Void>
    private let sign: AsyncStream<Void>.Continuation

    init(maxRows: Int) {
        self.maxRows = maxRows
        (signs, sign) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes an answered request; it is only counted where too many rows wait.
    func put(_ event: PredictionEvent) {
        let rows = event.rows.count
        let wasEmpty = state.withLock { state in
            if !event.isShadow {
                state.traffic.answered(
                    at: event.time.timeIntervalSince1970, seconds: event.duration, rows: rows)
            }
            guard state.rows + rows <= maxRows || state.items.isEmpty else {
                state.lost += rows
                return false
            }
            state.items.append(.answered(event))
            state.rows += rows
            return state.items.count == 1
        }
        if wasEmpty { sign.yield() }
    }

    /// Takes a change of the models.
    func put(_ item: Item) {
        state.withLock { $0.items.append(item) }
        sign.yield()
    }

    /// Counts a refused request.
    func refused(status: Int) {
        let time = Date().timeIntervalSince1970
        state.withLock { $0.traffic.refused(at: time, status: status) }
    }

    /// All that has come since the last call.
    func takeAll() -> [Item] {
        state.withLock { state in
            let items = state.items
            state.items = []
            state.items.reserveCapacity(min(items.count, 4096))
            state.rows = 0
            return items
        }
    }

    /// The requests of the last minutes.
    var traffic: Traffic { state.withLock { $0.traffic } }

    /// Rows that were not looked at because too many waited.
    var lost: Int { state.withLock { $0.lost } }

    /// Ends the signs.
    func close() { sign.finish() }
}
#endif
