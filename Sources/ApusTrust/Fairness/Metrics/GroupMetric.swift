import ApusCore
import ApusEvaluation
import Foundation

/// A metric that is computed for each group by itself.
///
///     let mine = GroupMetric("share of large errors") { rows in … }
public struct GroupMetric: Sendable {
    /// The name in results.
    public let name: String
    let measure: @Sendable (Outcomes) throws -> MetricValue

    /// A metric of your own.
    ///
    /// - Parameters:
    ///   - name: The name in results.
    ///   - measure: The value for some rows, of which there is at least one.
    public init(_ name: String, _ measure: @escaping @Sendable (Outcomes) throws -> MetricValue) {
        self.name = name
        self.measure = measure
    }

    /// A score by name, computed within each group.
    public static func score(_ scorer: Scorer) -> GroupMetric {
        GroupMetric(scorer.name) { rows in
            switch rows.values {
            case .labels(let truth, let prediction, let probabilities):
                try scorer.score(
                    truth, prediction, probabilities: probabilities, classes: prediction.classes, weights: rows.weights)
            case .numbers(let truth, let prediction):
                try scorer.score(truth, prediction, weights: rows.weights)
            }
        }
    }

    private static func rate(
        _ name: String, _ rate: @escaping @Sendable (GroupOutcomes) -> MetricValue
    ) -> GroupMetric {
        GroupMetric(name) { rate(try $0.counts()) }
    }

    /// The number of rows.
    public static let count = GroupMetric("count") { MetricValue(Double($0.count)) }
    /// The share of rows predicted positive.
    public static let selectionRate = rate("selectionRate") { $0.selectionRate }
    /// The share of rows that are positive.
    public static let baseRate = rate("baseRate") { $0.baseRate }
    /// The share of positive rows predicted positive.
    public static let truePositiveRate = rate("truePositiveRate") { $0.truePositiveRate }
    /// The share of negative rows predicted positive.
    public static let falsePositiveRate = rate("falsePositiveRate") { $0.falsePositiveRate }
    /// The share of negative rows predicted negative.
    public static let trueNegativeRate = rate("trueNegativeRate") { $0.trueNegativeRate }
    /// The share of positive rows predicted negative.
    public static let falseNegativeRate = rate("falseNegativeRate") { $0.falseNegativeRate }
    /// The share of rows predicted positive that are.
    public static let precision = rate("precision") { $0.precision }
    /// The share of rows predicted right, of any number of classes.
    public static let accuracy = GroupMetric("accuracy") { rows in
        guard case .labels(let truth, let prediction, _) = rows.values else {
            throw ApusError(.invalidParameter, "Accuracy needs a classifier; choose a metric of numbers.")
        }
        return MetricValue(try accuracyScore(truth, prediction, weights: rows.weights))
    }
    /// The area under the ROC curve of the positive class within the group.
    public static let rocAUC = GroupMetric("rocAUC") { rows in
        guard let scores = rows.positiveProbabilities, let isPositive = rows.isPositive else {
            return MetricValue(undefined: "the model gives no probabilities")
        }
        return try rocAUCScore(Labels(isPositive), scores: scores, positive: "true", weights: rows.weights)
    }
    /// The mean distance of the probability of the positive class from its share, over ten bins of equal width weighted by
    /// their rows: the expected calibration error.
    public static let calibrationError = GroupMetric("calibrationError") { rows in
        guard let scores = rows.positiveProbabilities, let isPositive = rows.isPositive else {
            return MetricValue(undefined: "the model gives no probabilities")
        }
        var bins = [(weight: Double, probability: Double, positive: Double)](repeating: (0, 0, 0), count: 10)
        for row in scores.indices where scores[row].isFinite {
            let bin = min(9, max(0, Int(scores[row] * 10)))
            let weight = rows.weights?[row] ?? 1
            bins[bin].weight += weight
            bins[bin].probability += weight * scores[row]
            bins[bin].positive += isPositive[row] ? weight : 0
        }
        let total = bins.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return MetricValue(undefined: "no row has a weight") }
        return MetricValue(bins.reduce(0) { $0 + abs($1.probability - $1.positive) } / total)
    }
    /// The mean probability of the positive class minus its share: above 0 where the model expects too much.
    public static let calibrationInTheLarge = GroupMetric("calibrationInTheLarge") { rows in
        guard let scores = rows.positiveProbabilities, let isPositive = rows.isPositive else {
            return MetricValue(undefined: "the model gives no probabilities")
        }
        var (sum, total) = (0.0, 0.0)
        for row in scores.indices {
            let weight = rows.weights?[row] ?? 1
            sum += weight * (scores[row] - (isPositive[row] ? 1 : 0))
            total += weight
        }
        return total > 0 ? MetricValue(sum / total) : MetricValue(undefined: "no row has a weight")
    }
    /// The mean prediction, of numbers.
    public static let meanPrediction = numbers("meanPrediction") { _, prediction, weights in
        weightedMean(prediction, weights)
    }
    /// The mean target, of numbers.
    public static let meanTarget = numbers("meanTarget") { truth, _, weights in weightedMean(truth, weights) }
    /// The mean of `y - ŷ`.
    public static let meanResidual = numbers("meanResidual") { truth, prediction, weights in
        weightedMean(zip(truth, prediction).map { $0 - $1 }, weights)
    }
    /// The mean absolute error.
    public static let meanAbsoluteError = numbers("meanAbsoluteError") { truth, prediction, weights in
        weightedMean(zip(truth, prediction).map { abs($0 - $1) }, weights)
    }

    private static func numbers(
        _ name: String, _ measure: @escaping @Sendable ([Double], [Double], [Double]?) -> Double?
    ) -> GroupMetric {
        GroupMetric(name) { rows in
            guard case .numbers(let truth, let prediction) = rows.values else {
                throw ApusError(.invalidParameter, "\(name) needs a regression model; choose a metric of classes.")
            }
            return measure(truth, prediction, rows.weights).map { MetricValue($0) }
                ?? MetricValue(undefined: "no row has a weight")
        }
    }
}

private func weightedMean(_ values: [Double], _ weights: [Double]?) -> Double? {
    guard let weights else { return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
    let total = weights.reduce(0, +)
    return total > 0 ? zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total : nil
}
