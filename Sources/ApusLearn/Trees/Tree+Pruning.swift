extension Tree {
    /// The prices of a leaf at which pruning makes the tree smaller, and the impurity that is left each time.
    ///
    /// - Complexity: O(nodes · depth · log nodes).
    public var pruningPath: PruningPath {
        var alphas: [Double] = []
        var impurities: [Double] = []
        var pruning = TreePruning(self)
        alphas.append(0)
        impurities.append(pruning.impurity)
        while let (node, price) = pruning.weakest {
            pruning.prune(node)
            alphas.append(price)
            impurities.append(pruning.impurity)
        }
        return PruningPath(alphas: alphas, impurities: impurities)
    }

    /// The tree after minimal cost-complexity pruning.
    ///
    /// Again and again the split whose removal costs least impurity a leaf becomes a leaf, as long as that cost is at
    /// most `ccpAlpha`.
    ///
    /// - Complexity: O(nodes · depth · log nodes).
    func pruned(ccpAlpha: Double) -> Tree {
        var pruning = TreePruning(self)
        while let (node, price) = pruning.weakest, price <= ccpAlpha { pruning.prune(node) }
        var result = Tree(featureCount: featureCount, valueWidth: valueWidth)
        var waiting = [(node: 0, parent: -1, isLeft: false)]
        while let (node, parent, isLeft) = waiting.popLast() {
            let copy = result.addNode(
                parent: parent, isLeft: isLeft, impurity: impurity[node], rowCount: rowCount[node],
                weight: weight[node])
            result.values.append(contentsOf: value(node))
            if isLeaf(node) || pruning.removed[node] { continue }
            result.feature[copy] = feature[node]
            result.threshold[copy] = threshold[node]
            result.missingGoesLeft[copy] = missingGoesLeft[node]
            waiting.append((Int(right[node]), copy, false))
            waiting.append((Int(left[node]), copy, true))
        }
        result.finish()
        return result
    }
}

/// A tree whose weakest splits become leaves one after the other.
private struct TreePruning {
    private let tree: Tree
    private var parent: [Int]
    /// The impurity of each node and of the leaves below it, as parts of the whole tree's.
    private let own: [Double]
    private var below: [Double]
    private var leaves: [Int]
    private var isOpen: [Bool]
    /// Which splits have become leaves; what is below them does not matter.
    private(set) var removed: [Bool]
    /// A tournament of the open splits by price, the first of equal ones ahead; -1 where no split is open.
    private var winners: [Int]
    private let width: Int
    private var prices: [Double]

    init(_ tree: Tree) {
        self.tree = tree
        let count = tree.nodeCount
        parent = [Int](repeating: -1, count: count)
        own = (0..<count).map { tree.weight[$0] * tree.impurity[$0] / tree.weight[0] }
        below = [Double](repeating: 0, count: count)
        leaves = [Int](repeating: 0, count: count)
        removed = [Bool](repeating: false, count: count)
        isOpen = (0..<count).map { !tree.isLeaf($0) }
        for node in 0..<count where isOpen[node] {
            parent[Int(tree.left[node])] = node
            parent[Int(tree.right[node])] = node
        }
        for leaf in 0..<count where !isOpen[leaf] {
            below[leaf] = own[leaf]
            var node = parent[leaf]
            while node >= 0 {
                below[node] += own[leaf]
                leaves[node] += 1
                node = parent[node]
            }
        }
        var width = 1
        while width < count { width *= 2 }
        self.width = width
        winners = [Int](repeating: -1, count: 2 * width)
        prices = [Double](repeating: .infinity, count: count)
        for node in 0..<count where isOpen[node] {
            prices[node] = price(node)
            winners[width + node] = node
        }
        for place in (1..<width).reversed() { winners[place] = winner(place) }
    }

    /// The impurity of the leaves that are left.
    var impurity: Double { below[0] }

    /// The open split whose removal costs least impurity a leaf, and that cost; nil when the root is a leaf.
    var weakest: (node: Int, price: Double)? {
        let node = winners[1]
        return isOpen[0] && node >= 0 && prices[node] < .greatestFiniteMagnitude ? (node, prices[node]) : nil
    }

    /// Makes an open split a leaf.
    mutating func prune(_ split: Int) {
        removed[split] = true
        var inside = [split]
        while let node = inside.popLast() {
            guard isOpen[node] else { continue }
            isOpen[node] = false
            winners[width + node] = -1
            settle(node)
            inside.append(Int(tree.left[node]))
            inside.append(Int(tree.right[node]))
        }
        let fewer = leaves[split] - 1
        let more = own[split] - below[split]
        leaves[split] = 0
        below[split] = own[split]
        var node = parent[split]
        while node >= 0 {
            leaves[node] -= fewer
            below[node] += more
            prices[node] = price(node)
            settle(node)
            node = parent[node]
        }
    }

    private func price(_ node: Int) -> Double { (own[node] - below[node]) / Double(leaves[node] - 1) }

    private func winner(_ place: Int) -> Int {
        let (first, second) = (winners[2 * place], winners[2 * place + 1])
        if first < 0 { return second }
        return second >= 0 && prices[second] < prices[first] ? second : first
    }

    /// Plays the matches of a node again.
    private mutating func settle(_ node: Int) {
        var place = (width + node) / 2
        while place > 0 {
            winners[place] = winner(place)
            place /= 2
        }
    }
}
