/// A classifier that also learns from sparse rows without writing their zeros out.
public protocol SparseClassifier: Classifier where Model: SparseClassifierModel {
    /// Learns from labelled sparse rows.
    ///
    /// - Parameters: As for dense rows; `x` is n × d.
    /// - Throws: As for dense rows.
    func fit(_ x: SparseMatrix, _ y: Labels, weights: [Double]?, progress: ProgressHandler?) throws -> Model
}

/// A fitted classifier that also predicts for sparse rows.
public protocol SparseClassifierModel: ClassifierModel {
    /// The most probable class of each row.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func predict(_ x: SparseMatrix) throws -> Labels

    /// The probability of each class for each row: n × K.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `unavailable`.
    func predictProba(_ x: SparseMatrix) throws -> Matrix
}

/// A regressor that also learns from sparse rows without writing their zeros out.
public protocol SparseRegressor: Regressor where Model: SparseRegressorModel {
    /// Learns from sparse rows with a known number each.
    ///
    /// - Parameters: As for dense rows; `x` is n × d.
    /// - Throws: As for dense rows.
    func fit(_ x: SparseMatrix, _ y: [Double], weights: [Double]?, progress: ProgressHandler?) throws -> Model
}

/// A fitted regressor that also predicts for sparse rows.
public protocol SparseRegressorModel: RegressorModel {
    /// The predicted number of each row.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func predict(_ x: SparseMatrix) throws -> [Double]
}

/// A transformer that also learns from and changes sparse rows; what comes out is dense.
public protocol SparseTransformer: Transformer where Model: SparseTransformerModel {
    /// Learns from sparse rows.
    ///
    /// - Parameters: As for dense rows; `x` is n × d.
    /// - Throws: As for dense rows.
    func fit(_ x: SparseMatrix, weights: [Double]?) throws -> Model
}

/// A fitted transformer that also changes sparse rows.
public protocol SparseTransformerModel: TransformerModel {
    /// The changed rows, dense.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func transform(_ x: SparseMatrix) throws -> Matrix
}

extension SparseClassifier {
    /// Learns from labelled sparse rows of equal weight.
    public func fit(_ x: SparseMatrix, _ y: Labels) throws -> Model { try fit(x, y, weights: nil, progress: nil) }
    /// Learns from labelled, weighted sparse rows.
    public func fit(_ x: SparseMatrix, _ y: Labels, weights: [Double]?) throws -> Model {
        try fit(x, y, weights: weights, progress: nil)
    }
}

extension SparseRegressor {
    /// Learns from sparse rows of equal weight.
    public func fit(_ x: SparseMatrix, _ y: [Double]) throws -> Model { try fit(x, y, weights: nil, progress: nil) }
    /// Learns from weighted sparse rows.
    public func fit(_ x: SparseMatrix, _ y: [Double], weights: [Double]?) throws -> Model {
        try fit(x, y, weights: weights, progress: nil)
    }
}

extension SparseTransformer {
    /// Learns from sparse rows of equal weight.
    public func fit(_ x: SparseMatrix) throws -> Model { try fit(x, weights: nil) }
    /// Learns from the sparse rows and changes them.
    public func fitTransform(_ x: SparseMatrix) throws -> Matrix { try fit(x).transform(x) }
}
