import ApusCore

/// The trees of a fitted forest, all grown on the same columns.
public struct Forest: Sendable, Equatable {
    /// The trees, in the order of their seeds.
    public let trees: [Tree]
    /// The number of columns that they were fitted on.
    public let featureCount: Int
    /// How many numbers the value of a node has: one a class, or one in all for a regression.
    public let valueWidth: Int

    init(trees: [Tree], featureCount: Int, valueWidth: Int) {
        self.trees = trees
        self.featureCount = featureCount
        self.valueWidth = valueWidth
    }

    /// How much each feature lowers the impurity: the mean over the trees with a split of their importances, scaled to a
    /// sum of 1; all 0 when no tree has a split.
    public var featureImportances: [Double] {
        let grown = trees.filter { $0.nodeCount > 1 }
        var sums = [Double](repeating: 0, count: featureCount)
        if grown.isEmpty { return sums }
        for tree in grown {
            for (feature, importance) in tree.featureImportances.enumerated() { sums[feature] += importance }
        }
        let means = sums.map { $0 / Double(grown.count) }
        let total = pairwiseSum(means.indices) { means[$0] }
        return total > 0 ? means.map { $0 / total } : means
    }

    /// The leaf that each row reaches in each tree, as its node index.
    ///
    /// - Parameter x: n × `featureCount`; NaN stands for a missing value.
    /// - Returns: n lists of one index a tree.
    /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for values beyond 32-bit numbers.
    public func apply(_ x: Matrix) throws -> [[Int]] {
        let leaves = try trees.map { try $0.leaves(x) }
        return (0..<x.rows).map { row in leaves.map { Int($0[row]) } }
    }

    /// The mean over the trees of the value of the leaf that each row reaches, row after row.
    ///
    /// Trees are added in their order, whatever the number of threads.
    func means(_ x: Matrix) throws -> [Double] {
        try x.checkColumns(featureCount, of: "The forest")
        return try ForestWalkKernel.means(
            trees.map(\.walk), values: trees.map(\.values), width: valueWidth, of: x)
    }
}
