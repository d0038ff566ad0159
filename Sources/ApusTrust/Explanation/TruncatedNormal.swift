import Foundation

/// The standard normal distribution between two bounds.
struct TruncatedNormal: Sendable {
    /// The lower bound, in standard deviations from the mean.
    let low: Double
    /// The upper bound.
    let high: Double
    /// Where the shares of the whole distribution begin, and how far they go, in the tail on the side of the bounds: there
    /// small numbers keep their digits.
    private let start: Double
    private let span: Double
    private let isLower: Bool

    init(from low: Double, to high: Double) {
        self.low = low
        self.high = high
        isLower = low < 0
        if isLower {
            start = Self.below(low)
            span = Self.below(high) - start
        } else {
            start = Self.below(-low)
            span = Self.below(-high) - start
        }
    }

    /// The value below which the share `share` of the distribution lies, from 0 to 1.
    func quantile(_ share: Double) -> Double {
        let value = NormalQuantile.value(start + share * span)
        return min(max(isLower ? value : -value, low), high)
    }

    private static func below(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
}
