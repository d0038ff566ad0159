import ApusCore

/// Which rows to train on and which to test on.
///
///     let split = try trainTestSplit(rows: x.rows, seed: 42)
///     let (xTrain, xTest) = split.apply(to: x)
///     let (yTrain, yTest) = split.apply(to: y)
///
/// The order of the indices is part of the result: it is the order of the rows in scikit-learn's output.
public struct Split: Sendable, Hashable, Codable {
    /// The rows to train on.
    public let train: [Int]
    /// The rows to test on; none of them is in `train`.
    public let test: [Int]

    /// A split into the given rows.
    public init(train: [Int], test: [Int]) {
        self.train = train
        self.test = test
    }

    /// The training rows and the test rows of a matrix.
    public func apply(to x: Matrix) -> (train: Matrix, test: Matrix) {
        (x.selecting(rows: train), x.selecting(rows: test))
    }

    /// The labels of the training rows and of the test rows, both with all classes.
    public func apply(to y: Labels) -> (train: Labels, test: Labels) {
        (y.selecting(rows: train), y.selecting(rows: test))
    }

    /// The values of the training rows and of the test rows, such as targets, weights or names.
    public func apply<Element>(to values: [Element]) -> (train: [Element], test: [Element]) {
        (train.map { values[$0] }, test.map { values[$0] })
    }
}
