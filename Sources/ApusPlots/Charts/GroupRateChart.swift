/// A rate of several groups, each with the interval it may lie in, and the rate of all rows together.
public struct GroupRateChart: ChartRepresentable {
    private let groups: [String]
    private let values: [Double]
    private let lower: [Double]
    private let upper: [Double]
    private let overall: Double?
    private let label: String
    private let title: String

    /// - Parameters:
    ///   - groups: the names of the groups, from top to bottom.
    ///   - values: the rate of each; those that are not finite are left out.
    ///   - lower: the lower end of each interval.
    ///   - upper: the upper end of each interval.
    ///   - overall: the rate of all rows, drawn as a line; `nil` for none.
    ///   - label: what the rate is.
    ///   - title: what stands above the chart.
    public init(
        groups: [String], values: [Double], lower: [Double], upper: [Double], overall: Double?, label: String,
        title: String
    ) {
        let count = min(groups.count, values.count, lower.count, upper.count)
        let shown = (0..<count).filter { values[$0].isFinite && lower[$0].isFinite && upper[$0].isFinite }
        self.groups = shown.map { groups[$0] }.distinct()
        self.values = shown.map { values[$0] }
        self.lower = shown.map { lower[$0] }
        self.upper = shown.map { upper[$0] }
        self.overall = overall
        self.label = label
        self.title = title
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        Chart {
            if let overall {
                RuleMark(x: .value(label, [overall]))
                    .foregroundStyle(.secondary)
                    .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4]))
            }
            RuleMark(xStart: .value(label, lower), xEnd: .value(label, upper), y: .value("Group", groups))
                .foregroundStyle(.blue)
                .lineStyle(StrokeStyle(lineWidth: 2))
            PointMark(x: .value(label, values), y: .value("Group", groups))
                .foregroundStyle(.blue)
                .symbolSize(60)
        }
        .chartTitle(title)
        .chartXAxis(label: label)
        .chartYAxis(label: "")
        .chartYScale(domain: groups)
    }
}
