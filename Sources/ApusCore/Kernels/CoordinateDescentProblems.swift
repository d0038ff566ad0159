#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// A coordinate descent that knows its data by their products only: the work of a step does not grow with the rows.
@_documentation(visibility: internal)
public struct GramProblem: CoordinateProblem {
    /// `y·y`.
    public let targetSquare: Double
    /// The number of coefficients.
    public var count: Int { moments.count }
    /// True: a small residual is a difference of large numbers here.
    public var gapMayBeNegative: Bool { true }

    private let gram: [Double]
    private let moments: [Double]
    private let norms: [Double]
    private var products: [Double]

    /// The problem with `gram` = XᵀX, `moments` = Xᵀy.
    public init(gram: Matrix, moments: [Double], targetSquare: Double) {
        _ = BLAS.ready
        self.gram = gram.values
        self.moments = moments
        self.targetSquare = targetSquare
        norms = moments.indices.map { gram[$0, $0] }
        products = [Double](repeating: 0, count: moments.count)
    }

    /// The squared length of column `j`.
    public func squaredNorm(_ j: Int) -> Double { norms[j] }
    /// The product of column `j` with the residual.
    public func slope(_ j: Int) -> Double { moments[j] - products[j] }

    /// Adds `step` to coefficient `j`.
    public mutating func move(_ j: Int, by step: Double) {
        let d = count
        gram.withUnsafeBufferPointer { gram in
            cblas_daxpy(BLAS.Size(d), step, gram.baseAddress.map { $0 + j * d }, 1, &products, 1)
        }
    }

    /// The residual's square, its product with y, and the products of all columns with it.
    public func state(_ w: [Double]) -> (residual: Double, product: Double, slopes: [Double]) {
        let linear = BLAS.dot(w, moments)
        let square = BLAS.dot(w, products)
        return (
            targetSquare + square - 2 * linear, targetSquare - linear, zip(moments, products).map { $0 - $1 }
        )
    }
}

/// A coordinate descent over dense columns that are centred and scaled by the roots of the weights.
@_documentation(visibility: internal)
public struct ColumnProblem: CoordinateProblem {
    /// `y·y`.
    public let targetSquare: Double
    /// The number of coefficients.
    public var count: Int { norms.count }
    /// False: the residual itself is known.
    public var gapMayBeNegative: Bool { false }

    private let columns: [Double]
    private let y: [Double]
    private let norms: [Double]
    private var residual: [Double]

    /// The problem over the rows of `transposed` (d × n), the columns of X.
    public init(transposed: Matrix, y: [Double]) {
        _ = BLAS.ready
        let n = y.count
        columns = transposed.values
        self.y = y
        residual = y
        targetSquare = BLAS.dot(y, y)
        norms = Parallel.mapBlocks(of: transposed.rows, size: 16) { features in
            transposed.values.withUnsafeBufferPointer { values in
                features.map { j in
                    let column = values.baseAddress.map { $0 + j * n }
                    return cblas_ddot(BLAS.Size(n), column, 1, column, 1)
                }
            }
        }.flatMap { $0 }
    }

    /// The squared length of column `j`.
    public func squaredNorm(_ j: Int) -> Double { norms[j] }

    /// The product of column `j` with the residual.
    public func slope(_ j: Int) -> Double {
        let n = y.count
        return columns.withUnsafeBufferPointer { columns in
            cblas_ddot(BLAS.Size(n), columns.baseAddress.map { $0 + j * n }, 1, residual, 1)
        }
    }

    /// Adds `step` to coefficient `j`.
    public mutating func move(_ j: Int, by step: Double) {
        let n = y.count
        columns.withUnsafeBufferPointer { columns in
            cblas_daxpy(BLAS.Size(n), -step, columns.baseAddress.map { $0 + j * n }, 1, &residual, 1)
        }
    }

    /// The residual's square, its product with y, and the products of all columns with it.
    public func state(_ w: [Double]) -> (residual: Double, product: Double, slopes: [Double]) {
        let slopes = Parallel.mapBlocks(of: count, size: 16) { features in features.map(slope) }.flatMap { $0 }
        return (BLAS.dot(residual, residual), BLAS.dot(residual, y), slopes)
    }
}

