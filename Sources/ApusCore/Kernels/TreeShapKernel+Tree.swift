import CApusKernels

extension TreeShapKernel {
    /// A tree as the walks need it: its nodes in pre-order, each with the shares of the training rows on the way to it.
    public struct Tree: Sendable {
        private let nodes: [ApusShapNode]
        private let values: [Double]
        private let sets: [UInt8]
        /// The outputs that it adds to begin here.
        let firstOutput: Int
        /// How many outputs it adds to.
        let width: Int
        /// The greatest depth of a node.
        let depth: Int
        /// The greatest number of different columns on a way from the root.
        let ways: Int
        /// What the tree says on average: its leaves, weighted by the training rows that reached them.
        public let expectation: [Double]

        /// A tree from the arrays of its nodes; node 0 is the root, and children come after their parents.
        ///
        /// - Parameters:
        ///   - column: The column that each node asks about, below 0 for a leaf.
        ///   - threshold: Values at most this go left.
        ///   - left: The left children.
        ///   - right: The right children.
        ///   - cover: The weight of the training rows that reached each node.
        ///   - missingGoesLeft: Where missing values go.
        ///   - set: Which set of categories goes left, -1 where numbers are compared; empty for none.
        ///   - sets: The sets, 32 bytes each.
        ///   - values: `width` numbers a node.
        ///   - width: How many outputs the tree adds to.
        ///   - firstOutput: The first of them.
        public init(
            column: [Int32], threshold: [Double], left: [Int32], right: [Int32], cover: [Double],
            missingGoesLeft: [Bool], set: [Int32] = [], sets: [UInt8] = [], values: [Double], width: Int,
            firstOutput: Int = 0
        ) {
            var nodes: [ApusShapNode] = []
            var ordered: [Double] = []
            var expectation = [Double](repeating: 0, count: width)
            var (depth, ways) = (0, 0)
            nodes.reserveCapacity(column.count)
            ordered.reserveCapacity(values.count)
            // The nodes on the way to the one at hand, but for the root: what their parents ask about, the share of the
            // training rows that agree with all its splits so far, and the node whose share it replaces, or -1.
            var way: [(column: Int32, share: Double, replaced: Int)] = []
            var last: [Int32: Int] = [:]
            var open: [(node: Int, parent: Int, place: Int, isRight: Bool)] = [(0, -1, -1, false)]
            while let (node, parent, parentPlace, isRight) = open.popLast() {
                let place = nodes.count
                var new = ApusShapNode()
                new.column = column[node]
                new.share = 1
                new.earlierShare = 1
                new.parentColumn = -1
                new.set = -1
                if parentPlace >= 0 {
                    let above = Int(nodes[parentPlace].depth)
                    while way.count > above {
                        let left = way.removeLast()
                        last[left.column] = left.replaced < 0 ? nil : left.replaced
                    }
                    if isRight { nodes[parentPlace].right = Int32(place) }
                    let asked = nodes[parentPlace].column
                    let before = last[asked] ?? -1
                    new.depth = Int32(above + 1)
                    new.parentColumn = asked
                    new.isRight = isRight ? 1 : 0
                    // Entry k of the way is the node at depth k + 1.
                    new.earlier = Int32(before + 1)
                    new.earlierShare = before < 0 ? 1 : way[before].share
                    new.share = new.earlierShare * (cover[parent] > 0 ? cover[node] / cover[parent] : 0)
                    last[asked] = way.count
                    way.append((asked, new.share, before))
                    depth = max(depth, above + 1)
                    ways = max(ways, last.count)
                }
                let value = values[node * width..<(node + 1) * width]
                ordered.append(contentsOf: value)
                if new.column < 0 {
                    let reach = last.values.sorted().reduce(1) { $0 * way[$1].share }
                    for (k, number) in value.enumerated() { expectation[k] += reach * number }
                } else {
                    new.threshold = threshold[node]
                    new.missingIsLeft = missingGoesLeft[node] ? 1 : 0
                    if !set.isEmpty { new.set = set[node] }
                    open.append((Int(right[node]), node, place, true))
                    open.append((Int(left[node]), node, place, false))
                }
                nodes.append(new)
            }
            self.nodes = nodes
            self.values = ordered
            self.sets = sets
            self.firstOutput = firstOutput
            self.width = width
            self.depth = depth
            self.ways = ways
            self.expectation = expectation
        }

        /// What the tree says on average where one column has a value: at splits on the column its side is taken, at others
        /// both, by the shares of the training rows.
        ///
        /// - Parameters:
        ///   - column: The column.
        ///   - value: Its value; NaN for a missing one, a code from 0 to 255 for a category.
        /// - Returns: `width` numbers.
        public func expectation(where column: Int, is value: Double) -> [Double] {
            var sums = [Double](repeating: 0, count: width)
            var open = [(place: 0, weight: 1.0)]
            while let (place, weight) = open.popLast() {
                let node = nodes[place]
                guard node.column >= 0 else {
                    for k in 0..<width { sums[k] += weight * values[place * width + k] }
                    continue
                }
                let (left, right) = (place + 1, Int(node.right))
                if Int(node.column) == column {
                    open.append((goesLeft(node, value) ? left : right, weight))
                } else {
                    for child in [right, left] {
                        let share = nodes[child].earlierShare > 0 ? nodes[child].share / nodes[child].earlierShare : 0
                        if share > 0 { open.append((child, weight * share)) }
                    }
                }
            }
            return sums
        }

        private func goesLeft(_ node: ApusShapNode, _ value: Double) -> Bool {
            if value.isNaN { return node.missingIsLeft != 0 }
            guard node.set >= 0 else { return value <= node.threshold }
            guard value >= 0, value < 256 else { return node.missingIsLeft != 0 }
            let code = Int(value)
            return sets[Int(node.set) * 32 + code / 8] & (1 << (code % 8)) != 0
        }

        /// How many points integrate the polynomials of the tree's leaves exactly.
        var points: Int { max(1, (ways + 1) / 2) }

        /// The numbers that a walk keeps for a row at a level of depth.
        var levelSize: Int { apus_shap_level(1, points, width) }

        /// How many nodes there are.
        var count: Int { nodes.count }

        /// Calls `body` with the tree as C sees it.
        func withTree<Result>(_ body: (ApusShapTree) -> Result) -> Result {
            nodes.withUnsafeBufferPointer { nodes in
                values.withUnsafeBufferPointer { values in
                    sets.withUnsafeBufferPointer { sets in
                        body(
                            ApusShapTree(
                                nodes: nodes.baseAddress, values: values.baseAddress, sets: sets.baseAddress,
                                count: nodes.count, outputs: width))
                    }
                }
            }
        }
    }
}
