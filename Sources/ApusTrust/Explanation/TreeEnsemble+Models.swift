import ApusCore
import ApusLearn

extension TreeEnsemble {
    /// Trees whose outputs are averaged, with the shares of classes at their leaves.
    init(_ trees: [Tree], classes: Labels.Classes, outputs: @escaping @Sendable (Matrix) throws -> Matrix) {
        let isMirrored = classes.count == 2
        let scale = 1 / Double(trees.count)
        self.init(
            trees: Parallel.map(trees.count) { k in
                let tree = trees[k]
                // Shares of two classes add up to 1, so one of them says it all.
                let values =
                    isMirrored
                    ? (0..<tree.nodeCount).map { tree.values[2 * $0 + 1] * scale } : tree.values.map { $0 * scale }
                return TreeShapKernel.Tree(tree, values: values, width: isMirrored ? 1 : classes.count)
            },
            featureCount: trees[0].featureCount, outputNames: classes.names, unit: .probability,
            offsets: [Double](repeating: 0, count: isMirrored ? 1 : classes.count), link: .identity, isSingle: true,
            isMirrored: isMirrored, outputs: outputs, encoded: { $0 })
    }

    /// Trees whose numbers are averaged.
    init(_ trees: [Tree], outputs: @escaping @Sendable (Matrix) throws -> [Double]) {
        let scale = 1 / Double(trees.count)
        self.init(
            trees: Parallel.map(trees.count) { k in
                TreeShapKernel.Tree(trees[k], values: trees[k].values.map { $0 * scale }, width: 1)
            },
            featureCount: trees[0].featureCount, outputNames: ["prediction"], unit: .prediction, offsets: [0],
            link: .identity, isSingle: true, isMirrored: false, outputs: { Matrix(column: try outputs($0)) },
            encoded: { $0 })
    }

    /// Boosted trees, whose numbers are added up.
    init(_ boosted: BoostedTrees, outputNames: [String], unit: Explanation.Unit, link: Link) {
        let trees = Parallel.map(boosted.roots.count) { k in TreeShapKernel.Tree(boosted, tree: k) }
        self.init(
            trees: trees, featureCount: boosted.featureCount, outputNames: outputNames, unit: unit,
            offsets: boosted.baseline, link: link, isSingle: false, isMirrored: false,
            outputs: { try boosted.scores($0) }, encoded: { boosted.codes(of: $0) })
    }
}

extension TreeShapKernel.Tree {
    fileprivate init(_ tree: Tree, values: [Double], width: Int) {
        self.init(
            column: tree.feature, threshold: tree.threshold, left: tree.left, right: tree.right, cover: tree.weight,
            missingGoesLeft: tree.missingGoesLeft, values: values, width: width)
    }

    fileprivate init(_ boosted: BoostedTrees, tree: Int) {
        let root = boosted.roots[tree]
        let nodes = Int(root)..<Int(root) + boosted.nodeCount(ofTree: tree)
        self.init(
            column: Array(boosted.feature[nodes]), threshold: Array(boosted.threshold[nodes]),
            left: boosted.left[nodes].map { $0 - root }, right: boosted.right[nodes].map { $0 - root },
            cover: boosted.rowCount[nodes].map { Double($0) },
            missingGoesLeft: Array(boosted.missingGoesLeft[nodes]), set: Array(boosted.categorySet[nodes]),
            sets: boosted.categorySets, values: Array(boosted.value[nodes]), width: 1,
            firstOutput: tree % boosted.outputs)
    }
}

extension BoostedTrees {
    /// The rows with categories replaced by their numbers, unknown ones by NaN.
    fileprivate func codes(of x: Matrix) -> Matrix {
        let columns = categories.indices.filter { categories[$0] != nil }
        if columns.isEmpty { return x }
        var result = x
        result.withMutableValues { values in
            for column in columns {
                let known = categories[column] ?? []
                for i in stride(from: column, to: values.count, by: x.columns) {
                    values[i] = BoostingBins.code(of: values[i], in: known).map(Double.init) ?? .nan
                }
            }
        }
        return result
    }
}

extension DecisionTreeClassifier.Model: TreeBasedModel {
    /// Its tree; outputs are the shares of the classes.
    public var treeEnsemble: TreeEnsemble { TreeEnsemble([tree], classes: classes) { try predictProba($0) } }
}

extension DecisionTreeRegressor.Model: TreeBasedModel {
    /// Its tree; the output is the prediction.
    public var treeEnsemble: TreeEnsemble { TreeEnsemble([tree]) { try predict($0) } }
}

extension RandomForestClassifier.Model: TreeBasedModel {
    /// Its trees; outputs are the probabilities of the classes.
    public var treeEnsemble: TreeEnsemble { TreeEnsemble(trees, classes: classes) { try predictProba($0) } }
}

extension RandomForestRegressor.Model: TreeBasedModel {
    /// Its trees; the output is the prediction.
    public var treeEnsemble: TreeEnsemble { TreeEnsemble(trees) { try predict($0) } }
}

extension ExtraTreesClassifier.Model: TreeBasedModel {
    /// Its trees; outputs are the probabilities of the classes.
    public var treeEnsemble: TreeEnsemble { TreeEnsemble(trees, classes: classes) { try predictProba($0) } }
}

extension ExtraTreesRegressor.Model: TreeBasedModel {
    /// Its trees; the output is the prediction.
    public var treeEnsemble: TreeEnsemble { TreeEnsemble(trees) { try predict($0) } }
}

extension HistGradientBoostingClassifier.Model: TreeBasedModel {
    /// Its trees; the output is the log-odds of the second of two classes, or a score for each of more.
    public var treeEnsemble: TreeEnsemble {
        classes.count == 2
            ? TreeEnsemble(trees, outputNames: [classes.names[1]], unit: .logOdds, link: .logistic)
            : TreeEnsemble(trees, outputNames: classes.names, unit: .score, link: .softmax)
    }
}

extension HistGradientBoostingRegressor.Model: TreeBasedModel {
    /// Its trees; the output is the prediction, or its logarithm for the losses `poisson` and `gamma`.
    public var treeEnsemble: TreeEnsemble {
        let isLogarithm = loss == .poisson || loss == .gamma
        return TreeEnsemble(
            trees, outputNames: [isLogarithm ? "log(prediction)" : "prediction"],
            unit: isLogarithm ? .score : .prediction, link: isLogarithm ? .exponential : .identity)
    }
}
