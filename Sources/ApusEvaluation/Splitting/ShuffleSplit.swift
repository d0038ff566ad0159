import ApusCore

/// Independent random splits: each shuffles all rows and takes the first ones to test on and the next ones to train on.
///
/// The rows and their order equal those of scikit-learn's `ShuffleSplit` with the same seed.
public struct ShuffleSplit: CrossValidator, Hashable {
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

    /// The splits of `rows` rows; labels and groups have no part in them.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a size does not suit the number of rows.
    /// - Complexity: O(`nSplits` × `rows`).
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        try checkSplitCount(nSplits)
        let sizes = try HoldoutSize.resolve(rows: rows, test: testSize, train: trainSize, fallback: 0.1)
        var random = RandomState(seed: seed)
        return (0..<nSplits).map { _ in Self.draw(rows: rows, sizes: sizes, random: &random) }
    }

    /// One split with known sizes.
    static func draw(rows: Int, sizes: (train: Int, test: Int), random: inout RandomState) -> Split {
        let (train, test) = random.holdout(rows: rows, train: sizes.train, test: sizes.test)
        return Split(train: train, test: test)
    }
}

/// Throws unless at least one split is asked for.
func checkSplitCount(_ count: Int) throws {
    guard count >= 1 else {
        throw ApusError(.invalidParameter, "nSplits is \(count), but it must be a whole number of at least 1.")
    }
}
