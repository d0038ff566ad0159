import ApusCore

/// A fitted binary decision tree as parallel arrays, one entry a node.
///
/// Node 0 is the root. A node is either a leaf or has two children, both of which come after it. Rows whose value of
/// column `feature` is at most `threshold`, as 32-bit numbers, go to the left child, others to the right one, and those
/// without a value where `missingGoesLeft` says.
public struct Tree: Sendable, Equatable {
    /// The entry of `left` and `right` at a leaf.
    public static let noChild: Int32 = -1
    /// The entry of `feature` (and, as a number, of `threshold`) at a leaf.
    public static let noFeature: Int32 = -2

    /// The number of columns that the tree was fitted on.
    public let featureCount: Int
    /// How many numbers the value of a node has: one a class, or one in all for a regression.
    public let valueWidth: Int
    /// The column that a node compares, -2 at a leaf.
    public internal(set) var feature: [Int32] = []
    /// What a node compares with; -2 at a leaf, infinity where only missing values go right.
    public internal(set) var threshold: [Double] = []
    /// The left child, -1 at a leaf.
    public internal(set) var left: [Int32] = []
    /// The right child, -1 at a leaf.
    public internal(set) var right: [Int32] = []
    /// The impurity of the training rows in a node.
    public internal(set) var impurity: [Double] = []
    /// How many training rows reached a node; rows of weight 0 are not counted.
    public internal(set) var rowCount: [Int] = []
    /// The weight of the training rows that reached a node.
    public internal(set) var weight: [Double] = []
    /// Whether missing values go left.
    public internal(set) var missingGoesLeft: [Bool] = []
    /// The value of a node, node after node: `valueWidth` class shares, or the predicted number.
    public internal(set) var values: [Double] = []
    /// What walking the tree needs, packed.
    private(set) var walk = TreeWalk(feature: [], threshold: [], left: [], right: [], missingGoesLeft: [])

    /// A tree without nodes, for a builder to add some.
    init(featureCount: Int, valueWidth: Int) {
        self.featureCount = featureCount
        self.valueWidth = valueWidth
    }

    /// Two trees are equal when all that was learned is.
    public static func == (one: Tree, other: Tree) -> Bool {
        one.featureCount == other.featureCount && one.valueWidth == other.valueWidth && one.feature == other.feature
            && one.threshold == other.threshold && one.left == other.left && one.right == other.right
            && one.impurity == other.impurity && one.rowCount == other.rowCount && one.weight == other.weight
            && one.missingGoesLeft == other.missingGoesLeft && one.values == other.values
    }

    /// Number of nodes, at least 1.
    public var nodeCount: Int { feature.count }

    /// Whether a node is a leaf.
    public func isLeaf(_ node: Int) -> Bool { left[node] == Tree.noChild }

    /// Number of leaves.
    public var leafCount: Int { left.count { $0 == Tree.noChild } }

    /// The depth of each node; the root's is 0.
    public var depths: [Int] {
        var depths = [Int](repeating: 0, count: nodeCount)
        for node in 0..<nodeCount where !isLeaf(node) {
            depths[Int(left[node])] = depths[node] + 1
            depths[Int(right[node])] = depths[node] + 1
        }
        return depths
    }

    /// The depth of the deepest leaf.
    public var depth: Int { depths.max() ?? 0 }

    /// The value of a node: a share for each class, or the predicted number.
    public func value(_ node: Int) -> ArraySlice<Double> {
        values[node * valueWidth..<(node + 1) * valueWidth]
    }

    /// How much each feature lowers the impurity over the whole tree, scaled to a sum of 1; all 0 without any split.
    public var featureImportances: [Double] {
        var importances = [Double](repeating: 0, count: featureCount)
        for node in 0..<nodeCount where !isLeaf(node) {
            let (l, r) = (Int(left[node]), Int(right[node]))
            importances[Int(feature[node])] +=
                weight[node] * impurity[node] - weight[l] * impurity[l] - weight[r] * impurity[r]
        }
        for k in importances.indices { importances[k] /= weight[0] }
        let sum = pairwiseSum(importances.indices) { importances[$0] }
        if sum > 0 {
            for k in importances.indices { importances[k] /= sum }
        }
        return importances
    }

    /// About how many bytes of memory the tree takes.
    var byteCount: Int { 256 + nodeCount * (TreeWalk.nodeStride + 37 + 8 * valueWidth) }

    // MARK: Growing

    /// Adds a leaf below `parent` (-1 for the root) and returns its index.
    mutating func addNode(parent: Int, isLeft: Bool, impurity: Double, rowCount: Int, weight: Double) -> Int {
        let node = nodeCount
        if parent >= 0 {
            if isLeft { left[parent] = Int32(node) } else { right[parent] = Int32(node) }
        }
        feature.append(Tree.noFeature)
        threshold.append(Double(Tree.noFeature))
        left.append(Tree.noChild)
        right.append(Tree.noChild)
        self.impurity.append(impurity)
        self.rowCount.append(rowCount)
        self.weight.append(weight)
        missingGoesLeft.append(false)
        return node
    }

    /// Prepares the grown tree for walking.
    mutating func finish() {
        walk = TreeWalk(
            feature: feature, threshold: threshold, left: left, right: right, missingGoesLeft: missingGoesLeft)
    }
}
