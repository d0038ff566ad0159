import ApusCore

/// A digest of numbers and texts, to notice when they have changed. Not for secrets: it is not made to withstand anyone.
///
/// Two independent 64-bit sums, so that different data have the same digest by chance once in 2¹²⁸.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    private var first: UInt64 = 0xcbf2_9ce4_8422_2325
    private var second: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// The digest of nothing.
    public init() {}

    /// 32 hexadecimal digits.
    public var description: String {
        [first, second].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Adds a word.
    public mutating func add(_ word: UInt64) {
        first = (first ^ word) &* 0x9fb2_1c65_1e98_df25
        first ^= first >> 32
        second = (second &+ word) &* 0xd6e8_feb8_6659_fd93
        second ^= second >> 29
    }

    /// Adds numbers, bit by bit; every NaN counts as the same.
    public mutating func add(_ numbers: [Double]) {
        add(UInt64(numbers.count))
        for number in numbers { add(number.isNaN ? 0x7ff8_0000_0000_0000 : number.bitPattern) }
    }

    /// Adds whole numbers.
    public mutating func add(_ numbers: [Int]) {
        add(UInt64(numbers.count))
        for number in numbers { add(UInt64(bitPattern: Int64(number))) }
    }

    /// Adds a text.
    public mutating func add(_ text: String) {
        var (word, filled, length) = (UInt64(0), 0, UInt64(0))
        for byte in text.utf8 {
            word = word << 8 | UInt64(byte)
            filled += 1
            length += 1
            if filled == 8 {
                add(word)
                (word, filled) = (0, 0)
            }
        }
        add(word)
        add(length)
    }

    /// The digest with groups of rows added, where there are any.
    func adding(_ groups: Labels?) -> Fingerprint {
        guard let groups else { return self }
        var digest = self
        digest.add(groups.codes)
        for name in groups.classes.names { digest.add(name) }
        return digest
    }

    /// The digest of the rows of each fold.
    init(_ splits: [Split]) {
        for split in splits {
            add(split.train)
            add(split.test)
        }
    }

    /// The digest of labelled rows.
    init(_ x: Matrix, _ y: Labels, weights: [Double]?) {
        add([x.rows, x.columns])
        add(x.values)
        add(y.codes)
        for name in y.classes.names { add(name) }
        if let weights { add(weights) }
    }

    /// The digest of rows with a number each.
    init(_ x: Matrix, _ y: [Double], weights: [Double]?) {
        add([x.rows, x.columns])
        add(x.values)
        add(y)
        if let weights { add(weights) }
    }
}
