import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Work spread over the processor's cores, with results that do not depend on how many there are.
///
/// Work is cut into blocks by the data alone; threads take blocks from a queue, and what they return is merged in block
/// order. The number of threads comes from the environment variable `APUS_THREADS` or, without it, from the machine.
public enum Parallel {
    private static let configured = Atomic<Int>(initialThreads())

    private static func initialThreads() -> Int {
        if let text = getenv("APUS_THREADS"), let count = Int(String(cString: text)), count >= 1 {
            return min(count, 1024)
        }
        return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// How many threads parallel work uses: at least 1. Setting it changes the speed of later work, never its results.
    public static var threads: Int {
        get { configured.load(ordering: .relaxed) }
        set { configured.store(max(1, newValue), ordering: .relaxed) }
    }

    /// Runs `body` once for each index of `0..<count`, in any order, and returns when all are done.
    public static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        let workers = min(threads, count)
        guard workers > 1 else {
            for index in 0..<max(0, count) { body(index) }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= count { return }
                body(index)
            }
        }
    }

    /// The results of `body` for each index of `0..<count`, in the order of the indices.
    public static func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        guard count > 0 else { return [] }
        guard threads > 1, count > 1 else { return (0..<count).map(body) }
        return [Result](unsafeUninitializedCapacity: count) { buffer, filled in
            let slots = Slots(base: buffer.baseAddress.unsafelyUnwrapped)
            forEach(count) { index in (slots.base + index).initialize(to: body(index)) }
            filled = count
        }
    }

    /// The same for work that can fail: the error of the lowest failing index is thrown, whichever failed first.
    public static func tryMap<Result: Sendable>(
        _ count: Int, _ body: @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        let attempts = map(count) { index in Swift.Result<Result, any Error> { try body(index) } }
        return try attempts.map { try $0.get() }
    }

    /// The ranges of `blockSize` rows (the last one shorter) that `count` rows fall into: the fixed blocks of partial
    /// statistics.
    public static func blocks(of count: Int, size blockSize: Int) -> [Range<Int>] {
        precondition(blockSize > 0, "a block holds at least one row")
        return stride(from: 0, to: max(0, count), by: blockSize).map { $0..<min($0 + blockSize, count) }
    }

    /// The partial statistics of each block of rows, in block order.
    ///
    /// - Parameters:
    ///   - count: Number of rows.
    ///   - blockSize: Rows in a block. It fixes the order of summation, so it must depend on the data only.
    ///   - body: Computes the statistics of one block.
    public static func mapBlocks<Partial: Sendable>(
        of count: Int, size blockSize: Int, _ body: @Sendable (Range<Int>) -> Partial
    ) -> [Partial] {
        let ranges = blocks(of: count, size: blockSize)
        return map(ranges.count) { body(ranges[$0]) }
    }

    private struct Slots<Result>: @unchecked Sendable {
        let base: UnsafeMutablePointer<Result>
    }
}
