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
        /// For best thresholds between classes that are counted; the others stand in where weights are not whole.
        case packed(TreePackedColumns, spare: SpareColumns)
        /// For random thresholds.
        case plain(TreeValues)

        /// Number of columns.
        var features: Int {
            switch self {
            case .ranked(let columns): columns.features
            case .packed(let columns, _): columns.features
            case .plain(let values): values.features
            }
        }

        /// The columns of a matrix.
        ///
        /// - Parameters:
        ///   - x: The rows.
        ///   - splitter: How splits are searched.
        ///   - counts: Whether classes are counted.
        /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number.
        init(_ x: Matrix, for splitter: TreeSplitter, counts: Bool) throws {
            let levels = splitter == .histogram ? TreeBuilder.levels : nil
            if splitter == .random {
                self = .plain(try TreeValues(x))
            } else if counts {
                self = .packed(try TreePackedColumns(x, levels: levels), spare: SpareColumns(x, levels: levels))
            } else {
                self = .ranked(try TreeColumns(x, levels: levels))
            }
        }
    }

    /// The most ranges of a feature's values that a histogram tells apart; one more is for missing values.
    static let levels = 255

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
    func search(_ columns: Columns, _ targets: TreeTargets) throws -> Search {
        switch columns {
        case .ranked(let columns): return search(columns, targets)
        case .packed(let packed, let spare):
            if let search = targets.search(packed) { return .best(search) }
            return search(try spare.columns(), targets)
        case .plain(let columns): return .random(targets.search(columns))
        }
    }

    private func search(_ columns: TreeColumns, _ targets: TreeTargets) -> Search {
        // Keeping all columns sorted costs a pass over each of them at every node, tried or not.
        .best(targets.search(columns, sortsOnce: maxFeatures * 4 >= columns.features))
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
