import ApusCore

/// The trees of a boosted model: their answers, added to where boosting started, are the score of a row.
///
/// Nodes of all trees are numbered on; each tree starts with its root, and a left child follows its parent.
public struct BoostedTrees: Sendable, Equatable {
    /// The number of columns that it was fitted on.
    public let featureCount: Int
    /// The scores before the first tree: one, or one for each class.
    public let baseline: [Double]
    /// For each feature that holds numbers the ascending thresholds between its bins; empty for categories.
    public let binThresholds: [[Double]]
    /// For each feature that holds categories these, ascending; nil for numbers.
    public let categories: [[Double]?]
    /// The first node of each tree; tree t belongs to score t % `baseline.count`.
    public internal(set) var roots: [Int32] = []
    /// For each node the feature it asks about, -1 for a leaf.
    public internal(set) var feature: [Int32] = []
    /// Values at most this go left; infinite where only missing values go right.
    public internal(set) var threshold: [Double] = []
    /// The left child of each node, -1 for a leaf.
    public internal(set) var left: [Int32] = []
    /// The right child of each node, -1 for a leaf.
    public internal(set) var right: [Int32] = []
    /// What a leaf adds to the score.
    public internal(set) var value: [Double] = []
    /// How much a split lowered the loss, -1 for nodes that were not searched.
    public internal(set) var gain: [Double] = []
    /// The number of training rows of each node.
    public internal(set) var rowCount: [Int] = []
    /// Whether missing and unknown values go left.
    public internal(set) var missingGoesLeft: [Bool] = []
    /// Which set of categories goes left, -1 where numbers are compared.
    public internal(set) var categorySet: [Int32] = []
    /// Sets of categories, bit by bit: category c of a set is bit c % 8 of its byte c / 8.
    public internal(set) var categorySets: [UInt8] = []

    /// Bytes of a set of categories.
    package static let setBytes = 32
    /// Nodes and sets as the walk takes them.
    private var walk: Walk = Walk()

    private struct Walk: Sendable {
        var nodes: [BoostingWalkKernel.Node] = []
        var sets: [BinSet] = []
    }

    /// No trees yet.
    init(featureCount: Int, baseline: [Double], binThresholds: [[Double]], categories: [[Double]?]) {
        self.featureCount = featureCount
        self.baseline = baseline
        self.binThresholds = binThresholds
        self.categories = categories
    }

    /// How many scores a row has.
    public var outputs: Int { baseline.count }
    /// How many iterations of boosting there were, each of one tree a score.
    public var iterations: Int { roots.count / outputs }
    /// The number of nodes of tree `tree`.
    public func nodeCount(ofTree tree: Int) -> Int {
        (tree + 1 < roots.count ? Int(roots[tree + 1]) : feature.count) - Int(roots[tree])
    }
    /// The number of leaves of all trees.
    public var leafCount: Int { feature.count { $0 < 0 } }

    /// Adds a tree whose features are numbered by `columns`.
    mutating func append(_ tree: BoostingTree, columns: [Int]) {
        let base = Int32(truncatingIfNeeded: feature.count)
        roots.append(base)
        for node in tree.nodes {
            let isLeaf = node.left < 0
            let column = isLeaf ? -1 : columns[Int(node.feature)]
            feature.append(Int32(truncatingIfNeeded: column))
            left.append(isLeaf ? -1 : node.left + base)
            right.append(isLeaf ? -1 : node.right + base)
            value.append(node.value)
            gain.append(node.gain)
            rowCount.append(node.count)
            missingGoesLeft.append(node.missingGoesLeft)
            if let set = node.categories {
                threshold.append(0)
                categorySet.append(Int32(truncatingIfNeeded: categorySets.count / Self.setBytes))
                categorySets += (0..<Self.setBytes).map { byte in
                    (0..<8).reduce(0) { $0 | (set.contains(UInt8(8 * byte + $1)) ? 1 << $1 : 0) }
                }
            } else {
                let bins = isLeaf ? [] : binThresholds[column]
                // Beyond the last threshold all numbers go left, and missing values right.
                threshold.append(isLeaf ? 0 : Int(node.bin) < bins.count ? bins[Int(node.bin)] : .infinity)
                categorySet.append(-1)
            }
        }
        prepare(from: Int(base))
    }

    /// Makes the walk's form of the nodes from `start` on.
    mutating func prepare(from start: Int = 0) {
        for set in walk.sets.count..<categorySets.count / Self.setBytes {
            var bins = BinSet()
            for bin in UInt8.min...UInt8.max
            where categorySets[set * Self.setBytes + Int(bin / 8)] >> (bin % 8) & 1 == 1 { bins.insert(bin) }
            walk.sets.append(bins)
        }
        walk.nodes.reserveCapacity(feature.count)
        for node in start..<feature.count {
            let isLeaf = feature[node] < 0
            walk.nodes.append(
                isLeaf
                    ? BoostingWalkKernel.Node(leaf: Int32(truncatingIfNeeded: node), value: value[node])
                    : BoostingWalkKernel.Node(
                        feature: feature[node], threshold: threshold[node], categories: categorySet[node],
                        left: left[node], right: right[node], missingGoesLeft: missingGoesLeft[node]))
        }
    }

    /// The matrix with categories replaced by their numbers, unknown ones by NaN.
    func encoded(_ x: Matrix) -> Matrix {
        let columns = categories.indices.filter { categories[$0] != nil }
        if columns.isEmpty { return x }
        var result = x
        let width = x.columns
        result.withMutableValues { values in
            for column in columns {
                let known = categories[column] ?? []
                for i in stride(from: column, to: values.count, by: width) {
                    values[i] = BoostingBins.code(of: values[i], in: known).map(Double.init) ?? .nan
                }
            }
        }
        return result
    }

    /// The scores before the first tree.
    func start(rows: Int) -> Matrix {
        if outputs == 1 { return Matrix(repeating: baseline[0], rows: rows, columns: 1) }
        return Matrix(rows: rows, columns: outputs, values: (0..<rows).flatMap { _ in baseline })
    }

    /// Adds what the trees of some iterations say about rows whose categories are encoded.
    func add(_ iterations: Range<Int>, encoded x: Matrix, to scores: inout Matrix) {
        BoostingWalkKernel.add(
            walk.nodes, roots: roots[iterations.lowerBound * outputs..<iterations.upperBound * outputs],
            sets: walk.sets, x, outputs: outputs, to: &scores)
    }

    /// The scores of each row: n × `outputs`.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func scores(_ x: Matrix) throws -> Matrix {
        let x = try checked(x)
        var scores = start(rows: x.rows)
        add(0..<iterations, encoded: x, to: &scores)
        return scores
    }

    /// The rows, checked and with their categories encoded.
    func checked(_ x: Matrix) throws -> Matrix {
        try x.checkColumns(featureCount, of: "HistGradientBoosting")
        try x.checkUsable(allowsNaN: true)
        return encoded(x)
    }

    /// Whether all that is stored is equal.
    public static func == (a: BoostedTrees, b: BoostedTrees) -> Bool {
        a.featureCount == b.featureCount && a.baseline == b.baseline && a.binThresholds == b.binThresholds
            && a.categories == b.categories && a.roots == b.roots && a.feature == b.feature
            && a.threshold == b.threshold && a.left == b.left && a.right == b.right && a.value == b.value
            && a.gain == b.gain && a.rowCount == b.rowCount && a.missingGoesLeft == b.missingGoesLeft
            && a.categorySet == b.categorySet && a.categorySets == b.categorySets
    }
}
