import ApusCore

/// As many splits as there are rows; each tests on one.
public struct LeaveOneOut: CrossValidator, Hashable {
    /// The splitter; it has no settings.
    public init() {}

    /// The splits, in the order of the rows.
    ///
    /// - Complexity: O(rows²) in time and memory.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        guard rows > 1 else {
            throw ApusError(
                .invalidInput, "There \(rows == 1 ? "is 1 row" : "are \(rows) rows"); leaving one out needs at least 2."
            )
        }
        return (0..<rows).map { row in Split(train: (0..<rows).filter { $0 != row }, test: [row]) }
    }
}

/// A split for each choice of `p` rows to test on.
public struct LeavePOut: CrossValidator, Hashable {
    /// The most splits that are made.
    public static let mostSplits = 1_000_000
    /// How many rows each split tests on, at least 1.
    public var p: Int

    /// A splitter with the given settings, which `split` validates.
    public init(p: Int) { self.p = p }

    /// The splits, in the order of the rows.
    ///
    /// - Throws: Also when there would be more than `mostSplits`.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        guard p >= 1, p < rows else {
            throw ApusError(
                .invalidParameter, "p is \(p), but it must be at least 1 and below the \(rows) rows there are.")
        }
        var count = 1.0
        for k in 0..<p { count *= Double(rows - k) / Double(k + 1) }
        guard count <= Double(Self.mostSplits) else {
            throw ApusError(
                .invalidParameter,
                "Choosing \(p) of \(rows) rows would make about \(count) splits; use KFold or fewer rows.")
        }
        var chosen = Array(0..<p)
        var folds: [[Int]] = []
        while true {
            folds.append(chosen)
            // The last place that can still move up, and all after it next to it.
            guard let place = (0..<p).last(where: { chosen[$0] < rows - p + $0 }) else { break }
            chosen[place] += 1
            for later in (place + 1)..<max(p, place + 1) { chosen[later] = chosen[later - 1] + 1 }
        }
        return splits(testing: folds, rows: rows)
    }
}

/// As many splits as there are groups; each tests on one, in ascending order of the groups.
public struct LeaveOneGroupOut: CrossValidator, Hashable {
    /// The splitter; it has no settings.
    public init() {}

    /// The splits of grouped rows.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        let groups = try needed(groups, rows: rows, "groups")
        guard groups.classes.count > 1 else {
            throw ApusError(.invalidInput, "All rows are in one group; leaving one out needs at least 2 groups.")
        }
        return splits(
            testing: (0..<groups.classes.count).map { group in groups.codes.indices.filter { groups.codes[$0] == group }
            },
            rows: rows)
    }
}

/// Independent random splits that keep groups together.
///
/// The rows equal those of scikit-learn's `GroupShuffleSplit` with the same seed; both sides of each split ascend.
public struct GroupShuffleSplit: CrossValidator, Hashable {
    /// How many splits to make; at least 1, default 5.
    public var nSplits: Int
    /// The share or number of groups to test on; default nil: a fifth, or what `trainSize` leaves.
    public var testSize: HoldoutSize?
    /// The share or number of groups to train on; default nil: all others.
    public var trainSize: HoldoutSize?
    /// The seed of the random generator; default 0.
    public var seed: UInt32

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 5, testSize: HoldoutSize? = nil, trainSize: HoldoutSize? = nil, seed: UInt32 = 0) {
        self.nSplits = nSplits
        self.testSize = testSize
        self.trainSize = trainSize
        self.seed = seed
    }

    /// The splits of grouped rows.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        try checkSplitCount(nSplits)
        let groups = try needed(groups, rows: rows, "groups")
        let count = groups.classes.count
        let sizes = try HoldoutSize.resolve(rows: count, test: testSize, train: trainSize, fallback: 0.2)
        var random = RandomState(seed: seed)
        return (0..<nSplits).map { _ in
            let drawn = ShuffleSplit.draw(rows: count, sizes: sizes, random: &random)
            func rows(of side: [Int]) -> [Int] {
                let chosen = Set(side)
                return groups.codes.indices.filter { chosen.contains(groups.codes[$0]) }
            }
            return Split(train: rows(of: drawn.train), test: rows(of: drawn.test))
        }
    }
}
