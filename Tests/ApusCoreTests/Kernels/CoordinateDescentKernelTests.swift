import ApusCore
import ApusTestSupport
import Testing

struct CoordinateDescentKernelTests {
    /// The three forms of the same data do the same, for every kind of penalty, from any start.
    @Test(arguments: [(0.5, 0.0), (0.3, 0.7), (0.0, 2.0), (0.0, 0.0), (100.0, 1.0)], [true, false])
    func allFormsOfTheDataTakeTheSameSteps(penalties: (Double, Double), positive: Bool) throws {
        var random = RandomState(seed: 7)
        let x = Matrix(rows: 30, columns: 5, values: random.gaussian(count: 150).map { $0 < 0 ? 0 : $0 })
        let y = random.gaussian(count: 30)
        for start in [nil, random.gaussian(count: 5).map(\.magnitude)] {
            for state in [nil, UInt32(12345)] {
                let descent = CoordinateDescent(
                    l1: penalties.0, l2: penalties.1, positive: positive, tolerance: 1e-9, maxIterations: 400,
                    randomState: state)
                let sums = LinearSums(x, Matrix(column: y), weights: nil, centred: false)
                let products = GramProblem(
                    gram: sums.gram, moments: sums.moments(), targetSquare: sums.targetSquare())
                let results = [
                    descent.minimize(products, from: start) { _ in },
                    descent.minimize(ColumnProblem(transposed: x.transposed, y: y), from: start) { _ in },
                    descent.minimize(
                        SparseProblem(
                            transposed: SparseMatrix(x).transposed, y: y, weights: nil,
                            means: [0, 0, 0, 0, 0]), from: start
                    ) { _ in },
                ]
                for result in results {
                    #expect(result.converged && result.iterations == results[0].iterations)
                    expectClose(result.coefficients, results[0].coefficients, relative: 1e-9, absolute: 1e-11)
                }
                // The conditions of a minimum, from the data.
                let w = results[1].coefficients
                let residual = try zip(y, BLAS.product(x, w)).map { $0 - $1 }
                for (j, slope) in try BLAS.product(transposed: x, residual).enumerated() {
                    let pull = slope - penalties.1 * w[j]
                    if w[j] == 0 {
                        #expect((positive ? pull : pull.magnitude) <= penalties.0 + 1e-3)
                    } else {
                        expectClose(pull, w[j] > 0 ? penalties.0 : -penalties.0, absolute: 1e-3)
                    }
                }
            }
        }
    }

    @Test(arguments: [2, 40])
    func quadraticDescentEndsAtTheMinimum(size: Int) throws {
        var random = RandomState(seed: 8)
        // Of rank below its size, so that some directions are flat.
        let factor = Matrix(rows: size / 2, columns: size, values: random.gaussian(count: size / 2 * size))
        let hessian = try BLAS.product(transposed: factor, factor)
        let slopes = try BLAS.product(transposed: factor, random.gaussian(count: size / 2))
        let start = random.gaussian(count: size).map { $0 < 0 ? 0 : $0 }
        let l1 = (0..<size).map { $0 == 0 ? 0 : 0.1 }
        let l2 = (0..<size).map { $0 % 3 == 1 ? 0.5 : 0 }
        var descent = QuadraticDescent(hessian: hessian, slopes: slopes, from: start, l1: l1, l2: l2)
        let values = descent.minimize(accuracy: 1e-12, maxSweeps: 2000)
        let bend = try BLAS.product(hessian, zip(values, start).map { $0 - $1 })
        for j in 0..<size {
            let slope = slopes[j] + bend[j] + l2[j] * values[j]
            if values[j] == 0 {
                #expect(slope.magnitude <= l1[j] + 1e-5)
            } else {
                expectClose(slope, values[j] > 0 ? -l1[j] : l1[j], absolute: 1e-5)
            }
        }
    }

    /// The descent over columns, which never forms the Hessian, ends where the one with the Hessian does.
    @Test(arguments: [1, 3])
    func descentOverColumnsNeedsNoHessian(outputs: Int) throws {
        var random = RandomState(seed: 9)
        let (n, d) = (53, 4)
        let x = Matrix(rows: n, columns: d, values: random.gaussian(count: n * d).map { $0 < -0.5 ? 0 : $0 })
        let scores = Matrix(rows: n, columns: max(2, outputs), values: random.gaussian(count: n * max(2, outputs)))
        let all = LogisticKernel.probabilities(scores)
        let probabilities = outputs == 1 ? all.column(1) : all.transposed.values
        let weights = random.uniform(count: n)
        let size = (d + 1) * outputs
        var slopes = random.gaussian(count: size)
        // As in a true gradient: moving the scores of all classes together changes nothing.
        if outputs > 1 { slopes[size - 1] = -slopes[d * outputs..<size - 1].reduce(0, +) }
        let start = random.gaussian(count: size)
        var hessian = Matrix(rows: size, columns: size)
        for a in 0..<size {
            for b in 0..<size {
                for i in 0..<n {
                    let (p, q) = (probabilities[a % outputs * n + i], probabilities[b % outputs * n + i])
                    let left = a / outputs < d ? x[i, a / outputs] : 1
                    let right = b / outputs < d ? x[i, b / outputs] : 1
                    let same = a % outputs == b % outputs
                    hessian[a, b] += weights[i] * left * right * ((same ? p : 0) - p * q)
                }
            }
        }
        let isCoefficient = (0..<size).map { $0 < d * outputs }
        var descent = QuadraticDescent(
            hessian: hessian, slopes: slopes, from: start, l1: isCoefficient.map { $0 ? 0.3 : 0 },
            l2: isCoefficient.map { $0 ? 0.2 : 0 })
        let expected = descent.minimize(accuracy: 1e-14, maxSweeps: 5000)
        let places = (0..<size).map {
            LogisticColumns.Place(feature: $0 < d * outputs ? $0 / outputs : nil, output: $0 % outputs)
        }
        let model = LogisticColumns.Model(probabilities: probabilities, weights: weights, outputs: outputs)
        for columns in [LogisticColumns(x), LogisticColumns(transposed: SparseMatrix(x).transposed)] {
            let found = columns.minimize(
                model, places, slopes: slopes, from: start, l1: 0.3, l2: 0.2, accuracy: 1e-14, maxSweeps: 5000)
            for j in 0..<d * outputs { expectClose(found[j], expected[j], relative: 1e-4, absolute: 1e-5) }
            // Scores of all classes may move together, so only differences of intercepts are determined.
            for k in 0..<outputs {
                let other = outputs == 1 ? (0.0, 0.0) : (found[d * outputs], expected[d * outputs])
                expectClose(
                    found[d * outputs + k] - other.0, expected[d * outputs + k] - other.1, relative: 1e-4,
                    absolute: 1e-5)
            }
        }
    }
}
