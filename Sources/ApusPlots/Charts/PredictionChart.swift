/// A regression model's predictions against the actual values, with the diagonal of perfect predictions.
public struct PredictionChart: ChartRepresentable {
    private let predicted: [Double]
    private let actual: [Double]
    private let title: String

    /// Predicted and actual values of the same rows, in the target's unit.
    public init(predicted: [Double], actual: [Double], title: String = "Predicted and actual values") {
        self.predicted = predicted
        self.actual = actual
        self.title = title
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        let pairs = zip(actual, predicted).filter { $0.isFinite && $1.isFinite }
        let values = pairs.flatMap { [$0, $1] }
        let ends = [values.min(), values.max()].compactMap { $0 }
        return Chart {
            LineMark(x: .value("Actual", ends), y: .value("Predicted", ends))
                .foregroundStyle(.secondary)
                .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4]))
            PointMark(x: .value("Actual", pairs.map(\.0)), y: .value("Predicted", pairs.map(\.1)))
        }
        .chartTitle(title)
        .chartPlotStyle(aspectRatio: 1)
    }
}
