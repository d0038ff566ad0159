import ApusCore

/// A least-squares problem over sparse rows, with means and weights beside them instead of in them.
struct SparseLeastSquares: Sendable {
    /// `√S (X - 1 mᵀ)`.
    let `operator`: CenteredRows
    /// `√S (y - ȳ)`.
    let targets: [Double]
    /// ȳ, or 0 when nothing is centred.
    let targetMean: Double

    init(_ x: SparseMatrix, _ y: [Double], weights: [Double]?, centred: Bool) {
        self.init(x, transposed: x.transposed, y, weights: weights, centred: centred)
    }

    init(_ x: SparseMatrix, transposed: SparseMatrix, _ y: [Double], weights: [Double]?, centred: Bool) {
        let roots = weights.map { $0.map { $0.squareRoot() } }
        let means =
            centred
            ? SparseMatrix.means(transposed: transposed, weights: weights)
            : [Double](repeating: 0, count: x.columns)
        `operator` = CenteredRows(x: .sparse(x, transposed: transposed), means: means, roots: roots)
        let mean = centred ? weightedMean(y, weights) : 0
        targetMean = mean
        targets = y.indices.map { (y[$0] - mean) * (roots?[$0] ?? 1) }
    }

    /// Whether the means and the length of the targets are finite.
    var isFinite: Bool {
        FiniteKernel.allFinite(`operator`.means) && targetMean.isFinite && BLAS.dot(targets, targets).isFinite
    }
}

/// The mean of values, each of which counts by its weight.
func weightedMean(_ values: [Double], _ weights: [Double]?) -> Double {
    guard let weights else { return ColumnKernel.pairwise(values) / Double(values.count) }
    return ColumnKernel.pairwise(zip(values, weights).map { $0 * $1 }) / ColumnKernel.pairwise(weights)
}
