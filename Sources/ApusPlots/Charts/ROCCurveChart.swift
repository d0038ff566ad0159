/// True positive rate against false positive rate over all thresholds, for one or several models.
public struct ROCCurveChart: ChartRepresentable {
    /// One model's curve.
    public struct Curve: Sendable {
        let name: String
        let falsePositiveRates: [Double]
        let truePositiveRates: [Double]
        let area: Double?

        /// - Parameters:
        ///   - name: what the legend calls the curve.
        ///   - falsePositiveRates: false positive rate at each threshold, ascending from 0 to 1.
        ///   - truePositiveRates: true positive rate at the same thresholds.
        ///   - area: the area under the curve, written beside the name; `nil` where it is not defined.
        public init(name: String, falsePositiveRates: [Double], truePositiveRates: [Double], area: Double?) {
            self.name = name
            self.falsePositiveRates = falsePositiveRates
            self.truePositiveRates = truePositiveRates
            self.area = area
        }
    }

    private let curves: [Curve]
    private let title: String

    /// The curves in the order of the legend.
    public init(curves: [Curve], title: String = "ROC curve") {
        self.curves = curves
        self.title = title
    }

    /// One curve.
    public init(
        name: String = "Model", falsePositiveRates: [Double], truePositiveRates: [Double], area: Double?,
        title: String = "ROC curve"
    ) {
        let curve = Curve(
            name: name, falsePositiveRates: falsePositiveRates, truePositiveRates: truePositiveRates, area: area)
        self.init(curves: [curve], title: title)
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        let names = CurveNames.legend(curves.map(\.name), curves.map(\.area), quantity: "AUC")
        return Chart {
            LineMark(x: .value("False positive rate", [0.0, 1]), y: .value("True positive rate", [0.0, 1]))
                .foregroundStyle(by: .value("Curve", CurveNames.chance))
                .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4]))
            for (curve, name) in zip(curves, names) {
                LineMark(
                    x: .value("False positive rate", curve.falsePositiveRates),
                    y: .value("True positive rate", curve.truePositiveRates)
                )
                .foregroundStyle(by: .value("Curve", name))
            }
        }
        .chartTitle(title)
        .chartXAxis(values: CurveNames.fifths)
        .chartYAxis(values: CurveNames.fifths)
        .chartXScale(domain: 0...1)
        .chartYScale(domain: 0...1)
        .chartForegroundStyleScale([CurveNames.chance: .secondary])
        .chartPlotStyle(aspectRatio: 1)
    }
}

/// What the charts of curves have in common.
enum CurveNames {
    static let chance = "Chance"
    /// Where the labels of both axes stand, so that they agree whatever room each has.
    static let fifths = [0, 0.2, 0.4, 0.6, 0.8, 1]

    /// Names with their score, each distinct, so that each keeps its own colour.
    static func legend(_ names: [String], _ scores: [Double?], quantity: String) -> [String] {
        zip(names, scores).map { name, score in
            let written = score.map { $0.isFinite ? NumberFormat.fixed($0, 3) : "undefined" } ?? "undefined"
            return "\(name) (\(quantity) \(written))"
        }.distinct(from: [chance])
    }
}
