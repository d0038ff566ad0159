import ApusCore
import ApusTestSupport
import Foundation
import Testing

struct LogisticKernelTests {
    @Test func exponentialsAreThoseOfTheMathematicsLibrary() {
        var random = RandomState(seed: 1)
        var inputs = (0..<4_000).map { _ in -random.uniform() * 700 } + (0..<4_000).map { _ in -random.uniform() * 2 }
        inputs += [0, -0.0, -1e-300, -1e-17, -0.34657359027997264, -708, -707.99, -1]
        for start in stride(from: 0, to: inputs.count, by: 8) {
            let lanes = ExponentialKernel.Lanes(inputs[start..<start + 8])
            let result = ExponentialKernel.exp(lanes)
            for k in 0..<8 { expectClose(result[k], exp(lanes[k]), relative: 2.3e-16, "exp \(lanes[k])") }
        }
        let far = ExponentialKernel.exp(ExponentialKernel.Lanes(repeating: -1e6))
        #expect(far[0] < 1e-300 && far[0] >= 0)
    }

    @Test func logarithmsAreThoseOfTheMathematicsLibrary() {
        var random = RandomState(seed: 2)
        var inputs = (0..<4_000).map { _ in random.uniform() } + (0..<2_000).map { _ in random.uniform() * 1e-8 }
        inputs += [0, 1, 1e-300, 1e-17, 0.41421356237309503, 0.41421356237309515, 0.5, 1e-5]
        for start in stride(from: 0, to: inputs.count, by: 8) {
            let lanes = ExponentialKernel.Lanes(inputs[start..<start + 8])
            let result = ExponentialKernel.log1p(lanes)
            for k in 0..<8 { expectClose(result[k], log1p(lanes[k]), relative: 4.5e-16, "log1p \(lanes[k])") }
            let large = ExponentialKernel.log(1 + lanes * 1000)
            for k in 0..<8 { expectClose(large[k], log(1 + lanes[k] * 1000), relative: 2.3e-16, absolute: 2.3e-16) }
        }
    }

    @Test(arguments: [1, 7, 64, 4099])
    func sumsAreThoseOfAPlainLoop(rows: Int) {
        var random = RandomState(seed: 3)
        let x = Matrix(rows: rows, columns: 3, values: random.gaussian(count: rows * 3))
        let codes = (0..<rows).map { $0 % 4 }
        let weights = random.uniform(count: rows)
        let parameters = random.gaussian(count: 16)

        var loss = 0.0
        var gradient = [Double](repeating: 0, count: 16)
        for i in 0..<rows {
            let scores = (0..<4).map { k in
                (0..<3).reduce(parameters[12 + k]) { $0 + x[i, $1] * parameters[$1 * 4 + k] }
            }
            let sum = scores.reduce(0) { $0 + exp($1) }
            loss += weights[i] * (log(sum) - scores[codes[i]])
            for k in 0..<4 {
                let slope = weights[i] * (exp(scores[k]) / sum - (k == codes[i] ? 1 : 0))
                for j in 0..<3 { gradient[j * 4 + k] += slope * x[i, j] }
                gradient[12 + k] += slope
            }
        }
        let sums = LogisticKernel.multinomial(x, codes: codes, weights: weights, parameters: parameters, classes: 4)
        expectClose(sums.loss, loss, relative: 1e-13)
        expectClose(sums.gradient, gradient, relative: 1e-11, absolute: 1e-11)

        // Two classes are the case of four with one score fixed at 0.
        let two = Array(parameters[0..<4])
        let signs = codes.map { $0 < 2 ? -1.0 : 1.0 }
        loss = 0
        gradient = [Double](repeating: 0, count: 4)
        for i in 0..<rows {
            let z = signs[i] * (0..<3).reduce(two[3]) { $0 + x[i, $1] * two[$1] }
            loss += log1p(exp(-z))
            let slope = -signs[i] / (1 + exp(z))
            for j in 0..<3 { gradient[j] += slope * x[i, j] }
            gradient[3] += slope
        }
        let binary = LogisticKernel.binary(x, signs: signs, weights: nil, parameters: two)
        expectClose(binary.loss, loss, relative: 1e-13)
        expectClose(binary.gradient, gradient, relative: 1e-11, absolute: 1e-11)

        let sparse = LogisticSparseKernel(SparseMatrix(x))
        let thin = sparse.binary(signs: signs, weights: nil, parameters: two)
        expectClose(thin.loss, loss, relative: 1e-13)
        expectClose(thin.gradient, gradient, relative: 1e-11, absolute: 1e-11)
    }

    @Test(arguments: [(1, 3), (600, 4), (1030, 11), (77, 17), (40, 25)])
    func sparseRowsAndDenseOnesHaveTheSameSums(rows: Int, classes: Int) {
        var random = RandomState(seed: 5)
        let x = Matrix(rows: rows, columns: 6, values: random.gaussian(count: rows * 6).map { $0 < 0.5 ? 0 : $0 })
        let codes = (0..<rows).map { ($0 * 7) % classes }
        let weights = random.uniform(count: rows)
        for count in [6 * classes, 7 * classes] {
            let parameters = random.gaussian(count: count)
            let dense = LogisticKernel.multinomial(
                x, codes: codes, weights: weights, parameters: parameters, classes: classes)
            let sparse = LogisticSparseKernel(SparseMatrix(x)).multinomial(
                codes: codes, weights: weights, parameters: parameters, classes: classes)
            expectClose(sparse.loss, dense.loss, relative: 1e-12)
            expectClose(sparse.gradient, dense.gradient, relative: 1e-10, absolute: 1e-12)
        }
    }

    @Test func probabilitiesAddUpAndNeverOverflow() {
        let scores = [0, 1, -1, 30, -30, 800, -800, 1e300, -1e300, 1e-20, 3]
        let two = LogisticKernel.binaryProbabilities(scores)
        for (i, score) in scores.enumerated() {
            expectClose(two[i, 1], 1 / (1 + exp(-score)), relative: 1e-15, absolute: 1e-300)
            #expect(two[i, 0] == 1 - two[i, 1])
        }
        let three = LogisticKernel.probabilities(
            Matrix(rows: 11, columns: 3, values: scores + scores.reversed() + scores.map { $0 * 2 }.map { $0 / 3 }))
        for i in 0..<11 {
            expectClose(three.row(i).reduce(0, +), 1, relative: 1e-15)
        }
    }
}
