import ApusCore
import Foundation

/// A range in which a figure lies, as far as the rows at hand can tell.
public struct Interval: Sendable, Hashable, Codable {
    /// The lower end.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    /// The range from `lower` to `upper`.
    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Wilson's interval of 95 % for a share.
    ///
    /// E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927). It stays within
    /// 0 and 1 and has a width even where the share is 0 or 1, so that three rows out of three do not look like certainty.
    ///
    /// - Parameters:
    ///   - successes: How many rows have it.
    ///   - rows: How many rows there are; nil is returned for none.
    public init?(wilson successes: Double, of rows: Double) {
        guard rows > 0, successes >= 0, successes <= rows else { return nil }
        let z = 1.959963984540054
        let share = successes / rows
        let scale = 1 + z * z / rows
        let center = (share + z * z / (2 * rows)) / scale
        let half = z / scale * (share * (1 - share) / rows + z * z / (4 * rows * rows)).squareRoot()
        self.init(lower: max(0, center - half), upper: min(1, center + half))
    }

    /// The middle part of some values, between quantiles with linear interpolation; nil when there are none.
    package init?(percentiles values: [Double], _ confidence: Double) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = Int(place)
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
        }
        self.init(lower: quantile((1 - confidence) / 2), upper: quantile((1 + confidence) / 2))
    }
}
