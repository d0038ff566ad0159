import Foundation

/// Points and weights that integrate polynomials over (0, 1) exactly.
@_documentation(visibility: internal)
public struct GaussLegendre: Sendable {
    /// Where the polynomial is evaluated, descending.
    public let points: [Double]
    /// What each value counts; they add up to 1.
    public let weights: [Double]

    /// A rule of `count` points, exact for polynomials of degree 2 · `count` - 1.
    ///
    /// - Parameter count: At least 1.
    /// - Complexity: O(count²)
    public init(count: Int) {
        var points: [Double] = []
        var weights: [Double] = []
        let n = Double(count)
        for k in 0..<count {
            // Newton's method on the Legendre polynomial, from a guess that is good to a few digits.
            var x = cos(Double.pi * (Double(k) + 0.75) / (n + 0.5))
            var slope = 1.0
            for _ in 0..<100 {
                var (before, value) = (1.0, x)
                for degree in stride(from: 2.0, through: n, by: 1) {
                    (before, value) = (value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree)
                }
                slope = n * (x * value - before) / (x * x - 1)
                let step = value / slope
                x -= step
                if step.magnitude < 1e-16 { break }
            }
            points.append((1 + x) / 2)
            weights.append(1 / ((1 - x * x) * slope * slope))
        }
        self.points = points
        self.weights = weights
    }
}
