import CApusKernels

/// Grows the trees of histogram gradient boosting, one after another, over the same binned rows.
///
/// A node's histograms hold the sums of gradients and hessians in each bin of each feature. Only those of the smaller
/// child are summed over rows; the larger child's are the parent's less these. Sums run in row order and features are
/// shared out to threads, so that trees do not depend on how many there are. The node whose split gains most is split
/// next.
///
/// Source: G. Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree" (NeurIPS 2017).
@_documentation(visibility: internal)
public final class BoostingGrower {
    /// A node while its tree grows.
    private struct Node {
        var depth = 0
        var rows: Range<Int>
        var sums: BoostingNodeSums
        var split = BoostingSplit()
        var left = -1, right = -1
        var histogram = -1
        /// The groups of features that may still be used together; nil for all.
        var groups: [Int]?
        var isSearched = false
    }

    private let bins: BoostingBins
    private let limits: BoostingLimits
    private let search: BoostingSplitSearch
    private let maxBins: Int
    private let histograms: BoostingHistograms
    private var features: PermutedCongruentialGenerator

    private let order: UnsafeMutablePointer<UInt32>
    private let leftScratch: UnsafeMutablePointer<UInt32>
    private let rightScratch: UnsafeMutablePointer<UInt32>

    private var nodes: [Node] = []
    private var leaves: [Int] = []
    private var open = BoostingHeap()

    /// A grower over binned rows.
    ///
    /// - Parameters:
    ///   - bins: At least one row and one feature.
    ///   - limits: What limits each tree.
    ///   - maxBins: The most bins of values a feature may have.
    ///   - featureSeed: The seed of the features that nodes try.
    public init(_ bins: BoostingBins, _ limits: BoostingLimits, maxBins: Int, featureSeed: UInt32) {
        self.bins = bins
        self.limits = limits
        self.maxBins = maxBins
        search = BoostingSplitSearch(bins, limits)
        histograms = BoostingHistograms(bins)
        features = PermutedCongruentialGenerator(seed: featureSeed)
        order = .allocate(capacity: bins.rows)
        leftScratch = .allocate(capacity: bins.rows)
        rightScratch = .allocate(capacity: bins.rows)
    }

    deinit {
        order.deallocate()
        leftScratch.deallocate()
        rightScratch.deallocate()
    }

    /// Grows a tree.
    ///
    /// - Parameters:
    ///   - pairs: Gradient and hessian of each row.
    ///   - start: Where in `pairs` the first row's are.
    /// - Throws: `ApusError` with code `numericalFailure` when gradients overflow, or `unavailable` when histograms would
    ///   take more memory than there is.
    public func grow(_ pairs: [Float], from start: Int = 0) throws {
        nodes.removeAll(keepingCapacity: true)
        leaves.removeAll(keepingCapacity: true)
        open = BoostingHeap()
        histograms.releaseAll()
        for i in 0..<bins.rows { order[i] = UInt32(truncatingIfNeeded: i) }
        try pairs.withUnsafeBufferPointer { pairs in
            let part = UnsafeMutableBufferPointer(mutating: UnsafeBufferPointer(rebasing: pairs[start...]))
            let pairs = SharedBuffer(part)
            try startRoot(pairs)
            while let node = open.pop() { try splitNode(node, pairs) }
        }
        for leaf in leaves { nodes[leaf].sums.value *= limits.learningRate }
    }

    // MARK: Growing

    private func startRoot(_ pairs: SharedBuffer<Float>) throws {
        var root = Node(rows: 0..<bins.rows, sums: BoostingNodeSums())
        root.histogram = try histograms.take()
        root.groups = limits.groups.map { Array($0.indices) }
        root.sums.count = Double(bins.rows)
        histograms.build(root.histogram, list: nil, count: bins.rows, pairs)
        let first = histograms.slot(root.histogram)
        root.sums.gradient = total(first, 0)
        root.sums.hessian = total(first, 1)
        guard root.sums.gradient.isFinite, root.sums.hessian.isFinite else {
            throw ApusError(
                .numericalFailure,
                "The gradients of the loss overflow; scale the targets and weights down, or lower learningRate.")
        }
        nodes.append(root)
        if bins.rows / 2 < limits.minSamplesLeaf || root.sums.hessian < limits.minHessian {
            leaves.append(0)
            return
        }
        let mask = drawFeatures(root)
        let histogram = SharedBuffer(first)
        let (search, sums) = (search, root.sums)
        let splits = Parallel.map(bins.features.count) { feature in
            mask.allows(feature)
                ? search.best(feature, histogram.base + feature * 1024, sums) : BoostingSplit()
        }
        push(0, splits)
    }

