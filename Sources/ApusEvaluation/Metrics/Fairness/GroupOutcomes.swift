@_spi(Trusted) import ApusCore

/// How the answers for some rows turned out: the four counts of a confusion matrix of two classes, and their rates.
///
///     let outcomes = try GroupOutcomes(truth, prediction, positive: "yes")
///     outcomes.truePositiveRate.value     // nil where no row is truly positive
///
/// A rate without any row to be about is undefined, with the reason and the count; it is never 0 or 1 by convention.
public struct GroupOutcomes: Sendable, Hashable {
    /// Number of rows, whatever they weigh.
    public var rows = 0
    /// Weight of the positive rows predicted positive; their number where rows have no weights.
    public var truePositives = 0.0
    /// Weight of the negative rows predicted positive.
    public var falsePositives = 0.0
    /// Weight of the positive rows predicted negative.
    public var falseNegatives = 0.0
    /// Weight of the negative rows predicted negative.
    public var trueNegatives = 0.0

    /// No rows yet.
    public init() {}

    /// The outcomes of all rows.
    ///
    /// - Parameters:
    ///   - truth: n true labels.
    ///   - prediction: n predicted labels.
    ///   - positive: The name of the class that counts as positive; all others are negative.
    ///   - weights: n sample weights, nil for equal ones.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public init(_ truth: Labels, _ prediction: Labels, positive: String, weights: [Double]? = nil) throws {
        let one = Labels(trustedCodes: [Int](repeating: 0, count: truth.count), classes: .strings([""]))
        self =
            try GroupOutcomes.all(truth, prediction, sensitive: one, positive: positive, weights: weights).first
            ?? GroupOutcomes()
    }

    /// The outcomes of each group, in the order of its classes, those without rows included.
    ///
    /// - Parameters:
    ///   - truth: n true labels.
    ///   - prediction: n predicted labels.
    ///   - sensitive: The group of each row.
    ///   - positive: The name of the class that counts as positive.
    ///   - weights: n sample weights, nil for equal ones.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    /// - Complexity: O(n).
    public static func all(
        _ truth: Labels, _ prediction: Labels, sensitive: Labels, positive: String, weights: [Double]? = nil
    ) throws -> [GroupOutcomes] {
        guard prediction.count == truth.count, sensitive.count == truth.count else {
            throw ApusError(
                .shapeMismatch,
                "There are \(truth.count) true labels, \(prediction.count) predicted ones and \(sensitive.count) groups; "
                    + "give one of each for each row.")
        }
        try checkSampleWeights(weights, rows: truth.count)
        let known = truth.classes.names.firstIndex(of: positive) ?? -1
        let answered = prediction.classes.names.firstIndex(of: positive) ?? -1
        var groups = [GroupOutcomes](repeating: GroupOutcomes(), count: sensitive.classes.count)
        for row in 0..<truth.count {
            groups[sensitive.codes[row]].add(
                isPositive: truth.codes[row] == known, isSelected: prediction.codes[row] == answered,
                weight: weights?[row] ?? 1)
        }
        return groups
    }

    /// Adds one row.
    public mutating func add(isPositive: Bool, isSelected: Bool, weight: Double = 1) {
        rows += 1
        switch (isPositive, isSelected) {
        case (true, true): truePositives += weight
        case (false, true): falsePositives += weight
        case (true, false): falseNegatives += weight
        case (false, false): trueNegatives += weight
        }
    }

    /// The outcomes of the rows of both.
    public static func + (a: GroupOutcomes, b: GroupOutcomes) -> GroupOutcomes {
        var sum = a
        sum.rows += b.rows
        sum.truePositives += b.truePositives
        sum.falsePositives += b.falsePositives
        sum.falseNegatives += b.falseNegatives
        sum.trueNegatives += b.trueNegatives
        return sum
    }

    /// Weight of the truly positive rows.
    public var positives: Double { truePositives + falseNegatives }
    /// Weight of the truly negative rows.
    public var negatives: Double { falsePositives + trueNegatives }
    /// Weight of the rows predicted positive.
    public var selected: Double { truePositives + falsePositives }
    /// Weight of all rows.
    public var weight: Double { positives + negatives }

    /// The share of rows predicted positive.
    public var selectionRate: MetricValue { share(selected, of: weight, "the selection rate", "there is no row") }
    /// The share of rows that are truly positive.
    public var baseRate: MetricValue { share(positives, of: weight, "the base rate", "there is no row") }
    /// The share of positive rows predicted positive: sensitivity, recall.
    public var truePositiveRate: MetricValue {
        share(truePositives, of: positives, "the true positive rate", "no row is positive")
    }
    /// The share of negative rows predicted positive.
    public var falsePositiveRate: MetricValue {
        share(falsePositives, of: negatives, "the false positive rate", "no row is negative")
    }
    /// The share of negative rows predicted negative: specificity.
    public var trueNegativeRate: MetricValue {
        share(trueNegatives, of: negatives, "the true negative rate", "no row is negative")
    }
    /// The share of positive rows predicted negative.
    public var falseNegativeRate: MetricValue {
        share(falseNegatives, of: positives, "the false negative rate", "no row is positive")
    }
    /// The share of rows predicted positive that are.
    public var precision: MetricValue {
        share(truePositives, of: selected, "precision", "no row was predicted positive")
    }
    /// The share of rows predicted as they are.
    public var accuracy: MetricValue {
        share(truePositives + trueNegatives, of: weight, "accuracy", "there is no row")
    }

    private func share(_ part: Double, of whole: Double, _ name: String, _ reason: String) -> MetricValue {
        guard whole > 0 else {
            return MetricValue(undefined: "\(name) is not defined: \(reason) among \(rows)")
        }
        return MetricValue(part / whole)
    }
}
