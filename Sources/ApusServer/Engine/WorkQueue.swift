#if Server
import NIOCore
import NIOPosix
import Synchronization

/// Work that takes longer than a moment: done by as many threads as there are cores, in the order in which it came, with
/// a limit on how much may wait.
final class WorkQueue: Sendable {
    private struct State {
        var running = 0
        var waiting: CircularBuffer<@Sendable () -> Void> = []
    }

    private let limit: Int
    private let pool: NIOThreadPool
    private let threads: Int
    private let state = Mutex(State())

    /// A queue in which at most `limit` pieces of work wait.
    init(limit: Int, pool: NIOThreadPool = .singleton) {
        self.limit = limit
        self.pool = pool
        threads = max(1, pool.numberOfThreads)
    }

    /// Pieces of work that are being done.
    var running: Int { state.withLock { $0.running } }
    /// Pieces of work that wait.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Does a piece of work in its turn.
    ///
    /// - Parameters:
    ///   - timeout: Seconds until the caller is told that it took too long; work that has begun is not interrupted.
    ///   - work: The work.
    /// - Throws: What `work` throws, or `RequestFailure` with status 503 when the queue is full and 504 when time is up.
    func run<Result: Sendable>(timeout: Double, _ work: @escaping @Sendable () throws -> Result) async throws -> Result
    {
        let outcome = Outcome<Result>()
        return try await outcome.wait(timeout: timeout) {
            submit {
                guard !outcome.isSettled else { return }
                outcome.settle(Swift.Result { try work() })
            }
        }
    }

    /// Does a piece of work for which nobody waits, unless half of the queue is taken.
    func runAside(_ work: @escaping @Sendable () -> Void) { _ = submit(upTo: limit / 2, work) }

    /// Puts a piece of work into the queue; false when it is full.
    func submit(_ work: @escaping @Sendable () -> Void) -> Bool { submit(upTo: limit, work) }

    private func submit(upTo limit: Int, _ work: @escaping @Sendable () -> Void) -> Bool {
        let (starts, isTaken) = state.withLock { state in
            if state.running < threads {
                state.running += 1
                return (true, true)
            }
            guard state.waiting.count < limit else { return (false, false) }
            state.waiting.append(work)
            return (false, true)
        }
        if starts { start(work) }
        return isTaken
    }

    private func start(_ work: @escaping @Sendable () -> Void) {
        pool.submit { _ in
            work()
            let next: (@Sendable () -> Void)? = self.state.withLock { state in
                if let next = state.waiting.popFirst() { return next }
                state.running -= 1
                return nil
            }
            if let next { self.start(next) }
        }
    }

    /// The failure of a queue that is full.
    static let overloaded = RequestFailure(
        503, "overloaded", "The server has more to do than it can; send the request again in a moment.",
        retryAfter: 1)
    /// The failure of work that takes too long.
    static let tooLate = RequestFailure(
        504, "answerTimeout", "The prediction was not ready in time; send fewer rows, or send them again later.")
}

/// A result that somebody waits for, at most for some time.
final class Outcome<Success: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Success, any Error>, Scheduled<Void>)
        case settled
    }

    private let state = Mutex(State.open)

    /// Whether nobody waits any more.
    var isSettled: Bool { state.withLock { if case .settled = $0 { true } else { false } } }

    /// Waits for the result.
    ///
    /// - Parameters:
    ///   - timeout: Seconds until `RequestFailure` with status 504.
    ///   - begin: Begins the work; false when it cannot, which is `RequestFailure` with status 503.
    func wait(timeout: Double, _ begin: () -> Bool) async throws -> Success {
        try await withCheckedThrowingContinuation { continuation in
            let deadline = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(
                in: .nanoseconds(Int64(timeout * 1e9))
            ) { self.settle(.failure(WorkQueue.tooLate)) }
            state.withLock { $0 = .awaited(continuation, deadline) }
            if !begin() { settle(.failure(WorkQueue.overloaded)) }
        }
    }

    /// Hands over the result, unless there is one already.
    func settle(_ result: Result<Success, any Error>) {
        let waiting: (CheckedContinuation<Success, any Error>, Scheduled<Void>)? = state.withLock { state in
            guard case .awaited(let continuation, let deadline) = state else { return nil }
            state = .settled
            return (continuation, deadline)
        }
        guard let (continuation, deadline) = waiting else { return }
        deadline.cancel()
        continuation.resume(with: result)
    }
}
#endif
