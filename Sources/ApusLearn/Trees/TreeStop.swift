import Synchronization

/// Tells all threads that grow trees when to stop.
///
/// Whether the task was cancelled is known to the thread that runs it alone; it passes that on to the others.
final class TreeStop: Sendable {
    private let isSet = Atomic<Bool>(false)

    /// Makes every later check throw.
    func set() { isSet.store(true, ordering: .relaxed) }

    /// Throws `CancellationError` when the task was cancelled or another thread has stopped.
    func check() throws {
        if Task.isCancelled { set() }
        if isSet.load(ordering: .relaxed) { throw CancellationError() }
    }
}
