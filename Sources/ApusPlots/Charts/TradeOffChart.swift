/// Accuracy against disparity of several classifiers: those that a reduction tried, and a few by name.
public struct TradeOffChart: ChartRepresentable {
    private let tried: [(disparity: Double, accuracy: Double)]
    private let named: [(name: String, disparity: Double, accuracy: Double)]
    private let bound: Double?
    private let title: String

    /// - Parameters:
    ///   - tried: disparity and accuracy of every classifier that was tried.
    ///   - named: those with a name in the legend, such as the mixture that was chosen.
    ///   - bound: the disparity that was asked for, drawn as a line; `nil` for none.
    ///   - title: what stands above the chart.
    public init(
        tried: [(disparity: Double, accuracy: Double)],
        named: [(name: String, disparity: Double, accuracy: Double)], bound: Double? = nil,
        title: String = "Accuracy against disparity"
    ) {
        self.tried = tried.filter { $0.disparity.isFinite && $0.accuracy.isFinite }
        self.named = named.filter { $0.disparity.isFinite && $0.accuracy.isFinite }
        self.bound = bound
        self.title = title
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        Chart {
            if let bound {
                RuleMark(x: .value("Disparity", [bound]))
                    .foregroundStyle(.secondary)
                    .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4]))
            }
            if !tried.isEmpty {
                PointMark(x: .value("Disparity", tried.map(\.disparity)), y: .value("Accuracy", tried.map(\.accuracy)))
                    .foregroundStyle(by: .value("Classifier", tried.map { _ in "tried" }))
            }
            for one in named {
                PointMark(x: .value("Disparity", [one.disparity]), y: .value("Accuracy", [one.accuracy]))
                    .foregroundStyle(by: .value("Classifier", [one.name]))
                    .symbolSize(110)
            }
        }
        .chartTitle(title)
        .chartXScale(includesZero: true)
        .chartYScale(includesZero: false)
        .chartForegroundStyleScale(["tried": .gray])
    }
}
