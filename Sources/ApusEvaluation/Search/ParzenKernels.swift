import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The kernels of one parameter: a bell or a histogram around each value that was seen, and a wide one for what was not.
///
/// The numbers are those of Optuna's `_ParzenEstimator` with its defaults: prior weight 1, magic clipping, no end points.
enum ParzenKernels {
    /// The probability of each choice: a row for each kernel.
    case choices(Matrix)
    /// Truncated normal distributions.
    case bells(Bells)

    /// Truncated normal distributions over the same range.
    struct Bells {
        let means: [Double]
        let widths: [Double]
        let low: Double
        let high: Double
        /// Whether means, widths and bounds are those of logarithms.
        let isLog: Bool
        /// 1 for whole numbers and 0 otherwise.
        let step: Double
        /// For each kernel the logarithm of the probability between the bounds.
        let masses: [Double]
    }

    /// The kernels around values of a distribution.
    init(_ distribution: ParameterDistribution, _ seen: [JSONValue]) {
        switch distribution {
        case .choice(let values):
            let count = Double(seen.count + 1)
            let total = 1 + Double(values.count) / count
            let shares = seen.flatMap { value in
                let place = values.firstIndex(of: value)
                return values.indices.map { ($0 == place ? 1 + 1 / count : 1 / count) / total }
            }
            let even = values.map { _ in 1 / Double(values.count) }
            self = .choices(Matrix(rows: seen.count + 1, columns: values.count, values: shares + even))
        case .integers(let range):
            self = .bells(
                Bells(
                    seen.compactMap(\.doubleValue), Double(range.lowerBound), Double(range.upperBound - 1),
                    isLog: false, step: 1))
        case .uniform(let low, let high):
            self = .bells(Bells(seen.compactMap(\.doubleValue), low, high, isLog: false, step: 0))
        case .logUniform(let low, let high):
            self = .bells(
                Bells(seen.compactMap(\.doubleValue).map { log($0) }, log(low), log(high), isLog: true, step: 0))
        }
    }

    /// Whether values are places in a list.
    var areChoices: Bool { if case .choices = self { true } else { false } }

    /// Values drawn from kernels: places of choices, or numbers.
    ///
    /// - Parameters:
    ///   - active: The kernel of each value.
    ///   - quantiles: How far each value is along its kernel.
    func values(_ active: [Int], _ quantiles: [Double]) -> [Double] {
        switch self {
        case .choices(let table):
            return zip(active, quantiles).map { kernel, quantile in
                var (sum, place) = (0.0, 0)
                for choice in 0..<table.columns - 1 {
                    sum += table[kernel, choice]
                    if sum < quantile { place += 1 }
                }
                return Double(place)
            }
        case .bells(let bells): return zip(active, quantiles).map { bells.value($0, $1) }
        }
    }

    /// Adds the logarithm of the density of a value in each kernel to sums.
    func addLogDensities(of value: Double, to sums: inout [Double]) {
        switch self {
        case .choices(let table):
            for kernel in sums.indices { sums[kernel] += log(table[kernel, Int(value)]) }
        case .bells(let bells): bells.addLogDensities(of: value, to: &sums)
        }
    }
}

extension ParzenKernels.Bells {
    /// Bells around values, and one over the whole range.
    fileprivate init(_ seen: [Double], _ low: Double, _ high: Double, isLog: Bool, step: Double) {
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
        means = seen + [0.5 * (lower + upper)]
        self.widths = widths + [upper - lower]
        self.low = low
        self.high = high
        self.isLog = isLog
        self.step = step
        masses = zip(means, self.widths).map { mean, width in
            TruncatedNormal.logMass(from: (lower - mean) / width, to: (upper - mean) / width)
        }
    }

    fileprivate func value(_ kernel: Int, _ quantile: Double) -> Double {
        let (mean, width) = (means[kernel], widths[kernel])
        let drawn =
            TruncatedNormal.quantile(
                quantile, from: (low - step / 2 - mean) / width, to: (high + step / 2 - mean) / width) * width + mean
        if isLog { return exp(drawn) }
        guard step > 0 else { return drawn }
        return min(max(low + ((drawn - low) / step).rounded(.toNearestOrEven) * step, low), high)
    }

    fileprivate func addLogDensities(of value: Double, to sums: inout [Double]) {
        let x = isLog ? log(value) : value
        for kernel in sums.indices {
            let (mean, width) = (means[kernel], widths[kernel])
            if step > 0 {
                sums[kernel] +=
                    TruncatedNormal.logMass(from: (x - step / 2 - mean) / width, to: (x + step / 2 - mean) / width)
                    - masses[kernel]
            } else if x < low || x > high {
                sums[kernel] = -.infinity
            } else {
                sums[kernel] += TruncatedNormal.logDensity((x - mean) / width) - log(width) - masses[kernel]
            }
        }
    }
}
