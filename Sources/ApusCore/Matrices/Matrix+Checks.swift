extension Matrix {
    /// Throws unless the matrix has at least one row and one column and every element is a finite number.
    ///
    /// - Parameters:
    ///   - name: What the matrix is called in the message, such as `x`.
    ///   - allowsNaN: Whether NaN stands for a missing value here and is let through.
    /// - Throws: `ApusError` with code `invalidInput`, naming the first offending row and column.
    public func checkUsable(as name: String = "x", allowsNaN: Bool = false) throws {
        guard rows > 0 else {
            throw ApusError(.invalidInput, "\(name) has no rows; at least one sample is needed.")
        }
        guard columns > 0 else {
            throw ApusError(.invalidInput, "\(name) has no columns; at least one feature is needed.")
        }
        // One sum tells whether anything is wrong (NaN and infinities survive it); the search for where comes after.
        guard !FiniteKernel.allFinite(values) else { return }
        for (k, value) in values.enumerated() where !value.isFinite && !(allowsNaN && value.isNaN) {
            let remedy = value.isNaN ? "impute the missing values first" : "replace infinite values first"
            throw ApusError(
                .invalidInput,
                "\(name) holds \(value) in row \(k / columns), column \(k % columns); \(remedy).")
        }
    }

    /// Throws unless the matrix has the number of columns that a model was fitted on.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch`.
    public func checkColumns(_ expected: Int, of model: String) throws {
        guard columns == expected else {
            throw ApusError(
                .shapeMismatch,
                "\(model) was fitted on \(expected) feature\(expected == 1 ? "" : "s"), but x has \(columns); "
                    + "pass the same columns as in fit.")
        }
    }
}

/// Throws unless `weights` (where given) are one for each row, finite, none negative and not all zero.
///
/// - Parameters:
///   - weights: Sample weights, or nil for equal ones.
///   - rows: The number of samples they must match.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func checkSampleWeights(_ weights: [Double]?, rows: Int) throws {
    guard let weights else { return }
    guard weights.count == rows else {
        throw ApusError(.shapeMismatch, "There are \(weights.count) weights for \(rows) rows; give one for each row.")
    }
    var total = 0.0
    for (i, weight) in weights.enumerated() {
        guard weight.isFinite, weight >= 0 else {
            throw ApusError(
                .invalidInput, "The weight of row \(i) is \(weight); weights must be finite and at least 0.")
        }
        total += weight
    }
    guard total > 0, total.isFinite else {
        throw ApusError(.invalidInput, "The weights add up to \(total); at least one row needs a positive weight.")
    }
}

/// Throws unless there are as many targets as rows, all finite.
///
/// - Parameters:
///   - targets: The numbers to predict.
///   - rows: The number of samples they must match.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func checkTargets(_ targets: [Double], rows: Int) throws {
    guard targets.count == rows else {
        throw ApusError(
            .shapeMismatch, "y has \(targets.count) values where x has \(rows) rows; give one for each row.")
    }
    if let i = targets.firstIndex(where: { !$0.isFinite }) {
        throw ApusError(
            .invalidInput, "y holds \(targets[i]) in row \(i); drop or replace rows without a usable target.")
    }
}
