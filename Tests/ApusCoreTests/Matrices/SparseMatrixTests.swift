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

    @Test func onlyThrowsWhateverTheArrays() {
        var random = RandomState(seed: 6)
        var (made, refused) = (0, 0)
        let odd = [-1, 0, 1, 2, 3, 4, 5, Int.max, Int.min]
        for _ in 0..<5000 {
            func pick(_ values: [Int]) -> Int { values[Int(random.word()) % values.count] }
            var offsets = [0, 2, 3, 5]
            var columns: [Int32] = [0, 2, 1, 0, 3]
            if random.word() % 2 == 0 { offsets[pick([0, 1, 2, 3])] = pick(odd) }
            if random.word() % 2 == 0 { columns[pick([0, 1, 2, 3, 4])] = Int32(clamping: pick(odd)) }
            if random.word() % 8 == 0 { offsets.removeLast() }
            if random.word() % 8 == 0 { columns.append(1) }
            do {
                let matrix = try SparseMatrix(
                    rows: pick([3, 3, 3, 2, 4, -1, .max]), columns: pick([4, 4, 4, 0, -1, .max]), rowOffsets: offsets,
                    columnIndices: columns, values: [Double](repeating: 1, count: pick([5, 5, 5, 4, 6])))
                _ = matrix.rows
                made += 1
            } catch {
                #expect(error is ApusError)
                refused += 1
            }
        }
        #expect(made > 100 && refused > 1000)
    }
}
