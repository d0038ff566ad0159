import CApusKernels

/// Sorting rows by keys, digit by digit: stable, and the same for any number of threads.
@_documentation(visibility: internal)
public enum SortKernel {
    private static let blockSize = 1 << 16
    /// The bits of the first digit, by which rows are dealt out to threads.
    private static let firstDigit = 11

    /// Rows in ascending order of their keys.
    ///
    /// - Parameters:
    ///   - keys: One for each row of `rows`.
    ///   - rows: The rows in their present order, which equal keys keep; 0, 1, 2, … when nil.
    public static func sorted(_ keys: [UInt64], rows: [Int]? = nil) -> [Int] {
        let n = keys.count
        guard n > 1 else { return rows ?? Array(0..<n) }
        var (least, greatest): (UInt64, UInt64) = (0, 0)
        keys.withUnsafeBufferPointer { apus_key_range($0.baseAddress, n, &least, &greatest) }
        if least == greatest { return rows ?? Array(0..<n) }
        let bits = 64 - (greatest - least).leadingZeroBitCount
        let shift = max(0, bits - firstDigit)
        let blocks = Parallel.blocks(of: n, size: blockSize)
        let digits = Int((greatest - least) >> UInt64(shift)) + 1
        let origin = least
        var counts = Parallel.map(blocks.count) { index -> [Int] in
            var counts = [Int](repeating: 0, count: digits)
            keys.withUnsafeBufferPointer {
                apus_digit_counts(
                    $0.baseAddress, blocks[index].lowerBound, blocks[index].upperBound, origin, Int32(shift), &counts)
            }
            return counts
        }
        // From counts to the place where each block puts its first row of each digit.
        var starts: [Int] = []
        var next = 0
        for digit in 0..<digits {
            starts.append(next)
            for block in counts.indices {
                let count = counts[block][digit]
                counts[block][digit] = next
                next += count
            }
        }
        starts.append(n)
        let (places, bounds) = (counts, starts)
        func scatter(_ body: @Sendable (UnsafePointer<UInt64>?, UnsafePointer<Int>?, Range<Int>, inout [Int]) -> Void) {
            Parallel.forEach(blocks.count) { index in
                var next = places[index]
                keys.withUnsafeBufferPointer { keys in
                    guard let rows else { return body(keys.baseAddress, nil, blocks[index], &next) }
                    rows.withUnsafeBufferPointer { body(keys.baseAddress, $0.baseAddress, blocks[index], &next) }
                }
            }
        }
        return [Int](unsafeUninitializedCapacity: n) { buffer, filled in
            let out = SharedBuffer(buffer)
            if shift == 0 {
                scatter { keys, rows, block, next in
                    apus_digit_scatter_rows(
                        keys, rows, block.lowerBound, block.upperBound, origin, 0, &next, out.base)
                }
            } else {
                let pairs = Pairs(n)
                let scratch = Pairs(n)
                scatter { keys, rows, block, next in
                    apus_digit_scatter(
                        keys, rows, block.lowerBound, block.upperBound, origin, Int32(shift), &next, pairs.base)
                }
                let groups = shares(bounds)
                Parallel.forEach(groups.count) { group in
                    for digit in groups[group] where bounds[digit] < bounds[digit + 1] {
                        let start = bounds[digit]
                        apus_sort_pairs(
                            pairs.base + start, scratch.base + start, bounds[digit + 1] - start, Int32(shift),
                            out.base + start)
                    }
                }
            }
            filled = n
        }
    }

    /// Runs of digits with about as many rows each.
    private static func shares(_ bounds: [Int]) -> [Range<Int>] {
        let last = bounds.count - 1
        let size = max(1, bounds[last] / 32)
        var shares: [Range<Int>] = []
        var first = 0
        for digit in 0..<last where bounds[digit + 1] - bounds[first] >= size || digit == last - 1 {
            shares.append(first..<digit + 1)
            first = digit + 1
        }
        return shares
    }

    /// Rows in the order of their strings by bytes.
    ///
    /// - Parameters:
    ///   - text: A string for each row of the frame.
    ///   - rows: The rows in their present order, which equal strings keep.
    ///   - descending: Whether the last string comes first.
    public static func sorted(_ text: UTF8Buffer, rows: [Int], descending: Bool) -> [Int] {
        let prefixes = [UInt64](filledInParallelRows: text.count, width: 1, blockSize: blockSize) { block, out in
            text.bytes.withUnsafeBufferPointer { bytes in
                text.ends.withUnsafeBufferPointer { ends in
                    apus_text_prefixes(
                        bytes.baseAddress, ends.baseAddress, block.lowerBound, block.upperBound, out.base)
                }
            }
        }
        let keys = GatherKernel.keys(prefixes, rows)
        var order = sorted(descending ? keys.map { ~$0 } : keys, rows: rows)
        var scratch = [Int](repeating: 0, count: rows.count)
        text.bytes.withUnsafeBufferPointer { bytes in
            text.ends.withUnsafeBufferPointer { ends in
                apus_text_ties(
                    bytes.baseAddress, ends.baseAddress, prefixes, &order, &scratch, rows.count, descending ? 1 : 0)
            }
        }
        return order
    }
}

/// Room for keys and rows, which threads fill at once.
final class Pairs: @unchecked Sendable {
    let base: UnsafeMutablePointer<apus_pair>

    init(_ count: Int) { base = .allocate(capacity: max(1, count)) }

    deinit { base.deallocate() }
}
