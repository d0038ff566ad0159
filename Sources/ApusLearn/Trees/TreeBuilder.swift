import ApusCore

/// Grows a tree: decides which nodes are split, in which order, and when to stop.
///
/// What a node holds and where it splits best is a `TreeSearch`'s business. Forests give each tree a search over
/// shared columns with its own weights, and a seed of its own.
struct TreeBuilder: Sendable {
    /// How splits are searched, and the rows that they divide.
    enum Search {
        /// The best threshold of each feature.
        case best(any BestTreeSearch)
        /// One random threshold of each feature.
        case random(any RandomTreeSearch)

        /// The rows.
        var rows: any TreeSearch {
            switch self {
            case .best(let search): search
            case .random(let search): search
            }
        }
    }

    /// The columns as the search needs them, shared by all trees of a forest.
    enum Columns: Sendable {
        /// For best thresholds.
        case ranked(TreeColumns)
        /// For random thresholds.
        case plain(TreeValues)

        /// Number of columns.
        var features: Int {
            switch self {
            case .ranked(let columns): columns.features
            case .plain(let values): values.features
            }
        }

        /// The columns of a matrix.
        ///
        /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number.
        init(_ x: Matrix, for splitter: TreeSplitter) throws {
            switch splitter {
            case .best: self = .ranked(try TreeColumns(x))
            case .random: self = .plain(try TreeValues(x))
            case .histogram: self = .ranked(try TreeColumns(x))
            }
        }
    }

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

    /// A search over columns for the targets of one tree.
    func search(_ columns: Columns, _ targets: TreeTargets) -> Search {
        switch columns {
        // Keeping all columns sorted costs a pass over each of them at every node, tried or not.
        case .ranked(let columns):
            .best(targets.search(columns, sortsOnce: maxFeatures * 4 >= columns.features))
        case .plain(let columns): .random(targets.search(columns))
        }
    }

    /// Grows a tree over all rows of a search.
    ///
    /// - Throws: `CancellationError` when the task is cancelled or `stop` was set.
    func build(_ search: Search, seed: UInt32, stop: TreeStop = TreeStop()) throws -> Tree {
        var growth = TreeGrowth(self, search, seed: seed, stop: stop)
        if let maxLeafNodes {
            try growth.growBestFirst(maxLeafNodes: maxLeafNodes)
        } else {
            try growth.growDepthFirst()
        }
        growth.tree.finish()
        return growth.tree
    }
}
