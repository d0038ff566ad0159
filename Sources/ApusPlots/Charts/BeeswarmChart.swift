/// What each feature adds to the predictions of many rows: a point for each row, coloured by the value of the feature.
///
/// Points pile up where many rows have about the same contribution. Where the colours of a feature run from one side to the
/// other, high values push the predictions one way and low ones the other.
public struct BeeswarmChart: ChartRepresentable {
    private let names: [String]
    private let x: [Double]
    private let y: [String]
    private let shifts: [Double]
    private let shares: [Double]
    private let title: String
    private let label: String

    /// - Parameters:
    ///   - names: the features, the most important first.
    ///   - contributions: for each feature its contribution in each row; those that are not finite are left out.
    ///   - values: for each feature its value in each row, which decides the colour by its rank; NaN for none.
    ///   - top: how many features are shown at most.
    ///   - label: what contributions are measured in.
    ///   - title: what stands above the chart.
    public init(
        names: [String], contributions: [[Double]], values: [[Double]], top: Int = 15, label: String = "Contribution",
        title: String = "What each column adds"
    ) {
        let shown = min(max(0, top), names.count, contributions.count)
        let distinct = Array(names.prefix(shown)).distinct()
        self.names = distinct
        self.title = title
        self.label = label
        var (x, y, shifts, shares): ([Double], [String], [Double], [Double]) = ([], [], [], [])
        let all = contributions.prefix(shown).joined().filter(\.isFinite)
        let (low, high) = (all.min() ?? 0, all.max() ?? 1)
        for k in 0..<shown {
            let column = k < values.count ? values[k] : []
            let ranks = BeeswarmChart.ranks(column)
            x += contributions[k]
            y += Array(repeating: distinct[k], count: contributions[k].count)
            shifts += BeeswarmChart.piled(contributions[k], low, high)
            shares += contributions[k].indices.map { $0 < ranks.count ? ranks[$0] : 0.5 }
        }
        (self.x, self.y, self.shifts, self.shares) = (x, y, shifts, shares)
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        Chart {
            RuleMark(x: .value(label, 0)).foregroundStyle(.secondary).lineStyle(StrokeStyle(lineWidth: 1))
            PointMark(x: .value(label, x), y: .value("Feature", y))
                .foregroundStyle(by: .value("Value, by rank", shares))
                .offset(shifts)
                .symbolSize(x.count > 2000 ? 9 : 20)
        }
        .chartTitle(title)
        .chartYAxis(label: "")
        .chartYScale(domain: names)
        .chartForegroundStyleScale(.viridis, domain: 0...1)
    }

    /// The rank of each value from 0 to 1, the middle for NaN.
    private static func ranks(_ values: [Double]) -> [Double] {
        let sorted = values.filter(\.isFinite).sorted()
        guard sorted.count > 1, sorted[0] < sorted[sorted.count - 1] else { return values.map { _ in 0.5 } }
        var ranks: [Double: Double] = [:]
        var start = 0
        while start < sorted.count {
            var end = start
            while end + 1 < sorted.count, sorted[end + 1] == sorted[start] { end += 1 }
            ranks[sorted[start]] = Double(start + end) / 2 / Double(sorted.count - 1)
            start = end + 1
        }
        return values.map { ranks[$0] ?? 0.5 }
    }

    /// Offsets that keep points of nearly the same contribution apart: outwards from the middle, one after the other.
    private static func piled(_ values: [Double], _ low: Double, _ high: Double) -> [Double] {
        let bins = 90.0
        let width = high > low ? (high - low) / bins : 1
        var members: [Int: [Int]] = [:]
        for (k, value) in values.enumerated() where value.isFinite {
            members[Int(((value - low) / width).rounded()), default: []].append(k)
        }
        let most = members.values.map(\.count).max() ?? 1
        let step = min(0.09, 0.8 / Double(max(1, most)))
        var offsets = [Double](repeating: 0, count: values.count)
        for bin in members.values {
            for (place, k) in bin.enumerated() {
                let distance = Double((place + 1) / 2) * step
                offsets[k] = place % 2 == 0 ? distance : -distance
            }
        }
        return offsets
    }
}
