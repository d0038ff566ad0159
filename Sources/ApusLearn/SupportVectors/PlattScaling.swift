import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Turns decision values f into probabilities `1 / (1 + exp(a f + b))`.
///
/// Source: J. Platt, "Probabilistic outputs for support vector machines" (1999), by the Newton iteration of H.-T. Lin,
/// C.-J. Lin and R. C. Weng, "A note on Platt's probabilistic outputs for support vector machines", Machine Learning 68
/// (2007).
package struct PlattScaling: Sendable, Hashable {
    /// What values are multiplied by.
    package let a: Double
    /// What is added to the product.
    package let b: Double

    init(a: Double, b: Double) {
        self.a = a
        self.b = b
    }

    /// The sigmoid under which the signs of the values are most likely, with slightly softened targets.
    init(fittedTo values: [Double], isPositive: [Bool]) {
        let positive = Double(isPositive.count { $0 })
        let negative = Double(isPositive.count) - positive
        let (high, low) = ((positive + 1) / (positive + 2), 1 / (negative + 2))
        let targets = isPositive.map { $0 ? high : low }

        func loss(_ a: Double, _ b: Double) -> Double {
            var sum = 0.0
            for (value, target) in zip(values, targets) {
                let z = value * a + b
                sum += z >= 0 ? target * z + log(1 + exp(-z)) : (target - 1) * z + log(1 + exp(z))
            }
            return sum
        }

        var (a, b) = (0.0, log((negative + 1) / (positive + 1)))
        var current = loss(a, b)
        for _ in 0..<100 {
            var (h11, h22, h21, g1, g2) = (1e-12, 1e-12, 0.0, 0.0, 0.0)
            for (value, target) in zip(values, targets) {
                let p = Self.probability(value * a + b)
                let curvature = p * Self.probability(-(value * a + b))
                h11 += value * value * curvature
                h22 += curvature
                h21 += value * curvature
                g1 += value * (target - p)
                g2 += target - p
            }
            if abs(g1) < 1e-5, abs(g2) < 1e-5 { break }
            let determinant = h11 * h22 - h21 * h21
            let da = -(h22 * g1 - h21 * g2) / determinant
            let db = -(-h21 * g1 + h11 * g2) / determinant
            let slope = g1 * da + g2 * db
            var step = 1.0
            while step >= 1e-10 {
                let next = loss(a + step * da, b + step * db)
                if next < current + 0.0001 * step * slope {
                    (a, b, current) = (a + step * da, b + step * db, next)
                    break
                }
                step /= 2
            }
            if step < 1e-10 { break }
        }
        self.init(a: a, b: b)
    }

    /// The probability of the positive side.
    func probability(_ value: Double) -> Double { Self.probability(value * a + b) }

    /// 1 / (1 + exp(z)), without cancellation.
    private static func probability(_ z: Double) -> Double {
        z >= 0 ? exp(-z) / (1 + exp(-z)) : 1 / (1 + exp(z))
    }
}
