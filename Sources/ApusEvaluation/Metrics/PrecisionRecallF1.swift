import ApusCore

/// Of the rows predicted as a class, the share that belongs to it: tp / (tp + fp), from 0 to 1.
///
/// - Parameters:
///   - truth: n true labels.
///   - prediction: n predicted labels; their list of classes may be another.
///   - average: How classes become one number; default: the positive one of two classes.
///   - weights: n sample weights; default nil for equal ones.
///   - zeroDivision: What the precision of a class is that was never predicted; default: not defined.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`; `invalidParameter` when a binary average meets more
///   than two classes or an unknown positive class.
public func precisionScore(
    _ truth: Labels, _ prediction: Labels, average: Average = .binary(), weights: [Double]? = nil,
    zeroDivision: ZeroDivision = .undefined
) throws -> MetricValue {
    try ClassMetric.precision.score(truth, prediction, average: average, weights: weights, zeroDivision)
}

/// Of the rows of a class, the share that was predicted as it: tp / (tp + fn), from 0 to 1.
///
/// - Parameters:
///   - truth: n true labels.
///   - prediction: n predicted labels; their list of classes may be another.
///   - average: How classes become one number; default: the positive one of two classes.
///   - weights: n sample weights; default nil for equal ones.
///   - zeroDivision: What the recall of a class is that never occurs; default: not defined.
/// - Throws: As `precisionScore`.
public func recallScore(
    _ truth: Labels, _ prediction: Labels, average: Average = .binary(), weights: [Double]? = nil,
    zeroDivision: ZeroDivision = .undefined
) throws -> MetricValue {
    try ClassMetric.recall.score(truth, prediction, average: average, weights: weights, zeroDivision)
}

/// The harmonic mean of precision and recall: 2·tp / (2·tp + fp + fn), from 0 to 1.
///
/// - Parameters:
///   - truth: n true labels.
///   - prediction: n predicted labels; their list of classes may be another.
///   - average: How classes become one number; default: the positive one of two classes.
///   - weights: n sample weights; default nil for equal ones.
///   - zeroDivision: What F1 is of a class that neither occurs nor was predicted; default: not defined.
/// - Throws: As `precisionScore`.
public func f1Score(
    _ truth: Labels, _ prediction: Labels, average: Average = .binary(), weights: [Double]? = nil,
    zeroDivision: ZeroDivision = .undefined
) throws -> MetricValue {
    try ClassMetric.f1.score(truth, prediction, average: average, weights: weights, zeroDivision)
}

/// Precision, recall, F1 and support of each class that occurs in truth or prediction, ascending.
///
/// - Parameters:
///   - truth: n true labels.
///   - prediction: n predicted labels; their list of classes may be another.
///   - weights: n sample weights; default nil for equal ones.
///   - zeroDivision: What a ratio with denominator 0 is; default: not defined.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func precisionRecallF1(
    _ truth: Labels, _ prediction: Labels, weights: [Double]? = nil, zeroDivision: ZeroDivision = .undefined
) throws -> [ClassScores] {
    let labels = try LabelAlignment(truth, prediction, weights: weights)
    return ClassCounts.list(labels, weights: weights).map { $0.scores(zeroDivision) }
}
