import Foundation

/// The tails of the distributions that tests of drift need.
enum Tails {
    /// The probability that a chi-square variable with some degrees of freedom is greater than a value.
    ///
    /// The regularised upper incomplete gamma function: by its series below the mean, by its continued fraction (Lentz)
    /// above; Press et al., Numerical Recipes, 6.2. Relative error below 1e-12 in the range of a test.
    ///
    /// - Returns: Nil without degrees of freedom or for a value that is not a number.
    static func chiSquare(_ value: Double, degrees: Int) -> Double? {
        guard degrees > 0, !value.isNaN else { return nil }
        guard value > 0 else { return 1 }
        guard value.isFinite else { return 0 }
        let (a, x) = (Double(degrees) / 2, value / 2)
        let front = exp(a * log(x) - x - lgamma(a))
        guard x >= a + 1 else {
            var (term, sum, k) = (1 / a, 1 / a, a)
            while term > sum * 1e-17 {
                k += 1
                term *= x / k
                sum += term
            }
            return max(0, 1 - front * sum)
        }
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var fraction = d
        for step in 1...100_000 {
            let factor = -Double(step) * (Double(step) - a)
            b += 2
            d = factor * d + b
            if d.magnitude < tiny { d = tiny }
            c = b + factor / c
            if c.magnitude < tiny { c = tiny }
            d = 1 / d
            fraction *= d * c
            if (d * c - 1).magnitude < 1e-16 { break }
        }
        return min(1, front * fraction)
    }

    /// The probability that the limit of √n D, the Kolmogorov distribution, is greater than a value.
    static func kolmogorov(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        guard value > 1.08 else {
            // The other of the two series, which converges where this one does not.
            let t = exp(-Double.pi * Double.pi / (8 * value * value))
            let sum = t * (1 + pow(t, 8) * (1 + pow(t, 16) * (1 + pow(t, 24))))
            return max(0, min(1, 1 - (2 * Double.pi).squareRoot() / value * sum))
        }
        var sum = 0.0
        for k in 1...20 {
            let term = exp(-2 * Double(k * k) * value * value)
            sum += k % 2 == 1 ? term : -term
            if term < 1e-18 * sum { break }
        }
        return min(1, 2 * sum)
    }
}
