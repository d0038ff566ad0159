#if Server
import Apus
import ApusFrame
import Dispatch
import NIOPosix
import Synchronization
import Testing

@testable import ApusServer

@Suite struct WorkQueueTests {
    private func withPool(_ body: (NIOThreadPool) async throws -> Void) async throws {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        try await body(pool)
        try await pool.shutdownGracefully()
    }

    @Test func refusesWhatTheQueueCannotTake() async throws {
        try await withPool { pool in
            let queue = WorkQueue(limit: 2, pool: pool)
            let gate = DispatchSemaphore(value: 0)
            let first = Task { try await queue.run(timeout: 20) { gate.wait() } }
            while queue.running < 1 { try await Task.sleep(for: .milliseconds(1)) }
            let waiting = (0..<2).map { number in Task { try await queue.run(timeout: 20) { number } } }
            while queue.waiting < 2 { try await Task.sleep(for: .milliseconds(1)) }
            let failure = await #expect(throws: RequestFailure.self) { try await queue.run(timeout: 20) { 1 } }
            #expect(failure?.status == 503 && failure?.retryAfter == 1)
            gate.signal()
            try await first.value
            #expect(try await waiting[0].value == 0)
            #expect(try await waiting[1].value == 1)
            #expect(queue.waiting == 0)
        }
    }

    @Test func tellsThoseWhoWaitTooLong() async throws {
        try await withPool { pool in
            let queue = WorkQueue(limit: 8, pool: pool)
            let gate = DispatchSemaphore(value: 0)
            let wasDone = Atomic(false)
            let slow = Task { try await queue.run(timeout: 0.05) { gate.wait() } }
            let failure = await #expect(throws: RequestFailure.self) { try await slow.value }
            #expect(failure?.status == 504)
            let late = await #expect(throws: RequestFailure.self) {
                try await queue.run(timeout: 0.05) { wasDone.store(true, ordering: .relaxed) }
            }
            #expect(late?.status == 504)
            gate.signal()
            let seven = try await queue.run(timeout: 20) { 7 }
            #expect(seven == 7)
            let done = wasDone.load(ordering: .relaxed)
            #expect(!done)
        }
    }

    @Test func handsEachCallerItsOwnRowsOfABatch() async throws {
        let line = try SampleModels.line.get()
        try await withPool { pool in
            let queue = WorkQueue(limit: 10_000, pool: pool)
            let figures = ModelFigures(name: "line", version: "1")
            let batcher = Batcher(model: line.model, figures: figures, queue: queue, maxRows: 64, limit: 10_000)
            let gate = DispatchSemaphore(value: 0)
            let plug = Task { try await queue.run(timeout: 20) { gate.wait() } }
            while queue.running < 1 { try await Task.sleep(for: .milliseconds(1)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<500 {
                    group.addTask {
                        let rows: [[Cell]] = (0...(caller % 3)).map { [.number(Double(caller)), .number(Double($0))] }
                        let answer = try await batcher.predict(rows, probabilities: false, timeout: 20)
                        guard case .numbers(let numbers) = answer.values else { throw RequestFailure(500, "", "") }
                        #expect(numbers.count == rows.count)
                        for (place, number) in numbers.enumerated() {
                            #expect(abs(number - (3 * Double(caller) - 2 * Double(place) + 1)) < 1e-6)
                        }
                    }
                }
                group.addTask {
                    // Rows of the wrong width spoil no one's batch but their own.
                    await #expect(throws: (any Error).self) {
                        try await batcher.predict([[1]], probabilities: false, timeout: 20)
                    }
                }
                while batcher.waiting < 501 { try await Task.sleep(for: .milliseconds(1)) }
                gate.signal()
                try await group.waitForAll()
            }
            try await plug.value
            #expect(figures.snapshot.batchSizes.count < 500)
        }
    }
}
#endif
