import CApusKernels

/// Leads rows through a tree.
@_documentation(visibility: internal)
public enum TreeWalkKernel {
    /// The leaf of each row, by the name of its node.
    ///
    /// - Parameters:
    ///   - tree: A tree of at least one node, whose columns are within `x`.
    ///   - x: The rows.
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number.
    public static func leaves(_ tree: TreeWalk, of x: Matrix) throws -> [Int32] {
        let width = x.columns
        try checkUsable(x)
        return x.values.withUnsafeBufferPointer { values in
            guard !values.isEmpty, tree.count > 0 else { return [] }
            let source = SharedBuffer(UnsafeMutableBufferPointer(mutating: values))
            return [Int32](filledInParallelRows: x.rows, width: 1, blockSize: 1024) { rows, leaves in
                apus_walk_plain(
                    tree.nodes, tree.depth, source.base + rows.lowerBound * width, width, rows.count,
                    leaves.base + rows.lowerBound)
            }
        }
    }

    /// Throws for a value that is infinite as a 32-bit number.
    static func checkUsable(_ x: Matrix) throws {
        if let place = firstUnusable(x.values) {
            throw TreeValues.unusable(x.values[place], row: place / x.columns, column: place % x.columns)
        }
    }

    /// The place of the first value that is infinite as a 32-bit number.
    private static func firstUnusable(_ values: [Double]) -> Int? {
        let limit = Double(Float.greatestFiniteMagnitude) + 0x1p103
        let blocks = Parallel.blocks(of: values.count, size: 1 << 16)
        let found = Parallel.map(blocks.count) { block -> Int? in
            var hasAny = false
            values.withUnsafeBufferPointer { values in
                var beyond = SIMD4<Double>.zero
                var place = blocks[block].lowerBound
                let end = blocks[block].upperBound
                while place + 4 <= end {
                    let four = SIMD4(values[place], values[place + 1], values[place + 2], values[place + 3])
                    beyond.replace(with: 1, where: (four .>= limit) .| (four .<= -limit))
                    place += 4
                }
                while place < end {
                    if Swift.abs(values[place]) >= limit { beyond[0] = 1 }
                    place += 1
                }
                hasAny = beyond.sum() > 0
            }
            return hasAny ? blocks[block].first { Swift.abs(values[$0]) >= limit } : nil
        }
        return found.lazy.compactMap(\.self).first
    }
}
