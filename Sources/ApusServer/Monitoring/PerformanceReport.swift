/// How good the predictions of a window are: as the outcomes tell, and as estimated before they come.
struct PerformanceReport: Sendable, Hashable {
    /// One measure.
    struct Measure: Sendable, Hashable {
        /// Such as `accuracy` or `mae`.
        let name: String
        /// What the outcomes in the window tell.
        var realized: Double?
        /// The interval of 95 % of it, for shares.
        var interval: ClosedRange<Double>?
        /// What the calibrated probabilities of the predictions in the window let expect.
        var estimated: Double?
        /// Twice the standard error of the estimate on either side, for accuracy.
        var estimatedInterval: ClosedRange<Double>?
        /// What it was when the model was judged.
        var reference: Double?
    }

    /// Outcomes in the window.
    let outcomes: Int
    /// The measures.
    let measures: [Measure]

    /// - Parameters:
    ///   - layout: Where the counts are.
    ///   - predictions: The counts of the predictions, or nil of none.
    ///   - results: The counts of the outcomes, or nil of none.
    ///   - reference: The scores when the model was judged, by their names.
    init(
        _ layout: MonitorLayout, predictions: BlockCounts?, results: BlockCounts?, reference: [String: Double]
    ) {
        outcomes = results?.counts[0] ?? 0
        if layout.isRegression {
            let n = Double(outcomes)
            let sums = results?.sums ?? []
            measures = [
                Measure(
                    name: "mae", realized: n > 0 ? sums[0] / n : nil,
                    reference: reference["mae"]),
                Measure(
                    name: "rmse", realized: n > 0 ? (sums[1] / n).squareRoot() : nil,
                    reference: reference["rmse"]),
                Measure(name: "mean_error", realized: n > 0 ? sums[2] / n : nil),
            ]
            return
        }
        var accuracy = Measure(name: "accuracy", reference: reference["accuracy"])
        if let results {
            let right = Proportion(results.counts[1], of: results.counts[0])
            (accuracy.realized, accuracy.interval) = (right.value, right.interval)
        }
        var measures: [Measure] = []
        let isBinary = layout.classes.count == 2
        var cells: Cells?
        if let predictions {
            let (count, sum) = layout.firstEstimate
            let (positives, all) = (Double(predictions.counts[count]), Double(predictions.counts[count + 1]))
            if all > 0 {
                let sums = (0..<3).map { predictions.sums[sum + $0] }
                let expected = Cells(
                    truePositives: sums[0], falsePositives: positives - sums[0], falseNegatives: sums[1],
                    trueNegatives: all - positives - sums[1])
                let right = isBinary ? expected.truePositives + expected.trueNegatives : sums[0]
                let error = 2 * max(0, sums[2]).squareRoot() / all
                let value = right / all
                accuracy.estimated = value
                accuracy.estimatedInterval = max(0, value - error)...min(1, max(value, value + error))
                if isBinary { cells = expected }
            }
        }
        measures.append(accuracy)
        if isBinary {
            let known = results.map { block in
                Cells(
                    truePositives: Double(block.counts[5]), falsePositives: Double(block.counts[3]),
                    falseNegatives: Double(block.counts[4]), trueNegatives: Double(block.counts[2]))
            }
            for (name, value) in Cells.measures {
                measures.append(
                    Measure(
                        name: name, realized: known.flatMap(value), estimated: cells.flatMap(value),
                        reference: reference[name]))
            }
        }
        self.measures = measures
    }

    /// The four cells of two classes, of which the last is the positive one.
    private struct Cells {
        let truePositives: Double
        let falsePositives: Double
        let falseNegatives: Double
        let trueNegatives: Double

        static let measures: [(String, @Sendable (Cells) -> Double?)] = [
            ("precision", { ratio($0.truePositives, $0.truePositives + $0.falsePositives) }),
            ("recall", { ratio($0.truePositives, $0.truePositives + $0.falseNegatives) }),
            ("f1", { ratio(2 * $0.truePositives, 2 * $0.truePositives + $0.falsePositives + $0.falseNegatives) }),
        ]

        private static func ratio(_ part: Double, _ whole: Double) -> Double? { whole > 0 ? part / whole : nil }
    }
}
