import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@testable import ApusTrust

@Suite struct CorrelatedTransformsTests {
    /// In all orders, with the expectation of the unknown given the known solved anew for each: the textbook's definition.
    private func exact(_ covariance: Matrix, _ weights: [Double], _ deviations: [Double]) throws -> [Double] {
        func expected(_ known: [Int]) throws -> Double {
            let own = known.reduce(0) { $0 + weights[$1] * deviations[$1] }
            guard !known.isEmpty else { return 0 }
            let system = Matrix(
                rows: known.count, columns: known.count, values: known.flatMap { i in known.map { covariance[i, $0] } })
            let solved = try #require(LAPACK.Cholesky(system)).solve(known.map { deviations[$0] })
            return weights.indices.filter { !known.contains($0) }.reduce(own) { sum, other in
                sum + weights[other] * zip(known, solved).reduce(0) { $0 + covariance[other, $1.0] * $1.1 }
            }
        }
        var phi = [Double](repeating: 0, count: weights.count)
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            for step in 0..<3 {
                phi[order[step]] += try (expected(Array(order[...step])) - expected(Array(order[..<step]))) / 6
            }
        }
        return phi
    }

    @Test func manyOrdersComeNearAllOfThem() throws {
        var random = RandomState(seed: 2)
        let background = Matrix(rows: 200, columns: 3) { values in
            for row in 0..<200 {
                let shared = random.gaussian()
                for j in 0..<3 { values[row * 3 + j] = shared * [1, 0.6, -0.4][j] + 0.5 * random.gaussian() }
            }
        }
        let means = (0..<3).map { j in background.column(j).reduce(0, +) / 200 }
        let coefficients = Matrix(rows: 2, columns: 3, values: [1, -2, 0, 0.5, 0, 3])
        let found = try CorrelatedTransforms(coefficients, background: background, means: means, orders: 6000, seed: 1)
        let covariance = Matrix(rows: 3, columns: 3) { values in
            for i in 0..<3 {
                for j in 0..<3 {
                    values[i * 3 + j] =
                        (0..<200).reduce(0) { $0 + (background[$1, i] - means[i]) * (background[$1, j] - means[j]) }
                        / 199
                }
            }
        }
        for (output, deviations) in [(0, [0.4, -1, 2]), (1, [1.5, 0.2, -0.7])] {
            let expected = try exact(covariance, coefficients.row(output), deviations)
            let parts = found.contributions(deviations, output: output)
            expectClose(parts, expected, relative: 0.03, absolute: 0.03)
            let whole = (0..<3).reduce(0) { $0 + coefficients[output, $1] * deviations[$1] }
            expectClose(parts.reduce(0, +), whole, relative: 1e-10)
        }
        #expect(throws: ApusError.self) {
            try CorrelatedTransforms(
                coefficients, background: background.selecting(rows: [0]), means: means, orders: 5, seed: 0)
        }
        #expect(throws: ApusError.self) {
            try CorrelatedTransforms(coefficients, background: background, means: means, orders: 0, seed: 0)
        }
    }
}
