import ApusCore

/// The matrix `√S (X - 1 mᵀ)`, known by its products only.
struct CenteredRows: Sendable {
    /// X in one form or the other.
    enum Rows: Sendable {
        case dense(Matrix)
        /// With rows and columns exchanged beside it.
        case sparse(SparseMatrix, transposed: SparseMatrix)
    }

    let x: Rows
    /// What is taken from each column; all 0 where nothing is.
    let means: [Double]
    /// The square roots of the weights, or nil for equal ones.
    let roots: [Double]?

    var rows: Int {
        switch x {
        case .dense(let x): x.rows
        case .sparse(let x, _): x.rows
        }
    }

    var columns: Int { means.count }

    /// The product with a value for each column.
    func times(_ w: [Double]) throws -> [Double] {
        let shift = BLAS.dot(means, w)
        var result: [Double]
        switch x {
        case .dense(let x): result = try BLAS.product(x, w)
        case .sparse(let x, _): result = LinearSparseKernel.product(x, w)
        }
        for i in result.indices { result[i] = (result[i] - shift) * (roots?[i] ?? 1) }
        return result
    }

    /// The product of the transpose with a value for each row.
    func transposedTimes(_ r: [Double]) throws -> [Double] {
        let scaled = roots.map { zip($0, r).map { $0 * $1 } } ?? r
        let sum = ColumnKernel.pairwise(scaled)
        var result: [Double]
        switch x {
        case .dense(let x): result = try BLAS.product(transposed: x, scaled)
        case .sparse(_, let transposed): result = LinearSparseKernel.product(transposed, scaled)
        }
        BLAS.add(means, times: -sum, to: &result)
        return result
    }
}
