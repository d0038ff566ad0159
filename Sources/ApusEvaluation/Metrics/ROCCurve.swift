import ApusCore

/// The receiver operating characteristic: how many positives are found at the price of how many false alarms.
///
///     let curve = try ROCCurve(truth, scores: probabilities)
///     curve.auc
///
/// Source: T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006).
public struct ROCCurve: Sendable, Hashable {
    /// For each threshold the share of negative rows with a score of at least it: from 0 to 1, ascending.
    public let falsePositiveRate: [Double]
    /// For each threshold the share of positive rows with a score of at least it: from 0 to 1, ascending.
    public let truePositiveRate: [Double]
    /// The thresholds, descending; the first is infinite, where no row is predicted positive.
    public let thresholds: [Double]
    /// The name of the class that counts as positive.
    public let positive: String

    /// The curve of scores against the truth.
    ///
    /// - Parameters:
    ///   - truth: n labels of at most two classes, or of more when `positive` says which stands against the rest.
    ///   - scores: n finite numbers, higher for rows more likely positive.
    ///   - positive: The positive class by name; default nil: the class 1, `true`, or else the second one.
    ///   - weights: n sample weights; default nil for equal ones.
    ///   - dropIntermediate: Whether points on a straight line between others are left out; default true.
    /// - Throws: `ApusError` with code `undefined` when only one class occurs; `shapeMismatch`, `invalidInput` or
    ///   `invalidParameter` for unusable input.
    /// - Complexity: O(n).
    public init(
        _ truth: Labels, scores: [Double], positive: String? = nil, weights: [Double]? = nil,
        dropIntermediate: Bool = true
    ) throws {
        let ranking = try BinaryRanking(truth, scores: scores, positive: positive, weights: weights)
        guard ranking.hasBothClasses else { throw ApusError(.undefined, ranking.onlyOneClass) }
        var counts = ThresholdCounts(ranking.isPositive, scores, weights: weights)
        if dropIntermediate {
            // A point is a corner where either count changes its step.
            counts.thin { counts, k in
                let (f, t) = (counts.falsePositives, counts.truePositives)
                return (f[k + 1] - f[k]) - (f[k] - f[k - 1]) != 0 || (t[k + 1] - t[k]) - (t[k] - t[k - 1]) != 0
            }
        }
        let (positives, negatives) = (counts.positives, counts.negatives)
        falsePositiveRate = [0] + counts.falsePositives.map { $0 / negatives }
        truePositiveRate = [0] + counts.truePositives.map { $0 / positives }
        thresholds = [.infinity] + counts.thresholds
        self.positive = ranking.positive
    }

    /// The area under the curve: the probability that a positive row scores higher than a negative one, ties counting half.
    public var auc: Double {
        let (x, y) = (falsePositiveRate, truePositiveRate)
        return pairwiseSum(1..<x.count) { (x[$0] - x[$0 - 1]) * (y[$0] + y[$0 - 1]) / 2 }
    }
}
