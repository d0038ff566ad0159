import Apus
import ApusTrust

/// How the groups of a sensitive column fare in a window.
struct FairnessReport: Sendable, Hashable {
    /// A share with its interval of 95 %.
    struct Rate: Sendable, Hashable {
        /// The share, or nil of no rows.
        let value: Double?
        /// The interval.
        let interval: ClosedRange<Double>?
        /// The rows it is a share of.
        let rows: Int

        init(_ proportion: Proportion) {
            value = proportion.value
            interval = proportion.interval
            rows = Int(proportion.rows)
        }
    }

    /// One group.
    struct Group: Sendable, Hashable {
        /// The group.
        let name: String
        /// Predictions in the window.
        let rows: Int
        /// The share that was predicted to be of the last class; nil of a regressor.
        let selection: Rate?
        /// The mean prediction of a regressor.
        let meanPrediction: Double?
        /// The share of the predictions in the window whose outcome is known.
        let coverage: Double?
        /// The share of outcomes that were predicted rightly.
        let accuracy: Rate?
        /// Of the outcomes of the last class, the share that was predicted.
        let truePositives: Rate?
        /// Of the outcomes of other classes, the share that was predicted to be of the last.
        let falsePositives: Rate?
        /// The mean absolute error of a regressor.
        let meanAbsoluteError: Double?
        /// Outcomes of the group in the window.
        let outcomes: Int
        /// What the share of the last class, or the mean prediction, was when the model was judged.
        let referenceSelection: Double?
        /// What the accuracy, or the mean absolute error, was when the model was judged.
        let referencePerformance: Double?
    }

    /// The greatest difference between two groups.
    struct Gap: Sendable, Hashable {
        /// Such as `demographic_parity_difference`.
        let name: String
        /// The difference.
        let value: Double
        /// Newcombe's interval of 95 % of the two groups' difference.
        let interval: ClosedRange<Double>
        /// The group with the greater share.
        let high: String
        /// The group with the smaller one.
        let low: String

        /// Whether the difference is more than chance between these two groups.
        var isSignificant: Bool { interval.lowerBound > 0 }
    }

    /// The sensitive column.
    let column: String
    /// Its groups, those that occur.
    let groups: [Group]
    /// The differences; those that are not defined for want of rows are left out.
    let gaps: [Gap]

    /// - Parameters:
    ///   - groups: Where the counts are.
    ///   - layout: The layout they belong to.
    ///   - predictions: The counts of the predictions, or nil of none.
    ///   - results: The counts of the outcomes, or nil of none.
    ///   - minRows: A group with fewer rows than this takes no part in the differences.
    ///   - reference: The groups when the model was judged.
    init(
        _ groups: MonitorLayout.Groups, _ layout: MonitorLayout, predictions: BlockCounts?, results: BlockCounts?,
        minRows: Int, reference: [TrainingSummary.Group]
    ) {
        column = groups.rule.column
        var rates: [String: [(group: String, share: Proportion)]] = [:]
        var found: [Group] = []
        for (place, name) in groups.names.enumerated() {
            let first = groups.firstPrediction + 3 * place
            let seen = predictions.map { Array($0.counts[first..<first + 3]) } ?? [0, 0, 0]
            let start = groups.firstOutcome + MonitorLayout.outcomeWidth * place
            let known =
                results.map { Array($0.counts[start..<start + MonitorLayout.outcomeWidth]) }
                ?? [0, 0, 0, 0, 0, 0]
            guard seen[0] > 0 || known[0] > 0 else { continue }
            let selection = Proportion(seen[1], of: seen[0])
            let right = Proportion(known[1], of: known[0])
            let truePositives = Proportion(known[2], of: known[2] + known[4])
            let falsePositives = Proportion(known[3], of: known[3] + known[5])
            let isReal = place < groups.rule.values.count
            if isReal, !layout.isRegression {
                let all = [
                    ("demographic_parity", selection), ("accuracy", right), ("true_positive_rate", truePositives),
                    ("false_positive_rate", falsePositives),
                ]
                for (kind, share) in all where share.rows >= Double(minRows) {
                    rates[kind, default: []].append((name, share))
                }
            }
            let before = reference.first { $0.column == groups.rule.column && $0.group == name }
            let isRegression = layout.isRegression
            found.append(
                Group(
                    name: name, rows: seen[0], selection: isRegression ? nil : Rate(selection),
                    meanPrediction: isRegression && seen[0] > 0
                        ? predictions.map { $0.sums[groups.firstSum + place] / Double(seen[0]) } : nil,
                    coverage: Proportion(min(seen[2], seen[0]), of: seen[0]).value,
                    accuracy: isRegression ? nil : Rate(right),
                    truePositives: isRegression ? nil : Rate(truePositives),
                    falsePositives: isRegression ? nil : Rate(falsePositives),
                    meanAbsoluteError: isRegression && known[0] > 0
                        ? results.map { $0.sums[groups.firstError + place] / Double(known[0]) } : nil,
                    outcomes: known[0], referenceSelection: before?.selectionRate,
                    referencePerformance: before?.performance))
        }
        self.groups = found
        var gaps: [Gap] = []
        func gap(_ name: String, _ kind: String) -> Gap? { Self.gap(name, rates[kind] ?? []) }
        gaps += [gap("demographic_parity_difference", "demographic_parity")].compactMap { $0 }
        let (hits, alarms) = (gap("equal_opportunity_difference", "true_positive_rate"), gap("", "false_positive_rate"))
        if let worse = [hits, alarms].compactMap({ $0 }).max(by: { $0.value < $1.value }), hits != nil || alarms != nil
        {
            gaps.append(
                Gap(
                    name: "equalized_odds_difference", value: worse.value, interval: worse.interval, high: worse.high,
                    low: worse.low))
        }
        gaps += [hits, gap("accuracy_difference", "accuracy")].compactMap { $0 }
        self.gaps = gaps
    }

    private static func gap(_ name: String, _ shares: [(group: String, share: Proportion)]) -> Gap? {
        guard shares.count > 1,
            let high = shares.max(by: { ($0.share.value ?? 0) < ($1.share.value ?? 0) }),
            let low = shares.min(by: { ($0.share.value ?? 0) < ($1.share.value ?? 0) }),
            let difference = high.share.difference(from: low.share)
        else { return nil }
        return Gap(
            name: name, value: difference.value, interval: difference.interval, high: high.group, low: low.group)
    }
}
