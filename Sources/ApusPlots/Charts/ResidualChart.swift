/// What a regression model leaves unexplained: residual, actual minus predicted, against predicted value.
///
/// A good model leaves a cloud without a shape around the line at zero.
public struct ResidualChart: ChartRepresentable {
    private let predicted: [Double]
    private let actual: [Double]
    private let title: String

    /// Predicted and actual values of the same rows, in the target's unit.
    public init(predicted: [Double], actual: [Double], title: String = "Residuals") {
        self.predicted = predicted
        self.actual = actual
        self.title = title
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        let residuals = zip(actual, predicted).map { $0 - $1 }
        return Chart {
            PointMark(x: .value("Predicted", predicted), y: .value("Actual − predicted", residuals))
            RuleMark(y: .value("Actual − predicted", 0)).lineStyle(StrokeStyle(lineWidth: 1.25))
        }
        .chartTitle(title)
    }
}
