/// How the contributions of features lead from the base to the prediction for one row: each bar starts where the one before
/// it ended, the smallest contributions first.
public struct WaterfallChart: ChartRepresentable {
    private let names: [String]
    private let starts: [Double]
    private let ends: [Double]
    private let texts: [String]
    private let base: Double
    private let output: Double
    private let title: String
    private let label: String

    /// The name of the features that are shown together.
    private static func others(_ count: Int) -> String { "\(count) others" }
    private static let up = "raises", down = "lowers"

    /// - Parameters:
    ///   - names: the features, with their values where these help.
    ///   - contributions: what each adds; those that are not finite are left out.
    ///   - base: where the first bar starts.
    ///   - top: how many features are shown at most; the others are added up.
    ///   - label: what the prediction is measured in.
    ///   - title: what stands above the chart.
    public init(
        names: [String], contributions: [Double], base: Double, top: Int = 12, label: String = "Prediction",
        title: String = "How the prediction comes about"
    ) {
        let order = (0..<min(names.count, contributions.count)).filter { contributions[$0].isFinite }.sorted {
            (contributions[$1].magnitude, $0) < (contributions[$0].magnitude, $1)
        }
        var shown = order.prefix(max(1, top)).map { (names[$0], contributions[$0]) }
        let rest = order.dropFirst(max(1, top))
        if !rest.isEmpty {
            shown.append((Self.others(rest.count), rest.reduce(0) { $0 + contributions[$1] }))
        }
        // From the bottom up, so that the greatest comes last and on top.
        var (starts, ends): ([Double], [Double]) = ([], [])
        var level = base
        for (_, contribution) in shown.reversed() {
            starts.append(level)
            level += contribution
            ends.append(level)
        }
        self.names = shown.map(\.0).distinct()
        self.starts = starts.reversed()
        self.ends = ends.reversed()
        texts = shown.map { ($0.1 < 0 ? "\u{2212}" : "+") + NumberFormat.short($0.1.magnitude, digits: 3) }
        self.base = base
        output = level
        self.title = title
        self.label = label
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        let directions = zip(starts, ends).map { $1 >= $0 ? Self.up : Self.down }
        // Room for the numbers beside bars that end at the edge.
        let (low, high) = ((starts + ends + [base]).min() ?? base, (starts + ends + [base]).max() ?? base)
        let room = high > low ? 0.15 * (high - low) : max(1, base.magnitude / 10)
        return Chart {
            RuleMark(x: .value(label, base)).foregroundStyle(.secondary)
                .lineStyle(StrokeStyle(lineWidth: 1, dash: [3, 3]))
            RuleMark(x: .value(label, output)).foregroundStyle(.secondary).lineStyle(StrokeStyle(lineWidth: 1))
            BarMark(xStart: .value(label, starts), xEnd: .value(label, ends), y: .value("Feature", names))
                .foregroundStyle(by: .value("Direction", directions))
                .annotation(position: .automatic, texts)
        }
        .chartTitle(title)
        .chartSubtitle(
            "From \(NumberFormat.short(base, digits: 4)) on average to \(NumberFormat.short(output, digits: 4))"
        )
        .chartYAxis(label: "")
        .chartYScale(domain: names)
        .chartXScale(domain: low - room...high + room)
        .chartForegroundStyleScale([Self.up: .vermilion, Self.down: .blue])
    }
}
