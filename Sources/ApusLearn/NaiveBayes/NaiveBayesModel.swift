import ApusCore

/// A fitted naive Bayes classifier: it knows how likely each class and each row together are.
public protocol NaiveBayesModel: ClassifierModel {
    /// `log P(class) + log P(row | class)` for each row and class, up to a constant of the row: n × K.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func predictJointLogProba(_ x: Matrix) throws -> Matrix
}

extension NaiveBayesModel {
    /// The most probable class of each row; of equal ones the first.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predict(_ x: Matrix) throws -> Labels { try NaiveBayes.best(predictJointLogProba(x), classes) }

    /// The logarithm of the probability of each class for each row: n × K, -∞ where a class is impossible.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predictLogProba(_ x: Matrix) throws -> Matrix {
        try NaiveBayes.normalized(predictJointLogProba(x), exponentials: false)
    }

    /// The probability of each class for each row: n × K.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predictProba(_ x: Matrix) throws -> Matrix {
        try NaiveBayes.normalized(predictJointLogProba(x), exponentials: true)
    }
}
