import CApusKernels

/// A binary space partition of rows: a KD-tree, whose nodes are boxes, or a ball tree, whose nodes are balls.
///
/// Shape, order inside the leaves and search are scikit-learn's, so that equally distant rows are found in its order: a
/// complete tree; a node splits the widest column at the middle of its rows.
@_documentation(visibility: internal)
public struct NeighborTree: Sendable {
    /// What encloses the rows of a node.
    public enum Shape: Sendable, Hashable {
        /// The least and the greatest value of each column.
        case boxes
        /// A centre and a radius.
        case balls
    }

    /// What encloses the rows of a node.
    public let shape: Shape
    /// How far rows are from each other.
    public let measure: NeighborMeasure
    /// The rows in the order of the leaves.
    public let order: [Int32]
    /// The first row of each node and the one after its last, as places in `order`.
    public let ranges: [Range<Int32>]

    let width: Int
    /// The rows' values in the order of the leaves.
    let points: [Double]
    let isLeaf: [Bool]
    /// For each node the least values, then the greatest; or the centre.
    let bounds: [Double]
    /// For balls the radius of each node.
    let radii: [Double]

    /// The tree of the rows of `x`, with `leafSize` to 2·`leafSize` rows in a leaf.
    public init(_ x: Matrix, shape: Shape, measure: NeighborMeasure, leafSize: Int) {
        self.shape = shape
        self.measure = measure
        width = x.columns
        // 1 + ⌊log₂(max(1, (n - 1) / leafSize))⌋
        var levels = 1
        var ratio = max(0, x.rows - 1) / max(1, leafSize)
        while ratio > 1 {
            ratio /= 2
            levels += 1
        }
        var builder = Builder(x: x, shape: shape, measure: measure, nodes: (1 << levels) - 1)
        builder.build()
        order = builder.order
        ranges = builder.ranges
        isLeaf = builder.isLeaf
        bounds = builder.bounds
        radii = builder.radii
        let (d, rows) = (x.columns, builder.order)
        points = [Double](filledInParallelRows: x.rows, width: d, blockSize: 4096) { places, out in
            x.values.withUnsafeBufferPointer { x in
                for place in places {
                    let row = Int(rows[place]) * d
                    for q in 0..<d { out[place * d + q] = x[row + q] }
                }
            }
        }
    }

    /// The tree while it is made, node by node.
    private struct Builder {
        let x: Matrix
        let shape: Shape
        let measure: NeighborMeasure
        let nodes: Int
        var order: [Int32]
        var ranges: [Range<Int32>]
        var isLeaf: [Bool]
        var bounds: [Double]
        var radii: [Double]

        init(x: Matrix, shape: Shape, measure: NeighborMeasure, nodes: Int) {
            self.x = x
            self.shape = shape
            self.measure = measure
            self.nodes = nodes
            order = (0..<Int32(truncatingIfNeeded: x.rows)).map { $0 }
            ranges = [Range<Int32>](repeating: 0..<0, count: nodes)
            isLeaf = [Bool](repeating: true, count: nodes)
            bounds = [Double](repeating: 0, count: nodes * x.columns * (shape == .boxes ? 2 : 1))
            radii = [Double](repeating: 0, count: shape == .balls ? nodes : 0)
        }

        mutating func build() {
            var pending = [(node: 0, start: 0, end: x.rows)]
            while let (node, start, end) = pending.popLast() {
                ranges[node] = Int32(truncatingIfNeeded: start)..<Int32(truncatingIfNeeded: end)
                let column = enclose(node, start, end)
                guard 2 * node + 1 < nodes, end - start >= 2 else { continue }
                isLeaf[node] = false
                let middle = (end - start) / 2
                let d = x.columns
                x.values.withUnsafeBufferPointer { x in
                    order.withUnsafeMutableBufferPointer { order in
                        apus_neighbors_select(
                            x.baseAddress, d, column, order.baseAddress.unsafelyUnwrapped + start, middle, end - start)
                    }
                }
                pending.append((2 * node + 2, start + middle, end))
                pending.append((2 * node + 1, start, start + middle))
            }
        }

        /// Sets what encloses a node's rows, and returns their widest column.
        private mutating func enclose(_ node: Int, _ start: Int, _ end: Int) -> Int {
            let d = x.columns
            var low = [Double](repeating: .infinity, count: d)
            var high = [Double](repeating: -.infinity, count: d)
            x.values.withUnsafeBufferPointer { x in
                low.withUnsafeMutableBufferPointer { low in
                    high.withUnsafeMutableBufferPointer { high in
                        for place in start..<end {
                            let row = Int(order[place]) * d
                            for q in 0..<d {
                                let value = x[row + q]
                                low[q] = value < low[q] ? value : low[q]
                                high[q] = value > high[q] ? value : high[q]
                            }
                        }
                    }
                }
            }
            switch shape {
            case .boxes:
                for q in 0..<d {
                    bounds[2 * node * d + q] = low[q]
                    bounds[(2 * node + 1) * d + q] = high[q]
                }
            case .balls: setBall(node, start, end)
            }
            var (widest, column) = (0.0, 0)
            for q in 0..<d where high[q] - low[q] > widest { (widest, column) = (high[q] - low[q], q) }
            return column
        }

        private mutating func setBall(_ node: Int, _ start: Int, _ end: Int) {
            let d = x.columns
            let measure = measure
            x.values.withUnsafeBufferPointer { x in
                bounds.withUnsafeMutableBufferPointer { bounds in
                    let centre = UnsafeMutableBufferPointer(rebasing: bounds[node * d..<(node + 1) * d])
                    for place in start..<end {
                        let row = Int(order[place]) * d
                        for q in 0..<d { centre[q] += x[row + q] }
                    }
                    for q in 0..<d { centre[q] /= Double(end - start) }
                    var radius = 0.0
                    let base = x.baseAddress.unsafelyUnwrapped
                    let middle = UnsafePointer(centre.baseAddress.unsafelyUnwrapped)
                    for place in start..<end {
                        radius = max(radius, measure.reduced(middle, base + Int(order[place]) * d, d))
                    }
                    radii[node] = measure.distance(reduced: radius)
                }
            }
        }
    }
}
