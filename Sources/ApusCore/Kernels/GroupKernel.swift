import CApusKernels

/// Numbering distinct keys, and what can be said about the rows of each number.
@_documentation(visibility: internal)
public enum GroupKernel {
    private static let blockSize = 1 << 16

    /// For each row the place of its key among the distinct keys, ascending, or -1 where it is missing.
    public struct Codes: Sendable {
        /// One for each row.
        public let codes: [Int32]
        /// The distinct keys, ascending as unsigned numbers.
        public let keys: [UInt64]
    }

    /// Numbers the distinct keys in ascending order.
    ///
    /// - Parameters:
    ///   - keys: One for each row.
    ///   - missing: A bit for each row, set where there is none; empty when none is missing.
    public static func codes(_ keys: [UInt64], missing: [UInt64]) -> Codes {
        let n = keys.count
        guard n > 0 else { return Codes(codes: [], keys: []) }
        var (least, greatest): (UInt64, UInt64) = (0, 0)
        // Stand-ins of missing values are small numbers; they may widen the range, never make it wrong.
        keys.withUnsafeBufferPointer { apus_key_range($0.baseAddress, n, &least, &greatest) }
        let range = greatest - least
        if range < UInt64(max(1 << 16, 2 * n)) {
            return direct(keys, missing, least, Int(range) + 1)
        }
        return hashed(keys, missing)
    }

    /// Keys in a narrow range: a table has a place for each.
    private static func direct(_ keys: [UInt64], _ missing: [UInt64], _ least: UInt64, _ range: Int) -> Codes {
        var places = [Int32](repeating: -1, count: range)
        for row in keys.indices where missing.isEmpty || missing[row >> 6] >> UInt64(row & 63) & 1 == 0 {
            places[Int(keys[row] - least)] = 0
        }
        var distinct: [UInt64] = []
        for place in places.indices where places[place] == 0 {
            places[place] = Int32(distinct.count)
            distinct.append(least + UInt64(place))
        }
        let table = places
        let codes = [Int32](filledInParallelRows: keys.count, width: 1, blockSize: blockSize) { block, out in
            for row in block {
                let isMissing = !missing.isEmpty && missing[row >> 6] >> UInt64(row & 63) & 1 == 1
                out[row] = isMissing ? -1 : table[Int(keys[row] - least)]
            }
        }
        return Codes(codes: codes, keys: distinct)
    }

    /// Keys dealt out by their hash, so that each part's table stays in the cache and parts go to different threads.
    private static func hashed(_ keys: [UInt64], _ missing: [UInt64]) -> Codes {
        let n = keys.count
        let bits = n < 1 << 15 ? 0 : n < 1 << 22 ? 5 : 8
        let parts = 1 << bits
        let blocks = Parallel.blocks(of: n, size: blockSize)
        var counts = Parallel.map(blocks.count) { index -> [Int] in
            var counts = [Int](repeating: 0, count: parts)
            keys.withUnsafeBufferPointer { keys in
                missing.withUnsafeBufferPointer { missing in
                    apus_hash_counts(
                        keys.baseAddress, missing.isEmpty ? nil : missing.baseAddress, blocks[index].lowerBound,
                        blocks[index].upperBound, Int32(bits), &counts)
                }
            }
            return counts
        }
        var starts: [Int] = []
        var next = 0
        for part in 0..<parts {
            starts.append(next)
            for block in counts.indices {
                let count = counts[block][part]
                counts[block][part] = next
                next += count
            }
        }
        starts.append(next)
        let (places, bounds) = (counts, starts)
        let pairs = Pairs(next)
        Parallel.forEach(blocks.count) { index in
            var next = places[index]
            keys.withUnsafeBufferPointer { keys in
                missing.withUnsafeBufferPointer { missing in
                    apus_hash_scatter(
                        keys.baseAddress, missing.isEmpty ? nil : missing.baseAddress, blocks[index].lowerBound,
                        blocks[index].upperBound, Int32(bits), &next, pairs.base)
                }
            }
        }
        var codes = [Int32](repeating: -1, count: n)
        var distinct: [UInt64] = []
        codes.withUnsafeMutableBufferPointer { buffer in
            let codes = SharedBuffer(buffer)
            let found = Parallel.map(parts) { part -> [UInt64] in
                let count = bounds[part + 1] - bounds[part]
                guard count > 0 else { return [] }
                var size = 16
                while size < 2 * count { size *= 2 }
                var slots = [Int32](repeating: -1, count: size)
                return [UInt64](unsafeUninitializedCapacity: count) { buffer, filled in
                    filled = apus_hash_codes(
                        pairs.base + bounds[part], count, &slots, UInt64(size - 1), buffer.baseAddress, codes.base)
                }
            }
            var offsets: [Int] = []
            for keys in found {
                offsets.append(distinct.count)
                distinct += keys
            }
            let order = SortKernel.sorted(distinct)
            var ranks = [Int32](repeating: 0, count: distinct.count)
            for (rank, place) in order.enumerated() { ranks[place] = Int32(rank) }
            distinct = GatherKernel.keys(distinct, order)
            let (first, rank) = (offsets, ranks)
            Parallel.forEach(parts) { part in
                for i in bounds[part]..<bounds[part + 1] {
                    let row = pairs.base[i].row
                    codes[row] = rank[first[part] + Int(codes[row])]
                }
            }
        }
        return Codes(codes: codes, keys: distinct)
    }

    // MARK: Statistics

