import ApusCore

/// The mean of |yᵢ - ŷᵢ|, in the unit of the target; 0 is perfect.
///
/// - Parameters:
///   - truth: n true values.
///   - prediction: n predicted values.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func meanAbsoluteError(
    _ truth: [Double], _ prediction: [Double], weights: [Double]? = nil
) throws -> Double {
    try checkPairs(truth, prediction, weights)
    return mean(truth.count, weights: weights) { abs(prediction[$0] - truth[$0]) }
}

/// The mean of (yᵢ - ŷᵢ)², in the squared unit of the target; 0 is perfect.
///
/// - Parameters:
///   - truth: n true values.
///   - prediction: n predicted values.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func meanSquaredError(
    _ truth: [Double], _ prediction: [Double], weights: [Double]? = nil
) throws -> Double {
    try checkPairs(truth, prediction, weights)
    return mean(truth.count, weights: weights) { square(truth[$0] - prediction[$0]) }
}

/// The square root of the mean squared error, in the unit of the target; 0 is perfect.
///
/// - Parameters:
///   - truth: n true values.
///   - prediction: n predicted values.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func rootMeanSquaredError(
    _ truth: [Double], _ prediction: [Double], weights: [Double]? = nil
) throws -> Double {
    try meanSquaredError(truth, prediction, weights: weights).squareRoot()
}

/// The median of |yᵢ - ŷᵢ|, in the unit of the target: an error that outliers do not move; 0 is perfect.
///
/// With weights it is the mean of the two values at which half of the weight lies on either side, or the one value.
///
/// - Parameters:
///   - truth: n true values.
///   - prediction: n predicted values.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func medianAbsoluteError(
    _ truth: [Double], _ prediction: [Double], weights: [Double]? = nil
) throws -> Double {
    try checkPairs(truth, prediction, weights)
    let errors = zip(truth, prediction).map { abs($1 - $0) }
    guard let weights else {
        let sorted = errors.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
    let order = errors.indices.filter { weights[$0] > 0 }.sorted { errors[$0] < errors[$1] }
    var sum = 0.0
    let cumulative = order.map { row in
        sum += weights[row]
        return sum
    }
    let half = sum / 2
    let place = cumulative.firstIndex { $0 >= half } ?? order.count - 1
    let isBetween = cumulative[place] - half <= Double.ulpOfOne && place + 1 < order.count
    return isBetween ? (errors[order[place]] + errors[order[place + 1]]) / 2 : errors[order[place]]
}

/// The mean of |yᵢ - ŷᵢ| / |yᵢ|, as a share, not in percent; 0 is perfect.
///
/// A true value of 0 counts as 2.2·10⁻¹⁶, so that its error becomes arbitrarily large, as in scikit-learn.
///
/// - Parameters:
///   - truth: n true values.
///   - prediction: n predicted values.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func meanAbsolutePercentageError(
    _ truth: [Double], _ prediction: [Double], weights: [Double]? = nil
) throws -> Double {
    try checkPairs(truth, prediction, weights)
    return mean(truth.count, weights: weights) {
        abs(prediction[$0] - truth[$0]) / max(abs(truth[$0]), Double.ulpOfOne)
    }
}

/// The largest |yᵢ - ŷᵢ|, in the unit of the target; 0 is perfect.
///
/// - Parameters:
///   - truth: n true values.
///   - prediction: n predicted values.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func maxError(_ truth: [Double], _ prediction: [Double]) throws -> Double {
    try checkPairs(truth, prediction, nil)
    return zip(truth, prediction).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// The share of the truth's variation that the prediction explains: R² = 1 - Σ wᵢ(yᵢ - ŷᵢ)² / Σ wᵢ(yᵢ - ȳ)²; 1 is perfect, 0
/// is as good as the mean, and there is no lower bound.
///
/// Of a constant truth it is 1 when the prediction is perfect and else 0, which the note says; of fewer than two rows it
/// is not defined.
///
/// - Parameters:
///   - truth: n true values.
///   - prediction: n predicted values.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func r2Score(_ truth: [Double], _ prediction: [Double], weights: [Double]? = nil) throws -> MetricValue {
    try checkPairs(truth, prediction, weights)
    guard truth.count >= 2 else { return MetricValue(undefined: "R² is not defined for fewer than two rows.") }
    let centre = mean(truth.count, weights: weights) { truth[$0] }
    let rows = 0..<truth.count
    let residual = pairwiseSum(rows) { (weights?[$0] ?? 1) * square(truth[$0] - prediction[$0]) }
    let variation = pairwiseSum(rows) { (weights?[$0] ?? 1) * square(truth[$0] - centre) }
    return explained(residual, of: variation, "R²")
}

/// The share of the truth's variance that is not in the residuals: 1 - Var(y - ŷ) / Var(y). Unlike R² it forgives a constant
/// offset of the prediction.
///
/// - Parameters:
///   - truth: n true values.
///   - prediction: n predicted values.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func explainedVarianceScore(
    _ truth: [Double], _ prediction: [Double], weights: [Double]? = nil
) throws -> MetricValue {
    try checkPairs(truth, prediction, weights)
    let count = truth.count
    let offset = mean(count, weights: weights) { truth[$0] - prediction[$0] }
    let residual = mean(count, weights: weights) { square(truth[$0] - prediction[$0] - offset) }
    let centre = mean(count, weights: weights) { truth[$0] }
    let variation = mean(count, weights: weights) { square(truth[$0] - centre) }
    return explained(residual, of: variation, "The explained variance")
}

/// 1 - residual / variation, with scikit-learn's convention for a truth without variation.
private func explained(_ residual: Double, of variation: Double, _ name: String) -> MetricValue {
    if variation != 0 {
        let value = 1 - residual / variation
        return value.isFinite
            ? MetricValue(value) : MetricValue(undefined: "\(name) is not defined: the squares of the values overflow.")
    }
    let value = residual == 0 ? 1.0 : 0
    return MetricValue(
        value, note: "\(name) counts as \(Int(value)), since all true values are the same.")
}

private func square(_ x: Double) -> Double { x * x }

/// Throws unless there is one finite true and one finite predicted value for each row, and at least one row.
private func checkPairs(_ truth: [Double], _ prediction: [Double], _ weights: [Double]?) throws {
    guard truth.count == prediction.count else {
        throw ApusError(
            .shapeMismatch,
            "There are \(truth.count) true values and \(prediction.count) predicted ones; give one of each for each row."
        )
    }
    guard !truth.isEmpty else {
        throw ApusError(.invalidInput, "There are no values to compare; at least one row is needed.")
    }
    for (name, values) in [("true", truth), ("predicted", prediction)] where !FiniteKernel.allFinite(values) {
        if let row = values.firstIndex(where: { !$0.isFinite }) {
            throw ApusError(
                .invalidInput, "The \(name) value of row \(row) is \(values[row]); all values must be finite.")
        }
    }
    try checkSampleWeights(weights, rows: truth.count)
}
