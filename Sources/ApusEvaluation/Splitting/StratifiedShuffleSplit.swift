import ApusCore

/// Independent random splits in which every class has nearly the same share on both sides.
///
/// The rows and their order equal those of scikit-learn's `StratifiedShuffleSplit` with the same seed.
public struct StratifiedShuffleSplit: CrossValidator, Hashable {
    /// How many splits to make; at least 1, default 10.
    public var nSplits: Int
    /// The size of the test side; default nil: a tenth, or what `trainSize` leaves.
    public var testSize: HoldoutSize?
    /// The size of the training side; default nil: all other rows.
    public var trainSize: HoldoutSize?
    /// The seed of the random generator; default 0.
    public var seed: UInt32

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 10, testSize: HoldoutSize? = nil, trainSize: HoldoutSize? = nil, seed: UInt32 = 0) {
        self.nSplits = nSplits
        self.testSize = testSize
        self.trainSize = trainSize
        self.seed = seed
    }

    /// The splits of labelled rows; groups have no part in them.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        try split(needed(labels, rows: rows, "labels"))
    }

    /// The splits of the rows with the given labels.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a size does not suit the number of rows or classes, and
    ///   `invalidInput` when a class has only one row.
    /// - Complexity: O(`nSplits` × rows).
    public func split(_ y: Labels) throws -> [Split] {
        try checkSplitCount(nSplits)
        let sizes = try HoldoutSize.resolve(rows: y.count, test: testSize, train: trainSize, fallback: 0.1)
        let strata = try Strata(y, sizes: sizes)
        var random = RandomState(seed: seed)
        return (0..<nSplits).map { _ in strata.draw(sizes: sizes, random: &random) }
    }
}

/// The rows of each class, from which stratified splits are drawn.
struct Strata {
    /// For each class that occurs, ascending, its rows, ascending.
    let rows: [[Int]]

    /// Sorts the rows by class and checks that a split of the given sizes is possible.
    init(_ y: Labels, sizes: (train: Int, test: Int)) throws {
        let names = y.classes.names
        let counts = y.counts
        let lonely = counts.indices.filter { counts[$0] == 1 }
        guard lonely.isEmpty else {
            let listed = lonely.prefix(10).map { "“\(names[$0])”" }.joined(separator: ", ")
            throw ApusError(
                .invalidInput,
                "A stratified split needs at least 2 rows of each class, but there is only one of \(listed); drop or "
                    + "merge such classes, or split without stratifying.")
        }
        let classes = counts.count { $0 > 0 }
        for (name, size) in [("train", sizes.train), ("test", sizes.test)] where size < classes {
            throw ApusError(
                .invalidParameter,
                "The \(name) side gets \(size) row\(size == 1 ? "" : "s"), but a stratified split needs one for each of "
                    + "the \(classes) classes; make it larger.")
        }
        var rows = counts.map { count -> [Int] in
            var list: [Int] = []
            list.reserveCapacity(count)
            return list
        }
        for (row, code) in y.codes.enumerated() { rows[code].append(row) }
        self.rows = rows.filter { !$0.isEmpty }
    }

    /// One split.
    func draw(sizes: (train: Int, test: Int), random: inout RandomState) -> Split {
        let (train, test) = random.holdout(strata: rows, train: sizes.train, test: sizes.test)
        return Split(train: train, test: test)
    }
}
