/// The contributions of one row in a strip: what raises the prediction pushes from the left, what lowers it from the right,
/// and they meet at the prediction.
public struct ForceChart: ChartRepresentable {
    private struct Segment: Sendable {
        let start: Double, end: Double
        let name: String
        let raises: Bool
    }

    private let segments: [Segment]
    private let base: Double
    private let output: Double
    private let title: String
    private let label: String

    /// - Parameters:
    ///   - names: the features, with their values where these help.
    ///   - contributions: what each adds; those that are not finite are left out.
    ///   - base: the prediction without knowing the row.
    ///   - label: what the prediction is measured in.
    ///   - title: what stands above the chart.
    public init(
        names: [String], contributions: [Double], base: Double, label: String = "Prediction",
        title: String = "What pushes the prediction"
    ) {
        let known = (0..<min(names.count, contributions.count)).filter {
            contributions[$0].isFinite && contributions[$0] != 0
        }
        output = known.reduce(base) { $0 + contributions[$1] }
        var segments: [Segment] = []
        for raises in [true, false] {
            let order = known.filter { (contributions[$0] > 0) == raises }.sorted {
                (contributions[$1].magnitude, $0) < (contributions[$0].magnitude, $1)
            }
            var edge = output
            for k in order {
                // Both sides begin at the prediction, the greatest next to it.
                let next = edge - contributions[k]
                segments.append(Segment(start: min(edge, next), end: max(edge, next), name: names[k], raises: raises))
                edge = next
            }
        }
        self.segments = segments
        self.base = base
        self.title = title
        self.label = label
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        let low = segments.map(\.start).min() ?? base
        let high = segments.map(\.end).max() ?? base
        let wide = segments.map { $0.end - $0.start >= (high - low) * 0.09 }
        return Chart {
            RectangleMark(
                xStart: .value(label, segments.map(\.start)), xEnd: .value(label, segments.map(\.end)),
                yStart: .value("", segments.map { _ in 0.0 }), yEnd: .value("", segments.map { _ in 1.0 })
            )
            .foregroundStyle(by: .value("Direction", segments.map { $0.raises ? "raises" : "lowers" }))
            .annotation(position: .overlay, zip(segments, wide).map { $1 ? $0.name.replacing(" = ", with: "\n") : "" })
            RuleMark(x: .value(label, [base])).foregroundStyle(.secondary)
                .lineStyle(StrokeStyle(lineWidth: 1, dash: [3, 3]))
            RuleMark(x: .value(label, [output])).foregroundStyle(.primary).lineStyle(StrokeStyle(lineWidth: 2))
        }
        .chartTitle(title)
        .chartSubtitle(
            "From \(NumberFormat.short(base, digits: 4)) on average to \(NumberFormat.short(output, digits: 4))"
        )
        .chartYAxis(.hidden, label: "", grid: .hidden)
        .chartYScale(domain: 0...1)
        .chartXScale(includesZero: false)
        .chartForegroundStyleScale(["raises": .vermilion, "lowers": .blue])
    }
}
