import ApusCore
import Foundation

/// Precision, recall, F1 and support of every class, and their averages.
///
///     let report = try ClassificationReport(truth, prediction)
///     print(report.text())
///
/// `text` is, to the last space, what scikit-learn's `classification_report` prints.
public struct ClassificationReport: Sendable, Hashable {
    /// One entry for each class that occurs in truth or prediction, ascending.
    public let classes: [ClassScores]
    /// The share of rows predicted rightly.
    public let accuracy: Double
    /// The plain means over the classes.
    public let macroAverage: ClassScores
    /// The means over the classes, weighted by support.
    public let weightedAverage: ClassScores
    private let printsDecimals: Bool
    private let leavesOut: Bool

    /// Compares predictions with the truth.
    ///
    /// - Parameters:
    ///   - truth: n true labels.
    ///   - prediction: n predicted labels; their list of classes may be another.
    ///   - weights: n sample weights; default nil for equal ones.
    ///   - zeroDivision: What a ratio with denominator 0 is; default: not defined, which `text` prints as 0
    ///     (or, for `.omitted`, as `nan`).
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public init(
        _ truth: Labels, _ prediction: Labels, weights: [Double]? = nil, zeroDivision: ZeroDivision = .undefined
    ) throws {
        let labels = try LabelAlignment(truth, prediction, weights: weights)
        let counts = ClassCounts.list(labels, weights: weights)
        let support = pairwiseSum(counts.indices) { counts[$0].support }
        let right = counts.reduce(0) { $0 + $1.truePositives }
        func average(_ name: String, weighted: Bool) -> ClassScores {
            ClassScores(
                name: name, precision: ClassMetric.precision.mean(counts, weighted: weighted, zeroDivision),
                recall: ClassMetric.recall.mean(counts, weighted: weighted, zeroDivision),
                f1: ClassMetric.f1.mean(counts, weighted: weighted, zeroDivision), support: support)
        }
        classes = counts.map { $0.scores(zeroDivision) }
        accuracy = right / support
        macroAverage = average("macro avg", weighted: false)
        weightedAverage = average("weighted avg", weighted: true)
        // Where nothing is right the reference counts in floating point too, and prints it so.
        printsDecimals = weights != nil || right == 0
        leavesOut = zeroDivision == .omitted
    }

    /// The report as a table of text.
    ///
    /// - Parameters:
    ///   - digits: Decimals of the scores; default 2, at most 17.
    ///   - names: What to call the classes, one name for each in `classes`; default nil: as they are.
    /// - Throws: `ApusError` with code `invalidParameter` when `digits` is out of range or names are too few or many.
    public func text(digits: Int = 2, names: [String]? = nil) throws -> String {
        guard (0...17).contains(digits) else {
            throw ApusError(.invalidParameter, "digits is \(digits), but it must be a whole number from 0 to 17.")
        }
        let names = names ?? classes.map(\.name)
        guard names.count == classes.count else {
            throw ApusError(
                .invalidParameter, "There are \(names.count) names for \(classes.count) classes; give one for each.")
        }
        let width = max(names.map(\.unicodeScalars.count).max() ?? 0, "weighted avg".count, digits)

        func row(_ name: String, _ cells: [String]) -> String {
            padded(name, width) + " " + cells.map { " " + padded($0, 9) }.joined() + "\n"
        }
        func number(_ value: Double?) -> String {
            String(format: "%.\(digits)f", value ?? (leavesOut ? .nan : 0))
        }
        func row(_ name: String, _ scores: ClassScores) -> String {
            row(
                name,
                [
                    number(scores.precision.value), number(scores.recall.value), number(scores.f1.value),
                    count(scores.support),
                ])
        }

        var text = row("", ["precision", "recall", "f1-score", "support"]) + "\n"
        for (name, scores) in zip(names, classes) { text += row(name, scores) }
        text += "\n"
        text += row("accuracy", ["", "", number(accuracy), count(macroAverage.support)])
        text += row("macro avg", macroAverage)
        text += row("weighted avg", weightedAverage)
        return text
    }

    /// A support as Python prints it: a whole number, or a weight in its shortest form.
    private func count(_ support: Double) -> String {
        if !printsDecimals, let whole = Int(exactly: support) { return "\(whole)" }
        return "\(support)"
    }

    /// The text moved to the right end of a field, counted in code points as Python does.
    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
    }
}
