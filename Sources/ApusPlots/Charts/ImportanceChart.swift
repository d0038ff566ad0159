/// The features a model leans on most, as lying bars from the most to the least important.
public struct ImportanceChart: ChartRepresentable {
    private let names: [String]
    private let values: [Double]
    private let errors: [Double]
    private let title: String

    /// - Parameters:
    ///   - names: the features.
    ///   - values: the importance of each; those that are not finite are left out.
    ///   - deviations: standard deviation of each importance over repetitions, drawn as a line; may be empty.
    ///   - top: how many features are shown at most.
    ///   - title: what stands above the chart.
    public init(
        names: [String], values: [Double], deviations: [Double] = [], top: Int = 20,
        title: String = "Feature importance"
    ) {
        let count = min(names.count, values.count)
        // Ties stay in the order of the features.
        let order = (0..<count).filter { values[$0].isFinite }.sorted { (values[$1], $0) < (values[$0], $1) }
        let shown = order.prefix(max(0, top))
        self.names = shown.map { names[$0] }.distinct()
        self.values = shown.map { values[$0] }
        errors = deviations.isEmpty ? [] : shown.map { $0 < deviations.count ? deviations[$0] : .nan }
        self.title = title
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        Chart {
            BarMark(x: .value("Importance", values), y: .value("Feature", names))
            if !errors.isEmpty {
                RuleMark(
                    xStart: .value("Importance", zip(values, errors).map { $0 - $1 }),
                    xEnd: .value("Importance", zip(values, errors).map { $0 + $1 }), y: .value("Feature", names))
            }
        }
        .chartTitle(title)
        .chartYAxis(label: "")
    }
}
