/// A share of some rows, and the interval in which the true one lies.
struct Proportion: Sendable, Hashable {
    /// How many of the rows.
    let hits: Double
    /// How many rows.
    let rows: Double

    /// The normal quantile of a two-sided interval of 95 %.
    private static let z = 1.959963984540054

    init(_ hits: Int, of rows: Int) {
        self.hits = Double(hits)
        self.rows = Double(rows)
    }

    /// The share, or nil of no rows.
    var value: Double? { rows > 0 ? hits / rows : nil }

    /// Wilson's score interval of 95 %, or nil of no rows.
    var interval: ClosedRange<Double>? {
        guard rows > 0 else { return nil }
        let (p, z) = (hits / rows, Self.z)
        let middle = (p + z * z / (2 * rows)) / (1 + z * z / rows)
        let half = z * (p * (1 - p) / rows + z * z / (4 * rows * rows)).squareRoot() / (1 + z * z / rows)
        // Rounding must not let the interval end before the share itself.
        return max(0, min(p, middle - half))...min(1, max(p, middle + half))
    }

    /// The difference of two shares with Newcombe's interval of 95 % (his method 10, from the two Wilson intervals).
    ///
    /// - Returns: Nil where either share is one of no rows.
    func difference(from other: Proportion) -> (value: Double, interval: ClosedRange<Double>)? {
        guard let a = value, let b = other.value, let inA = interval, let inB = other.interval else { return nil }
        func root(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
        let low = a - b - root(a - inA.lowerBound, inB.upperBound - b)
        let high = a - b + root(inA.upperBound - a, b - inB.lowerBound)
        return (a - b, max(-1, low)...min(1, high))
    }
}
