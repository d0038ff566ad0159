import ApusCore

/// Grows a tree: decides which nodes are split, in which order, and when to stop.
///
/// What a node holds and where it splits best is a `TreeSearch`'s business. Forests give each tree a search over
/// shared columns with its own weights, and a seed of its own.
struct TreeBuilder: Sendable {
    /// How splits are searched.
    var splitter: TreeSplitter
    /// Features to visit at a node.
    var maxFeatures: Int
    /// The depth that no node exceeds.
    var maxDepth: Int
    /// The least number of rows in a node that is split.
    var minSamplesSplit: Int
    /// What a leaf must hold.
    var leaf: TreeLimits
    /// The least improvement that a split must bring.
    var minImpurityDecrease: Double
    /// The greatest number of leaves; nil for any, which also grows depth first instead of best first.
    var maxLeafNodes: Int?

    /// Impurities and improvements below this are rounding errors.
    static let epsilon = Double.ulpOfOne

    /// Whether sorting every column once is the faster way for the search.
    func sortsOnce(features: Int) -> Bool { splitter == .best && maxFeatures * 4 >= features }

    /// Grows a tree over all rows of a search.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func build(_ search: any TreeSearch, seed: UInt32) throws -> Tree {
        var growth = TreeGrowth(self, search, seed: seed)
        if let maxLeafNodes {
            try growth.growBestFirst(maxLeafNodes: maxLeafNodes)
        } else {
            try growth.growDepthFirst()
        }
        growth.tree.finish()
        return growth.tree
    }
}