    /// The sum over the first feature's bins, missing ones last, in the order of pairwise summation.
    private func total(_ histogram: UnsafeMutableBufferPointer<Double>, _ part: Int) -> Double {
        pairwiseSum(0..<maxBins + 1) { bin in
            histogram[4 * (bin == maxBins ? Int(BoostingBins.missing) : bin) + part]
        }
    }

    /// Puts a node among those to be split by the best of its features' splits, or among the leaves.
    private func push(_ node: Int, _ splits: [BoostingSplit]) {
        var best = splits[0]
        for split in splits.dropFirst() where split.gain > best.gain { best = split }
        nodes[node].split = best
        nodes[node].isSearched = true
        if best.gain > 0 {
            open.push(node, gain: best.gain)
        } else {
            makeLeaf(node)
        }
    }

    private func makeLeaf(_ node: Int) {
        leaves.append(node)
        if nodes[node].histogram >= 0 { histograms.release(nodes[node].histogram) }
        nodes[node].histogram = -1
    }

    private func splitNode(_ index: Int, _ pairs: SharedBuffer<Float>) throws {
        let (left, right) = makeChildren(of: index)
        let leafCount = leaves.count + open.count + 2
        if leafCount == limits.maxLeaves {
            makeLeaf(left)
            makeLeaf(right)
            while let node = open.popLast() { makeLeaf(node) }
            histograms.release(nodes[index].histogram)
            return
        }
        if nodes[left].depth == limits.maxDepth {
            makeLeaf(left)
            makeLeaf(right)
            histograms.release(nodes[index].histogram)
            return
        }
        boundChildren(of: index)
        let isSplit = [left, right].map { nodes[$0].rows.count / 2 >= limits.minSamplesLeaf }
        guard isSplit[0] || isSplit[1] else {
            makeLeaf(left)
            makeLeaf(right)
            histograms.release(nodes[index].histogram)
            return
        }
        let isLeftSmaller = nodes[left].rows.count < nodes[right].rows.count
        let (smaller, larger) = isLeftSmaller ? (left, right) : (right, left)
        nodes[smaller].histogram = try histograms.take()
        nodes[larger].histogram = nodes[index].histogram
        if !isSplit[0] { leaves.append(left) }
        if !isSplit[1] { leaves.append(right) }
        let masks = [isSplit[0] ? drawFeatures(nodes[left]) : .none, isSplit[1] ? drawFeatures(nodes[right]) : .none]
        let splits = searchChildren(left, right, smaller: smaller, larger: larger, masks, pairs)
        for (child, found) in [(left, splits.left), (right, splits.right)] {
            if nodes[child].rows.count / 2 >= limits.minSamplesLeaf {
                push(child, found)
            } else {
                histograms.release(nodes[child].histogram)
                nodes[child].histogram = -1
            }
        }
    }

    private func makeChildren(of index: Int) -> (left: Int, right: Int) {
        let node = nodes[index]
        let split = node.split
        let count = partition(node.rows, split)
        let middle = node.rows.lowerBound + count
        var left = Node(depth: node.depth + 1, rows: node.rows.lowerBound..<middle, sums: BoostingNodeSums())
        var right = Node(depth: node.depth + 1, rows: middle..<node.rows.upperBound, sums: BoostingNodeSums())
        left.sums.gradient = split.leftGradient
        left.sums.hessian = split.leftHessian
        right.sums.gradient = node.sums.gradient - split.leftGradient
        right.sums.hessian = node.sums.hessian - split.leftHessian
        left.sums.count = Double(left.rows.count)
        right.sums.count = Double(right.rows.count)
        left.sums.value = node.sums.childValue(left.sums.gradient, left.sums.hessian, l2: limits.l2)
        right.sums.value = node.sums.childValue(right.sums.gradient, right.sums.hessian, l2: limits.l2)
        if let groups = limits.groups, let usable = node.groups {
            let kept = usable.filter { groups[$0].contains(split.feature) }
            left.groups = kept
            right.groups = kept
        }
        if !bins.hasMissing[split.feature] {
            nodes[index].split.missingGoesLeft = left.rows.count > right.rows.count
        }
        nodes[index].left = nodes.count
        nodes[index].right = nodes.count + 1
        nodes.append(left)
        nodes.append(right)
        return (nodes.count - 2, nodes.count - 1)
    }

