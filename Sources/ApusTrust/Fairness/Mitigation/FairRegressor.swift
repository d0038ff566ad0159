import ApusCore

/// Learns to predict a number while treating groups alike.
public protocol FairRegressor: Estimator {
    /// The fitted model.
    associatedtype Model: RegressorModel

    /// Learns from rows of known groups.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n numbers.
    ///   - sensitive: The group of each row, at least two groups.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError` for illegal parameters or data; `CancellationError` when the task is cancelled.
    func fit(
        _ x: Matrix, _ y: [Double], sensitive: Labels, weights: [Double]?, progress: ProgressHandler?
    ) throws -> Model
}

extension FairRegressor {
    /// Learns from rows of known groups and equal weight.
    public func fit(_ x: Matrix, _ y: [Double], sensitive: Labels) throws -> Model {
        try fit(x, y, sensitive: sensitive, weights: nil, progress: nil)
    }
    /// Learns from weighted rows of known groups.
    public func fit(_ x: Matrix, _ y: [Double], sensitive: Labels, weights: [Double]?) throws -> Model {
        try fit(x, y, sensitive: sensitive, weights: weights, progress: nil)
    }
}
