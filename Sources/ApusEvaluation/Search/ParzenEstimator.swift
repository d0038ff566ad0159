import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A density over the values of one parameter, made of those that were seen: a bell or a histogram around each, and a
/// wide one for what was not.
///
/// The numbers are those of Optuna's `_ParzenEstimator` with its defaults: prior weight 1, magic clipping, no end points.
struct ParzenEstimator {
    private enum Kernels {
        /// For each kernel the probability of each choice.
        case choices([[Double]])
        /// Truncated normal distributions; `step` is 1 for whole numbers and 0 otherwise.
        case bells(means: [Double], widths: [Double], low: Double, high: Double, isLog: Bool, step: Double)
    }

    private let weights: [Double]
    private let kernels: Kernels

    /// A density of values of a distribution.
    init(_ distribution: ParameterDistribution, _ seen: [JSONValue]) {
        let raw = seen.isEmpty ? [1] : Self.weights(seen.count) + [1]
        let sum = raw.reduce(0, +)
        weights = raw.map { $0 / sum }
        switch distribution {
        case .choice(let values):
            let count = Double(seen.count + 1)
            guard !seen.isEmpty else {
                kernels = .choices([values.map { _ in 1 / Double(values.count) }])
                return
            }
            let total = 1 + Double(values.count) / count
            var table = seen.map { value in
                let place = values.firstIndex(of: value)
                return values.indices.map { ($0 == place ? 1 + 1 / count : 1 / count) / total }
            }
            table.append(values.map { _ in 1 / Double(values.count) })
            kernels = .choices(table)
        case .integers(let range):
            kernels = Self.bells(
                seen.compactMap(\.doubleValue), Double(range.lowerBound), Double(range.upperBound - 1), isLog: false,
                step: 1)
        case .uniform(let low, let high):
            kernels = Self.bells(seen.compactMap(\.doubleValue), low, high, isLog: false, step: 0)
        case .logUniform(let low, let high):
            kernels = Self.bells(
                seen.compactMap(\.doubleValue).map { log($0) }, log(low), log(high), isLog: true, step: 0)
        }
    }

    /// Equal for up to 25 values; of more, the oldest count less.
    private static func weights(_ count: Int) -> [Double] {
        guard count >= 25 else { return [Double](repeating: 1, count: count) }
        let ramp = count - 25
        let first = 1 / Double(count)
        return (0..<ramp).map { ramp == 1 ? first : first + Double($0) * ((1 - first) / Double(ramp - 1)) }
            + [Double](repeating: 1, count: 25)
    }

    private static func bells(_ seen: [Double], _ low: Double, _ high: Double, isLog: Bool, step: Double) -> Kernels {
        let (lower, upper) = (low - step / 2, high + step / 2)
        let order = seen.indices.sorted { seen[$0] == seen[$1] ? $0 < $1 : seen[$0] < seen[$1] }
        let ends = [lower] + order.map { seen[$0] } + [upper]
        let narrowest = (upper - lower) / min(100, 2 + Double(seen.count))
        var widths = [Double](repeating: 0, count: seen.count)
        for (place, index) in order.enumerated() {
            var width = max(ends[place + 1] - ends[place], ends[place + 2] - ends[place + 1])
            if ends.count >= 4 {
                if place == 0 { width = ends[2] - ends[1] }
                if place == order.count - 1 { width = ends[place + 1] - ends[place] }
            }
            widths[index] = min(max(width, narrowest), upper - lower)
        }
        return .bells(
            means: seen + [0.5 * (lower + upper)], widths: widths + [upper - lower], low: low, high: high, isLog: isLog,
            step: step)
    }

    /// Values drawn from the density: places of choices, or numbers.
    func draw(_ count: Int, _ random: inout RandomState) -> [Double] {
        let active = random.choice(probabilities: weights, count: count)
        let quantiles = random.uniform(count: count)
        switch kernels {
        case .choices(let table):
            return zip(active, quantiles).map { kernel, quantile in
                var (sum, place) = (0.0, 0)
                for share in table[kernel].dropLast() {
                    sum += share
                    if sum < quantile { place += 1 }
                }
                return Double(place)
            }
        case .bells(let means, let widths, let low, let high, let isLog, let step):
            return zip(active, quantiles).map { kernel, quantile in
                let (mean, width) = (means[kernel], widths[kernel])
                let drawn =
                    TruncatedNormal.quantile(
                        quantile, from: (low - step / 2 - mean) / width, to: (high + step / 2 - mean) / width) * width
                    + mean
                if isLog { return exp(drawn) }
                guard step > 0 else { return drawn }
                return min(max(low + ((drawn - low) / step).rounded(.toNearestOrEven) * step, low), high)
            }
        }
    }

    /// The logarithm of the density at each value.
    func logDensities(_ values: [Double]) -> [Double] {
        let logWeights = weights.map { log($0) }
        switch kernels {
        case .choices(let table):
            return values.map { value in
                Self.logSum(table.indices.map { log(table[$0][Int(value)]) + logWeights[$0] })
            }
        case .bells(let means, let widths, let low, let high, let isLog, let step):
            let masses = zip(means, widths).map { mean, width in
                TruncatedNormal.logMass(
                    from: (low - step / 2 - mean) / width, to: (high + step / 2 - mean) / width)
            }
            return values.map { value in
                let x = isLog ? log(value) : value
                return Self.logSum(
                    means.indices.map { k in
                        let (mean, width) = (means[k], widths[k])
                        let kernel: Double
                        if step > 0 {
                            kernel = TruncatedNormal.logMass(
                                from: (x - step / 2 - mean) / width, to: (x + step / 2 - mean) / width)
                        } else if x < low || x > high {
                            kernel = -.infinity
                        } else {
                            kernel = TruncatedNormal.logDensity((x - mean) / width) - log(width)
                        }
                        return kernel - masses[k] + logWeights[k]
                    })
            }
        }
    }

    private static func logSum(_ terms: [Double]) -> Double {
        let greatest = terms.max() ?? 0
        let shift = greatest == -.infinity ? 0 : greatest
        return log(terms.reduce(0) { $0 + exp($1 - shift) }) + shift
    }
}

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
