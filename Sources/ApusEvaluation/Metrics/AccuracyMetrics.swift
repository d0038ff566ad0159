import ApusCore

/// The share of rows whose label was predicted rightly: Σ wᵢ·[yᵢ = ŷᵢ] / Σ wᵢ, from 0 to 1.
///
/// - Parameters:
///   - truth: n true labels.
///   - prediction: n predicted labels; their list of classes may be another.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func accuracyScore(_ truth: Labels, _ prediction: Labels, weights: [Double]? = nil) throws -> Double {
    let aligned = try LabelAlignment(truth, prediction, weights: weights)
    let (a, b) = (aligned.truth, aligned.prediction)
    return mean(a.count, weights: weights) { a[$0] == b[$0] ? 1 : 0 }
}

/// The mean of the recalls of the classes that occur in the truth, from 0 to 1.
///
/// A class that is predicted but never true has no recall and does not count.
///
/// - Parameters:
///   - truth: n true labels.
///   - prediction: n predicted labels; their list of classes may be another.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func balancedAccuracyScore(_ truth: Labels, _ prediction: Labels, weights: [Double]? = nil) throws -> Double {
    let matrix = try ConfusionMatrix(truth, prediction, weights: weights)
    let recalls = zip(matrix.truePositives, matrix.support).filter { $1 > 0 }.map { $0 / $1 }
    return mean(recalls.count, weights: nil) { recalls[$0] }
}

/// The correlation of truth and prediction over all classes (Matthews), from -1 to 1; 0 when either is constant, which the
/// note says.
///
/// - Parameters:
///   - truth: n true labels.
///   - prediction: n predicted labels; their list of classes may be another.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func matthewsCorrelation(
    _ truth: Labels, _ prediction: Labels, weights: [Double]? = nil
) throws -> MetricValue {
    let matrix = try ConfusionMatrix(truth, prediction, weights: weights)
    let (support, predicted, total) = (matrix.support, matrix.predicted, matrix.total)
    let right = matrix.truePositives.reduce(0, +)
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let covariance = right * total - product(support, predicted)
    let ofPrediction = total * total - product(predicted, predicted)
    let ofTruth = total * total - product(support, support)
    guard ofPrediction * ofTruth != 0 else {
        return MetricValue(
            0,
            note: "The \(ofTruth == 0 ? "truth" : "prediction") is the same for all rows; the correlation counts as 0.")
    }
    return MetricValue(covariance / (ofPrediction * ofTruth).squareRoot())
}
