import ApusCore

/// k folds in which every class has nearly the same share.
///
/// The rows equal those of scikit-learn's `StratifiedKFold` with the same seed; both sides of each split ascend.
public struct StratifiedKFold: CrossValidator, Hashable {
    /// The number of folds, at least 2 and at most the rows of the largest class; default 5.
    public var nSplits: Int
    /// Whether the rows of each class are shuffled first; default false.
    public var shuffle: Bool
    /// The seed of the shuffle; default 0.
    public var seed: UInt32

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 5, shuffle: Bool = false, seed: UInt32 = 0) {
        self.nSplits = nSplits
        self.shuffle = shuffle
        self.seed = seed
    }

    /// The folds of labelled rows. A class with fewer rows than folds is missing from some folds.
    ///
    /// - Throws: Also when no class has as many rows as there are folds.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        var random = RandomState(seed: seed)
        return try split(rows: rows, labels: labels, random: &random)
    }

    func split(rows: Int, labels: Labels?, random: inout RandomState) throws -> [Split] {
        let labels = try needed(labels, rows: rows, "labels")
        try checkFolds(nSplits, of: rows, "rows")
        try checkFolds(nSplits, of: labels.counts.max() ?? 0, "rows in the largest class")
        let codes = Self.numberedByAppearance(labels)
        let sorted = codes.sorted()
        // Dealing out the sorted codes says how many rows of each class a fold gets, not which.
        var counts = [[Int]](repeating: [Int](repeating: 0, count: nSplits), count: labels.classes.count)
        for (place, code) in sorted.enumerated() { counts[code][place % nSplits] += 1 }
        var folds = [[Int]](repeating: [], count: nSplits)
        for (code, share) in counts.enumerated() {
            var assigned = share.enumerated().flatMap { fold, count in [Int](repeating: fold, count: count) }
            if shuffle { random.shuffle(&assigned) }
            for (row, fold) in zip(codes.indices.lazy.filter { codes[$0] == code }, assigned) {
                folds[fold].append(row)
            }
        }
        return splits(testing: folds, rows: rows)
    }

    private static func numberedByAppearance(_ labels: Labels) -> [Int] {
        var numbers = [Int](repeating: -1, count: labels.classes.count)
        var next = 0
        return labels.codes.map { code in
            if numbers[code] < 0 {
                numbers[code] = next
                next += 1
            }
            return numbers[code]
        }
    }
}
