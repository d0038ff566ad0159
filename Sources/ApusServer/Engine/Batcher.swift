#if Server
import Apus
import ApusCore
import ApusFrame
import Synchronization

/// Joins the rows of requests that wait at the same time into one call of the model.
///
/// A request never waits for others to come: the first is predicted at once, and what arrives meanwhile becomes the next
/// batch. Each request holds the place of its own rows, so answers cannot be mixed up; where a batch fails, its requests
/// are predicted one by one, so that no one suffers from another's rows.
final class Batcher: Sendable {
    private struct Item: Sendable {
        let rows: [[Cell]]
        let probabilities: Bool
        let outcome: Outcome<Prediction>
    }

    private struct State {
        var pending: [Item] = []
        var isBusy = false

        /// The items that have waited longest, with at most `limit` rows together; ends the work when there are none.
        mutating func take(upTo limit: Int) -> [Item] {
            var rows = 0
            var count = 0
            while count < pending.count, count == 0 || rows + pending[count].rows.count <= limit {
                rows += pending[count].rows.count
                count += 1
            }
            let taken = Array(pending[..<count])
            pending.removeFirst(count)
            if taken.isEmpty { isBusy = false }
            return taken
        }

        /// Everything; ends the work.
        mutating func takeAll() -> [Item] {
            defer { self = State() }
            return pending
        }
    }

    let maxRows: Int
    private let model: TrainedModel
    private let figures: ModelFigures
    private let queue: WorkQueue
    private let limit: Int
    private let state = Mutex(State())

    init(model: TrainedModel, figures: ModelFigures, queue: WorkQueue, maxRows: Int, limit: Int) {
        self.model = model
        self.figures = figures
        self.queue = queue
        self.maxRows = maxRows
        self.limit = limit
    }

    /// Requests that wait.
    var waiting: Int { state.withLock { $0.pending.count } }

    /// Predicts rows, perhaps together with those of other requests.
    ///
    /// - Throws: `RequestFailure` as `WorkQueue.run`, or `ApusError` when the model cannot use the rows.
    func predict(_ rows: [[Cell]], probabilities: Bool, timeout: Double) async throws -> Prediction {
        let outcome = Outcome<Prediction>()
        return try await outcome.wait(timeout: timeout) {
            let (isTaken, starts) = state.withLock { state in
                guard state.pending.count < limit else { return (false, false) }
                state.pending.append(Item(rows: rows, probabilities: probabilities, outcome: outcome))
                defer { state.isBusy = true }
                return (true, !state.isBusy)
            }
            guard starts, !queue.submit(run) else { return isTaken }
            for item in state.withLock({ $0.takeAll() }) { item.outcome.settle(.failure(WorkQueue.overloaded)) }
            return true
        }
    }

    /// Predicts batch after batch until nobody waits.
    @Sendable private func run() {
        while true {
            let batch = state.withLock { $0.take(upTo: maxRows) }
            if batch.isEmpty { return }
            predict(batch.filter { !$0.outcome.isSettled })
        }
    }

    private func predict(_ batch: [Item]) {
        guard batch.count > 1 else {
            for item in batch { alone(item) }
            return
        }
        let rows = batch.flatMap(\.rows)
        guard
            let joined = try? model.predict(rows: rows, probabilities: batch.contains { $0.probabilities })
        else {
            for item in batch { alone(item) }
            return
        }
        figures.called(rows: rows.count)
        var start = 0
        for item in batch {
            let end = start + item.rows.count
            item.outcome.settle(.success(joined.rows(start..<end, probabilities: item.probabilities)))
            start = end
        }
    }

    private func alone(_ item: Item) {
        figures.called(rows: item.rows.count)
        item.outcome.settle(Result { try model.predict(rows: item.rows, probabilities: item.probabilities) })
    }
}
#endif
