import ApusCore

/// The generator that a tree draws features and thresholds from: a 32-bit xorshift, as the reference's.
///
/// Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003).
struct TreeRandom: Sendable {
    private static let largest: UInt32 = 0x7fff_ffff
    private var state: UInt32

    /// The generator of the tree with a given seed: its state is the seed's first draw.
    init(seed: UInt32) {
        var random = RandomState(seed: seed)
        state = random.childSeed()
    }

    /// The next number, 0 to 2³¹ - 1.
    private mutating func draw() -> UInt32 {
        if state == 0 { state = 1 }
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        return state & TreeRandom.largest
    }

    /// A whole number within a range that is not empty.
    mutating func integer(in range: Range<Int>) -> Int {
        range.lowerBound + Int(draw()) % range.count
    }

    /// A number from `low` to `high`.
    mutating func number(from low: Double, to high: Double) -> Double {
        (high - low) * Double(draw()) / Double(TreeRandom.largest) + low
    }
}
