import ApusCore
import Foundation

/// The fairness metrics of classifiers, by name: a closed list, so that searches, reports and monitors mean the same.
///
///     let gap = try FairnessMetric.demographicParityDifference.value(truth, prediction, sensitive: sex)
///
/// Differences are at least 0 and 0 is parity; ratios are from 0 to 1 and 1 is parity (see ``Disparity``). Where fairlearn
/// defines the same value the numbers are equal; where it takes a group without positives for one with a rate of 0, the
/// group is left out here and named in the note.
public enum FairnessMetric: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Greatest difference of selection rates.
    case demographicParityDifference
    /// Smallest ratio of selection rates; the "four fifths rule" asks for 0.8.
    case demographicParityRatio
    /// The greater of the differences of true and false positive rates.
    case equalizedOddsDifference
    /// The smaller of the ratios of true and false positive rates.
    case equalizedOddsRatio
    /// The mean of the differences of true and false positive rates.
    case averageOddsDifference
    /// The mean of the ratios of true and false positive rates.
    case averageOddsRatio
    /// Greatest difference of true positive rates.
    case equalOpportunityDifference
    /// Smallest ratio of true positive rates.
    case equalOpportunityRatio
    /// Greatest difference of false positive rates.
    case falsePositiveRateDifference
    /// Greatest difference of false negative rates.
    case falseNegativeRateDifference
    /// Greatest difference of precision: predictive parity.
    case predictiveParityDifference
    /// Greatest difference of accuracy.
    case accuracyDifference
    /// Inequality of benefits between rows, `(1 / 2n) Σ ((bᵢ/μ)² - 1)` with `bᵢ = ŷᵢ - yᵢ + 1`; 0 when all have the same.
    /// T. Speicher et al., "A Unified Approach to Quantifying Algorithmic Unfairness", KDD 2018.
    case generalizedEntropyIndex
    /// The same with logarithms, `(1 / n) Σ (bᵢ/μ) ln(bᵢ/μ)`.
    case theilIndex
    /// The part of the generalised entropy index that lies between the groups and not within them.
    case betweenGroupEntropyIndex

    /// The name as Python spells it: `demographic_parity_difference`.
    public var pythonName: String { snakeCase(rawValue) }

    /// Whether 1 is parity and less is worse; otherwise 0 is, and more is worse.
    public var isRatio: Bool { rawValue.hasSuffix("Ratio") }

    /// What it says, in a few words for a table.
    public var title: String {
        snakeCase(rawValue).split(separator: "_").joined(separator: " ")
    }

    /// The metric with a name in either spelling, or nil.
    public init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == name || $0.pythonName == name }) else {
            return nil
        }
        self = found
    }

    /// The metric of some answers.
    ///
    /// - Parameters:
    ///   - truth: n true labels.
    ///   - prediction: n predicted labels.
    ///   - sensitive: The group of each row.
    ///   - positive: The positive class by name; default nil: the class 1, `true`, or else the last one.
    ///   - method: What groups are compared with; default each other.
    ///   - weights: n sample weights; default nil for equal ones.
    /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `invalidParameter`.
    public func value(
        _ truth: Labels, _ prediction: Labels, sensitive: Labels, positive: String? = nil,
        method: DisparityMethod = .betweenGroups, weights: [Double]? = nil
    ) throws -> MetricValue {
        let positive = positive ?? Self.positiveClass(truth, prediction)
        let groups = try GroupOutcomes.all(
            truth, prediction, sensitive: sensitive, positive: positive, weights: weights)
        return value(of: Array(zip(sensitive.classes.names, groups)), method: method)
    }

    /// The metric of outcomes that are counted already.
    ///
    /// - Parameters:
    ///   - groups: Name and outcomes of each group.
    ///   - method: What groups are compared with; default each other.
    public func value(
        of groups: [(name: String, outcomes: GroupOutcomes)], method: DisparityMethod = .betweenGroups
    ) -> MetricValue {
        // A group that does not occur has nothing to compare.
        let groups = groups.filter { $0.outcomes.rows > 0 }
        let all = groups.reduce(GroupOutcomes()) { $0 + $1.outcomes }
        func difference(_ rate: (GroupOutcomes) -> MetricValue) -> MetricValue {
            Disparity.difference(
                groups.map { ($0.name, $0.outcomes.rows, rate($0.outcomes)) }, overall: rate(all), method: method)
        }
        func ratio(_ rate: (GroupOutcomes) -> MetricValue) -> MetricValue {
            Disparity.ratio(
                groups.map { ($0.name, $0.outcomes.rows, rate($0.outcomes)) }, overall: rate(all), method: method)
        }
        switch self {
        case .demographicParityDifference: return difference(\.selectionRate)
        case .demographicParityRatio: return ratio(\.selectionRate)
        case .equalizedOddsDifference:
            return Self.both(difference(\.truePositiveRate), difference(\.falsePositiveRate), max)
        case .equalizedOddsRatio: return Self.both(ratio(\.truePositiveRate), ratio(\.falsePositiveRate), min)
        case .averageOddsDifference:
            return Self.both(difference(\.truePositiveRate), difference(\.falsePositiveRate)) { ($0 + $1) / 2 }
        case .averageOddsRatio:
            return Self.both(ratio(\.truePositiveRate), ratio(\.falsePositiveRate)) { ($0 + $1) / 2 }
        case .equalOpportunityDifference: return difference(\.truePositiveRate)
        case .equalOpportunityRatio: return ratio(\.truePositiveRate)
        case .falsePositiveRateDifference: return difference(\.falsePositiveRate)
        case .falseNegativeRateDifference: return difference(\.falseNegativeRate)
        case .predictiveParityDifference: return difference(\.precision)
        case .accuracyDifference: return difference(\.accuracy)
        case .generalizedEntropyIndex:
            return Benefits([all]).index { ($0 * $0 - 1) / 2 }
        case .theilIndex: return Benefits([all]).index { $0 > 0 ? $0 * log($0) : 0 }
        case .betweenGroupEntropyIndex:
            return Benefits(groups.map(\.outcomes)).betweenGroups { ($0 * $0 - 1) / 2 }
        }
    }

    private static func both(
        _ first: MetricValue, _ second: MetricValue, _ join: (Double, Double) -> Double
    ) -> MetricValue {
        guard let a = first.value else { return first }
        guard let b = second.value else { return second }
        let notes = [first.note, second.note].compactMap(\.self)
        return MetricValue(join(a, b), note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }

    /// The class that counts as positive where the caller names none: `true`, 1 where all classes are -1, 0 or 1, or else
    /// the last.
    static func positiveClass(_ truth: Labels, _ prediction: Labels) -> String {
        switch truth.classes {
        case .booleans: return "true"
        case .integers(let values):
            if values.allSatisfy({ [-1, 0, 1].contains($0) }) { return "1" }
        case .strings: break
        }
        // A part of the rows may lack the positive class, so the richer of the two lists decides.
        let names =
            truth.classes.count >= prediction.classes.count ? truth.classes.names : prediction.classes.names
        return names.last ?? ""
    }
}

