import ApusCore

/// Throws when sample weights are given to an estimator that has no use for them.
///
/// - Throws: `ApusError` with code `invalidInput`.
func refuseWeights(_ weights: [Double]?, of estimator: String) throws {
    guard weights == nil else {
        throw ApusError(.invalidInput, "\(estimator) has no use for sample weights; leave them out.")
    }
}

extension SparseMatrix {
    /// Throws unless there are rows and columns, as many of these as a model expects, and every stored element is finite.
    ///
    /// - Throws: `ApusError` with code `invalidInput` or `shapeMismatch`.
    func checkStored(columns expected: Int? = nil, of model: String = "") throws {
        guard rows > 0 else { throw ApusError(.invalidInput, "x has no rows; at least one sample is needed.") }
        guard columns > 0 else { throw ApusError(.invalidInput, "x has no columns; at least one feature is needed.") }
        if let expected, columns != expected {
            throw ApusError(
                .shapeMismatch,
                "\(model) was fitted on \(expected) feature\(expected == 1 ? "" : "s"), but x has \(columns); pass the "
                    + "same columns as in fit.")
        }
        guard FiniteKernel.allFinite(values) else {
            let bad = values.first { !$0.isFinite } ?? .nan
            throw ApusError(.invalidInput, "x holds \(bad); replace values that are not finite first.")
        }
    }
}
