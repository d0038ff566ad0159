/// Leads rows through a tree.
@_documentation(visibility: internal)
public enum TreeWalkKernel {
    /// A node as the walk needs it, 16 bytes; a leaf has itself as both children.
    public struct Node: Sendable {
        /// The column that is compared.
        var feature: Int32
        /// Values at most this go left. The greatest Float32 that is at most the threshold, so that it decides alike.
        var threshold: Float
        /// The left child; the bits are inverted if missing values go left.
        var left: Int32
        /// The right child.
        var right: Int32

        /// The given node; `missingGoesLeft` decides where NaN goes.
        public init(feature: Int32, threshold: Double, left: Int32, right: Int32, missingGoesLeft: Bool) {
            self.feature = max(0, feature)
            var rounded = Float(threshold)
            if Double(rounded) > threshold { rounded = rounded.nextDown }
            self.threshold = rounded
            self.left = missingGoesLeft ? ~left : left
            self.right = right
        }
    }

    /// The leaf of each row.
    ///
    /// - Parameters:
    ///   - nodes: The nodes; children are valid indices above their parent's, and columns are within `x`.
    ///   - isLeaf: Whether a node is a leaf, in the order of `nodes`.
    ///   - x: The rows.
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number.
    public static func leaves(_ nodes: [Node], isLeaf: [Bool], of x: Matrix) throws -> [Int32] {
        let width = x.columns
        let blockSize = 512
        if let place = firstUnusable(x.values) {
            throw TreeValues.unusable(x.values[place], row: place / width, column: place % width)
        }
        return nodes.withUnsafeBufferPointer { nodes in
            isLeaf.withUnsafeBufferPointer { isLeaf in
                x.values.withUnsafeBufferPointer { values in
                    let nodes = SharedBuffer(UnsafeMutableBufferPointer(mutating: nodes))
                    let isLeaf = SharedBuffer(UnsafeMutableBufferPointer(mutating: isLeaf))
                    guard let base = values.baseAddress else { return [] }
                    let source = SharedBuffer(
                        UnsafeMutableBufferPointer(start: UnsafeMutablePointer(mutating: base), count: values.count))
                    return [Int32](filledInParallelRows: x.rows, width: 1, blockSize: blockSize) { rows, leaves in
                        for row in rows {
                            leaves[row] = walk(nodes.base, isLeaf.base, source.base + row * width)
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func walk(
        _ nodes: UnsafePointer<Node>, _ isLeaf: UnsafePointer<Bool>, _ row: UnsafePointer<Double>
    ) -> Int32 {
        var index = 0
        while !isLeaf[index] {
            let node = nodes[index]
            let value = Float(row[Int(node.feature)])
            let left = node.left < 0 ? ~node.left : node.left
            // A comparison with NaN is false both ways round.
            let goesLeft = node.left < 0 ? !(value > node.threshold) : value <= node.threshold
            index = Int(goesLeft ? left : node.right)
        }
        return Int32(truncatingIfNeeded: index)
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
