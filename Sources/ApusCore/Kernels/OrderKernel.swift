/// Order statistics without sorting everything.
@_documentation(visibility: internal)
public enum OrderKernel {
    /// The median: the middle value, or the mean of the two middle ones; nil when there are no values.
    ///
    /// - Parameter values: None of them NaN. They are put in another order.
    /// - Complexity: O(n).
    public static func median(_ values: inout [Double]) -> Double? {
        let count = values.count
        guard count > 0 else { return nil }
        let upper = select(&values, at: count / 2)
        if count % 2 == 1 { return upper }
        // What lies before the place of the upper one is not greater than it.
        var lower = values[0]
        for i in 1..<max(1, count / 2) where values[i] > lower { lower = values[i] }
        return (lower + upper) / 2
    }

    /// The value that would be at `place` if the values were sorted. Smaller ones end up before it, greater ones after.
    ///
    /// - Parameters:
    ///   - values: None of them NaN. They are put in another order.
    ///   - place: From 0 to `values.count - 1`.
    /// - Complexity: O(n) on average; O(n log n) at worst, because a search that makes no headway sorts the rest.
    public static func select(_ values: inout [Double], at place: Int) -> Double {
        precondition(values.indices.contains(place), "there must be a value at the place that is asked for")
        values.withUnsafeMutableBufferPointer { buffer in
            var (low, high) = (0, buffer.count - 1)
            var patience = 2 * (Int.bitWidth - buffer.count.leadingZeroBitCount)
            while high - low > 16, patience > 0 {
                patience -= 1
                let pivot = middle(buffer[low], buffer[low + (high - low) / 2], buffer[high])
                var (i, j) = (low, high)
                while i <= j {
                    while buffer[i] < pivot { i += 1 }
                    while buffer[j] > pivot { j -= 1 }
                    if i <= j {
                        buffer.swapAt(i, j)
                        i += 1
                        j -= 1
                    }
                }
                if place <= j {
                    high = j
                } else if place >= i {
                    low = i
                } else {
                    return
                }
            }
            buffer[low...high].sort()
        }
        return values[place]
    }

    @inline(__always)
    private static func middle(_ a: Double, _ b: Double, _ c: Double) -> Double {
        max(min(a, b), min(max(a, b), c))
    }

    /// The values at shares of the way from the smallest to the largest, neighbours mixed linearly, bit for bit as NumPy's
    /// `percentile`.
    ///
    /// - Parameters:
    ///   - values: At least one, none of them NaN. They are put in another order.
    ///   - shares: Each from 0 to 1.
    /// - Complexity: O(n) for each share.
    public static func quantiles(_ values: inout [Double], at shares: [Double]) -> [Double] {
        let last = values.count - 1
        return shares.map { share in
            let place = share * Double(last)
            let low = min(last, Int(place))
            let a = select(&values, at: low)
            if low == last { return a }
            // Everything after the place is at least the value there.
            var b = values[low + 1]
            for i in low + 1...last where values[i] < b { b = values[i] }
            return mixed(a, b, place - Double(low))
        }
    }

    /// a + (b - a)·t, rounded as NumPy does.
    public static func mixed(_ a: Double, _ b: Double, _ t: Double) -> Double {
        if a == b { return a }
        let difference = b - a
        return t >= 0.5 ? b - difference * (1 - t) : a + difference * t
    }
}
