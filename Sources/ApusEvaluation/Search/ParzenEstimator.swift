import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A density over the values of one parameter or of several together, made of those that were seen: for each candidate a
/// product of kernels, one for each parameter, and a wide one for what was not seen.
///
/// The numbers are those of Optuna's `_ParzenEstimator` with its defaults.
struct ParzenEstimator {
    private let weights: [Double]
    private let logWeights: [Double]
    /// The kernels of each parameter; the k-th of all of them belong to the k-th candidate.
    private let kernels: [ParzenKernels]

    /// A density of values of distributions.
    ///
    /// - Parameters:
    ///   - distributions: One for each parameter.
    ///   - seen: For each candidate the value of each parameter.
    init(_ distributions: [ParameterDistribution], _ seen: [[JSONValue]]) {
        let raw = seen.isEmpty ? [1] : Self.weights(seen.count) + [1]
        let sum = raw.reduce(0, +)
        weights = raw.map { $0 / sum }
        logWeights = weights.map { log($0) }
        kernels = distributions.enumerated().map { place, distribution in
            ParzenKernels(distribution, seen.map { $0[place] })
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

    /// Candidates drawn from the density, one a row: for each parameter the place of a choice, or a number.
    func draw(_ count: Int, _ random: inout RandomState) -> Matrix {
        let active = random.choice(probabilities: weights, count: count)
        var drawn = Matrix(rows: count, columns: kernels.count)
        // The reference draws all choices first.
        for isChoice in [true, false] {
            for (place, kernel) in kernels.enumerated() where kernel.areChoices == isChoice {
                for (row, value) in kernel.values(active, random.uniform(count: count)).enumerated() {
                    drawn[row, place] = value
                }
            }
        }
        return drawn
    }

    /// The logarithm of the density at candidates, given as `draw` gives them.
    func logDensities(_ candidates: Matrix) -> [Double] {
        (0..<candidates.rows).map { row in
            var sums = [Double](repeating: 0, count: weights.count)
            for (place, kernel) in kernels.enumerated() {
                kernel.addLogDensities(of: candidates[row, place], to: &sums)
            }
            for kernel in sums.indices { sums[kernel] += logWeights[kernel] }
            return Self.logSum(sums)
        }
    }

    private static func logSum(_ terms: [Double]) -> Double {
        let greatest = terms.max() ?? 0
        let shift = greatest == -.infinity ? 0 : greatest
        return log(terms.reduce(0) { $0 + exp($1 - shift) }) + shift
    }
}
