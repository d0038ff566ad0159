/// Leads rows through all trees of a forest.
@_documentation(visibility: internal)
public enum ForestWalkKernel {
    /// The bytes of a block of rows: small enough to stay in the cache while all trees are walked.
    private static let blockBytes = 1 << 18

    /// The mean over the trees of the value of the leaf that each row reaches, row after row.
    ///
    /// - Parameters:
    ///   - trees: The nodes of each tree; children are valid indices above their parent's, and columns are within `x`.
    ///   - values: For each tree `width` numbers a node.
    ///   - width: How many numbers the value of a node has.
    ///   - x: The rows.
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number.
    public static func means(
        _ trees: [[TreeWalkKernel.Node]], values: [[Double]], width: Int, of x: Matrix
    ) throws -> [Double] {
        try TreeWalkKernel.checkUsable(x)
        return [Double](filledInParallelRows: x.rows, width: width, blockSize: rowsInBlock(x)) { rows, means in
            let target = means.base + rows.lowerBound * width
            target.initialize(repeating: 0, count: rows.count * width)
            let every = (0..<rows.count).map { UInt32($0) }
            withSinglePrecision(x, rows) { block in
                for (tree, values) in zip(trees, values) {
                    add(tree, values, width, block, x.columns, every, to: target)
                }
            }
            let count = Double(trees.count)
            for k in 0..<rows.count * width { target[k] /= count }
        }
    }

    /// The same mean for each row over the trees that did not draw it, and how many those are.
    ///
    /// - Parameter drawn: For each tree one bit a row: whether it was drawn.
    /// - Returns: The means, 0 where all trees drew a row, and the number of trees that did not draw it.
    public static func outOfBagMeans(
        _ trees: [[TreeWalkKernel.Node]], values: [[Double]], width: Int, drawn: [[UInt64]], of x: Matrix
    ) throws -> (means: [Double], trees: [Int]) {
        try TreeWalkKernel.checkUsable(x)
        let blocks = Parallel.blocks(of: x.rows, size: rowsInBlock(x))
        let parts = Parallel.map(blocks.count) { block -> (means: [Double], trees: [Int]) in
            let rows = blocks[block]
            var means = [Double](repeating: 0, count: rows.count * width)
            var counts = [Int](repeating: 0, count: rows.count)
            withSinglePrecision(x, rows) { block in
                means.withUnsafeMutableBufferPointer { means in
                    guard let target = means.baseAddress else { return }
                    for k in trees.indices {
                        let bits = drawn[k]
                        let others = rows.filter { bits[$0 >> 6] >> UInt64($0 & 63) & 1 == 0 }
                            .map { UInt32($0 - rows.lowerBound) }
                        add(trees[k], values[k], width, block, x.columns, others, to: target)
                        for row in others { counts[Int(row)] += 1 }
                    }
                }
            }
            for row in counts.indices where counts[row] > 1 {
                for k in row * width..<(row + 1) * width { means[k] /= Double(counts[row]) }
            }
            return (means, counts)
        }
        return (parts.flatMap(\.means), parts.flatMap(\.trees))
    }

    private static func rowsInBlock(_ x: Matrix) -> Int {
        min(1024, max(64, blockBytes / (4 * max(1, x.columns))))
    }

    private static func withSinglePrecision(
        _ x: Matrix, _ rows: Range<Int>, _ body: (UnsafePointer<Float>) -> Void
    ) {
        let count = rows.count * x.columns
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, count)) { block in
            x.values.withUnsafeBufferPointer { source in
                let start = rows.lowerBound * x.columns
                for k in 0..<count { block[k] = Float(source[start + k]) }
            }
            body(UnsafePointer(block.baseAddress.unsafelyUnwrapped))
        }
    }

    /// Rows that walk side by side: while one waits for its next node, the others go on.
    private static let abreast = 16

    private static func add(
        _ tree: [TreeWalkKernel.Node], _ values: [Double], _ width: Int, _ block: UnsafePointer<Float>,
        _ columns: Int, _ rows: [UInt32], to target: UnsafeMutablePointer<Double>
    ) {
        tree.withUnsafeBufferPointer { tree in
            values.withUnsafeBufferPointer { values in
                rows.withUnsafeBufferPointer { rows in
                    guard let nodes = tree.baseAddress else { return }
                    withUnsafeTemporaryAllocation(of: Int32.self, capacity: abreast) { places in
                        var next = 0
                        while next < rows.count {
                            let count = min(abreast, rows.count - next)
                            walk(nodes, block, columns, rows, next, count, places)
                            for k in 0..<count {
                                let place = Int(places[k]) * width
                                let row = Int(rows[next + k]) * width
                                for c in 0..<width { target[row + c] += values[place + c] }
                            }
                            next += count
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func walk(
        _ nodes: UnsafePointer<TreeWalkKernel.Node>, _ block: UnsafePointer<Float>, _ columns: Int,
        _ rows: UnsafeBufferPointer<UInt32>, _ first: Int, _ count: Int,
        _ places: UnsafeMutableBufferPointer<Int32>
    ) {
        for k in 0..<count { places[k] = 0 }
        var changed: Int32 = 1
        while changed != 0 {
            changed = 0
            for k in 0..<count {
                let place = places[k]
                let node = nodes[Int(place)]
                let value = block[Int(rows[first + k]) * columns + Int(node.feature & 0x7fff_ffff)]
                let next = node.child(of: value)
                changed |= next ^ place
                places[k] = next
            }
        }
    }
}
