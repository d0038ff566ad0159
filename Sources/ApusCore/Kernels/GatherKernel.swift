import CApusKernels

/// Picking rows out of arrays; a negative row stands for one that is not there.
@_documentation(visibility: internal)
public enum GatherKernel {
    /// Rows that one thread takes at a time, a multiple of 64.
    private static let blockSize = 1 << 16

    /// The numbers of the given rows, NaN where there is no row.
    public static func doubles(_ values: [Double], _ rows: [Int]) -> [Double] {
        gathered(rows) { source, block, out in
            values.withUnsafeBytes { from in
                apus_gather_8(
                    from.baseAddress?.assumingMemoryBound(to: UInt64.self), source, block.lowerBound,
                    block.upperBound, Double.nan.bitPattern,
                    UnsafeMutableRawPointer(out.base).assumingMemoryBound(to: UInt64.self))
            }
        }
    }

    /// The whole numbers of the given rows, 0 where there is no row.
    public static func ints(_ values: [Int], _ rows: [Int]) -> [Int] {
        gathered(rows) { source, block, out in
            values.withUnsafeBytes { from in
                apus_gather_8(
                    from.baseAddress?.assumingMemoryBound(to: UInt64.self), source, block.lowerBound,
                    block.upperBound, 0, UnsafeMutableRawPointer(out.base).assumingMemoryBound(to: UInt64.self))
            }
        }
    }

    /// The keys of the given rows, 0 where there is no row.
    public static func keys(_ values: [UInt64], _ rows: [Int]) -> [UInt64] {
        gathered(rows) { source, block, out in
            values.withUnsafeBufferPointer { from in
                apus_gather_8(from.baseAddress, source, block.lowerBound, block.upperBound, 0, out.base)
            }
        }
    }

    /// The codes of the given rows, -1 where there is no row.
    public static func codes(_ values: [Int32], _ rows: [Int]) -> [Int32] {
        gathered(rows) { source, block, out in
            values.withUnsafeBytes { from in
                apus_gather_4(
                    from.baseAddress?.assumingMemoryBound(to: UInt32.self), source, block.lowerBound,
                    block.upperBound, .max, UnsafeMutableRawPointer(out.base).assumingMemoryBound(to: UInt32.self))
            }
        }
    }

    /// The truth values of the given rows, false where there is no row.
    public static func flags(_ values: [Bool], _ rows: [Int]) -> [Bool] {
        gathered(rows) { source, block, out in
            values.withUnsafeBytes { from in
                apus_gather_1(
                    from.baseAddress?.assumingMemoryBound(to: UInt8.self), source, block.lowerBound,
                    block.upperBound, 0, UnsafeMutableRawPointer(out.base).assumingMemoryBound(to: UInt8.self))
            }
        }
    }

    /// The bits of the given rows, set where there is no row. No bits at all stand for zeros.
    public static func bits(_ words: [UInt64], _ rows: [Int]) -> [UInt64] {
        let blocks = Parallel.blocks(of: rows.count, size: blockSize)
        let count = (rows.count + 63) / 64
        guard count > 0 else { return [] }
        return [UInt64](unsafeUninitializedCapacity: count) { buffer, filled in
            let out = SharedBuffer(buffer)
            Parallel.forEach(blocks.count) { index in
                words.withUnsafeBufferPointer { from in
                    rows.withUnsafeBufferPointer { rows in
                        apus_gather_bits(
                            words.isEmpty ? nil : from.baseAddress, rows.baseAddress, blocks[index].lowerBound,
                            blocks[index].upperBound, out.base)
                    }
                }
            }
            filled = count
        }
    }

    /// The strings of the given rows, empty where there is no row.
    public static func text(_ text: UTF8Buffer, _ rows: [Int]) -> UTF8Buffer {
        guard !rows.isEmpty else { return UTF8Buffer(bytes: [], ends: []) }
        let blocks = Parallel.blocks(of: rows.count, size: blockSize)
        return text.ends.withUnsafeBufferPointer { ends in
            let source = ReadOnly(ends)
            let sizes = Parallel.map(blocks.count) { index in
                blocks[index].reduce(0) { $0 + source.length(rows[$1]) }
            }
            var offsets = [0]
            for size in sizes { offsets.append(offsets[offsets.count - 1] + size) }
            let (firsts, total) = (offsets, offsets[blocks.count])
            var chosen: [Int] = []
            let bytes = [UInt8](unsafeUninitializedCapacity: max(1, total)) { bytes, used in
                chosen = [Int](unsafeUninitializedCapacity: rows.count) { places, filled in
                    let (bytes, places) = (SharedBuffer(bytes), SharedBuffer(places))
                    text.bytes.withUnsafeBufferPointer { from in
                        let from = ReadOnly(from)
                        Parallel.forEach(blocks.count) { index in
                            var next = firsts[index]
                            for i in blocks[index] {
                                let row = rows[i]
                                let length = source.length(row)
                                if length > 0, let base = from.buffer.baseAddress {
                                    (bytes.base + next).update(from: base + source.start(row), count: length)
                                }
                                next += length
                                places[i] = next
                            }
                        }
                    }
                    filled = rows.count
                }
                used = total
            }
            return UTF8Buffer(bytes: bytes, ends: chosen)
        }
    }

    fileprivate struct ReadOnly<Element>: @unchecked Sendable {
        let buffer: UnsafeBufferPointer<Element>
        init(_ buffer: UnsafeBufferPointer<Element>) { self.buffer = buffer }
    }

    private static func gathered<Value: BitwiseCopyable>(
        _ rows: [Int], _ body: @Sendable (UnsafePointer<Int>?, Range<Int>, SharedBuffer<Value>) -> Void
    ) -> [Value] {
        [Value](filledInParallelRows: rows.count, width: 1, blockSize: blockSize) { block, out in
            rows.withUnsafeBufferPointer { body($0.baseAddress, block, out) }
        }
    }
}

extension GatherKernel.ReadOnly<Int> {
    fileprivate func start(_ row: Int) -> Int { row <= 0 ? 0 : buffer[row - 1] }
    fileprivate func length(_ row: Int) -> Int { row < 0 ? 0 : buffer[row] - start(row) }
}
