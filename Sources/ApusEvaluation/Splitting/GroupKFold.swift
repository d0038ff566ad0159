import ApusCore

/// k folds of whole groups: the rows of a group are never on both sides of a split.
///
/// Groups go, largest first, to the fold with the fewest rows. The rows equal those of scikit-learn's `GroupKFold` with the
/// same seed; both sides of each split ascend.
public struct GroupKFold: CrossValidator, Hashable {
    /// The number of folds, at least 2 and at most the number of groups; default 5.
    public var nSplits: Int
    /// Whether groups are shuffled and shared out evenly by number instead of by size; default false.
    public var shuffle: Bool
    /// The seed of the shuffle; default 0.
    public var seed: UInt32

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 5, shuffle: Bool = false, seed: UInt32 = 0) {
        self.nSplits = nSplits
        self.shuffle = shuffle
        self.seed = seed
    }

    /// The folds of grouped rows.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        let groups = try needed(groups, rows: rows, "groups")
        let count = groups.classes.count
        try checkFolds(nSplits, of: count, "groups")
        var fold = [Int](repeating: 0, count: count)
        if shuffle {
            var random = RandomState(seed: seed)
            let order = random.permutation(count)
            for (part, range) in evenRanges(count, parts: nSplits).enumerated() {
                for place in range { fold[order[place]] = part }
            }
        } else {
            let sizes = groups.counts
            var loads = [Int](repeating: 0, count: nSplits)
            // Ascending and reversed: of groups of one size the last comes first.
            for group in sizes.indices.sorted(by: { (sizes[$0], $0) < (sizes[$1], $1) }).reversed() {
                let lightest = loads.indices.min { loads[$0] < loads[$1] } ?? 0
                loads[lightest] += sizes[group]
                fold[group] = lightest
            }
        }
        return splits(
            testing: (0..<nSplits).map { part in groups.codes.indices.filter { fold[groups.codes[$0]] == part } },
            rows: rows)
    }
}
