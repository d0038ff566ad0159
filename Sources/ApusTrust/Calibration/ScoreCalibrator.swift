import ApusCore
import ApusLearn
import Foundation

/// A fitted function from a classifier's scores to probabilities.
package enum ScoreCalibrator: Sendable, Hashable {
    /// 1 / (1 + exp(slope·f + intercept)).
    case sigmoid(slope: Double, intercept: Double)
    /// A monotonic function, level outside of the scores it was fitted on.
    case isotonic(x: [Double], y: [Double])
    /// softmax(beta·f).
    case temperature(beta: Double)

    // MARK: One column of scores

    /// Platt's logistic curve through scores and whether the class is theirs.
    ///
    /// minimise Σ wᵢ (log(1 + exp(rᵢ)) - tᵢ·rᵢ), r = -(slope·f + intercept)
    ///
    /// by Newton's method, where the targets t are a little off 0 and 1: (n₁ + 1)/(n₁ + 2) and 1/(n₀ + 2).
    static func fitSigmoid(_ scores: [Double], _ isPositive: [Bool], _ weights: [Double]?) -> ScoreCalibrator {
        let most = scores.reduce(0) { max($0, $1.magnitude) }
        // Large scores are brought to 1 first; the curve is the same and the steps are well conditioned.
        let scale = most >= 30 ? most : 1
        let f = scores.map { $0 / scale }
        var (negatives, positives) = (0.0, 0.0)
        for (row, positive) in isPositive.enumerated() {
            if positive { positives += weights?[row] ?? 1 } else { negatives += weights?[row] ?? 1 }
        }
        let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))

        func loss(_ slope: Double, _ intercept: Double) -> Double {
            pairwiseSum(0..<f.count) { row in
                let r = -(slope * f[row] + intercept)
                let soft = max(r, 0) + log1p(exp(-r.magnitude))
                return (weights?[row] ?? 1) * (soft - (isPositive[row] ? high : low) * r)
            }
        }

        var (slope, intercept) = (0.0, log((negatives + 1) / (positives + 1)))
        var current = loss(slope, intercept)
        for _ in 0..<100 {
            var gradient = (a: 0.0, b: 0.0)
            var curvature = (aa: 0.0, ab: 0.0, bb: 0.0)
            for row in f.indices {
                let weight = weights?[row] ?? 1
                let p = logistic(-(slope * f[row] + intercept))
                let excess = weight * ((isPositive[row] ? high : low) - p)
                gradient.a += excess * f[row]
                gradient.b += excess
                let bend = weight * p * (1 - p)
                curvature.aa += bend * f[row] * f[row]
                curvature.ab += bend * f[row]
                curvature.bb += bend
            }
            // A trace of damping, so that scores that are all the same leave the slope where it is.
            let damping = 1e-12 * (curvature.aa + curvature.bb) + 1e-300
            let (aa, bb) = (curvature.aa + damping, curvature.bb + damping)
            let determinant = aa * bb - curvature.ab * curvature.ab
            guard determinant > 0 else { break }
            let stepA = -(bb * gradient.a - curvature.ab * gradient.b) / determinant
            let stepB = -(aa * gradient.b - curvature.ab * gradient.a) / determinant
            var length = 1.0
            var next = loss(slope + stepA, intercept + stepB)
            while !(next < current), length > 1e-10 {
                length /= 2
                next = loss(slope + length * stepA, intercept + length * stepB)
            }
            guard next < current else { break }
            slope += length * stepA
            intercept += length * stepB
            let gain = current - next
            current = next
            if gain <= 1e-16 * current.magnitude { break }
        }
        return .sigmoid(slope: slope / scale, intercept: intercept)
    }

    /// A monotonic function through scores and whether the class is theirs.
    static func fitIsotonic(_ scores: [Double], _ isPositive: [Bool], _ weights: [Double]?) throws -> ScoreCalibrator {
        let model = try IsotonicRegression(outOfBounds: .clip).fit(
            scores, isPositive.map { $0 ? 1 : 0 }, weights: weights)
        // A weighted mean of ones may come out a rounding error above 1.
        return .isotonic(x: model.xThresholds, y: model.yThresholds.map { min(max($0, 0), 1) })
    }

    /// The probability that each score stands for.
    func probabilities(_ scores: [Double]) -> [Double] {
        switch self {
        case .sigmoid(let slope, let intercept): return scores.map { Self.logistic(-(slope * $0 + intercept)) }
        case .isotonic(let x, let y):
            let line = PiecewiseLine(x, y)
            return scores.map(line.value(at:))
        case .temperature: return scores
        }
    }

    // MARK: A column for each class

    /// The number to multiply scores by: least mean log loss, by Brent's method over its logarithm from -10 to 10.
    static func fitTemperature(_ scores: Matrix, _ codes: [Int], _ weights: [Double]?) -> ScoreCalibrator {
        let logits = logits(scores)
        let total = weights?.reduce(0, +) ?? Double(codes.count)
        let beta = exp(
            ScalarMinimum.find(from: -10, to: 10, tolerance: 64 * Double.ulpOfOne) { logBeta in
                let beta = exp(logBeta)
                let sum = pairwiseSum(0..<codes.count) { row in
                    var greatest = -Double.infinity
                    for j in 0..<logits.columns { greatest = max(greatest, beta * logits[row, j]) }
                    var mass = 0.0
                    for j in 0..<logits.columns { mass += exp(beta * logits[row, j] - greatest) }
                    return (weights?[row] ?? 1) * (log(mass) + greatest - beta * logits[row, codes[row]])
                }
                return sum / total
            })
        return .temperature(beta: beta)
    }

    /// softmax(beta·f) of each row.
    static func softmax(_ scores: Matrix, beta: Double) -> Matrix {
        var table = logits(scores)
        let width = table.columns
        table.withMutableValues { values in
            for first in stride(from: 0, to: values.count, by: max(width, 1)) {
                let row = first..<first + width
                let greatest = row.reduce(-Double.infinity) { max($0, beta * values[$1]) }
                for k in row { values[k] = exp(beta * values[k] - greatest) }
                let mass = row.reduce(0) { $0 + values[$1] }
                for k in row { values[k] /= mass }
            }
        }
        return table
    }

    /// Scores as logits: decision values as they are (of two classes the negative one beside them), the logarithms of
    /// what looks like probabilities.
    private static func logits(_ scores: Matrix) -> Matrix {
        guard scores.columns > 1 else {
            return Matrix(rows: scores.rows, columns: 2, values: scores.values.flatMap { [-$0, $0] })
        }
        let areProbabilities =
            scores.values.allSatisfy { $0 >= 0 && $0 <= 1 }
            && (0..<scores.rows).allSatisfy { row in
                let sum = (0..<scores.columns).reduce(0) { $0 + scores[row, $1] }
                return (sum - 1).magnitude <= 1e-8 + 1e-5
            }
        guard areProbabilities else { return scores }
        return Matrix(rows: scores.rows, columns: scores.columns, values: scores.values.map { log($0 + 1e-12) })
    }

    private static func logistic(_ value: Double) -> Double {
        if value >= 0 { return 1 / (1 + exp(-value)) }
        let power = exp(value)
        return power / (1 + power)
    }
}