    /// Sums and counts of the numbers of each group, NaN left out; the sums with compensation, row after row.
    public static func sums(_ x: [Double], _ codes: [Int32], groups: Int) -> (sums: [Double], counts: [Int]) {
        var sums = [Double](repeating: 0, count: groups)
        var compensations = sums
        var counts = [Int](repeating: 0, count: groups)
        apus_group_sums(x, codes, x.count, &sums, &compensations, &counts)
        return (sums, counts)
    }

    /// Sums and counts of whole numbers; nil when a sum does not fit in 64 bits.
    public static func sums(
        _ x: [Int], missing: [UInt64], _ codes: [Int32], groups: Int
    ) -> (sums: [Int], counts: [Int])? {
        var sums = [Int](repeating: 0, count: groups)
        var counts = sums
        let overflows = missing.withUnsafeBufferPointer {
            apus_group_int_sums(x, missing.isEmpty ? nil : $0.baseAddress, codes, x.count, &sums, &counts)
        }
        return overflows == 0 ? (sums, counts) : nil
    }

    /// Sums of squared differences from the mean, and counts; NaN left out.
    public static func squares(_ x: [Double], _ codes: [Int32], groups: Int) -> (squares: [Double], counts: [Int]) {
        var means = [Double](repeating: 0, count: groups)
        var squares = means
        var counts = [Int](repeating: 0, count: groups)
        apus_group_squares(x, codes, x.count, &means, &squares, &counts)
        return (squares, counts)
    }

    /// For each group the rows of its least and greatest number, the first of them; -1 where it has none.
    public static func extremes(_ x: [Double], _ codes: [Int32], groups: Int) -> (least: [Int], greatest: [Int]) {
        var least = [Int](repeating: -1, count: groups)
        var greatest = least
        apus_group_extremes(x, codes, x.count, &least, &greatest)
        return (least, greatest)
    }

    /// The same for whole numbers.
    public static func extremes(
        _ x: [Int], missing: [UInt64], _ codes: [Int32], groups: Int
    ) -> (least: [Int], greatest: [Int]) {
        var least = [Int](repeating: -1, count: groups)
        var greatest = least
        missing.withUnsafeBufferPointer {
            apus_group_int_extremes(
                x, missing.isEmpty ? nil : $0.baseAddress, codes, x.count, &least, &greatest)
        }
        return (least, greatest)
    }

    /// How often each code occurs.
    public static func counts(_ codes: [Int32], groups: Int) -> [Int] {
        // Tables of one block each stay small enough to be added up.
        let size = max(blockSize, groups)
        let parts = Parallel.mapBlocks(of: codes.count, size: size) { block -> [Int] in
            var counts = [Int](repeating: 0, count: groups)
            apus_code_counts(codes, block.lowerBound, block.upperBound, &counts)
            return counts
        }
        var total = [Int](repeating: 0, count: groups)
        for part in parts { for code in 0..<groups { total[code] += part[code] } }
        return total
    }

    /// The rows of each code one after another, ascending, and where those of each code begin; one more place at the end.
    public static func rows(_ codes: [Int32], groups: Int) -> (rows: [Int], starts: [Int]) {
        let counts = counts(codes, groups: groups)
        var starts = [0]
        starts.reserveCapacity(groups + 1)
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        var places = starts
        let total = starts[groups]
        let rows = [Int](unsafeUninitializedCapacity: total) { buffer, filled in
            apus_code_rows(codes, codes.count, &places, buffer.baseAddress)
            filled = total
        }
        return (rows, starts)
    }

    // MARK: Joins

    /// The pairs of rows with the same code, in the order of the left rows and then of the right ones.
    ///
    /// - Parameters:
    ///   - left: A code for each left row, negative where it has no partner.
    ///   - rows: The right rows of each code one after another.
    ///   - starts: Where the right rows of each code begin.
    ///   - keepsLeft: Whether a left row without a partner is kept, with -1 as its right row.
    public static func pairs(
        _ left: [Int32], rows: [Int], starts: [Int], keepsLeft: Bool
    ) -> (left: [Int], right: [Int]) {
        let blocks = Parallel.blocks(of: left.count, size: blockSize)
        let keeps: Int32 = keepsLeft ? 1 : 0
        let counts = Parallel.map(blocks.count) { index in
            apus_join_count(left, blocks[index].lowerBound, blocks[index].upperBound, starts, keeps)
        }
        var offsets = [0]
        for count in counts { offsets.append(offsets[offsets.count - 1] + count) }
        let (places, total) = (offsets, offsets[blocks.count])
        guard total > 0 else { return ([], []) }
        var right: [Int] = []
        let lefts = [Int](unsafeUninitializedCapacity: total) { leftBuffer, filled in
            right = [Int](unsafeUninitializedCapacity: total) { rightBuffer, filled in
                let (l, r) = (SharedBuffer(leftBuffer), SharedBuffer(rightBuffer))
                Parallel.forEach(blocks.count) { index in
                    apus_join_fill(
                        left, blocks[index].lowerBound, blocks[index].upperBound, starts, rows, keeps,
                        l.base + places[index], r.base + places[index])
                }
                filled = total
            }
            filled = total
        }
        return (lefts, right)
    }

    /// How many pairs there would be, without making them.
    public static func pairCount(_ left: [Int32], starts: [Int], keepsLeft: Bool) -> Int {
        apus_join_count(left, 0, left.count, starts, keepsLeft ? 1 : 0)
    }
}
