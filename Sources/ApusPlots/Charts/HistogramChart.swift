import Foundation

/// How often values fall into ranges of equal width.
///
/// Ranges have round bounds and are about as wide as Freedman and Diaconis advise: 2 · IQR / ∛n ("On the histogram as
/// a density estimator", 1981), never fewer than 5 and never more than 60. A value on a bound belongs to the range
/// above it. Values that are NaN or infinite are left out.
public struct HistogramChart: ChartRepresentable {
    /// The bounds between the ranges, ascending; one more than there are ranges, or none without values.
    public let bounds: [Double]
    /// The number of values in each range.
    public let counts: [Int]
    private let label: String
    private let title: String

    /// - Parameters:
    ///   - values: the numbers to count.
    ///   - label: what they measure.
    ///   - bins: about how many ranges there should be; by default as many as the data suggest.
    ///   - title: what stands above the chart.
    public init(_ values: [Double], label: String, bins: Int? = nil, title: String? = nil) {
        let sorted = values.filter(\.isFinite).sorted()
        (bounds, counts) = HistogramChart.count(sorted, bins: bins ?? HistogramChart.suggested(sorted))
        self.label = label
        self.title = title ?? "Distribution of \(label)"
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        let starts = Array(bounds.dropLast())
        return Chart {
            RectangleMark(
                xStart: .value(label, starts), xEnd: .value(label, Array(bounds.dropFirst())),
                yStart: .value("Count", Array(repeating: 0, count: starts.count)), yEnd: .value("Count", counts))
        }
        .chartTitle(title)
    }

    private static func suggested(_ sorted: [Double]) -> Int {
        guard let first = sorted.first, let last = sorted.last, last > first else { return 1 }
        let spread = sorted[sorted.count * 3 / 4] / 2 - sorted[sorted.count / 4] / 2
        let width = 2 * spread / cbrt(Double(sorted.count))
        guard width > 0 else { return 10 }
        return Int(min(60, max(5, ((last / 2 - first / 2) / width).rounded())))
    }

    private static func count(_ sorted: [Double], bins: Int) -> (bounds: [Double], counts: [Int]) {
        guard let first = sorted.first, let last = sorted.last else { return ([], []) }
        let scale = AxisScale.fitted(type: .linear, to: first...last, includesZero: false)
        // All values the same: one range around them.
        if scale.low < first, scale.high > last, last / 2 - first / 2 <= abs(first) * 1e-12 {
            return ([scale.low, scale.high], [sorted.count])
        }
        let (low, high) = (first, last)
        let step = Ticks.step(low, high, count: min(1000, max(1, bins)))
        let start = (low / step + 1e-9).rounded(.down)
        let ends = (high / step).rounded(.down) - start + 1
        guard step > 0, start.isFinite, ends.isFinite, ends < 5000 else { return ([low, high], [sorted.count]) }
        // The largest value on a bound joins the last range rather than opening one for itself.
        let closes = (start + ends - 1) * step >= high && ends > 1
        let size = Int(ends) - (closes ? 1 : 0)
        var counts = [Int](repeating: 0, count: size)
        for value in sorted {
            let place = (value / step + 1e-9).rounded(.down) - start
            counts[min(size - 1, max(0, Int(min(5000, max(0, place)))))] += 1
        }
        return ((0...size).map { (start + Double($0)) * step }, counts)
    }
}
