#if ONNX
import ApusCore
import ApusLearn

extension Graph {
    /// The mean over some trees of the value of the leaf that each row reaches, n × width.
    mutating func means(_ x: GraphValue, _ trees: [Tree]) throws -> GraphValue {
        var table = TreeTable()
        var values: [Double] = []
        for tree in trees {
            try table.append(
                (0..<tree.nodeCount).lazy.map { node in
                    tree.isLeaf(node)
                        ? .leaf
                        : .split(
                            feature: Int(tree.feature[node]), threshold: tree.threshold[node],
                            left: Int(tree.left[node]), right: Int(tree.right[node]),
                            missingGoesLeft: tree.missingGoesLeft[node])
                })
            for node in 0..<tree.nodeCount where tree.isLeaf(node) {
                values += tree.values[node * tree.valueWidth..<(node + 1) * tree.valueWidth]
            }
        }
        // Trees compare 32-bit numbers.
        let rounded = numbers(cast(x, .float))
        let width = trees[0].valueWidth
        let leaves = table.leaves(rounded, in: &self)
        let found = node(
            "Gather", [constant(Matrix(rows: values.count / width, columns: width, values: values)), leaves],
            ["axis": .int(0)])
        guard trees.count > 1 else { return reshape(found, [-1, width]) }
        return divide(orderedSum(found, of: trees.count), constant(Double(trees.count)))
    }

    /// The class of the greatest mean share over some trees.
    mutating func treeAnswers(_ x: GraphValue, _ trees: [Tree]) throws -> ClassifierAnswers {
        let shares = try means(x, trees)
        return ClassifierAnswers(codes: greatest(shares), probabilities: shares)
    }
}

extension DecisionTreeClassifier.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        try graph.treeAnswers(x, [tree])
    }
}

extension DecisionTreeRegressor.Model: GraphRegressor {
    func numbers(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue { try graph.means(x, [tree]) }
}

extension ForestClassifierModel where Self: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        try graph.treeAnswers(x, trees)
    }
}

extension ForestRegressorModel where Self: GraphRegressor {
    func numbers(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue { try graph.means(x, trees) }
}

extension RandomForestClassifier.Model: GraphClassifier {}
extension ExtraTreesClassifier.Model: GraphClassifier {}
extension RandomForestRegressor.Model: GraphRegressor {}
extension ExtraTreesRegressor.Model: GraphRegressor {}
#endif
