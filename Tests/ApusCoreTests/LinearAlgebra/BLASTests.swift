import ApusCore
import Testing

@Suite(.serialized) struct BLASTests {
    private func random(_ rows: Int, _ columns: Int, seed: UInt32 = 1) -> Matrix {
        var random = RandomState(seed: seed)
        return Matrix(rows: rows, columns: columns, values: random.gaussian(count: rows * columns))
    }

    private func naive(_ a: Matrix, _ b: Matrix) -> Matrix {
        Matrix(rows: a.rows, columns: b.columns) { out in
            for i in 0..<a.rows {
                for j in 0..<b.columns {
                    for k in 0..<a.columns { out[i * b.columns + j] += a[i, k] * b[k, j] }
                }
            }
        }
    }

    private func close(_ a: Matrix, _ b: Matrix) -> Bool {
        a.rows == b.rows && a.columns == b.columns
            && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1e-11 * max(1, abs($1)) }
    }

    @Test(arguments: [(1, 1, 1), (7, 3, 5), (600, 4, 9), (9000, 3, 2)])
    func productsEqualThePlainLoop(_ m: Int, _ k: Int, _ n: Int) throws {
        let a = random(m, k)
        let b = random(k, n, seed: 2)
        let plain = naive(a, b)
        #expect(close(try BLAS.product(a, b), plain))
        #expect(close(try BLAS.product(a, transposed: b.transposed), plain))
        #expect(close(try BLAS.product(transposed: a.transposed, b), plain))
        #expect(close(BLAS.gram(a), naive(a.transposed, a)))
        let x = b.column(0)
        #expect(close(Matrix(column: try BLAS.product(a, x)), naive(a, Matrix(column: x))))
        let y = a.column(0)
        #expect(close(Matrix(column: try BLAS.product(transposed: a, y)), naive(a.transposed, Matrix(column: y))))
    }

    @Test func productsHaveTheSameBitsForAnyNumberOfThreads() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let a = random(10_000, 13)
        let b = random(13, 7)
        Parallel.threads = 1
        let (one, gram) = (try BLAS.product(a, b), BLAS.gram(a))
        for threads in [2, 3, 8] {
            Parallel.threads = threads
            #expect(try BLAS.product(a, b) == one)
            #expect(BLAS.gram(a) == gram)
        }
    }

    @Test func refusesShapesThatDoNotFit() {
        #expect(throws: ApusError.self) { try BLAS.product(random(2, 3), random(2, 3)) }
        #expect(throws: ApusError.self) { try BLAS.product(random(2, 3), [1, 2]) }
    }
}

@Suite struct LAPACKTests {
    @Test func leastSquaresFindsTheSolutionOfSmallestNorm() throws {
        // Two equal columns: the weight is shared, and the rank is one.
        let a = try Matrix([[1, 1], [2, 2], [3, 3]])
        let solved = try LAPACK.leastSquares(a, Matrix(column: [2, 4, 6]), tolerance: 1e-10)
        #expect(solved.rank == 1)
        #expect(solved.solution.values.allSatisfy { abs($0 - 1) < 1e-12 })
    }

    @Test func choleskySolvesAndMeasuresCondition() throws {
        let good = try #require(LAPACK.Cholesky(try Matrix([[4, 2], [2, 3]])))
        let x = good.solve([10, 9])
        #expect(abs(x[0] - 1.5) < 1e-12 && abs(x[1] - 2) < 1e-12)
        #expect(good.reciprocalCondition > 0.1)
        #expect(LAPACK.Cholesky(try Matrix([[1, 2], [2, 1]])) == nil)
    }

    @Test func eigenvectorsRebuildTheMatrix() throws {
        let a = try Matrix([[2, 1, 0], [1, 3, 1], [0, 1, 4]])
        let eigen = try LAPACK.symmetricEigen(a)
        #expect(eigen.values == eigen.values.sorted())
        for k in 0..<3 {
            let v = eigen.vectors.row(k)
            let image = try BLAS.product(a, v)
            #expect((0..<3).allSatisfy { abs(image[$0] - eigen.values[k] * v[$0]) < 1e-12 })
        }
    }

    @Test func triangularFactorHasTheSameGramMatrix() throws {
        var random = RandomState(seed: 5)
        let a = Matrix(rows: 20, columns: 4, values: random.gaussian(count: 80))
        let (r, gram) = (try LAPACK.triangularFactor(a), BLAS.gram(a))
        #expect(zip(BLAS.gram(r).values, gram.values).allSatisfy { abs($0 - $1) < 1e-11 })
        #expect(r[3, 0] == 0)
    }
}
