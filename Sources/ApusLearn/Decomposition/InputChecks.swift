import ApusCore

/// Throws when sample weights are given to an estimator that has no use for them.
///
/// - Throws: `ApusError` with code `invalidInput`.
func refuseWeights(_ weights: [Double]?, of estimator: String) throws {
    guard weights == nil else {
        throw ApusError(.invalidInput, "\(estimator) has no use for sample weights; leave them out.")
    }
}
