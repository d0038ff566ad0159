import ApusCore

/// k folds of whole groups in which every class has as nearly the same share as the groups allow.
///
/// Groups whose classes are the most unbalanced are placed first, each into the fold where the shares of the classes then
/// differ least between folds. The rows equal those of scikit-learn's `StratifiedGroupKFold` with the same seed.
public struct StratifiedGroupKFold: CrossValidator, Hashable {
    /// The number of folds, at least 2 and at most the number of groups; default 5.
    public var nSplits: Int
    /// Whether groups are shuffled first, which decides between groups of equal balance; default false.
    public var shuffle: Bool
    /// The seed of the shuffle; default 0.
    public var seed: UInt32

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 5, shuffle: Bool = false, seed: UInt32 = 0) {
        self.nSplits = nSplits
        self.shuffle = shuffle
        self.seed = seed
    }

    /// The folds of labelled, grouped rows.
    ///
    /// - Complexity: O(rows + groups × `nSplits`² × classes).
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        let labels = try needed(labels, rows: rows, "labels")
        let groups = try needed(groups, rows: rows, "groups")
        let (classCount, groupCount) = (labels.classes.count, groups.classes.count)
        try checkFolds(nSplits, of: labels.counts.max() ?? 0, "rows in the largest class")
        try checkFolds(nSplits, of: groupCount, "groups")
        var places = Array(0..<groupCount)
        if shuffle {
            var random = RandomState(seed: seed)
            var order = places
            random.shuffle(&order)
            for (place, group) in order.enumerated() { places[group] = place }
        }
        var counts = [[Double]](repeating: [Double](repeating: 0, count: classCount), count: groupCount)
        for (code, group) in zip(labels.codes, groups.codes) { counts[places[group]][code] += 1 }
        let spreads = counts.map(Self.deviation)
        var filling = Filling(folds: nSplits, totals: labels.counts.map(Double.init))
        var fold = [Int](repeating: 0, count: groupCount)
        for group in counts.indices.sorted(by: { spreads[$0] > spreads[$1] || (spreads[$0] == spreads[$1] && $0 < $1) })
        {
            fold[group] = filling.place(counts[group])
        }
        return splits(
            testing: (0..<nSplits).map { part in
                groups.codes.indices.filter { fold[places[groups.codes[$0]]] == part }
            }, rows: rows)
    }

    /// The standard deviation, summed as NumPy sums.
    private static func deviation(_ values: [Double]) -> Double {
        let n = Double(values.count)
        let mean = pairwiseSum(values.indices) { values[$0] } / n
        let squares = values.map { ($0 - mean) * ($0 - mean) }
        return (pairwiseSum(squares.indices) { squares[$0] } / n).squareRoot()
    }

    /// The classes that each fold holds so far.
    private struct Filling {
        var counts: [[Double]]
        let totals: [Double]

        init(folds: Int, totals: [Double]) {
            counts = [[Double]](repeating: [Double](repeating: 0, count: totals.count), count: folds)
            self.totals = totals
        }

        /// Puts a group where the folds then differ least; of folds that are as good, where the fewest rows are.
        mutating func place(_ group: [Double]) -> Int {
            var best = 0
            var (least, fewest) = (Double.infinity, Double.infinity)
            for fold in counts.indices {
                let before = counts[fold]
                for k in group.indices { counts[fold][k] += group[k] }
                let difference = imbalance()
                counts[fold] = before
                let rows = pairwiseSum(before.indices) { before[$0] }
                let isAsGood = least.isFinite && abs(difference - least) <= 1e-8 + 1e-5 * abs(least)
                if difference < least || (isAsGood && rows < fewest) {
                    (best, least, fewest) = (fold, difference, rows)
                }
            }
            for k in group.indices { counts[best][k] += group[k] }
            return best
        }

        /// The mean over the classes of the deviation of their shares between folds.
        private func imbalance() -> Double {
            let n = Double(counts.count)
            let deviations = totals.indices.map { k in
                let shares = counts.map { $0[k] / totals[k] }
                // Columns of a table are summed row after row, a single column pairwise.
                func sum(_ values: [Double]) -> Double {
                    totals.count > 1 ? values.reduce(0, +) : pairwiseSum(values.indices) { values[$0] }
                }
                let mean = sum(shares) / n
                return (sum(shares.map { ($0 - mean) * ($0 - mean) }) / n).squareRoot()
            }
            return pairwiseSum(deviations.indices) { deviations[$0] } / Double(totals.count)
        }
    }
}
