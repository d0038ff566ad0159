import ApusCore

/// Splits row numbers into those to train on and those to test on.
///
///     try trainTestSplit(rows: 10, seed: 42)      // train 0 7 2 9 4 3 6, test 8 1 5
///
/// The rows and their order equal those of scikit-learn's `train_test_split` with `random_state` set to `seed`.
///
/// - Parameters:
///   - rows: The number of rows.
///   - testSize: The size of the test side; default nil: a quarter, or what `trainSize` leaves.
///   - trainSize: The size of the training side; default nil: all other rows.
///   - shuffle: Whether rows are drawn at random, or the first ones trained on and the next ones tested on; default true.
///   - stratify: Labels, one a row, whose classes get nearly the same share on both sides; default nil.
///   - seed: The seed of the random generator; default 0.
/// - Throws: `ApusError` with code `invalidParameter` when a size does not suit the number of rows or classes,
///   `invalidInput` when a class has only one row, `shapeMismatch` when there are not as many labels as rows.
/// - Complexity: O(`rows`).
public func trainTestSplit(
    rows: Int, testSize: HoldoutSize? = nil, trainSize: HoldoutSize? = nil, shuffle: Bool = true,
    stratify: Labels? = nil, seed: UInt32 = 0
) throws -> Split {
    let sizes = try HoldoutSize.resolve(rows: rows, test: testSize, train: trainSize, fallback: 0.25)
    guard shuffle else {
        guard stratify == nil else {
            throw ApusError(
                .invalidParameter, "A stratified split draws at random; set shuffle to true or leave out stratify.")
        }
        return Split(
            train: Array(0..<sizes.train), test: Array(sizes.train..<sizes.train + sizes.test))
    }
    var random = RandomState(seed: seed)
    guard let stratify else { return ShuffleSplit.draw(rows: rows, sizes: sizes, random: &random) }
    guard stratify.count == rows else {
        throw ApusError(
            .shapeMismatch, "stratify has \(stratify.count) labels for \(rows) rows; give one for each row.")
    }
    return try Strata(stratify, sizes: sizes).draw(sizes: sizes, random: &random)
}

/// Splits a matrix and its labels into a part to train on and a part to test on.
///
///     let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(x, y, testSize: 0.2, stratify: y, seed: 42)
///
/// - Parameters:
///   - x: n × d, one sample a row.
///   - y: n labels.
///   - testSize: The size of the test side; default nil: a quarter, or what `trainSize` leaves.
///   - trainSize: The size of the training side; default nil: all other rows.
///   - shuffle: Whether rows are drawn at random; default true.
///   - stratify: Labels whose classes get nearly the same share on both sides, mostly `y`; default nil.
///   - seed: The seed of the random generator; default 0.
/// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`.
public func trainTestSplit(
    _ x: Matrix, _ y: Labels, testSize: HoldoutSize? = nil, trainSize: HoldoutSize? = nil, shuffle: Bool = true,
    stratify: Labels? = nil, seed: UInt32 = 0
) throws -> (xTrain: Matrix, xTest: Matrix, yTrain: Labels, yTest: Labels) {
    try y.check(rows: x.rows, minimumClasses: 0)
    let split = try trainTestSplit(
        rows: x.rows, testSize: testSize, trainSize: trainSize, shuffle: shuffle, stratify: stratify, seed: seed)
    let (features, labels) = (split.apply(to: x), split.apply(to: y))
    return (features.train, features.test, labels.train, labels.test)
}

/// Splits a matrix and its targets into a part to train on and a part to test on.
///
///     let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(x, y, testSize: 0.2, seed: 42)
///
/// - Parameters:
///   - x: n × d, one sample a row.
///   - y: n numbers.
///   - testSize: The size of the test side; default nil: a quarter, or what `trainSize` leaves.
///   - trainSize: The size of the training side; default nil: all other rows.
///   - shuffle: Whether rows are drawn at random; default true.
///   - stratify: Labels whose classes get nearly the same share on both sides; default nil.
///   - seed: The seed of the random generator; default 0.
/// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`.
public func trainTestSplit(
    _ x: Matrix, _ y: [Double], testSize: HoldoutSize? = nil, trainSize: HoldoutSize? = nil, shuffle: Bool = true,
    stratify: Labels? = nil, seed: UInt32 = 0
) throws -> (xTrain: Matrix, xTest: Matrix, yTrain: [Double], yTest: [Double]) {
    guard y.count == x.rows else {
        throw ApusError(
            .shapeMismatch, "y has \(y.count) values where x has \(x.rows) rows; give one for each row.")
    }
    let split = try trainTestSplit(
        rows: x.rows, testSize: testSize, trainSize: trainSize, shuffle: shuffle, stratify: stratify, seed: seed)
    let (features, targets) = (split.apply(to: x), split.apply(to: y))
    return (features.train, features.test, targets.train, targets.test)
}
