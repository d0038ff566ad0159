import CApusKernels

/// Leads rows through all trees of a forest.
@_documentation(visibility: internal)
public enum ForestWalkKernel {
    /// The bytes of a block of rows: small enough to stay in the cache while all trees are walked.
    private static let blockBytes = 1 << 18

    /// Fewer rows than this walk one by one, through many trees at once.
    private static let few = 4

    /// The mean over the trees of the value of the leaf that each row reaches, row after row.
    ///
    /// - Parameters:
    ///   - trees: Trees whose columns are within `x`.
    ///   - values: For each tree `width` numbers a node, by its name.
    ///   - width: How many numbers the value of a node has.
    ///   - x: The rows.
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number.
    public static func means(
        _ trees: [TreeWalk], values: [[Double]], width: Int, of x: Matrix
    ) throws -> [Double] {
        try TreeWalkKernel.checkUsable(x)
        if x.rows < few { return meansOfFew(trees, values, width, x) }
        return [Double](filledInParallelRows: x.rows, width: width, blockSize: rowsInBlock(x)) { rows, means in
            let target = means.base + rows.lowerBound * width
            target.initialize(repeating: 0, count: rows.count * width)
            withPanels(x, rows) { panels, hasMissing in
                for (tree, values) in zip(trees, values) {
                    values.withUnsafeBufferPointer { values in
                        apus_walk_add(
                            tree.nodes, tree.depth, panels, x.columns, rows.count, hasMissing, values.baseAddress,
                            width,
                            target)
                    }
                }
            }
            let count = Double(trees.count)
            for k in 0..<rows.count * width { target[k] /= count }
        }
    }

    /// The same for a few rows: one row's walks through many trees go on side by side.
    private static func meansOfFew(
        _ trees: [TreeWalk], _ values: [[Double]], _ width: Int, _ x: Matrix
    ) -> [Double] {
        var means = [Double](repeating: 0, count: x.rows * width)
        guard x.rows > 0 else { return means }
        let depth = trees.reduce(0) { max($0, $1.depth) }
        let nodes = trees.map { UnsafePointer<ApusWalkNode>?($0.nodes) }
        var names = [Int32](repeating: 0, count: trees.count)
        withPanels(x, 0..<x.rows) { panels, hasMissing in
            for row in 0..<x.rows {
                apus_walk_trees(nodes, depth, panels + row, trees.count, hasMissing, &names)
                for (name, values) in zip(names, values) {
                    for k in 0..<width { means[row * width + k] += values[Int(name) * width + k] }
                }
            }
        }
        // The nodes must outlive the walk.
        withExtendedLifetime(trees) {
            for k in means.indices { means[k] /= Double(trees.count) }
        }
        return means
    }

    /// The same mean for each row over the trees that did not draw it, and how many those are.
    ///
    /// - Parameter drawn: For each tree one bit a row: whether it was drawn.
    /// - Returns: The means, 0 where all trees drew a row, and the number of trees that did not draw it.
    public static func outOfBagMeans(
        _ trees: [TreeWalk], values: [[Double]], width: Int, drawn: [[UInt64]], of x: Matrix
    ) throws -> (means: [Double], trees: [Int]) {
        try TreeWalkKernel.checkUsable(x)
        let blocks = Parallel.blocks(of: x.rows, size: rowsInBlock(x))
        let parts = Parallel.map(blocks.count) { block -> (means: [Double], trees: [Int]) in
            let rows = blocks[block]
            var means = [Double](repeating: 0, count: rows.count * width)
            var counts = [Int](repeating: 0, count: rows.count)
            withPanels(x, rows) { panels, hasMissing in
                for k in trees.indices {
                    let bits = drawn[k]
                    let others = rows.filter { bits[$0 >> 6] >> UInt64($0 & 63) & 1 == 0 }
                        .map { UInt32($0 - rows.lowerBound) }
                    apus_walk_add_rows(
                        trees[k].nodes, trees[k].depth, panels, x.columns, others, others.count, hasMissing, values[k],
                        width, &means)
                    for row in others { counts[Int(row)] += 1 }
                }
            }
            for row in counts.indices where counts[row] > 1 {
                for k in row * width..<(row + 1) * width { means[k] /= Double(counts[row]) }
            }
            return (means, counts)
        }
        return (parts.flatMap(\.means), parts.flatMap(\.trees))
    }

    /// Rows of a block: whole panels.
    private static func rowsInBlock(_ x: Matrix) -> Int {
        min(1024, max(64, blockBytes / (4 * max(1, x.columns)))) / lanes * lanes
    }

    private static let lanes = Int(APUS_WALK_LANES)

    /// The rows as panels of 32-bit numbers, and 1 if a value is missing.
    private static func withPanels(
        _ x: Matrix, _ rows: Range<Int>, _ body: (UnsafePointer<Float>, Int32) -> Void
    ) {
        let count = (rows.count + lanes - 1) / lanes * lanes * x.columns
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, count)) { panels in
            let base = panels.baseAddress.unsafelyUnwrapped
            let hasMissing = x.values.withUnsafeBufferPointer { source -> Int32 in
                guard let source = source.baseAddress else { return 0 }
                return apus_walk_fill(source + rows.lowerBound * x.columns, rows.count, x.columns, base)
            }
            body(base, hasMissing)
        }
    }
}
