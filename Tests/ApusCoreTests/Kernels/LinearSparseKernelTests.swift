import ApusCore
import ApusTestSupport
import Testing

struct LinearSparseKernelTests {
    @Test(arguments: [(1, 1), (5, 3), (5000, 7), (3, 40)])
    func productsAreThoseOfDenseRows(rows: Int, columns: Int) throws {
        var random = RandomState(seed: 6)
        let x = Matrix(
            rows: rows, columns: columns, values: random.gaussian(count: rows * columns).map { $0 < 0.3 ? 0 : $0 })
        let sparse = SparseMatrix(x)
        let vector = random.gaussian(count: columns)
        expectClose(
            LinearSparseKernel.product(sparse, vector), try BLAS.product(x, vector), relative: 1e-12, absolute: 1e-13)
        let other = Matrix(rows: columns, columns: 3, values: random.gaussian(count: columns * 3))
        expectClose(
            LinearSparseKernel.product(sparse, other), try BLAS.product(x, other), relative: 1e-12, absolute: 1e-13)
        let weights = random.uniform(count: rows)
        let scaled = Matrix(rows: rows, columns: columns) { values in
            for k in values.indices { values[k] = x.values[k] * weights[k / columns] }
        }
        for (weights, left) in [(nil, x), (weights, scaled)] {
            expectClose(
                LinearSparseKernel.gram(sparse, transposed: sparse.transposed, weights: weights),
                try BLAS.product(transposed: left, x), relative: 1e-11, absolute: 1e-12)
        }
    }

    @Test func rowsWithoutElementsGiveZeros() {
        let empty = SparseMatrix(Matrix(rows: 3, columns: 2))
        #expect(LinearSparseKernel.product(empty, [1, 2]) == [0, 0, 0])
        #expect(LinearSparseKernel.gram(empty, transposed: empty.transposed, weights: nil).values == [0, 0, 0, 0])
    }
}
