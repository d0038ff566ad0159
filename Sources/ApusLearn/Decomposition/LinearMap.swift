import ApusCore

/// A matrix known by its products: what the iterative decompositions ask of data, dense, sparse or centred.
protocol LinearMap: Sendable {
    var rows: Int { get }
    var columns: Int { get }
    /// The product A q: rows × k.
    func product(_ q: Matrix) throws -> Matrix
    /// The product Aᵀ q: columns × k.
    func transposedProduct(_ q: Matrix) throws -> Matrix
}

/// A dense matrix.
struct DenseMap: LinearMap {
    let matrix: Matrix
    var rows: Int { matrix.rows }
    var columns: Int { matrix.columns }

    func product(_ q: Matrix) throws -> Matrix { try BLAS.product(matrix, q) }
    func transposedProduct(_ q: Matrix) throws -> Matrix { try BLAS.productByColumns(transposed: matrix, q) }
}

/// A sparse matrix, less a number for each column where asked for; the zeros are never written out.
struct SparseMap: LinearMap {
    private let matrix: SparseMatrix
    private let transposed: SparseMatrix
    private let means: [Double]?

    init(_ matrix: SparseMatrix, means: [Double]? = nil) {
        self.matrix = matrix
        self.means = means
        transposed = matrix.transposed
    }

    var rows: Int { matrix.rows }
    var columns: Int { matrix.columns }

    func product(_ q: Matrix) throws -> Matrix {
        let product = try SparseProductKernel.product(matrix, q)
        guard let means else { return product }
        return KMeansKernel.subtracting(try BLAS.product(transposed: q, means), from: product)
    }

    func transposedProduct(_ q: Matrix) throws -> Matrix {
        let product = try SparseProductKernel.product(transposed, q)
        guard let means else { return product }
        let ones = [Double](repeating: 1, count: q.rows)
        let sums = try BLAS.product(transposed: q, ones)
        return try BLAS.product(Matrix(column: means), Matrix(rows: 1, columns: q.columns, values: sums))
            .subtracted(from: product)
    }
}

/// Another map with rows and columns exchanged.
struct TransposedMap<Map: LinearMap>: LinearMap {
    let map: Map
    var rows: Int { map.columns }
    var columns: Int { map.rows }

    func product(_ q: Matrix) throws -> Matrix { try map.transposedProduct(q) }
    func transposedProduct(_ q: Matrix) throws -> Matrix { try map.product(q) }
}

extension Matrix {
    /// `other` less this matrix, which has the same shape.
    fileprivate func subtracted(from other: Matrix) -> Matrix {
        Matrix(rows: rows, columns: columns) { out in
            for k in out.indices { out[k] = other.values[k] - values[k] }
        }
    }

    /// The same rows, each with the sign that makes its element of largest magnitude (the first of equals) positive.
    var withPositivePeaks: Matrix {
        Matrix(rows: rows, columns: columns) { out in
            for i in 0..<rows {
                var peak = 0.0
                for j in 0..<columns where self[i, j].magnitude > peak.magnitude { peak = self[i, j] }
                let sign = peak < 0 ? -1.0 : 1.0
                for j in 0..<columns { out[i * columns + j] = sign * self[i, j] }
            }
        }
    }

    /// The first rows.
    func prefix(rows count: Int) -> Matrix {
        Matrix(rows: min(count, rows), columns: columns, values: Array(values.prefix(count * columns)))
    }
}
