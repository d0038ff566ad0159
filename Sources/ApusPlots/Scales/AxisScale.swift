import Foundation

/// The way from values to places along one axis: 0 at its start, 1 at its end.
struct AxisScale: Sendable {
    let type: ScaleType
    /// Bounds of the numbers; for categories half a band beyond the first and last index.
    let low: Double
    let high: Double
    /// Names of the bands, in order along the axis.
    let categories: [String]
    /// Whether the bounds were asked for: then whatever lies outside is left out.
    let isFixed: Bool

    init(type: ScaleType, low: Double, high: Double, isFixed: Bool) {
        self.type = type
        self.low = low
        self.high = high
        self.categories = []
        self.isFixed = isFixed
    }

    init(categories: [String]) {
        type = .category
        self.categories = categories
        low = -0.5
        high = Double(max(1, categories.count)) - 0.5
        isFixed = false
    }

    /// Part of the axis that one band takes.
    var band: Double { 1 / Double(max(1, categories.count)) }

    /// Place of `value`; NaN where it has none. Places outside 0...1 are kept within 1e6, far outside any picture.
    func place(_ value: Double) -> Double {
        let share: Double
        switch type {
        case .linear, .category: share = (value / 2 - low / 2) / (high / 2 - low / 2)
        case .log: share = value > 0 ? (log10(value) - log10(low)) / (log10(high) - log10(low)) : .nan
        }
        return share.isNaN ? .nan : min(1e6, max(-1e6, share))
    }

    /// Where bars and areas start: zero, or the nearest there is to it.
    var baseline: Double {
        switch type {
        case .linear, .category: return min(high, max(low, 0))
        case .log: return low
        }
    }

    func ticks(count: Int) -> Ticks {
        switch type {
        case .linear: return Ticks.linear(low, high, count: count)
        case .log: return Ticks.log(low, high, count: count)
        case .category: return Ticks(values: categories.indices.map(Double.init), labels: categories)
        }
    }

    /// Bounds around `range`: round ones, and never empty. `reach` is how far the axis goes at least, round or not.
    static func fitted(
        type: ScaleType, to range: ClosedRange<Double>?, includesZero: Bool, reach: Double = -.infinity
    ) -> AxisScale {
        guard let range else {
            return AxisScale(type: type, low: type == .log ? 1 : 0, high: type == .log ? 10 : 1, isFixed: false)
        }
        return type == .log ? logarithmic(range) : linear(range, includesZero: includesZero, reach: reach)
    }

    private static func linear(_ range: ClosedRange<Double>, includesZero: Bool, reach: Double) -> AxisScale {
        var low = includesZero ? min(0, range.lowerBound) : range.lowerBound
        var high = includesZero ? max(0, range.upperBound) : range.upperBound
        let size = max(abs(low), abs(high))
        if high / 2 - low / 2 <= size * 1e-12 || size < 1e-290 {
            // All the same (or too close to tell apart): room on both sides.
            let room = size < 1e-290 ? 1 : size / 2
            low = max(-Double.greatestFiniteMagnitude, low - room)
            high = min(Double.greatestFiniteMagnitude, high + room)
        }
        let step = Ticks.step(low, high, count: 6)
        let roundLow = (low / step + 1e-9).rounded(.down) * step
        let roundHigh = (high / step - 1e-9).rounded(.up) * step
        if step > 0, roundLow.isFinite, roundHigh.isFinite, roundHigh > roundLow { (low, high) = (roundLow, roundHigh) }
        return AxisScale(type: .linear, low: low, high: max(high, reach), isFixed: false)
    }

    private static func logarithmic(_ range: ClosedRange<Double>) -> AxisScale {
        var low = log10(range.lowerBound)
        var high = log10(range.upperBound)
        if high - low < 1e-9 { (low, high) = (low - 0.5, high + 0.5) }
        // Whole decades where that wastes little room, else a little air on both sides.
        let air = (high - low) * 0.04
        let (floor, ceiling) = (low.rounded(.down), high.rounded(.up))
        let roomy = max(0.2, (high - low) * 0.15)
        low = low - floor <= roomy ? floor : low - air
        high = ceiling - high <= roomy ? ceiling : high + air
        return AxisScale(
            type: .log, low: max(Double.leastNormalMagnitude, pow(10, low)),
            high: min(Double.greatestFiniteMagnitude, pow(10, high)), isFixed: false)
    }
}
