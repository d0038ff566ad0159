/// Leads rows through boosted trees and adds up what their leaves say.
@_documentation(visibility: internal)
public enum BoostingWalkKernel {
    /// A node as the walk needs it; a leaf has itself as both children, so that walking on changes nothing.
    public struct Node: Sendable {
        /// Values at most this go left; in a leaf what it adds to the score.
        let threshold: Double
        /// The column that is asked about, its sign bit set if missing values go left.
        let feature: UInt32
        /// The children.
        let left: Int32, right: Int32
        /// Which of the sets of categories goes left, -1 where numbers are compared.
        let categories: Int32

        /// A node that compares numbers with `threshold`, or looks for categories in a set.
        public init(
            feature: Int32, threshold: Double, categories: Int32, left: Int32, right: Int32, missingGoesLeft: Bool
        ) {
            self.threshold = threshold
            self.feature = UInt32(truncatingIfNeeded: feature) | (missingGoesLeft ? 0x8000_0000 : 0)
            self.left = left
            self.right = right
            self.categories = categories
        }

        /// The leaf with the given index.
        public init(leaf: Int32, value: Double) {
            threshold = value
            feature = 0
            left = leaf
            right = leaf
            categories = -1
        }
    }

    /// Adds the leaves of trees to scores, tree after tree.
    ///
    /// - Parameters:
    ///   - nodes: The nodes of all trees; children are valid indices above their parent's, columns within `x`.
    ///   - roots: The first node of each tree; tree t adds to score t % outputs.
    ///   - sets: The sets of categories.
    ///   - x: The rows, categories as codes from 0 to 254 or NaN.
    ///   - outputs: How many scores a row has.
    ///   - scores: n × outputs.
    public static func add(
        _ nodes: [Node], roots: ArraySlice<Int32>, sets: [BinSet], _ x: Matrix, outputs: Int, to scores: inout Matrix
    ) {
        let width = x.columns
        let first = roots.startIndex
        let blocks = Parallel.blocks(of: x.rows, size: 256)
        scores.withMutableValues { scores in
            scores.withUnsafeMutableBufferPointer { scores in
                guard !scores.isEmpty else { return }
                let scores = SharedBuffer(scores)
                Parallel.forEach(blocks.count) { block in
                    nodes.withUnsafeBufferPointer { nodes in
                        x.values.withUnsafeBufferPointer { values in
                            let nodes = nodes.baseAddress.unsafelyUnwrapped
                            let values = values.baseAddress.unsafelyUnwrapped
                            let rows = blocks[block]
                            for t in roots.indices {
                                let out = scores.base + (t - first) % outputs
                                for row in stride(from: rows.lowerBound, to: rows.upperBound, by: abreast) {
                                    let count = min(abreast, rows.upperBound - row)
                                    let source = values + row * width
                                    let target = out + row * outputs
                                    if sets.isEmpty {
                                        walk(nodes, roots[t], source, width, count, target, outputs)
                                    } else {
                                        walk(nodes, roots[t], sets, source, width, count, target, outputs)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Rows that walk side by side: while one waits for its next node, the others go on.
    private static let abreast = 16

    @inline(__always)
    private static func walk(
        _ nodes: UnsafePointer<Node>, _ root: Int32, _ rows: UnsafePointer<Double>, _ width: Int, _ count: Int,
        _ scores: UnsafeMutablePointer<Double>, _ step: Int
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: abreast) { places in
            let places = places.baseAddress.unsafelyUnwrapped
            places.initialize(repeating: root, count: count)
            var changed: Int32 = 1
            while changed != 0 {
                changed = 0
                var row = rows
                for k in 0..<count {
                    let place = places[k]
                    let node = nodes[Int(place)]
                    let value = row[Int(node.feature & 0x7fff_ffff)]
                    let missingIsLeft = Int32(truncatingIfNeeded: node.feature &>> 31)
                    let isLeft = (value <= node.threshold ? 1 : 0) | (value == value ? 0 : missingIsLeft)
                    let next = node.right ^ ((node.right ^ node.left) & (0 &- isLeft))
                    changed |= next ^ place
                    places[k] = next
                    row += width
                }
            }
            for k in 0..<count { scores[k * step] += nodes[Int(places[k])].threshold }
        }
    }

    private static func walk(
        _ nodes: UnsafePointer<Node>, _ root: Int32, _ sets: [BinSet], _ rows: UnsafePointer<Double>, _ width: Int,
        _ count: Int, _ scores: UnsafeMutablePointer<Double>, _ step: Int
    ) {
        for k in 0..<count {
            var place = root
            while true {
                let node = nodes[Int(place)]
                let value = rows[k * width + Int(node.feature & 0x7fff_ffff)]
                let isLeft =
                    if value.isNaN {
                        node.feature >> 31 == 1
                    } else if node.categories >= 0 {
                        sets[Int(node.categories)].contains(UInt8(value))
                    } else {
                        value <= node.threshold
                    }
                let next = isLeft ? node.left : node.right
                if next == place { break }
                place = next
            }
            scores[k * step] += nodes[Int(place)].threshold
        }
    }
}
