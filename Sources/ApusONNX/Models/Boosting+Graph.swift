#if ONNX
import ApusCore
import ApusLearn

extension BoostedTrees {
    /// Adds the scores of each row: n × `outputs`.
    func scores(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let sides = CategorySides(self)
        var table = TreeTable()
        for tree in roots.indices {
            let root = Int(roots[tree])
            try table.append(
                (root..<root + nodeCount(ofTree: tree)).lazy.map { node in
                    guard feature[node] >= 0 else { return .leaf }
                    return .split(
                        feature: sides.columns[node] ?? Int(feature[node]),
                        threshold: sides.columns[node] == nil ? threshold[node] : 0.5, left: Int(left[node]) - root,
                        right: Int(right[node]) - root, missingGoesLeft: missingGoesLeft[node])
                })
        }
        let leaves = table.leaves(sides.rows(x, in: &graph), in: &graph)
        let values = value.indices.filter { feature[$0] < 0 }.map { value[$0] }
        let found = graph.node("Gather", [graph.constant(Onnx_TensorProto(values, shape: [values.count])), leaves])
        let steps = graph.reshape(found, [-1, iterations, outputs])
        // The scores before the first tree are added to it, so that all is added from first to last.
        let start = baseline + [Double](repeating: 0, count: (iterations - 1) * outputs)
        let begun = graph.add(steps, graph.constant(Onnx_TensorProto(start, shape: [1, iterations, outputs])))
        return graph.orderedSum(begun, of: iterations)
    }
}

/// Columns that stand in for categories: for each set of categories that goes left at some node a column that is 0 where
/// a row's category is in the set, 1 where it is another known one, and NaN where it is missing or unknown.
private struct CategorySides {
    /// The columns of the nodes that look for categories.
    private(set) var columns: [Int: Int] = [:]
    /// For each feature of categories these, and for each its side in each set: categories × sets.
    private var features: [(feature: Int, categories: [Double], sides: Matrix)] = []

    init(_ trees: BoostedTrees) {
        var next = trees.featureCount
        for (feature, categories) in trees.categories.enumerated() {
            guard let categories, !categories.isEmpty else { continue }
            let nodes = trees.feature.indices.filter { trees.feature[$0] == feature && trees.categorySet[$0] >= 0 }
            guard !nodes.isEmpty else { continue }
            for (place, node) in nodes.enumerated() { columns[node] = next + place }
            next += nodes.count
            features.append(
                (
                    feature, categories,
                    Matrix(rows: categories.count, columns: nodes.count) { out in
                        for code in categories.indices {
                            for (place, node) in nodes.enumerated() {
                                let set = Int(trees.categorySet[node]) * BoostedTrees.setBytes
                                let byte = trees.categorySets[set + code / 8]
                                out[code * nodes.count + place] = byte >> (code % 8) & 1 == 1 ? 0 : 1
                            }
                        }
                    }
                ))
        }
    }

    /// Adds the columns to the rows.
    func rows(_ x: GraphValue, in graph: inout Graph) -> GraphValue {
        graph.sideBySide(
            [x]
                + features.map { feature, categories, sides in
                    let column = graph.columns([feature], of: x)
                    let marks = graph.numbers(graph.node("Equal", [column, graph.row(categories)]))
                    let isKnown = graph.isGreater(graph.sum(marks, axis: 1), than: graph.constant(0.5))
                    let found = graph.product(marks, graph.constant(sides))
                    return graph.choose(isKnown, found, else: graph.constant(Double.nan))
                })
    }
}

extension HistGradientBoostingClassifier.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        let scores = try trees.scores(x, in: &graph)
        return ClassifierAnswers(
            codes: graph.codes(ofScores: scores, width: trees.outputs), scores: scores, scoreWidth: trees.outputs,
            probabilities: graph.probabilities(ofScores: scores, width: trees.outputs))
    }
}

extension HistGradientBoostingRegressor.Model: GraphRegressor {
    func numbers(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let scores = try trees.scores(x, in: &graph)
        return loss == .poisson || loss == .gamma ? graph.exp(scores) : scores
    }
}
#endif