    /// Keeps what grows below a split by a constrained feature on its side of the middle.
    private func boundChildren(of index: Int) {
        guard !limits.monotonic.isEmpty else { return }
        let node = nodes[index]
        let direction = limits.monotonic[node.split.feature]
        var (left, right) = (node.sums, node.sums)
        let middle = (nodes[node.left].sums.value + nodes[node.right].sums.value) / 2
        if direction > 0 {
            left.upper = middle
            right.lower = middle
        } else if direction < 0 {
            left.lower = middle
            right.upper = middle
        }
        (nodes[node.left].sums.lower, nodes[node.left].sums.upper) = (left.lower, left.upper)
        (nodes[node.right].sums.lower, nodes[node.right].sums.upper) = (right.lower, right.upper)
    }

    // MARK: Histograms and rows

    private func searchChildren(
        _ left: Int, _ right: Int, smaller: Int, larger: Int, _ masks: [BoostingFeatureMask],
        _ pairs: SharedBuffer<Float>
    ) -> (left: [BoostingSplit], right: [BoostingSplit]) {
        let count = bins.features.count
        let rows = nodes[smaller].rows
        let (child, parent) = (nodes[smaller].histogram, nodes[larger].histogram)
        let list = SharedBuffer(UnsafeMutableBufferPointer(start: order + rows.lowerBound, count: rows.count))
        let (histograms, search) = (histograms.view, search)
        let (leftSums, rightSums) = (nodes[left].sums, nodes[right].sums)
        let (leftSlot, rightSlot) = (nodes[left].histogram, nodes[right].histogram)
        let work = rows.count * count + 2 * 256 * count
        let parts = histograms.parts(work: work)
        let found = Parallel.map(parts.count) { part in
            let range = parts[part]
            histograms.build(child, range, list: list, pairs)
            histograms.subtract(child, from: parent, range)
            return range.map { feature in
                (
                    masks[0].allows(feature)
                        ? search.best(feature, histograms.feature(feature, of: leftSlot), leftSums) : BoostingSplit(),
                    masks[1].allows(feature)
                        ? search.best(feature, histograms.feature(feature, of: rightSlot), rightSums) : BoostingSplit()
                )
            }
        }
        return (found.flatMap { $0.map(\.0) }, found.flatMap { $0.map(\.1) })
    }

    /// Rows in a block that one thread sends left and right.
    private static let partitionRows = 32768

    /// Reorders the rows of a node, those that go left first; returns how many these are.
    private func partition(_ rows: Range<Int>, _ split: BoostingSplit) -> Int {
        var goesLeft = [UInt8](repeating: 0, count: 256)
        if let set = split.categories {
            for bin in 0..<256 { goesLeft[bin] = set.contains(UInt8(bin)) ? 1 : 0 }
        } else {
            for bin in 0...Int(split.bin) { goesLeft[bin] = 1 }
            goesLeft[Int(BoostingBins.missing)] = split.missingGoesLeft ? 1 : 0
        }
        let table = goesLeft
        let column = split.feature * bins.rows
        let blocks = Parallel.blocks(of: rows.count, size: Self.partitionRows)
        let list = SharedBuffer(UnsafeMutableBufferPointer(start: order + rows.lowerBound, count: rows.count))
        let left = SharedBuffer(UnsafeMutableBufferPointer(start: leftScratch + rows.lowerBound, count: rows.count))
        let right = SharedBuffer(UnsafeMutableBufferPointer(start: rightScratch + rows.lowerBound, count: rows.count))
        return bins.byColumn.withUnsafeBufferPointer { bytes in
            let bytes = SharedBuffer(UnsafeMutableBufferPointer(mutating: bytes))
            let counts = Parallel.map(blocks.count) { block in
                let start = blocks[block].lowerBound
                return apus_boosting_partition(
                    bytes.base + column, list.base + start, blocks[block].count, table, left.base + start,
                    right.base + start)
            }
            let total = counts.reduce(0, +)
            var starts: [(left: Int, right: Int)] = []
            var place = (left: 0, right: total)
            for (block, count) in counts.enumerated() {
                starts.append(place)
                place.left += count
                place.right += blocks[block].count - count
            }
            let targets = starts
            Parallel.forEach(blocks.count) { block in
                let start = blocks[block].lowerBound
                (list.base + targets[block].left).update(from: left.base + start, count: counts[block])
                (list.base + targets[block].right).update(
                    from: right.base + start, count: blocks[block].count - counts[block])
            }
            return total
        }
    }