/// The least value of a function of one number.
///
/// Source: R. P. Brent, "Algorithms for minimization without derivatives" (1973), chapter 5.
enum ScalarMinimum {
    /// Where a function is least between two bounds, by golden sections and parabolas.
    static func find(
        from lower: Double, to upper: Double, tolerance: Double, steps: Int = 500, _ function: (Double) -> Double
    ) -> Double {
        let golden = 0.5 * (3 - 5.0.squareRoot())
        let small = 2.2e-16.squareRoot()
        var (a, b) = (lower, upper)
        var best = a + golden * (b - a)
        var (second, third) = (best, best)
        var bestValue = function(best)
        var (secondValue, thirdValue) = (bestValue, bestValue)
        var (step, before) = (0.0, 0.0)
        for _ in 1..<steps {
            let middle = 0.5 * (a + b)
            let near = small * best.magnitude + tolerance / 3
            guard (best - middle).magnitude > 2 * near - 0.5 * (b - a) else { break }
            var isParabolic = false
            if before.magnitude > near {
                let r = (best - second) * (bestValue - thirdValue)
                var q = (best - third) * (bestValue - secondValue)
                var p = (best - third) * q - (best - second) * r
                q = 2 * (q - r)
                if q > 0 { p = -p }
                q = q.magnitude
                let last = before
                before = step
                if p.magnitude < (0.5 * q * last).magnitude, p > q * (a - best), p < q * (b - best) {
                    isParabolic = true
                    step = p / q
                    let x = best + step
                    if x - a < 2 * near || b - x < 2 * near { step = middle >= best ? near : -near }
                }
            }
            if !isParabolic {
                before = best >= middle ? a - best : b - best
                step = golden * before
            }
            let x = best + (step >= 0 ? 1 : -1) * max(step.magnitude, near)
            let value = function(x)
            if value <= bestValue {
                if x >= best { a = best } else { b = best }
                (third, thirdValue) = (second, secondValue)
                (second, secondValue) = (best, bestValue)
                (best, bestValue) = (x, value)
            } else {
                if x < best { a = x } else { b = x }
                if value <= secondValue || second == best {
                    (third, thirdValue) = (second, secondValue)
                    (second, secondValue) = (x, value)
                } else if value <= thirdValue || third == best || third == second {
                    (third, thirdValue) = (x, value)
                }
            }
        }
        return best
    }
}
