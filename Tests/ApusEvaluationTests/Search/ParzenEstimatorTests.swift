import ApusCore
import ApusTestSupport
import Foundation
import Testing

@testable import ApusEvaluation

/// The densities that a Parzen estimator draws from.
struct ParzenEstimatorTests {
    /// What SciPy's `log_ndtr` and `truncnorm` give.
    static let masses: [(from: Double, to: Double, log: Double)] = [
        (-1, 2, -0.20016629432446262), (0, 1, -1.0748623268620714), (-8, -7, -27.384793700719943),
        (7, 9, -27.384307586994964), (-40, -38, -726.5572160188201), (30, 31, -454.3212439563433),
        (-0.001, 0.001, -7.133546798293504),
    ]
    static let quantiles: [(share: Double, from: Double, to: Double, value: Double)] = [
        (0.25, -1, 2, -0.3496414292924653), (0.9, 0.5, 6, 1.8683915823767983), (0.5, -9, -7, -7.096472643454135),
        (0.1, 8, 12, 8.012963049607274), (0.75, -3, 0, -0.317749514427486),
    ]

    @Test func truncatedNormalsAreAccurateFarOutInTheirTails() {
        for (from, to, log) in Self.masses {
            let found = TruncatedNormal.logMass(from: from, to: to)
            #expect(abs(found - log) <= 1e-12 * abs(log), "\(from)..\(to): \(found)")
        }
        for (share, from, to, value) in Self.quantiles {
            let found = TruncatedNormal.quantile(share, from: from, to: to)
            #expect(abs(found - value) <= 1e-8 * abs(value), "\(share) of \(from)..\(to): \(found)")
        }
        #expect(TruncatedNormal.quantile(0, from: -2, to: 3) == -2)
        #expect(TruncatedNormal.quantile(1, from: -2, to: 3) == 3)
    }

    @Test(arguments: [0, 1, 7, 40])
    func densitiesAddUpToOne(_ count: Int) {
        var random = RandomState(seed: 3)
        let seen: [[JSONValue]] = (0..<count).map { _ in
            [.int(random.integer(in: 2..<9)), .string(["a", "b", "c"][random.integer(in: 0..<3)])]
        }
        let estimator = ParzenEstimator([.integers(2..<9), ["a", "b", "c"]], seen)
        let points = (0..<21).flatMap { [Double(2 + $0 / 3), Double($0 % 3)] }
        let densities = estimator.logDensities(Matrix(rows: 21, columns: 2, values: points)).map { exp($0) }
        #expect(abs(densities.reduce(0, +) - 1) < 1e-12)
        // A continuous one by the trapezoidal rule, with what is outside of its range impossible.
        let numbers = ParzenEstimator([.uniform(-1, 3)], seen.map { [.double(($0[0].doubleValue ?? 0) / 3)] })
        let grid = (0...4000).map { -1 + Double($0) / 1000 }
        let heights = numbers.logDensities(Matrix(rows: grid.count, columns: 1, values: grid)).map { exp($0) }
        let area = zip(heights, heights.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 2 } / 1000
        #expect(abs(area - 1) < 1e-3)
        #expect(numbers.logDensities(Matrix(rows: 1, columns: 1, values: [3.5])) == [-.infinity])
    }

    @Test func drawsStayWithinTheirRanges() {
        var random = RandomState(seed: 1)
        let seen: [[JSONValue]] = [[.double(0.02), .int(3), "x"], [.double(5), .int(8), "y"]]
        let estimator = ParzenEstimator([.logUniform(0.01, 10), .integers(3..<9), ["x", "y"]], seen)
        let drawn = estimator.draw(500, &random)
        #expect(drawn.column(0).allSatisfy { $0 >= 0.01 && $0 <= 10 })
        #expect(Set(drawn.column(1)).isSubset(of: [3, 4, 5, 6, 7, 8]) && Set(drawn.column(2)) == [0, 1])
        // Kernels of one candidate belong together: near its number lies its choice.
        #expect(ParzenKernels(["x", "y"], ["x"]).areChoices)
        let near = (0..<500).filter { drawn[$0, 0] < 0.03 }
        #expect(near.count { drawn[$0, 2] == 0 } * 2 > near.count)
    }
}
