/// A classifier that says how far each row lies from its boundaries.
public protocol DecisionModel: ClassifierModel {
    /// The decision values of each row.
    ///
    /// - Returns: n × 1 for two classes, positive on the side of the second; otherwise n × K, a column for each class
    ///   (or, where the estimator is asked for it, for each pair of classes), the greatest at the predicted class.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func decisionFunction(_ x: Matrix) throws -> Matrix
}