/// What rows gain by being predicted: 2 for a false positive, 1 for the truth, 0 for a false negative.
private struct Benefits {
    let groups: [GroupOutcomes]

    init(_ groups: [GroupOutcomes]) { self.groups = groups }

    private func mean(_ group: GroupOutcomes) -> Double {
        (2 * group.falsePositives + group.truePositives + group.trueNegatives) / group.weight
    }

    private var undefined: MetricValue {
        MetricValue(undefined: "the index is not defined: no row has any benefit")
    }

    func index(_ term: (Double) -> Double) -> MetricValue {
        let all = groups.reduce(GroupOutcomes(), +)
        let mean = mean(all)
        guard mean > 0 else { return undefined }
        let sum =
            all.falsePositives * term(2 / mean) + (all.truePositives + all.trueNegatives) * term(1 / mean)
            + all.falseNegatives * term(0)
        return MetricValue(sum / all.weight)
    }

    func betweenGroups(_ term: (Double) -> Double) -> MetricValue {
        let all = groups.reduce(GroupOutcomes(), +)
        let mean = mean(all)
        guard mean > 0 else { return undefined }
        return MetricValue(
            groups.filter { $0.weight > 0 }.reduce(0) { $0 + $1.weight * term(self.mean($1) / mean) } / all.weight)
    }
}
