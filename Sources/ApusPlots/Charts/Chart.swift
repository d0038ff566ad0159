/// A chart: marks, the scales they are drawn on, and the words around them.
///
///     let chart = Chart {
///         PointMark(x: .value("Age", ages), y: .value("Income", incomes))
///             .foregroundStyle(by: .value("Class", labels))
///         RuleMark(y: .value("Mean", mean)).lineStyle(StrokeStyle(dash: [4, 4]))
///     }
///     .chartTitle("Income by age")
///     try chart.write(svg: "income.svg")
///
/// The words are those of Swift Charts, except that a mark takes whole arrays. Values that are NaN or infinite are
/// left out, as are values of zero or less on a logarithmic scale; a chart without any value is drawn as empty axes.
/// The same chart always gives the same text.
public struct Chart: ChartRepresentable {
    struct Axis: Sendable {
        var visibility = ChartVisibility.automatic
        var grid = ChartVisibility.automatic
        var label: String?
        var values: [Double]?
        var type: ScaleType?
        var domain: ClosedRange<Double>?
        var categories: [String]?
        var includesZero: Bool?
    }

    let marks: [Mark]
    var title: String?
    var subtitle: String?
    var summary: String?
    var x = Axis()
    var y = Axis()
    var legend = ChartLegendPosition.automatic
    var colors: [(name: String, color: ChartColor)] = []
    var ramp = ColorRamp.blues
    var rampDomain: ClosedRange<Double>?
    var aspectRatio: Double?

    /// A chart of `content`, the first mark at the bottom.
    public init(@ChartBuilder _ content: () -> [Mark]) {
        marks = content()
    }

    /// This chart.
    public var chart: Chart { self }
}
