import ApusCore
import ApusTestSupport
import Testing

struct LinearKernelTests {
    /// Data far from the origin, so that a sum of squares that is not centred first would lose its digits.
    private func problem(_ rows: Int, _ columns: Int) -> (x: Matrix, y: [Double], weights: [Double]) {
        var random = RandomState(seed: 4)
        let x = Matrix(rows: rows, columns: columns, values: random.uniform(count: rows * columns).map { $0 + 1e4 })
        return (x, random.uniform(count: rows), random.uniform(count: rows))
    }

    @Test(arguments: [3, 1000, 9001])
    func statisticsAreThoseOfTheCentredMatrix(rows: Int) throws {
        let (x, y, weights) = problem(rows, 2)
        let kernel = LinearKernel(x, y, weights: weights, centred: true)
        let total = weights.reduce(0, +)
        for j in 0..<2 {
            let mean = (0..<rows).reduce(0) { $0 + weights[$1] * x[$1, j] } / total
            expectClose(kernel.featureMeans[j], mean)
        }
        let (features, targets) = kernel.copied()
        let whole = try features.appending(columns: targets)
        let expected = try BLAS.product(transposed: whole, whole)
        let size = expected.values.map(\.magnitude).max() ?? 0
        let residual = targets.values.indices.map { i in targets[i, 0] - 2 * features[i, 0] + 3 * features[i, 1] }
        expectClose(
            kernel.normalResidual(of: [2, -3]), try BLAS.product(transposed: features, residual), relative: 1e-11,
            absolute: 1e-11 * size)
        let upper = try kernel.triangularFactor()
        expectClose(
            try BLAS.product(transposed: upper, upper), expected, relative: 1e-11, absolute: 1e-11 * size)
    }

    @Test(arguments: [1, 3, 1000, 9001], [true, false])
    func onePassFindsMeansAndCentredProducts(rows: Int, centred: Bool) throws {
        let (x, y, weights) = problem(rows, 2)
        for weights in [nil, weights] {
            let sums = LinearSums(x, Matrix(column: y), weights: weights, centred: centred)
            let kernel = LinearKernel(x, y, weights: weights, centred: centred)
            let (features, targets) = kernel.copied()
            let whole = try features.appending(columns: targets)
            let expected = try BLAS.product(transposed: whole, whole)
            let size = expected.values.map(\.magnitude).max() ?? 0
            expectClose(sums.products, expected, relative: 1e-11, absolute: max(1e-11 * size, 1e-18))
            expectClose(sums.featureMeans, kernel.featureMeans, relative: 1e-14)
            expectClose(sums.targetMeans[0], kernel.targetMean, relative: 1e-14)
            expectClose(sums.totalWeight, weights?.reduce(0, +) ?? Double(rows), relative: 1e-14)
            expectClose(
                sums.moments(), try BLAS.product(transposed: features, targets.values), relative: 1e-11,
                absolute: max(1e-11 * size, 1e-18))
            #expect(sums.gram == sums.products.leading(2) && sums.isFinite)
        }
    }

    @Test func onePassSeesWhatIsNotFinite() {
        for bad in [Double.nan, .infinity, 1e200] {
            var (x, y, _) = problem(5000, 2)
            x[4321, 1] = bad
            #expect(!LinearSums(x, Matrix(column: y), weights: nil, centred: true).isFinite)
            y[17] = bad
            #expect(!LinearSums(problem(5000, 2).x, Matrix(column: y), weights: nil, centred: true).isFinite)
        }
    }

    @Test func leavesTheMeansWhenTold() {
        let (x, y, _) = problem(5, 2)
        let kernel = LinearKernel(x, y, weights: nil, centred: false)
        #expect(kernel.copied().features == x)
        #expect(kernel.featureMeans == [0, 0] && kernel.targetMean == 0)
    }

    @Test func columnSumsAreNumPys() {
        // Eight running sums, then halves: the order decides the last bits.
        let values = (0..<1000).map { 1 / (Double($0) + 1) }
        expectBitwise(ColumnKernel.pairwise(values), 7.485470860550345)
        expectBitwise(ColumnKernel.sums(Matrix(column: values)), [7.485470860550345])
        let rows = Matrix(rows: 500, columns: 2, values: values)
        expectBitwise(
            ColumnKernel.sums(rows),
            [0, 1].map { j in stride(from: j, to: 1000, by: 2).reduce(0) { $0 + values[$1] } })
    }
}
