import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The mean of -ln p, where p is the probability that was given to the true class: 0 for certainty, no upper bound.
///
/// Probabilities are kept 2.2·10⁻¹⁶ away from 0 and 1, so the loss of a row is at most 36.04. Rows are not scaled to add up
/// to 1.
///
/// - Parameters:
///   - truth: n labels.
///   - probabilities: n × K, from 0 to 1, as `predictProba` gives them.
///   - classes: The classes of the columns, as the model's; default nil: those of `truth`.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`, also for fewer than two classes.
public func logLoss(
    _ truth: Labels, probabilities: Matrix, classes: Labels.Classes? = nil, weights: [Double]? = nil
) throws -> Double {
    let table = try ProbabilityTable(truth, probabilities, classes: classes, weights: weights)
    try checkTwoClasses(table)
    try table.checkRange()
    let (codes, values, width) = (table.truth, probabilities.values, probabilities.columns)
    let margin = Double.ulpOfOne
    return mean(codes.count, weights: weights) { row in
        -log(min(max(values[row * width + codes[row]], margin), 1 - margin))
    }
}

/// The mean squared difference between the probability of the positive class and the truth (1 or 0), from 0 to 1.
///
/// - Parameters:
///   - truth: n labels of at most two classes.
///   - scores: n probabilities of the positive class, from 0 to 1.
///   - positive: The positive class by name; default nil: the class 1, `true`, or else the second one.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `invalidParameter` for unusable input.
public func brierScoreLoss(
    _ truth: Labels, scores: [Double], positive: String? = nil, weights: [Double]? = nil
) throws -> Double {
    let ranking = try BinaryRanking(truth, scores: scores, positive: positive, weights: weights)
    if let row = scores.firstIndex(where: { $0 < 0 || $0 > 1 }) {
        throw ApusError(.invalidInput, "The probability of row \(row) is \(scores[row]); it must be from 0 to 1.")
    }
    return mean(scores.count, weights: weights) { row in
        let difference = scores[row] - (ranking.isPositive[row] ? 1 : 0)
        return difference * difference
    }
}

/// The mean over rows of Σₖ (pₖ - [y = k])², from 0 to 2; halved for two classes, where it equals that of one column.
///
/// - Parameters:
///   - truth: n labels.
///   - probabilities: n × K, from 0 to 1, as `predictProba` gives them.
///   - classes: The classes of the columns, as the model's; default nil: those of `truth`.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`, also for fewer than two classes.
public func brierScoreLoss(
    _ truth: Labels, probabilities: Matrix, classes: Labels.Classes? = nil, weights: [Double]? = nil
) throws -> Double {
    let table = try ProbabilityTable(truth, probabilities, classes: classes, weights: weights)
    try checkTwoClasses(table)
    try table.checkRange()
    let (codes, values, width) = (table.truth, probabilities.values, probabilities.columns)
    let loss = mean(codes.count, weights: weights) { row in
        var sum = 0.0
        for column in 0..<width {
            let difference = values[row * width + column] - (column == codes[row] ? 1 : 0)
            sum += difference * difference
        }
        return sum
    }
    return width == 2 ? loss / 2 : loss
}

private func checkTwoClasses(_ table: ProbabilityTable) throws {
    guard table.classes.count > 1 else {
        throw ApusError(
            .invalidInput,
            "There is only one class; a loss of probabilities needs at least two. Pass all classes of the model.")
    }
}
