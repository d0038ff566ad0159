/// Leads rows through a tree.
@_documentation(visibility: internal)
public enum TreeWalkKernel {
    /// A node as the walk needs it, 16 bytes; a leaf has itself as both children, so that walking on changes nothing.
    public struct Node: Sendable {
        /// The column that is compared, its sign bit set if missing values go left.
        let feature: UInt32
        /// Values at most this go left. The greatest Float32 that is at most the threshold, so that it decides alike.
        let threshold: Float
        /// The left child.
        let left: Int32
        /// The right child.
        let right: Int32

        /// A node that is split; `missingGoesLeft` decides where NaN goes.
        public init(feature: Int32, threshold: Double, left: Int32, right: Int32, missingGoesLeft: Bool) {
            self.feature = UInt32(truncatingIfNeeded: feature) | (missingGoesLeft ? 0x8000_0000 : 0)
            let rounded = Float(threshold)
            self.threshold = Double(rounded) > threshold ? rounded.nextDown : rounded
            self.left = left
            self.right = right
        }

        /// The node that a row with the given value of `feature` goes to.
        @inline(__always)
        func child(of value: Float) -> Int32 {
            let missingIsLeft = Int32(truncatingIfNeeded: feature &>> 31)
            let isLeft = (value <= threshold ? 1 : 0) | (value == value ? 0 : missingIsLeft)
            return right ^ ((right ^ left) & (0 &- isLeft))
        }

        /// The leaf with the given index.
        public init(leaf: Int32) {
            feature = 0
            threshold = 0
            left = leaf
            right = leaf
        }
    }

    /// The leaf of each row.
    ///
    /// - Parameters:
    ///   - nodes: The nodes; children are valid indices above their parent's, and columns are within `x`.
    ///   - x: The rows.
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number.
    public static func leaves(_ nodes: [Node], of x: Matrix) throws -> [Int32] {
        let width = x.columns
        try checkUsable(x)
        return nodes.withUnsafeBufferPointer { nodes in
            x.values.withUnsafeBufferPointer { values in
                guard !values.isEmpty, !nodes.isEmpty else { return [] }
                let nodes = SharedBuffer(UnsafeMutableBufferPointer(mutating: nodes))
                let source = SharedBuffer(UnsafeMutableBufferPointer(mutating: values))
                return [Int32](filledInParallelRows: x.rows, width: 1, blockSize: 1024) { rows, leaves in
                    var row = rows.lowerBound
                    while row < rows.upperBound {
                        let count = min(abreast, rows.upperBound - row)
                        walk(nodes.base, source.base + row * width, width, leaves.base + row, count)
                        row += count
                    }
                }
            }
        }
    }

    /// Throws for a value that is infinite as a 32-bit number.
    static func checkUsable(_ x: Matrix) throws {
        if let place = firstUnusable(x.values) {
            throw TreeValues.unusable(x.values[place], row: place / x.columns, column: place % x.columns)
        }
    }

    /// Rows that walk side by side: while one waits for its next node, the others go on.
    private static let abreast = 16

    @inline(__always)
    private static func walk(
        _ nodes: UnsafePointer<Node>, _ rows: UnsafePointer<Double>, _ width: Int,
        _ places: UnsafeMutablePointer<Int32>, _ count: Int
    ) {
        places.initialize(repeating: 0, count: count)
        var changed: Int32 = 1
        while changed != 0 {
            changed = 0
            var row = rows
            for k in 0..<count {
                let place = places[k]
                let node = nodes[Int(place)]
                let value = Float(row[Int(node.feature & 0x7fff_ffff)])
                let next = node.child(of: value)
                changed |= next ^ place
                places[k] = next
                row += width
            }
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
