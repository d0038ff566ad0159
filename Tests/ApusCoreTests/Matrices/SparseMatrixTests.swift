import ApusCore
import Testing

@Suite struct SparseMatrixTests {
    private func random(_ rows: Int, _ columns: Int) -> Matrix {
        var random = RandomState(seed: 3)
        return Matrix(
            rows: rows, columns: columns,
            values: (0..<rows * columns).map { _ in random.uniform() < 0.8 ? 0 : random.uniform() })
    }

    @Test func agreesWithTheDenseMatrix() throws {
        let dense = random(23, 11)
        let sparse = SparseMatrix(dense)
        #expect(sparse.dense == dense)
        #expect(sparse.transposed.dense == dense.transposed)
        #expect(sparse.storedCount == dense.values.count { $0 != 0 })
        #expect((0..<23).allSatisfy { i in (0..<11).allSatisfy { j in sparse[i, j] == dense[i, j] } })
        #expect(sparse.selecting(rows: [4, 0, 4]).dense == dense.selecting(rows: [4, 0, 4]))
        let vector = (0..<11).map(Double.init)
        let product = try sparse.multiplied(by: vector)
        for i in 0..<23 {
            let plain = (0..<11).reduce(0.0) { $0 + dense[i, $1] * vector[$1] }
            #expect(abs(product[i] - plain) < 1e-12)
        }
    }

    @Test(arguments: [
        ([0, 1], [Int32(0)], [1.0]),
        ([0, 2, 1], [0, 1], [1, 2]),
        ([0, 2, 2], [1, 0], [1, 2]),
        ([0, 1, 1], [5], [1]),
        ([0, 1, 1], [-1], [1]),
        ([0, 5, 1], [0], [1]),
    ])
    func refusesArraysThatAreNoMatrix(_ offsets: [Int], _ indices: [Int32], _ values: [Double]) {
        #expect(throws: ApusError.self) {
            try SparseMatrix(rows: 2, columns: 3, rowOffsets: offsets, columnIndices: indices, values: values)
        }
    }
}
