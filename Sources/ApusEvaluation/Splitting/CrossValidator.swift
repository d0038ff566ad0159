import ApusCore

/// A rule that splits rows several times into those to train on and those to test on.
///
/// Validation and search take any of them; where a rule has no use for labels or groups it leaves them aside.
public protocol CrossValidator: Sendable {
    /// The splits, in order.
    ///
    /// - Parameters:
    ///   - rows: The number of rows.
    ///   - labels: The class of each row, for rules that keep the shares of the classes; nil for regression.
    ///   - groups: The group of each row, for rules that keep groups together.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch` when the rows cannot be split
    ///   in this way.
    func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split]
}

extension CrossValidator {
    /// The splits of rows without labels or groups.
    public func split(rows: Int) throws -> [Split] { try split(rows: rows, labels: nil, groups: nil) }

    /// The labels, checked to be there, one for each row.
    func needed(_ labels: Labels?, rows: Int, _ what: String) throws -> Labels {
        guard let labels else {
            throw ApusError(
                .invalidParameter, "\(Self.self) needs \(what) of each row; give them, or choose another way to split.")
        }
        guard labels.count == rows else {
            throw ApusError(
                .shapeMismatch, "There are \(labels.count) \(what) for \(rows) rows; \(Self.self) needs one for each.")
        }
        return labels.compacted
    }
}

/// Rows that are tested on, fold after fold, turned into splits whose sides ascend.
func splits(testing folds: [[Int]], rows: Int) -> [Split] {
    folds.map { test in
        var isTested = [Bool](repeating: false, count: rows)
        for row in test { isTested[row] = true }
        return Split(train: (0..<rows).filter { !isTested[$0] }, test: (0..<rows).filter { isTested[$0] })
    }
}

/// Throws unless there are at least two folds and not more than there are things to share out.
func checkFolds(_ count: Int, of available: Int, _ things: String) throws {
    guard count >= 2 else {
        throw ApusError(.invalidParameter, "nSplits is \(count), but cross-validation needs at least 2 folds.")
    }
    guard count <= available else {
        throw ApusError(
            .invalidParameter,
            "nSplits is \(count), but there are only \(available) \(things); use at most that many folds.")
    }
}

/// `count` things in `parts` parts whose sizes differ by at most one, the first ones larger.
func evenRanges(_ count: Int, parts: Int) -> [Range<Int>] {
    var start = 0
    return (0..<parts).map { part in
        let size = count / parts + (part < count % parts ? 1 : 0)
        defer { start += size }
        return start..<start + size
    }
}
