import ApusCore

/// Precision against recall at every threshold.
///
///     let curve = try PrecisionRecallCurve(truth, scores: probabilities)
///     curve.averagePrecision
public struct PrecisionRecallCurve: Sendable, Hashable {
    /// For each threshold the precision when rows with a score of at least it are predicted positive; then a final 1.
    public let precision: [Double]
    /// For each threshold the recall, descending; then a final 0.
    public let recall: [Double]
    /// The thresholds, ascending: one fewer than there are points.
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
    ///   - dropIntermediate: Whether only the first and last point of equal recall are kept; default false.
    /// - Throws: `ApusError` with code `undefined` when there are no positive rows; `shapeMismatch`, `invalidInput` or
    ///   `invalidParameter` for unusable input.
    /// - Complexity: O(n).
    public init(
        _ truth: Labels, scores: [Double], positive: String? = nil, weights: [Double]? = nil,
        dropIntermediate: Bool = false
    ) throws {
        let ranking = try BinaryRanking(truth, scores: scores, positive: positive, weights: weights)
        var counts = ThresholdCounts(ranking.isPositive, scores, weights: weights)
        let positives = counts.positives
        guard positives > 0 else { throw ApusError(.undefined, ranking.onlyOneClass) }
        if dropIntermediate {
            counts.thin { counts, k in
                let t = counts.truePositives
                return t[k] != t[k - 1] || t[k + 1] != t[k]
            }
        }
        precision =
            zip(counts.truePositives, counts.falsePositives).reversed().map { $0 + $1 > 0 ? $0 / ($0 + $1) : 0 } + [1]
        recall = counts.truePositives.reversed().map { $0 / positives } + [0]
        thresholds = counts.thresholds.reversed()
        self.positive = ranking.positive
    }

    /// The mean precision over the recall gained at each threshold: Σ (Rₖ - Rₖ₋₁)·Pₖ, without interpolation.
    public var averagePrecision: Double {
        max(0, pairwiseSum(0..<thresholds.count) { (recall[$0] - recall[$0 + 1]) * precision[$0] })
    }
}