/// A coordinate descent over sparse columns that are never centred in memory: the mean's part of every product is kept
/// as a number beside it.
@_documentation(visibility: internal)
public struct SparseProblem: CoordinateProblem {
    /// `y·S y`.
    public let targetSquare: Double
    /// The number of coefficients.
    public var count: Int { norms.count }
    /// False: the residual itself is known.
    public var gapMayBeNegative: Bool { false }

    private let columns: SparseMatrix
    private let y: [Double]
    private let weights: [Double]?
    private let means: [Double]
    private let norms: [Double]
    /// The weighted sum of each column.
    private let sums: [Double]
    /// `s (y - X w)` of the columns as stored, not centred.
    private var residual: [Double]
    /// The sum of `residual`.
    private var residualSum: Double
    /// `means · w`, what centring adds to each residual.
    private var offset = 0.0

    /// The problem over the rows of `transposed` (d × n), the columns of X.
    ///
    /// - Parameters:
    ///   - transposed: d × n.
    ///   - y: n targets, centred if the columns are.
    ///   - weights: n weights, or nil.
    ///   - means: What is taken from each column.
    public init(transposed: SparseMatrix, y: [Double], weights: [Double]?, means: [Double]) {
        columns = transposed
        self.y = y
        self.weights = weights
        self.means = means
        residual = weights.map { zip($0, y).map { $0 * $1 } } ?? y
        residualSum = ColumnKernel.pairwise(residual)
        targetSquare = BLAS.dot(residual, y)
        let total = weights.map(ColumnKernel.pairwise) ?? Double(y.count)
        let found = Parallel.mapBlocks(of: transposed.rows, size: 64) { features in
            features.map { j in
                var (sum, square, weight) = (0.0, 0.0, 0.0)
                for k in transposed.rowOffsets[j]..<transposed.rowOffsets[j + 1] {
                    let factor = weights?[Int(transposed.columnIndices[k])] ?? 1
                    let difference = transposed.values[k] - means[j]
                    sum += factor * transposed.values[k]
                    square += factor * difference * difference
                    weight += factor
                }
                return (sum, square + max(0, total - weight) * means[j] * means[j])
            }
        }.flatMap { $0 }
        sums = found.map(\.0)
        norms = found.map(\.1)
    }

    /// The squared length of column `j`.
    public func squaredNorm(_ j: Int) -> Double { norms[j] }

    /// The product of column `j` with the residual.
    public func slope(_ j: Int) -> Double {
        var sum = 0.0
        LinearSparseKernel.withRows(columns) { offsets, rows, values in
            residual.withUnsafeBufferPointer { residual in
                for k in offsets[j]..<offsets[j + 1] { sum += residual[Int(rows[k])] * values[k] }
            }
        }
        return sum - means[j] * residualSum
    }

    /// Adds `step` to coefficient `j`.
    public mutating func move(_ j: Int, by step: Double) {
        LinearSparseKernel.withRows(columns) { offsets, rows, values in
            residual.withUnsafeMutableBufferPointer { residual in
                if let weights {
                    for k in offsets[j]..<offsets[j + 1] {
                        residual[Int(rows[k])] -= step * values[k] * weights[Int(rows[k])]
                    }
                } else {
                    for k in offsets[j]..<offsets[j + 1] { residual[Int(rows[k])] -= step * values[k] }
                }
            }
        }
        residualSum -= step * sums[j]
        offset += step * means[j]
    }

    /// The residual's square, its product with y, and the products of all columns with it.
    public func state(_ w: [Double]) -> (residual: Double, product: Double, slopes: [Double]) {
        var (square, product) = (0.0, 0.0)
        for i in y.indices {
            let weight = weights?[i] ?? 1
            let whole = residual[i] + weight * offset
            if weight > 0 { square += whole * whole / weight }
            product += whole * y[i]
        }
        let slopes = Parallel.mapBlocks(of: count, size: 64) { features in features.map(slope) }.flatMap { $0 }
        return (square, product, slopes)
    }
}
