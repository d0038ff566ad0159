import ApusCore

/// k folds of consecutive or shuffled rows; each fold is tested on once.
///
/// The rows equal those of scikit-learn's `KFold` with the same seed; both sides of each split ascend.
public struct KFold: CrossValidator, Hashable {
    /// The number of folds, at least 2; default 5.
    public var nSplits: Int
    /// Whether the rows are shuffled first; default false.
    public var shuffle: Bool
    /// The seed of the shuffle; default 0.
    public var seed: UInt32

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 5, shuffle: Bool = false, seed: UInt32 = 0) {
        self.nSplits = nSplits
        self.shuffle = shuffle
        self.seed = seed
    }

    /// The folds; labels and groups have no part in them.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        var random = RandomState(seed: seed)
        return try split(rows: rows, random: &random)
    }

    func split(rows: Int, random: inout RandomState) throws -> [Split] {
        try checkFolds(nSplits, of: rows, "rows")
        var order = Array(0..<rows)
        if shuffle { random.shuffle(&order) }
        return splits(testing: evenRanges(rows, parts: nSplits).map { Array(order[$0]) }, rows: rows)
    }
}
