import CApusKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What boosting minimises: a loss of a score and a target, with its derivatives.
///
/// Scores hold a column of all rows for each class, one column where there are two classes or none.
@_documentation(visibility: internal)
public enum BoostingLoss: Sendable, Hashable {
    /// log(1 + exp(r)) - y r, for targets 0 and 1.
    case binary
    /// log Σ exp(rₖ) - r_y, for targets 0 to `classes` - 1.
    case multinomial(classes: Int)
    /// ½ (y - r)².
    case squared
    /// |y - r|.
    case absolute
    /// (y - r) (q - [y < r]).
    case pinball(quantile: Double)
    /// exp(r) - y r.
    case poisson
    /// r + y exp(-r).
    case gamma

    /// How many scores a row has.
    public var outputs: Int { if case .multinomial(let classes) = self { classes } else { 1 } }

    /// Whether the second derivative is positive, so that a leaf's value is a Newton step; otherwise it is a quantile.
    public var isSmooth: Bool {
        switch self {
        case .absolute, .pinball: false
        default: true
        }
    }

    /// The scores that are best for all rows alike.
    ///
    /// - Parameters:
    ///   - y: The targets.
    ///   - weights: As many weights; nil for equal ones.
    public func baseline(_ y: [Double], weights: [Double]?) -> [Double] {
        let least = 10 * Double.ulpOfOne
        switch self {
        case .binary:
            return [Self.logit(min(1 - least, max(least, Self.mean(y, weights))))]
        case .multinomial(let classes):
            let shares = (0..<classes).map { k in
                let share = Self.mean(y.map { $0 == Double(k) ? 1 : 0 }, weights)
                return min(1 - .ulpOfOne, max(.ulpOfOne, share))
            }
            let middle = exp(Self.mean(shares.map { log($0) }, nil))
            return shares.map { log($0 / middle) }
        case .squared: return [Self.mean(y, weights)]
        case .poisson, .gamma: return [log(max(least, Self.mean(y, weights)))]
        case .absolute, .pinball: return [center(y, weights: weights)]
        }
    }

    /// Gradient and hessian of each row for each class, as pairs of 32-bit numbers.
    public func pairs(_ scores: [Double], _ y: [Double], weights: [Double]?, into pairs: inout [Float]) {
        let rows = y.count
        let loss = self
        pairs.withUnsafeMutableBufferPointer { pairs in
            let pairs = SharedBuffer(pairs)
            let blocks = Parallel.blocks(of: rows, size: 16384)
            Parallel.forEach(blocks.count) { block in
                scores.withUnsafeBufferPointer { scores in
                    y.withUnsafeBufferPointer { y in
                        loss.fill(
                            blocks[block], total: rows, scores.baseAddress.unsafelyUnwrapped,
                            y.baseAddress.unsafelyUnwrapped, weights, pairs.base)
                    }
                }
            }
        }
    }

    private func fill(
        _ rows: Range<Int>, total: Int, _ scores: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
        _ weights: [Double]?, _ pairs: UnsafeMutablePointer<Float>
    ) {
        let start = rows.lowerBound
        let (scores, y, pairs, count) = (scores + start, y + start, pairs + 2 * start, rows.count)
        func run(_ weights: UnsafePointer<Double>?) {
            switch self {
            case .binary: apus_boosting_logistic(scores, y, weights, count, pairs)
            case .squared: apus_boosting_squared(scores, y, weights, count, pairs)
            case .absolute: apus_boosting_absolute(scores, y, weights, count, pairs)
            case .pinball(let quantile): apus_boosting_pinball(scores, y, weights, count, quantile, pairs)
            case .poisson: apus_boosting_poisson(scores, y, weights, count, pairs)
            case .gamma: apus_boosting_gamma(scores, y, weights, count, pairs)
            case .multinomial(let classes):
                withUnsafeTemporaryAllocation(of: Double.self, capacity: 256 * classes) { scratch in
                    for first in stride(from: 0, to: count, by: 256) {
                        apus_boosting_softmax(
                            scores + first, y + first, weights.map { $0 + first }, min(256, count - first), total,
                            classes, scratch.baseAddress, pairs + 2 * first)
                    }
                }
            }
        }
        guard let weights else { return run(nil) }
        weights.withUnsafeBufferPointer { run($0.baseAddress.unsafelyUnwrapped + start) }
    }

