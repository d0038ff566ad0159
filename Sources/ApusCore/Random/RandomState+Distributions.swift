#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension RandomState {
    /// A double from [0, 1), as `random_sample()`: 53 bits out of two words.
    @inline(__always)
    public mutating func uniform() -> Double {
        let first = word()
        return Self.double(first, word())
    }

    /// A double from [0, 1) out of two words.
    @inline(__always)
    static func double(_ first: UInt32, _ second: UInt32) -> Double {
        (Double(first >> 5) * 67_108_864 + Double(second >> 6)) / 9_007_199_254_740_992
    }

    /// A double from [low, high), as `uniform(low, high)`: `low + (high - low) * u`.
    public mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * uniform()
    }

    /// `count` doubles from [0, 1), as `random_sample(count)`.
    public mutating func uniform(count: Int) -> [Double] {
        var generator = self
        defer { self = generator }
        return [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                // Pairs of words that are in the state go in one loop; one that spans two states is drawn on its own.
                let (start, place) = (filled, generator.position)
                let pairs = min((Self.length - place) / 2, count - start)
                if pairs == 0 {
                    buffer[start] = generator.uniform()
                    filled += 1
                    continue
                }
                UniformKernel.fill(
                    pairs, from: generator.key, at: place, to: .init(rebasing: buffer[start..<start + pairs]))
                generator.position += 2 * pairs
                filled += pairs
            }
        }
    }

    /// A draw from the standard normal distribution, as `standard_normal()`: Marsaglia's polar method, which makes two at
    /// a time and keeps the second for the next call.
    public mutating func gaussian() -> Double {
        if let cached = cachedGaussian {
            cachedGaussian = nil
            return cached
        }
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            if square < 1, square != 0 {
                let factor = (-2 * log(square) / square).squareRoot()
                cachedGaussian = factor * x
                return factor * y
            }
        }
    }

    /// `count` draws from the standard normal distribution, as `standard_normal(count)`.
    public mutating func gaussian(count: Int) -> [Double] {
        var generator = self
        defer { self = generator }
        return [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            for i in 0..<count { buffer[i] = generator.gaussian() }
            filled = count
        }
    }

    /// A draw from the normal distribution, as `normal(mean, standardDeviation)`.
    public mutating func gaussian(mean: Double, standardDeviation: Double) -> Double {
        mean + standardDeviation * gaussian()
    }

    /// A draw from the exponential distribution, as `exponential(scale)`: `-scale * log(1 - u)`.
    public mutating func exponential(scale: Double = 1) -> Double {
        -scale * log(1 - uniform())
    }

    /// A whole number from `range`, as `randint(range.lowerBound, range.upperBound)` with a 32- or 64-bit type.
    ///
    /// Words are masked to the smallest 2ᵏ - 1 that holds the span and drawn again while they exceed it. A range of one
    /// number draws nothing.
    ///
    /// - Parameter range: Not empty.
    public mutating func integer(in range: Range<Int>) -> Int {
        precondition(!range.isEmpty, "a whole number cannot be drawn from an empty range")
        let span = UInt64(bitPattern: Int64(range.upperBound &- 1 &- range.lowerBound))
        return range.lowerBound &+ Int(truncatingIfNeeded: bounded(span))
    }

    /// `count` whole numbers from `range`, as `randint(low, high, count)`.
    public mutating func integers(in range: Range<Int>, count: Int) -> [Int] {
        var generator = self
        defer { self = generator }
        return [Int](unsafeUninitializedCapacity: count) { buffer, filled in
            for i in 0..<count { buffer[i] = generator.integer(in: range) }
            filled = count
        }
    }

    /// The seed that scikit-learn's ensembles hand to a part of theirs: `randint(2³¹ - 1)`.
    public mutating func childSeed() -> UInt32 {
        UInt32(truncatingIfNeeded: integer(in: 0..<2_147_483_647))
    }

    /// A whole number from 0 to `span`, both included, by masking and rejection.
    @inline(__always)
    mutating func bounded(_ span: UInt64) -> UInt64 {
        if span == 0 { return 0 }
        if span <= 0xffff_ffff {
            let mask = UInt32.max >> UInt32(truncatingIfNeeded: UInt32(span).leadingZeroBitCount)
            while true {
                let candidate = word() & mask
                if candidate <= UInt32(span) { return UInt64(candidate) }
            }
        }
        let mask = UInt64.max >> UInt64(span.leadingZeroBitCount)
        while true {
            let candidate = longWord() & mask
            if candidate <= span { return candidate }
        }
    }
}
