#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The standard normal distribution between two bounds, in logarithms, accurate far out in its tails.
enum TruncatedNormal {
    private static let logRoot = 0.5 * log(2 * Double.pi)

    /// The logarithm of the density of the whole distribution.
    static func logDensity(_ x: Double) -> Double { -(x * x) / 2 - logRoot }

    /// The logarithm of the probability between two bounds.
    static func logMass(from a: Double, to b: Double) -> Double {
        if b <= 0 { return logDifference(logBelow(b), logBelow(a)) }
        if a > 0 { return logDifference(logBelow(-a), logBelow(-b)) }
        return log1p(-below(a) - below(-b))
    }

    /// The value below which a share of the probability between two bounds lies.
    static func quantile(_ share: Double, from a: Double, to b: Double) -> Double {
        if share <= 0 { return a }
        if share >= 1 { return b }
        let mass = logMass(from: a, to: b)
        return a < 0
            ? inverse(logAdd(logBelow(a), log(share) + mass)) : -inverse(logAdd(logBelow(-b), log1p(-share) + mass))
    }

    /// The probability below a value.
    private static func below(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// The logarithm of the probability below a value.
    private static func logBelow(_ x: Double) -> Double {
        if x > 6 { return -below(-x) }
        if x > -20 { return log(below(x)) }
        // The asymptotic series of the tail.
        let inverseSquare = 1 / (x * x)
        var (last, sum, term, sign, step) = (0.0, 1.0, 1.0, 1.0, 0)
        while abs(last - sum) > .ulpOfOne, step < 200 {
            step += 1
            last = sum
            sign = -sign
            term *= inverseSquare * Double(2 * step - 1)
            sum += sign * term
        }
        return -0.5 * x * x - log(-x) - logRoot + log(sum)
    }

    /// The value below which a probability lies, given its logarithm, by Newton's method.
    private static func inverse(_ y: Double) -> Double {
        let flips = y > -1e-2
        let z = flips ? log(-expm1(y)) : y
        var x =
            z < -5 ? -(-2 * (z + logRoot)).squareRoot() : -(3.0.squareRoot() / Double.pi) * log(expm1(-z))
        for _ in 0..<100 {
            let known = logBelow(x)
            let change = (known - z) * exp(known - logDensity(x))
            x -= change
            if !(abs(change) >= 1e-8 * abs(x)) { break }
        }
        return flips ? -x : x
    }

    private static func logAdd(_ a: Double, _ b: Double) -> Double {
        let (high, low) = (max(a, b), min(a, b))
        return high == -.infinity ? high : high + log1p(exp(low - high))
    }

    private static func logDifference(_ a: Double, _ b: Double) -> Double { a + log1p(-exp(b - a)) }
}
