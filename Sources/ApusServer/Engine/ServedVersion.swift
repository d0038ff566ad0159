#if Server
import Apus
import ApusCore
import ApusFrame
import Synchronization

/// One version of a model as it is served: the model, its figures, and how its work is done.
final class ServedVersion: Sendable {
    /// How a single row is predicted.
    enum Manner: UInt8, AtomicRepresentable {
        /// At once, by the thread that read the request: for models that take less time than handing the row over.
        case here
        /// In the queue, alone.
        case queued
        /// In the queue, together with rows that wait at the same time.
        case batched
    }

    let served: ServedModel
    let figures: ModelFigures
    let batcher: Batcher
    private let queue: WorkQueue
    private let timeout: Double
    private let manner: Atomic<Manner>
    /// Nanoseconds for one row.
    private let rowCost = Atomic(0)

    var version: String { served.version }

    init(_ served: ServedModel, figures: ModelFigures?, queue: WorkQueue, configuration: ServerConfiguration) {
        self.served = served
        self.figures = figures ?? ModelFigures(name: served.name, version: served.version)
        self.queue = queue
        timeout = configuration.answerTimeout
        batcher = Batcher(
            model: served.model, figures: self.figures, queue: queue, maxRows: configuration.maxBatch,
            limit: configuration.maxQueue)
        manner = Atomic(.here)
    }

    /// The most nanoseconds that a request is predicted for by the thread that read it.
    private static let moment = 2_000_000

    /// Predicts rows in the manner that suits the model.
    func predict(_ rows: [[Cell]], probabilities: Bool) async throws -> Prediction {
        let manner = manner.load(ordering: .relaxed)
        if manner == .batched, rows.count <= batcher.maxRows / 2 {
            return try await translated {
                try await batcher.predict(rows, probabilities: probabilities, timeout: timeout)
            }
        }
        let cost = rowCost.load(ordering: .relaxed).multipliedReportingOverflow(by: rows.count)
        if manner == .here, !cost.overflow, cost.partialValue <= Self.moment {
            return try predictHere(rows, probabilities: probabilities)
        }
        return try await queue.run(timeout: timeout) { try self.predictHere(rows, probabilities: probabilities) }
    }

    /// Predicts rows in the thread of the caller.
    func predictHere(_ rows: [[Cell]], probabilities: Bool) throws -> Prediction {
        figures.called(rows: rows.count)
        do {
            return try served.model.predict(rows: rows, probabilities: probabilities)
        } catch let error as ApusError {
            throw RequestFailure(error)
        }
    }

    private func translated(_ work: () async throws -> Prediction) async throws -> Prediction {
        do {
            return try await work()
        } catch let error as ApusError {
            throw RequestFailure(error)
        }
    }

    // MARK: Measuring

    /// Finds out, aside from all requests, how long rows take and whether it pays to join them.
    func measure() {
        _ = queue.submit { self.measureHere() }
    }

    func measureHere() {
        let row = served.model.typicalRow
        let wish = served.model.givesProbabilities
        func seconds(_ rows: [[Cell]], least: Int) -> Double {
            var best = Double.infinity
            let start = ContinuousClock.now
            for _ in 0..<least {
                let start = ContinuousClock.now
                guard (try? served.model.predict(rows: rows, probabilities: wish)) != nil else { return 0 }
                best = min(best, (ContinuousClock.now - start).seconds)
                if (ContinuousClock.now - start).seconds > 0.05 { break }
            }
            _ = start
            return best
        }
        let one = seconds([row], least: 5)
        rowCost.store(Int(min(one, 1000) * 1e9), ordering: .relaxed)
        // Handing a row to another thread and back costs some ten microseconds: cheap models are better off without.
        guard one > 0.000_1 else { return }
        let many = seconds(Array(repeating: row, count: 16), least: 3)
        if many < 8 * one {
            manner.store(.batched, ordering: .relaxed)
        } else if one > 0.002 {
            manner.store(.queued, ordering: .relaxed)
        }
    }
}

extension RequestFailure {
    /// What a model says about rows that it cannot use.
    init(_ error: ApusError) { self = .unusable(error.code.description, error.message) }
}
#endif
