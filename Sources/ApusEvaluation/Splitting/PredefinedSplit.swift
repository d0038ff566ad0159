import ApusCore

/// Folds that were chosen beforehand.
public struct PredefinedSplit: CrossValidator, Hashable {
    /// The fold that tests on each row; below 0 for rows that are always trained on.
    public let testFold: [Int]

    /// A splitter with the given folds.
    public init(testFold: [Int]) { self.testFold = testFold }

    /// The splits, in ascending order of the folds' numbers.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        guard testFold.count == rows else {
            throw ApusError(
                .shapeMismatch, "There are \(testFold.count) folds for \(rows) rows; give one for each row.")
        }
        let folds = Set(testFold.filter { $0 >= 0 }).sorted()
        guard !folds.isEmpty else {
            throw ApusError(.invalidInput, "No row is in a fold to test on; give at least one a fold of 0 or above.")
        }
        return splits(testing: folds.map { fold in testFold.indices.filter { testFold[$0] == fold } }, rows: rows)
    }
}
