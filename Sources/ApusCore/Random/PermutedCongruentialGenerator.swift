/// NumPy's newer generator, bit for bit: PCG64 as `numpy.random.default_rng(seed)` seeds and uses it.
///
/// A value, not a shared object: copying it copies its place in the stream.
///
/// Source: M. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
/// Generation" (2014), variant XSL-RR 128/64.
public struct PermutedCongruentialGenerator: Sendable, Hashable {
    private static let multiplier = UInt128(2_549_297_995_355_413_924) << 64 | UInt128(4_865_540_595_714_422_341)

    private var state: UInt128
    private let increment: UInt128
    /// The upper half of the last word, kept until the next 32-bit word is asked for.
    private var kept: UInt32?

    /// A generator seeded as `numpy.random.default_rng(seed)`.
    public init(seed: UInt32) {
        let words = SeedSequence(entropy: [seed]).words(4)
        increment = (UInt128(words[2]) << 64 | UInt128(words[3])) << 1 | 1
        state = increment &+ (UInt128(words[0]) << 64 | UInt128(words[1]))
        state = state &* Self.multiplier &+ increment
    }

    /// The next 64-bit word of the stream.
    public mutating func longWord() -> UInt64 {
        state = state &* Self.multiplier &+ increment
        let mixed = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let turn = UInt64(truncatingIfNeeded: state >> 122)
        return mixed >> turn | mixed << ((64 - turn) & 63)
    }

    /// The next 32-bit word: the lower half of a 64-bit word, then its upper half.
    public mutating func word() -> UInt32 {
        if let kept {
            self.kept = nil
            return kept
        }
        let whole = longWord()
        kept = UInt32(truncatingIfNeeded: whole >> 32)
        return UInt32(truncatingIfNeeded: whole)
    }

    /// A whole number from 0 to `limit`, both included, as `shuffle` draws it: by masking and rejection.
    public mutating func integer(through limit: UInt32) -> UInt32 {
        if limit == 0 { return 0 }
        let mask = UInt32.max >> UInt32(truncatingIfNeeded: limit.leadingZeroBitCount)
        while true {
            let candidate = word() & mask
            if candidate <= limit { return candidate }
        }
    }

    /// Puts the elements, fewer than 2³², in random order, as `Generator.shuffle` does.
    public mutating func shuffle<Element>(_ values: inout [Element]) {
        for i in stride(from: values.count - 1, to: 0, by: -1) {
            values.swapAt(i, Int(integer(through: UInt32(truncatingIfNeeded: i))))
        }
    }
}

/// NumPy's `SeedSequence`: spreads a seed over as many words as a generator needs.
struct SeedSequence {
    private var pool: [UInt32]

    init(entropy: [UInt32]) {
        var constant: UInt32 = 0x43b0_d7e5
        func hash(_ value: UInt32) -> UInt32 {
            var mixed = value ^ constant
            constant = constant &* 0x931e_8875
            mixed = mixed &* constant
            return mixed ^ mixed >> 16
        }
        func mix(_ a: UInt32, _ b: UInt32) -> UInt32 {
            let mixed = 0xca01_f9dd &* a &- 0x4973_f715 &* b
            return mixed ^ mixed >> 16
        }
        pool = (0..<4).map { hash($0 < entropy.count ? entropy[$0] : 0) }
        for from in 0..<4 {
            for to in 0..<4 where from != to { pool[to] = mix(pool[to], hash(pool[from])) }
        }
        for word in entropy.dropFirst(4) {
            for to in 0..<4 { pool[to] = mix(pool[to], hash(word)) }
        }
    }

    /// `count` 64-bit words.
    func words(_ count: Int) -> [UInt64] {
        var constant: UInt32 = 0x8b51_f9dd
        let halves = (0..<2 * count).map { k -> UInt32 in
            var value = pool[k % 4] ^ constant
            constant = constant &* 0x58f3_8ded
            value = value &* constant
            return value ^ value >> 16
        }
        return (0..<count).map { UInt64(halves[2 * $0]) | UInt64(halves[2 * $0 + 1]) << 32 }
    }
}
