extension Tree {
    /// The tree after minimal cost-complexity pruning.
    ///
    /// Again and again the split whose removal costs least impurity a leaf becomes a leaf, as long as that cost is at
    /// most `ccpAlpha`.
    ///
    /// - Complexity: O(splits · nodes).
    func pruned(ccpAlpha: Double) -> Tree {
        let removed = splitsPruned(ccpAlpha: ccpAlpha)
        var result = Tree(featureCount: featureCount, valueWidth: valueWidth)
        var waiting = [(node: 0, parent: -1, isLeft: false)]
        while let (node, parent, isLeft) = waiting.popLast() {
            let copy = result.addNode(
                parent: parent, isLeft: isLeft, impurity: impurity[node], rowCount: rowCount[node],
                weight: weight[node])
            result.values.append(contentsOf: value(node))
            if isLeaf(node) || removed[node] { continue }
            result.feature[copy] = feature[node]
            result.threshold[copy] = threshold[node]
            result.missingGoesLeft[copy] = missingGoesLeft[node]
            waiting.append((Int(right[node]), copy, false))
            waiting.append((Int(left[node]), copy, true))
        }
        result.finish()
        return result
    }

    /// For each node whether pruning makes it a leaf; what is below such a node does not matter.
    private func splitsPruned(ccpAlpha: Double) -> [Bool] {
        let count = nodeCount
        var parent = [Int](repeating: -1, count: count)
        // The impurity of each node and of the leaves below it, as parts of the whole tree's.
        let own = (0..<count).map { weight[$0] * impurity[$0] / weight[0] }
        var below = [Double](repeating: 0, count: count)
        var leaves = [Int](repeating: 0, count: count)
        for node in 0..<count where !isLeaf(node) {
            parent[Int(left[node])] = node
            parent[Int(right[node])] = node
        }
        for leaf in 0..<count where isLeaf(leaf) {
            below[leaf] = own[leaf]
            var node = parent[leaf]
            while node >= 0 {
                below[node] += own[leaf]
                leaves[node] += 1
                node = parent[node]
            }
        }
        var isOpen = (0..<count).map { !isLeaf($0) }
        var removed = [Bool](repeating: false, count: count)
        while isOpen[0] {
            var weakest = -1
            var price = Double.greatestFiniteMagnitude
            for node in 0..<count where isOpen[node] {
                let candidate = (own[node] - below[node]) / Double(leaves[node] - 1)
                if candidate < price {
                    price = candidate
                    weakest = node
                }
            }
            guard weakest >= 0, price <= ccpAlpha else { break }
            removed[weakest] = true
            var inside = [weakest]
            while let node = inside.popLast() {
                guard isOpen[node] else { continue }
                isOpen[node] = false
                inside.append(Int(left[node]))
                inside.append(Int(right[node]))
            }
            let fewer = leaves[weakest] - 1
            let more = own[weakest] - below[weakest]
            leaves[weakest] = 0
            below[weakest] = own[weakest]
            var node = parent[weakest]
            while node >= 0 {
                leaves[node] -= fewer
                below[node] += more
                node = parent[node]
            }
        }
        return removed
    }
}
