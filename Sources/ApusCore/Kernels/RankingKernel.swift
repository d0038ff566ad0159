/// Stable orders of numbers, by radix sort.
@_documentation(visibility: internal)
public enum RankingKernel {
    /// The indices of `values` from the greatest value to the least; equal values keep their order.
    ///
    /// - Parameter values: No NaN among them; -0 counts as equal to 0.
    /// - Complexity: O(n): six passes over keys of 64 bits, eleven bits a pass, without those that change nothing.
    public static func descendingOrder(_ values: [Double]) -> [Int] {
        let count = values.count
        guard count >= 2048 else {
            return values.indices.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
        }
        var keys = [UInt64](repeating: 0, count: count)
        var order = [Int](repeating: 0, count: count)
        var histograms = [Int](repeating: 0, count: passes * buckets)
        for i in 0..<count {
            let key = descendingKey(values[i])
            keys[i] = key
            order[i] = i
            for pass in 0..<passes { histograms[pass * buckets + digit(key, pass)] += 1 }
        }
        var otherKeys = [UInt64](repeating: 0, count: count)
        var otherOrder = [Int](repeating: 0, count: count)
        for pass in 0..<passes {
            var starts = Array(histograms[pass * buckets..<(pass + 1) * buckets])
            if starts.contains(count) { continue }
            var sum = 0
            for bucket in 0..<buckets {
                let size = starts[bucket]
                starts[bucket] = sum
                sum += size
            }
            scatter(keys, order, by: pass, &starts, &otherKeys, &otherOrder)
            swap(&keys, &otherKeys)
            swap(&order, &otherOrder)
        }
        return order
    }

    private static let passes = 6
    private static let buckets = 1 << 11

    /// Bits that ascend as numbers descend.
    private static func descendingKey(_ value: Double) -> UInt64 {
        // Adding 0 turns -0 into 0. Negative numbers descend by their bits already.
        let bits = (value + 0).bitPattern
        return bits >> 63 == 1 ? bits : ~bits & 0x7fff_ffff_ffff_ffff
    }

    @inline(__always)
    private static func digit(_ key: UInt64, _ pass: Int) -> Int {
        Int(truncatingIfNeeded: (key >> UInt64(pass * 11)) & UInt64(buckets - 1))
    }

    private static func scatter(
        _ keys: [UInt64], _ order: [Int], by pass: Int, _ starts: inout [Int], _ newKeys: inout [UInt64],
        _ newOrder: inout [Int]
    ) {
        let count = keys.count
        keys.withUnsafeBufferPointer { keys in
            order.withUnsafeBufferPointer { order in
                starts.withUnsafeMutableBufferPointer { starts in
                    newKeys.withUnsafeMutableBufferPointer { newKeys in
                        newOrder.withUnsafeMutableBufferPointer { newOrder in
                            for i in 0..<count {
                                let bucket = digit(keys[i], pass)
                                let place = starts[bucket]
                                starts[bucket] = place &+ 1
                                newKeys[place] = keys[i]
                                newOrder[place] = order[i]
                            }
                        }
                    }
                }
            }
        }
    }
}
