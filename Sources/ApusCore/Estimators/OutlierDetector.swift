/// Learns where ordinary rows lie, to tell strange ones.
public protocol OutlierDetector: Estimator {
    /// The fitted model.
    associatedtype Model: OutlierDetectorModel

    /// Learns from rows that are mostly ordinary.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError` for illegal parameters or data; `CancellationError` when the task is cancelled.
    func fit(_ x: Matrix, weights: [Double]?, progress: ProgressHandler?) throws -> Model
}

/// Tells strange rows from ordinary ones.
public protocol OutlierDetectorModel: FittedModel {
    /// 1 for each ordinary row, -1 for each strange one.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func predict(_ x: Matrix) throws -> [Int]

    /// How ordinary each row is: below 0 for strange ones.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func decisionFunction(_ x: Matrix) throws -> [Double]
}

extension OutlierDetector {
    /// Learns from rows of equal weight.
    public func fit(_ x: Matrix) throws -> Model { try fit(x, weights: nil, progress: nil) }
}
