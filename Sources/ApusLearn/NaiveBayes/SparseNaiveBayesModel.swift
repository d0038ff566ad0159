import ApusCore

/// A fitted naive Bayes classifier for counts or marks, which most rows have few of.
public protocol SparseNaiveBayesModel: NaiveBayesModel, SparseClassifierModel {
    /// `log P(class) + log P(row | class)` for each row and class, up to a constant of the row: n × K.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func predictJointLogProba(_ x: SparseMatrix) throws -> Matrix
}

extension SparseNaiveBayesModel {
    /// The most probable class of each row; of equal ones the first.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predict(_ x: SparseMatrix) throws -> Labels { try NaiveBayes.best(predictJointLogProba(x), classes) }

    /// The logarithm of the probability of each class for each row: n × K, -∞ where a class is impossible.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predictLogProba(_ x: SparseMatrix) throws -> Matrix {
        try NaiveBayes.normalized(predictJointLogProba(x), exponentials: false)
    }

    /// The probability of each class for each row: n × K.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predictProba(_ x: SparseMatrix) throws -> Matrix {
        try NaiveBayes.normalized(predictJointLogProba(x), exponentials: true)
    }
}
