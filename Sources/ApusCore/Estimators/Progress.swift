/// How far long work has come.
public struct ProgressUpdate: Sendable, Hashable {
    /// The part that is done, 0 to 1, or nil when the end is not known.
    public let fraction: Double?
    /// What is being done, in a word or two: `iterations`, `trees`.
    public let stage: String
    /// How many steps are done.
    public let completed: Int
    /// How many steps there are at most, or nil when it is not known.
    public let total: Int?

    /// A report of `completed` steps out of `total`.
    public init(stage: String, completed: Int, total: Int?) {
        self.stage = stage
        self.completed = completed
        self.total = total
        fraction = total.map { $0 > 0 ? Double(completed) / Double($0) : 1 }
    }
}

/// Receives progress reports, on whatever thread the work runs.
public typealias ProgressHandler = @Sendable (ProgressUpdate) -> Void

/// Throws `CancellationError` when the surrounding task was cancelled; long loops call it once a step.
public func checkCancellation() throws {
    if Task.isCancelled { throw CancellationError() }
}