    /// The mean loss.
    public func mean(_ scores: [Double], _ y: [Double], weights: [Double]?) -> Double {
        let rows = y.count
        let outputs = outputs
        let losses = [Double](filledInParallelRows: rows, width: 1, blockSize: 16384) { rows, out in
            for i in rows {
                out[i] = outputs == 1 ? value(scores[i], y[i]) : logLoss(scores, i, Int(y[i]), y.count)
            }
        }
        return Self.mean(losses, weights)
    }

    private func logLoss(_ scores: [Double], _ row: Int, _ label: Int, _ rows: Int) -> Double {
        var greatest = scores[row]
        for k in 1..<outputs { greatest = max(greatest, scores[k * rows + row]) }
        var sum = 0.0
        for k in 0..<outputs { sum += exp(scores[k * rows + row] - greatest) }
        return (log(sum) + greatest) - scores[label * rows + row]
    }

    private func value(_ score: Double, _ y: Double) -> Double {
        switch self {
        case .binary: Self.logOnePlusExp(score) - y * score
        case .squared: 0.5 * (score - y) * (score - y)
        case .absolute: Swift.abs(score - y)
        case .pinball(let q): y >= score ? q * (y - score) : (1 - q) * (score - y)
        case .poisson: exp(score) - y * score
        case .gamma: score + y * exp(-score)
        case .multinomial: 0
        }
    }

    /// The median or quantile of residuals, which is a leaf's value where the loss is not smooth.
    ///
    /// - Parameters:
    ///   - values: At least one.
    ///   - weights: As many weights; nil for equal ones.
    public func center(_ values: [Double], weights: [Double]?) -> Double {
        let quantile = if case .pinball(let quantile) = self { quantile } else { 0.5 }
        guard let weights else {
            let sorted = BoostingThresholds.sorted(values)
            if case .pinball = self { return Self.interpolated(sorted, at: 100 * quantile / 100) }
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
        let order = values.indices.sorted { values[$0] < values[$1] }
        var sum = 0.0
        let cumulative = order.map { i -> Double in
            sum += weights[i]
            return sum
        }
        return BoostingThresholds.weightedQuantile(
            order.map { values[$0] }, cumulative, percent: 100 * quantile, averaged: false)
    }

    private static func interpolated(_ sorted: [Double], at share: Double) -> Double {
        let place = Double(sorted.count - 1) * share
        let low = min(sorted.count - 1, max(0, Int(place)))
        let high = min(sorted.count - 1, low + 1)
        let part = place - Double(low)
        let difference = sorted[high] - sorted[low]
        return part >= 0.5 ? sorted[high] - difference * (1 - part) : sorted[low] + difference * part
    }

    private static func mean(_ values: [Double], _ weights: [Double]?) -> Double {
        guard let weights else { return pairwiseSum(values.indices) { values[$0] } / Double(values.count) }
        return pairwiseSum(values.indices) { values[$0] * weights[$0] } / pairwiseSum(weights.indices) { weights[$0] }
    }

    private static func logit(_ p: Double) -> Double {
        if p < 0.3 || p > 0.65 { return log(p / (1 - p)) }
        let s = 2 * (p - 0.5)
        return log1p(s) - log1p(-s)
    }

    private static func logOnePlusExp(_ x: Double) -> Double {
        if x <= -37 { return exp(x) }
        if x <= -2 { return log1p(exp(x)) }
        if x <= 18 { return log(1 + exp(x)) }
        return x <= 33.3 ? x + exp(-x) : x
    }

    /// What scores stand for: probabilities of the second class or of each class, or predicted numbers.
    ///
    /// - Parameter scores: n × outputs.
    public func answers(_ scores: Matrix) -> Matrix {
        switch self {
        case .squared, .absolute, .pinball: return scores
        case .poisson, .gamma:
            return Matrix(rows: scores.rows, columns: 1, values: scores.values.map { exp($0) })
        case .binary:
            return Matrix(
                rows: scores.rows, columns: 2,
                values: scores.values.flatMap { score in
                    let second = 1 / (1 + exp(-score))
                    return [1 - second, second]
                })
        case .multinomial(let classes):
            let width = classes
            let values = [Double](filledInParallelRows: scores.rows, width: width, blockSize: 1024) { rows, out in
                for i in rows {
                    var greatest = scores.values[i * width]
                    for k in 1..<width { greatest = max(greatest, scores.values[i * width + k]) }
                    var sum = 0.0
                    for k in i * width..<(i + 1) * width {
                        out[k] = exp(scores.values[k] - greatest)
                        sum += out[k]
                    }
                    for k in i * width..<(i + 1) * width { out[k] /= sum }
                }
            }
            return Matrix(rows: scores.rows, columns: width, values: values)
        }
    }
}
