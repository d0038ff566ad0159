import Synchronization

/// The values of one training row with all rows of a group, kept as long as anyone holds it.
final class SVMKernelRow: @unchecked Sendable {
    let values: UnsafeMutablePointer<Float>

    init(count: Int) { values = .allocate(capacity: max(1, count)) }

    deinit { values.deallocate() }
}

/// Kernel rows of one group with one group, by the place of the row. When they take more memory than they may, those
/// that were used longest ago are let go.
///
/// What is in it changes the time that work takes and nothing else, as rows are always computed alike.
struct SVMRowStore {
    private struct Entry {
        let row: SVMKernelRow
        var used: Int
    }

    private var entries: [Int: Entry] = [:]
    private var clock = 0
    /// The most rows that are kept.
    private let limit: Int

    /// A store of rows of `count` values in `bytes` of memory.
    init(count: Int, bytes: Int) { limit = max(1, bytes / (4 * max(1, count) + 96)) }

    /// The rows at the given places, nil where there is none.
    mutating func rows(_ places: [Int]) -> [SVMKernelRow?] {
        clock += 1
        return places.map { place in
            guard let index = entries.index(forKey: place) else { return nil }
            entries.values[index].used = clock
            return entries.values[index].row
        }
    }

    /// Keeps rows.
    mutating func keep(_ rows: [(place: Int, row: SVMKernelRow)]) {
        for (place, row) in rows { entries[place] = Entry(row: row, used: clock) }
        guard entries.count > limit else { return }
        // A quarter at once, so that sorting out is rare.
        let excess = entries.count - limit * 3 / 4
        let ages = entries.map { (used: $0.value.used, place: $0.key) }
        for old in ages.sorted(by: { ($0.used, $0.place) < ($1.used, $1.place) }).prefix(excess) {
            entries[old.place] = nil
        }
    }
}

/// The kernel rows of each group with itself, shared by all problems that the group takes part in.
///
/// Lookups and additions are under a lock; rows are computed outside it.
final class SVMSharedRows: Sendable {
    private let stores: Mutex<[SVMRowStore]>

    /// Stores for groups of the given sizes, sharing `bytes` by their size.
    init(counts: [Int], bytes: Int) {
        let total = max(1, counts.reduce(0, +))
        stores = Mutex(counts.map { SVMRowStore(count: $0, bytes: bytes / total * $0) })
    }

    func rows(_ places: [Int], of group: Int) -> [SVMKernelRow?] {
        stores.withLock { $0[group].rows(places) }
    }

    func keep(_ rows: [(place: Int, row: SVMKernelRow)], of group: Int) {
        stores.withLock { $0[group].keep(rows) }
    }
}
