import ApusCore
import ApusLearn
import ApusPlots

extension DecisionTreeClassifier.Model {
    /// The tree as a picture.
    ///
    /// - Parameters:
    ///   - featureNames: A name for each column; default `x0`, `x1`, and so on.
    ///   - maxDepth: The greatest depth that is drawn; what lies below is counted in its card. Default 4.
    ///   - title: What stands above the picture.
    public func diagram(
        featureNames: [String]? = nil, maxDepth: Int = 4, title: String = "Decision tree"
    ) -> TreeDiagram {
        TreeDiagram(tree, classes: classes.names, names: featureNames, maxDepth: maxDepth, title: title)
    }
}

extension DecisionTreeRegressor.Model {
    /// The tree as a picture; parameters as for a classifier's.
    public func diagram(
        featureNames: [String]? = nil, maxDepth: Int = 4, title: String = "Decision tree"
    ) -> TreeDiagram {
        TreeDiagram(tree, classes: [], names: featureNames, maxDepth: maxDepth, title: title)
    }
}

extension TreeDiagram {
    /// A fitted tree as a picture.
    ///
    /// - Parameters:
    ///   - tree: The tree, of a model of its own or of a forest.
    ///   - classes: The classes' names; empty for a tree that predicts a number.
    ///   - names: A name for each column; nil for `x0`, `x1`, and so on.
    ///   - maxDepth: The greatest depth that is drawn.
    ///   - title: What stands above the picture.
    public init(_ tree: Tree, classes: [String], names: [String]?, maxDepth: Int, title: String) {
        let (depths, counts) = (tree.depths, tree.nodesBelow)
        let kept = (0..<tree.nodeCount).filter { depths[$0] <= max(0, maxDepth) }
        let places = Dictionary(uniqueKeysWithValues: zip(kept, 0...))
        let numbers = classes.isEmpty ? (0..<tree.nodeCount).map { tree.value($0).first ?? 0 } : []
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
        let nodes = kept.map { node in
            let value = Array(tree.value(node))
            let children =
                tree.isLeaf(node) ? [] : [Int(tree.left[node]), Int(tree.right[node])].compactMap { places[$0] }
            let answer: String
            let shares: [Double]
            if classes.isEmpty {
                answer = TextTable.significant(value.first ?? 0, 5)
                shares = [high > low ? ((value.first ?? 0) - low) / (high - low) : 0.5]
            } else {
                let best = value.indices.max { value[$0] < value[$1] || (value[$0] == value[$1] && $0 > $1) } ?? 0
                let percent = TextTable.significant(value[best] * 100, 3)
                answer = "\(best < classes.count ? classes[best] : "class \(best)") \(percent)%"
                shares = value
            }
            let rows = tree.rowCount[node]
            return TreeDiagram.Node(
                question: tree.isLeaf(node) ? nil : tree.question(at: node, names: names), answer: answer,
                facts: "\(TextTable.grouped(rows)) row\(rows == 1 ? "" : "s") · impurity "
                    + TextTable.significant(tree.impurity[node], 3),
                shares: shares, weight: tree.weight[node] / max(tree.weight[0], .leastNonzeroMagnitude),
                children: children, hidden: children.isEmpty ? counts[node] : 0)
        }
        self.init(nodes: nodes, classes: classes, title: title)
    }
}

extension Tree {
    /// How many nodes each node has below it.
    var nodesBelow: [Int] {
        var counts = [Int](repeating: 0, count: nodeCount)
        for node in (0..<nodeCount).reversed() where !isLeaf(node) {
            counts[node] = 2 + counts[Int(left[node])] + counts[Int(right[node])]
        }
        return counts
    }

    /// The question of a node, in words: `age ≤ 42`.
    func question(at node: Int, names: [String]?) -> String {
        let column = Int(feature[node])
        let name = names.flatMap { column < $0.count ? $0[column] : nil } ?? "x\(column)"
        // Only what is missing goes right of an infinite threshold.
        if threshold[node] == .infinity { return "\(name) is known" }
        return "\(name) ≤ \(TextTable.significant(threshold[node], 5))"
    }
}
