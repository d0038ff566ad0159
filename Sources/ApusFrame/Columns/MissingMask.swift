import ApusCore

/// Which values of a column are missing: one bit for each row, and nothing at all for a column that is complete.
public struct MissingMask: Sendable, Hashable {
    /// How many rows there are.
    public let count: Int
    /// How many of them have no value.
    public let missingCount: Int
    /// The bits, least significant first, set where a value is missing; empty when none is.
    let words: [UInt64]

    /// A mask of `count` rows, none of them missing.
    public init(complete count: Int) {
        self.count = count
        missingCount = 0
        words = []
    }

    /// A mask from truth values, true where a value is missing.
    public init(_ flags: some Collection<Bool>) {
        var words = [UInt64](repeating: 0, count: (flags.count + 63) / 64)
        for (row, isMissing) in flags.enumerated() where isMissing { words[row >> 6] |= 1 << UInt64(row & 63) }
        self.init(words: words, count: flags.count)
    }

    /// A mask over bits, with none set at or behind `count`; no bits at all stand for a complete column.
    init(words: [UInt64], count: Int) {
        self.count = count
        missingCount = words.reduce(0) { $0 + $1.nonzeroBitCount }
        self.words = missingCount == 0 ? [] : words
    }

    /// Whether the value of a row is missing.
    @inlinable
    public subscript(row: Int) -> Bool { !isComplete && bit(row) }

    @usableFromInline
    func bit(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

    /// Whether no value is missing.
    public var isComplete: Bool { missingCount == 0 }

    /// The first row without a value, or nil when there is none.
    public var firstMissing: Int? {
        guard let word = words.firstIndex(where: { $0 != 0 }) else { return nil }
        return word * 64 + words[word].trailingZeroBitCount
    }

    /// The mask of the rows with the given indices, in that order; missing where an index is negative.
    func gathering(_ rows: [Int], hasGaps: Bool) -> MissingMask {
        if isComplete && !hasGaps { return MissingMask(complete: rows.count) }
        return MissingMask(words: GatherKernel.bits(words, rows), count: rows.count)
    }

    /// Missing where either is; both must have the same number of rows.
    func union(_ other: MissingMask) -> MissingMask {
        if isComplete { return other }
        if other.isComplete { return self }
        return MissingMask(words: zip(words, other.words).map { $0 | $1 }, count: count)
    }

    /// This mask followed by another.
    func appending(_ other: MissingMask) -> MissingMask {
        if isComplete && other.isComplete { return MissingMask(complete: count + other.count) }
        return MissingMask((0..<count + other.count).lazy.map { $0 < count ? self[$0] : other[$0 - count] })
    }
}
