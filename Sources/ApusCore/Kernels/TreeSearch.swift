/// The split of a node: which rows go left, and what that gains.
@_documentation(visibility: internal)
public struct TreeSplit: Sendable {
    /// The column that is compared, or -1 while no split was found.
    public var feature = -1
    /// Rows whose value is at most this go left; not known before the node is divided.
    public var threshold = Double.nan
    /// The greatest rank that goes left in a split of sorted rows.
    var lastLeft: UInt32 = 0
    /// Ranks below this go left: the same rule as the threshold's.
    var cut: UInt32 = 0
    /// The `cut` of a split that sends only missing values right.
    static let missingRight = UInt32.max
    /// Whether rows with a missing value go left.
    public var missingGoesLeft = false
    /// How many rows go left.
    public var leftCount = 0
    /// What candidates are compared by; the greatest wins.
    var proxy = -Double.infinity
    /// The impurity of the rows that go left.
    public var impurityLeft = Double.infinity
    /// The impurity of the rows that go right.
    public var impurityRight = Double.infinity
    /// How much the impurity of the whole tree falls.
    public var improvement = -Double.infinity

    /// No split yet.
    public init() {}
}

/// What both sides of a split must have.
@_documentation(visibility: internal)
public struct TreeLimits: Sendable {
    /// The least number of rows.
    public var rows: Int
    /// The least weight.
    public var weight: Double

    /// The given bounds.
    public init(rows: Int, weight: Double) {
        self.rows = rows
        self.weight = weight
    }
}

/// The rows of a growing tree, node after node: their statistics, the search for splits, and their partition.
///
/// A node is a range of places in an order of the rows that `partition` rearranges. `enter` makes a node the current
/// one. One thread at a time may use it.
@_documentation(visibility: internal)
public protocol TreeSearch: AnyObject {
    /// The number of rows with a weight above 0: the root's range is all of them.
    var count: Int { get }
    /// The number of columns.
    var features: Int { get }
    /// How many numbers a node's value has: one for a regression, one a class for a classification.
    var valueWidth: Int { get }

    /// Makes a node the current one and returns its weight.
    func enter(_ range: Range<Int>) -> Double
    /// The impurity of the current node.
    func impurity() -> Double
    /// Puts the value of the current node at the end of `values`.
    func appendValue(to values: inout [Double])
    /// Rearranges the rows of the node so that those that go left come first, and completes `split`.
    func partition(_ split: inout TreeSplit, impurity: Double)
    /// Prepares the children that will be searched; the others are never searched.
    func separate(_ split: TreeSplit, left: Bool, right: Bool)
}

/// A search of the best threshold of each feature.
@_documentation(visibility: internal)
public protocol BestTreeSearch: TreeSearch {
    /// Prepares a feature for `search`; false if it is constant in the node, so that it cannot split it.
    func load(_ feature: Int) -> Bool
    /// Replaces `split` by the best split of the loaded feature if that one is better.
    func search(_ limits: TreeLimits, _ split: inout TreeSplit)
}

/// A search of one threshold for each feature.
@_documentation(visibility: internal)
public protocol RandomTreeSearch: TreeSearch {
    /// Prepares a feature for `search`: its least and greatest value in the node and whether some are missing, or nil if
    /// it is constant in the node.
    func load(_ feature: Int) -> (low: Float, high: Float, hasMissing: Bool)?
    /// Replaces `split` by the split of the loaded feature at a threshold if that one is better.
    func search(threshold: Double, missingGoesLeft: Bool, _ limits: TreeLimits, _ split: inout TreeSplit)
}
