/// Precision against recall over all thresholds, for one or several models.
///
/// The dashed line is the precision of guessing: the share of positives in the data.
public struct PrecisionRecallChart: ChartRepresentable {
    /// One model's curve.
    public struct Curve: Sendable {
        let name: String
        let recalls: [Double]
        let precisions: [Double]
        let averagePrecision: Double?

        /// - Parameters:
        ///   - name: what the legend calls the curve.
        ///   - recalls: recall at each threshold, in either direction.
        ///   - precisions: precision at the same thresholds.
        ///   - averagePrecision: the score beside the name; `nil` where it is not defined.
        public init(name: String, recalls: [Double], precisions: [Double], averagePrecision: Double?) {
            self.name = name
            self.recalls = recalls
            self.precisions = precisions
            self.averagePrecision = averagePrecision
        }
    }

    private let curves: [Curve]
    private let prevalence: Double?
    private let title: String

    /// The curves in the order of the legend, and the share of positives in the data, from 0 to 1.
    public init(curves: [Curve], prevalence: Double?, title: String = "Precision and recall") {
        self.curves = curves
        self.prevalence = prevalence
        self.title = title
    }

    /// One curve.
    public init(
        name: String = "Model", recalls: [Double], precisions: [Double], averagePrecision: Double?,
        prevalence: Double?, title: String = "Precision and recall"
    ) {
        let curve = Curve(name: name, recalls: recalls, precisions: precisions, averagePrecision: averagePrecision)
        self.init(curves: [curve], prevalence: prevalence, title: title)
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        let names = CurveNames.legend(curves.map(\.name), curves.map(\.averagePrecision), quantity: "AP")
        return Chart {
            if let prevalence, prevalence.isFinite {
                RuleMark(y: .value("Precision", prevalence))
                    .foregroundStyle(.secondary)
                    .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4]))
                    .annotation(position: .leading, "prevalence \(NumberFormat.fixed(prevalence, 3))")
            }
            for (curve, name) in zip(curves, names) {
                // A step has the precision of its end with the higher recall, as average precision counts it.
                LineMark(x: .value("Recall", curve.recalls), y: .value("Precision", curve.precisions))
                    .foregroundStyle(by: .value("Curve", name))
                    .interpolationMethod(isAscending(curve.recalls) ? .stepEnd : .stepStart)
            }
        }
        .chartTitle(title)
        .chartXAxis(label: "Recall", values: CurveNames.fifths)
        .chartYAxis(label: "Precision", values: CurveNames.fifths)
        .chartXScale(domain: 0...1)
        .chartYScale(domain: 0...1)
        .chartPlotStyle(aspectRatio: 1)
    }

    private func isAscending(_ recalls: [Double]) -> Bool { (recalls.first ?? 0) <= (recalls.last ?? 1) }
}
