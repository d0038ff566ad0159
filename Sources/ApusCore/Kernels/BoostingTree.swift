/// A grown tree, root first, each left child right after its parent.
@_documentation(visibility: internal)
public struct BoostingTree: Sendable {
    /// A split or a leaf.
    public struct Node: Sendable {
        /// The feature that is asked about, -1 for a leaf.
        public var feature: Int32 = -1
        /// The last bin that goes left, where the feature holds numbers.
        public var bin: UInt8 = 0
        /// The categories that go left, where the feature holds categories.
        public var categories: BinSet?
        /// Whether missing values go left.
        public var missingGoesLeft = false
        /// The children, -1 for a leaf.
        public var left: Int32 = -1, right: Int32 = -1
        /// What a leaf adds to the score.
        public var value = 0.0
        /// How much the split lowers the loss, -1 for a node that was not searched.
        public var gain = -1.0
        /// Number of training rows.
        public var count = 0
    }

    /// The nodes.
    public var nodes: [Node] = []
}

/// A set of bins.
@_documentation(visibility: internal)
public struct BinSet: Sendable, Hashable {
    /// Bin b is bit b % 64 of word b / 64.
    public var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// The empty set.
    public init() {}

    /// Whether a bin is in the set.
    public func contains(_ bin: UInt8) -> Bool { word(bin / 64) >> (bin % 64) & 1 == 1 }

    /// Adds a bin.
    public mutating func insert(_ bin: UInt8) {
        let bit: UInt64 = 1 << (bin % 64)
        switch bin / 64 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    private func word(_ index: UInt8) -> UInt64 {
        switch index {
        case 0: words.0
        case 1: words.1
        case 2: words.2
        default: words.3
        }
    }

    /// Whether the same bins are in both sets.
    public static func == (a: BinSet, b: BinSet) -> Bool { a.words == b.words }

    /// Feeds the words.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

/// What limits the growth of a tree.
@_documentation(visibility: internal)
public struct BoostingLimits: Sendable {
    /// The most leaves.
    public var maxLeaves = Int.max
    /// The greatest depth.
    public var maxDepth = Int.max
    /// The fewest rows of a leaf.
    public var minSamplesLeaf = 20
    /// What is added to the hessians of a leaf.
    public var l2 = 0.0
    /// The least sum of hessians of a leaf.
    public var minHessian = 1e-3
    /// The part of the features that is tried at each node.
    public var featureFraction = 1.0
    /// For each feature 1 if the score must not fall with it, -1 if it must not rise, 0 otherwise.
    public var monotonic: [Int32] = []
    /// Groups of features that may occur together on a path, which name every feature; nil if all may.
    public var groups: [[Int]]?
    /// What leaf values are multiplied with.
    public var learningRate = 0.1

    /// No limits but the usual.
    public init() {}
}
