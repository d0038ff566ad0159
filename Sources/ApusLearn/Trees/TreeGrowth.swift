import ApusCore

/// A tree while it grows.
struct TreeGrowth {
    private let builder: TreeBuilder
    private let search: TreeBuilder.Search
    private let rows: any TreeSearch
    private var random: TreeRandom
    private var order: FeatureOrder
    private let stop: TreeStop
    /// What has grown so far.
    var tree: Tree

    init(_ builder: TreeBuilder, _ search: TreeBuilder.Search, seed: UInt32, stop: TreeStop) {
        self.builder = builder
        self.search = search
        self.stop = stop
        rows = search.rows
        random = TreeRandom(seed: seed)
        order = FeatureOrder(count: rows.features, visits: builder.maxFeatures)
        tree = Tree(featureCount: rows.features, valueWidth: rows.valueWidth)
    }

    /// A node that waits to be added: its rows and what is known about it.
    private struct Seed {
        var rows: Range<Int>
        var depth = 0
        var parent = -1
        var isLeft = false
        /// Infinite at the root, where it is computed.
        var impurity = Double.infinity
        var knownConstants = 0
    }

    /// A node that was added: its split, or nil at a leaf, and the constant features of its children.
    private struct Added {
        let node: Int
        let split: TreeSplit?
        let constants: Int
    }

    /// Whether rows, depth and impurity alone make a node a leaf.
    private func isLeaf(depth: Int, rows: Int, impurity: Double) -> Bool {
        depth >= builder.maxDepth || rows < builder.minSamplesSplit || rows < 2 * builder.leaf.rows
            || impurity <= TreeBuilder.epsilon
    }

    /// Adds a node as a leaf and searches its split, by which its rows are then arranged.
    private mutating func add(_ seed: Seed) -> Added {
        let weight = rows.enter(seed.rows)
        let impurity = seed.parent < 0 ? rows.impurity() : seed.impurity
        let count = seed.rows.count
        let node = tree.addNode(
            parent: seed.parent, isLeft: seed.isLeft, impurity: impurity, rowCount: count, weight: weight)
        // A median may depend on the order of the rows, and the search changes it.
        defer { rows.appendValue(to: &tree.values) }
        if isLeaf(depth: seed.depth, rows: count, impurity: impurity) || weight < 2 * builder.leaf.weight {
            return Added(node: node, split: nil, constants: seed.knownConstants)
        }
        let (found, constants) = findSplit(knownConstants: seed.knownConstants, impurity: impurity)
        guard let split = found, split.improvement + TreeBuilder.epsilon >= builder.minImpurityDecrease else {
            return Added(node: node, split: nil, constants: constants)
        }
        let depth = seed.depth + 1
        rows.separate(
            split,
            left: !isLeaf(depth: depth, rows: split.leftCount, impurity: split.impurityLeft),
            right: !isLeaf(depth: depth, rows: count - split.leftCount, impurity: split.impurityRight))
        tree.feature[node] = Int32(split.feature)
        tree.threshold[node] = split.threshold
        tree.missingGoesLeft[node] = split.missingGoesLeft
        return Added(node: node, split: split, constants: constants)
    }

    private mutating func findSplit(knownConstants: Int, impurity: Double) -> (TreeSplit?, constants: Int) {
        var split = TreeSplit()
        let limits = builder.leaf
        let constants: Int
        switch search {
        case .best(let search):
            constants = order.visit(knownConstants: knownConstants, random: &random) { feature, _ in
                guard search.load(feature) else { return false }
                search.search(limits, &split)
                return true
            }
        case .random(let search):
            constants = order.visit(knownConstants: knownConstants, random: &random) { feature, random in
                guard let (low, high, hasMissing) = search.load(feature) else { return false }
                var threshold = random.number(from: Double(low), to: Double(high))
                let missingGoesLeft = hasMissing && random.integer(in: 0..<2) == 1
                if threshold == Double(high) { threshold = Double(low) }
                search.search(threshold: threshold, missingGoesLeft: missingGoesLeft, limits, &split)
                return true
            }
        }
        guard split.feature >= 0 else { return (nil, constants) }
        rows.partition(&split, impurity: impurity)
        return (split, constants)
    }

    private func children(_ seed: Seed, _ added: Added, _ split: TreeSplit) -> (left: Seed, right: Seed) {
        let middle = seed.rows.lowerBound + split.leftCount
        return (
            Seed(
                rows: seed.rows.lowerBound..<middle, depth: seed.depth + 1, parent: added.node, isLeft: true,
                impurity: split.impurityLeft, knownConstants: added.constants),
            Seed(
                rows: middle..<seed.rows.upperBound, depth: seed.depth + 1, parent: added.node, isLeft: false,
                impurity: split.impurityRight, knownConstants: added.constants)
        )
    }

    // MARK: Depth first

    /// Grows left children before right ones, so that nodes are numbered in pre-order.
    mutating func growDepthFirst() throws {
        var waiting = [Seed(rows: 0..<rows.count)]
        while let seed = waiting.popLast() {
            let added = add(seed)
            guard let split = added.split else { continue }
            try stop.check()
            let (left, right) = children(seed, added, split)
            waiting.append(right)
            waiting.append(left)
        }
    }

    // MARK: Best first

    /// Splits the leaf that gains most, until there are enough leaves.
    mutating func growBestFirst(maxLeafNodes: Int) throws {
        var open = ImprovementHeap<(Seed, Added)>()
        var splitsLeft = maxLeafNodes - 1
        func enqueue(_ seed: Seed, _ added: Added) {
            open.push((seed, added), priority: added.split?.improvement ?? 0)
        }
        let root = Seed(rows: 0..<rows.count)
        enqueue(root, add(root))
        while let (seed, added) = open.pop() {
            guard let split = added.split else { continue }
            guard splitsLeft > 0 else {
                tree.feature[added.node] = Tree.noFeature
                tree.threshold[added.node] = Double(Tree.noFeature)
                continue
            }
            try stop.check()
            splitsLeft -= 1
            var (left, right) = children(seed, added, split)
            // The reference does not tell children of constants here.
            left.knownConstants = 0
            right.knownConstants = 0
            let addedLeft = add(left)
            let addedRight = add(right)
            enqueue(left, addedLeft)
            enqueue(right, addedRight)
        }
    }
}
