/// The contribution of a feature against its value, a point for each row: the shape of what the model learned from it.
/// Points of the same value that are far apart show that other features matter.
public struct DependenceChart: ChartRepresentable {
    private let name: String
    private let values: [Double]
    private let contributions: [Double]
    private let other: (name: String, values: [Double])?
    private let label: String

    /// - Parameters:
    ///   - name: the feature.
    ///   - values: its value in each row.
    ///   - contributions: its contribution in each row.
    ///   - other: another feature and its values, which colour the points; nil for one colour.
    ///   - label: what contributions are measured in.
    public init(
        name: String, values: [Double], contributions: [Double],
        colouredBy other: (name: String, values: [Double])? = nil, label: String = "Contribution"
    ) {
        self.name = name
        self.values = values
        self.contributions = contributions
        self.other = other
        self.label = label
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        Chart {
            RuleMark(y: .value(label, 0)).foregroundStyle(.secondary).lineStyle(StrokeStyle(lineWidth: 1))
            if let other {
                PointMark(x: .value(name, values), y: .value(label, contributions))
                    .foregroundStyle(by: .value(other.name, other.values))
            } else {
                PointMark(x: .value(name, values), y: .value(label, contributions))
            }
        }
        .chartTitle("What \(name) adds")
        .chartForegroundStyleScale(.viridis)
    }
}