    // MARK: Features that are tried

    private func drawFeatures(_ node: Node) -> BoostingFeatureMask {
        var allowed: [Int]?
        if let groups = limits.groups, let usable = node.groups {
            allowed = Set(usable.flatMap { groups[$0] }).sorted()
        }
        guard limits.featureFraction < 1 else { return allowed.map { .some(Set($0)) } ?? .all }
        let candidates = allowed ?? Array(bins.features.indices)
        let count = max(1, Int((limits.featureFraction * Double(candidates.count)).rounded(.up)))
        var mask = candidates.indices.map { $0 < count }
        features.shuffle(&mask)
        return .some(Set(zip(candidates, mask).filter(\.1).map(\.0)))
    }

    // MARK: What has grown

    /// The number of leaves of the last tree.
    public var leafCount: Int { leaves.count }

    /// Replaces the value of each leaf of the last tree.
    ///
    /// - Parameter value: The value for the given rows, before it is multiplied with the learning rate.
    public func replaceLeafValues(_ value: @Sendable ([Int]) -> Double) {
        let order = SharedBuffer(UnsafeMutableBufferPointer(start: order, count: bins.rows))
        let ranges = leaves.map { nodes[$0].rows }
        let found = Parallel.map(ranges.count) { k in value(ranges[k].map { Int(order[$0]) }) }
        for (leaf, value) in zip(leaves, found) { nodes[leaf].sums.value = limits.learningRate * value }
    }

    /// Adds the value of its leaf to the score of each row.
    ///
    /// - Parameters:
    ///   - scores: The scores.
    ///   - start: Where in `scores` the first row's is.
    public func addLeafValues(to scores: inout [Double], from start: Int = 0) {
        let order = SharedBuffer(UnsafeMutableBufferPointer(start: order, count: bins.rows))
        let parts = leaves.map { (nodes[$0].rows, nodes[$0].sums.value) }
        scores.withUnsafeMutableBufferPointer { scores in
            let scores = SharedBuffer(UnsafeMutableBufferPointer(rebasing: scores[start...]))
            Parallel.forEach(parts.count) { k in
                let (rows, value) = parts[k]
                for i in rows { scores[Int(order[i])] += value }
            }
        }
    }

    /// The last tree.
    public func tree() -> BoostingTree {
        var tree = BoostingTree()
        tree.nodes.reserveCapacity(nodes.count)
        // Right children wait on the stack, with the parent that learns where they went.
        var waiting: [(node: Int, parent: Int)] = [(0, -1)]
        while let (index, parent) = waiting.popLast() {
            let node = nodes[index]
            let place = tree.nodes.count
            if parent >= 0 { tree.nodes[parent].right = Int32(truncatingIfNeeded: place) }
            var out = BoostingTree.Node()
            out.count = node.rows.count
            out.value = node.sums.value
            if node.isSearched { out.gain = node.split.gain }
            if node.left >= 0 {
                out.feature = Int32(truncatingIfNeeded: node.split.feature)
                out.bin = node.split.bin
                out.categories = node.split.categories
                out.missingGoesLeft = node.split.missingGoesLeft
                out.left = Int32(truncatingIfNeeded: place + 1)
                waiting.append((node.right, place))
                waiting.append((node.left, -1))
            }
            tree.nodes.append(out)
        }
        return tree
    }
}

/// The features that a node may be split by.
enum BoostingFeatureMask: Sendable {
    case none, all
    case some(Set<Int>)

    func allows(_ feature: Int) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .some(let features): features.contains(feature)
        }
    }
}
