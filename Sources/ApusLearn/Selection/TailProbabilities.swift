import Foundation

/// How probable a test statistic is at least as large as it is, by chance alone.
enum TailProbabilities {
    /// The upper tail of the F distribution.
    static func f(_ value: Double, _ numerator: Double, _ denominator: Double) -> Double {
        if value.isNaN || denominator <= 0 { return .nan }
        if value <= 0 { return 1 }
        if value.isInfinite { return 0 }
        // x = d₂ / (d₂ + d₁ F) and 1 - x, neither of them as a difference.
        let scaled = numerator * value
        return incompleteBeta(
            denominator / 2, numerator / 2, denominator / (denominator + scaled), scaled / (denominator + scaled))
    }

    /// The upper tail of the χ² distribution.
    static func chiSquare(_ value: Double, _ freedom: Double) -> Double {
        if value.isNaN || freedom <= 0 { return .nan }
        if value <= 0 { return 1 }
        if value.isInfinite { return 0 }
        let (a, x) = (freedom / 2, value / 2)
        return x < a + 1 ? 1 - lowerGammaSeries(a, x) : upperGammaFraction(a, x)
    }

    /// I_x(a, b), the regularised incomplete beta function; `y` is 1 - x.
    private static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
        if x <= 0 { return 0 }
        if y <= 0 { return 1 }
        let factor = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(y))
        return x < (a + 1) / (a + b + 2)
            ? factor * betaFraction(a, b, x) / a : 1 - factor * betaFraction(b, a, y) / b
    }

    /// The continued fraction of the incomplete beta function, by Lentz's method.
    private static func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        func kept(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...10_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            let change = d * c
            result *= change
            if (change - 1).magnitude < 1e-16 { break }
        }
        return result
    }

    /// P(a, x) by its series.
    private static func lowerGammaSeries(_ a: Double, _ x: Double) -> Double {
        var (term, sum, k) = (1 / a, 1 / a, a)
        for _ in 0..<100_000 {
            k += 1
            term *= x / k
            sum += term
            if term < sum * 1e-17 { break }
        }
        return sum * exp(a * log(x) - x - logGamma(a))
    }

    /// Q(a, x) by its continued fraction.
    private static func upperGammaFraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        func kept(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / kept(b)
        var result = d
        for step in 1...100_000 {
            let k = Double(step)
            let term = -k * (k - a)
            b += 2
            d = 1 / kept(term * d + b)
            c = kept(b + term / c)
            let change = d * c
            result *= change
            if (change - 1).magnitude < 1e-16 { break }
        }
        return exp(a * log(x) - x - logGamma(a)) * result
    }

    /// ln Γ(x) for x > 0: Stirling's series, after steps up to where it is exact.
    static func logGamma(_ x: Double) -> Double {
        var (x, product) = (x, 1.0)
        while x < 15 {
            product *= x
            x += 1
        }
        let s = 1 / (x * x)
        let series =
            (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * 691 / 360360))))) / x
        return (x - 0.5) * log(x) - x + 0.91893853320467274178 + series - log(product)
    }

    /// ψ(n) for a whole number n > 0.
    static func digamma(_ n: Int) -> Double {
        let gamma = 0.57721566490153286061
        if n < 10 { return stride(from: n - 1, to: 0, by: -1).reduce(0.0) { $0 + 1 / Double($1) } - gamma }
        let x = Double(n)
        let s = 1 / (x * x)
        let series =
            s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * 691 / 32760)))))
        return log(x) - 0.5 / x - series
    }
}
