/// NumPy's legacy generator, bit for bit: the Mersenne twister MT19937 with the draws of `numpy.random.RandomState`.
///
///     var random = RandomState(seed: 42)
///     random.uniform()                 // 0.3745401188473625
///     random.permutation(10)           // [8, 1, 5, 0, 7, 2, 9, 4, 3, 6] from a fresh seed 42
///
/// A value, not a shared object: copying it copies its place in the stream. The same seed gives the same draws as
/// NumPy 2.4.6 on every platform, except gaussians and exponentials, whose last bit depends on the system's `log`.
///
/// Source: M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
public struct RandomState: Sendable, Hashable {
    static let length = 624
    private static let middle = 397

    var key: [UInt32]
    var position: Int
    /// The second gaussian of the last polar pair, kept until the next gaussian is asked for.
    var cachedGaussian: Double?

    /// A generator seeded as `numpy.random.RandomState(seed)`.
    ///
    /// - Parameter seed: 0 to 2³² - 1.
    public init(seed: UInt32) {
        var key = [UInt32](repeating: 0, count: Self.length)
        key[0] = seed
        for i in 1..<Self.length {
            key[i] = 1_812_433_253 &* (key[i - 1] ^ (key[i - 1] >> 30)) &+ UInt32(i)
        }
        self.key = key
        position = Self.length
    }

    /// A generator seeded as `numpy.random.RandomState([...])`, that is by a sequence of words.
    ///
    /// - Parameter seeds: At least one word; an empty sequence counts as `[0]`.
    public init(seeds: [UInt32]) {
        self.init(seed: 19_650_218)
        let words = seeds.isEmpty ? [0] : seeds
        var i = 1
        var j = 0
        for _ in 0..<max(Self.length, words.count) {
            key[i] = (key[i] ^ ((key[i - 1] ^ (key[i - 1] >> 30)) &* 1_664_525)) &+ words[j] &+ UInt32(j)
            i += 1
            j += 1
            if i == Self.length {
                key[0] = key[Self.length - 1]
                i = 1
            }
            if j == words.count { j = 0 }
        }
        for _ in 0..<Self.length - 1 {
            key[i] = (key[i] ^ ((key[i - 1] ^ (key[i - 1] >> 30)) &* 1_566_083_941)) &- UInt32(i)
            i += 1
            if i == Self.length {
                key[0] = key[Self.length - 1]
                i = 1
            }
        }
        key[0] = 0x8000_0000
        position = Self.length
    }

    /// The next 32-bit word of the stream.
    @inline(__always)
    public mutating func word() -> UInt32 {
        if position == Self.length { regenerate() }
        let word = Self.tempered(key[position])
        position += 1
        return word
    }

    /// The word of the stream that a word of the state stands for.
    @inline(__always)
    static func tempered(_ word: UInt32) -> UInt32 {
        var y = word
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c_5680
        y ^= (y << 15) & 0xefc6_0000
        y ^= y >> 18
        return y
    }

    /// The next 64-bit word: two 32-bit words, the first one in the high half.
    public mutating func longWord() -> UInt64 {
        let high = UInt64(word())
        return high << 32 | UInt64(word())
    }

    /// Moves on in the stream as if `count` 32-bit words had been drawn.
    ///
    /// - Complexity: O(`count`), at a fraction of the time of drawing them.
    public mutating func skip(words count: Int) {
        precondition(count >= 0, "a stream only goes forwards")
        var left = count
        while left > Self.length - position {
            left -= Self.length - position
            regenerate()
        }
        position += left
    }

    mutating func regenerate() {
        let n = Self.length
        let m = Self.middle
        key.withUnsafeMutableBufferPointer { key in
            func twist(_ upper: UInt32, _ lower: UInt32, _ far: UInt32) -> UInt32 {
                let y = (upper & 0x8000_0000) | (lower & 0x7fff_ffff)
                // All ones where the last bit is set: a mask needs no multiplication.
                return far ^ (y >> 1) ^ ((0 &- (y & 1)) & 0x9908_b0df)
            }
            for i in 0..<n - m { key[i] = twist(key[i], key[i + 1], key[i + m]) }
            for i in n - m..<n - 1 { key[i] = twist(key[i], key[i + 1], key[i + m - n]) }
            key[n - 1] = twist(key[n - 1], key[0], key[m - 1])
        }
        position = 0
    }
}
