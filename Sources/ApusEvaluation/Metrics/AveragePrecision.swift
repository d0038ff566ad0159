import ApusCore

/// The mean precision over the recall gained at each threshold: Σ (Rₖ - Rₖ₋₁)·Pₖ; not defined without positive rows.
///
/// - Parameters:
///   - truth: n labels of at most two classes, or of more when `positive` says which stands against the rest.
///   - scores: n finite numbers, higher for rows more likely positive.
///   - positive: The positive class by name; default nil: the class 1, `true`, or else the second one.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `invalidParameter` for unusable input.
/// - Complexity: O(n): scores are sorted once, by radix.
public func averagePrecisionScore(
    _ truth: Labels, scores: [Double], positive: String? = nil, weights: [Double]? = nil
) throws -> MetricValue {
    let ranking = try BinaryRanking(truth, scores: scores, positive: positive, weights: weights)
    return averagePrecision(ranking.isPositive, scores, weights: weights, positive: "“\(ranking.positive)”")
}

/// The average precision of several classes, each against the rest; not defined when one of them does not occur. With two
/// classes it is that of the second column.
///
/// - Parameters:
///   - truth: n labels.
///   - probabilities: n × K scores, higher for rows more likely of the column's class.
///   - classes: The classes of the columns, as the model's; default nil: those of `truth`.
///   - average: `.macro` (the default), `.weighted` by how often classes occur, or `.micro`.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `invalidParameter` for unusable input.
public func averagePrecisionScore(
    _ truth: Labels, probabilities: Matrix, classes: Labels.Classes? = nil, average: Average = .macro,
    weights: [Double]? = nil
) throws -> MetricValue {
    let table = try ProbabilityTable(truth, probabilities, classes: classes, weights: weights)
    guard table.classes.count > 2 else {
        let last = table.classes.count - 1
        return averagePrecision(
            table.truth.map { $0 == last }, probabilities.column(last), weights: weights,
            positive: "“\(table.classes.names[last])”")
    }
    if case .binary = average {
        throw ApusError(
            .invalidParameter,
            "There are \(table.classes.count) classes; average the precision by macro, weighted or micro.")
    }
    return oneVersusRest(table, average: average, weights: weights, averagePrecision)
}

/// The average precision for rows that are positive or not.
private func averagePrecision(
    _ isPositive: [Bool], _ scores: [Double], weights: [Double]?, positive: String
) -> MetricValue {
    var (sum, previousTrue) = (0.0, 0.0)
    ThresholdCounts.forEachThreshold(isPositive, scores, weights: weights) { falsePositive, truePositive, _ in
        let precision = truePositive > 0 ? truePositive / (truePositive + falsePositive) : 0
        sum += (truePositive - previousTrue) * precision
        previousTrue = truePositive
    }
    guard previousTrue > 0 else {
        return MetricValue(undefined: "The average precision is not defined: no row is \(positive).")
    }
    return MetricValue(sum / previousTrue)
}
