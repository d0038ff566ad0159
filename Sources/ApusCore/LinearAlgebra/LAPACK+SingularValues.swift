#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

extension LAPACK {
    /// A thin singular value decomposition: `a = left · diag(values) · right`.
    public struct SingularValues: Sendable {
        /// The left singular vectors as columns: n × r, with r the smaller of n and d.
        public let left: Matrix
        /// The singular values, descending.
        public let values: [Double]
        /// The right singular vectors as rows: r × d.
        public let right: Matrix
    }

    /// The thin singular value decomposition of an n × d matrix, by divide and conquer (`gesdd`).
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the matrix is empty, `invalidInput` when it is too large for
    ///   LAPACK, `numericalFailure` when the iteration does not converge.
    public static func singularValues(_ a: Matrix) throws -> SingularValues {
        let rank = min(a.rows, a.columns)
        guard rank > 0 else {
            throw ApusError(.shapeMismatch, "Singular values need at least one row and one column.")
        }
        // LAPACK's sizes are 32-bit, and its workspace is about 4 · rank² numbers.
        guard rank < 20_000, max(a.rows, a.columns) < Int(Int32.max) else {
            throw ApusError(
                .invalidInput,
                "A full singular value decomposition of \(a.rows) × \(a.columns) is too large; ask for some components "
                    + "with the randomized solver.")
        }
        _ = BLAS.ready
        // Rows laid out one after the other are the columns of aᵀ, whose left vectors are the right ones of a.
        var (m, n, r) = (BLAS.Size(a.columns), BLAS.Size(a.rows), BLAS.Size(rank))
        var lda = m
        var ldu = m
        var job: CChar = 83  // "S"
        var values = a.values
        var singular = [Double](repeating: 0, count: rank)
        var right = [Double](repeating: 0, count: rank * a.columns)
        var left = [Double](repeating: 0, count: a.rows * rank)
        var integers = [BLAS.Size](repeating: 0, count: 8 * rank)
        var info: BLAS.Size = 0
        var size: BLAS.Size = -1
        var work = [0.0]
        for _ in 0..<2 {  // the first round asks how much room the second needs
            #if canImport(Accelerate)
            dgesdd_(
                &job, &m, &n, &values, &lda, &singular, &right, &ldu, &left, &r, &work, &size, &integers, &info)
            #else
            dgesdd_(
                &job, &m, &n, &values, &lda, &singular, &right, &ldu, &left, &r, &work, &size, &integers, &info, 1)
            #endif
            guard info == 0 else {
                throw ApusError(
                    .numericalFailure,
                    "The singular value decomposition did not converge (LAPACK status \(info)); look for columns with "
                        + "extreme values and scale them.")
            }
            if size == -1 {
                size = BLAS.Size(work[0])
                work = [Double](repeating: 0, count: Int(size))
            }
        }
        return SingularValues(
            left: Matrix(rows: a.rows, columns: rank, values: left), values: singular,
            right: Matrix(rows: rank, columns: a.columns, values: right))
    }

    /// The permuted lower factor P·L (n × min(n, k)) of the LU factorisation of an n × k matrix with partial pivoting: its
    /// columns span what the columns of the matrix span, and no element exceeds 1.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the matrix is empty.
    public static func permutedLowerFactor(_ a: Matrix) throws -> Matrix {
        let (rows, columns) = (a.rows, a.columns)
        let rank = min(rows, columns)
        guard rank > 0 else {
            throw ApusError(.shapeMismatch, "A triangular factor needs at least one row and one column.")
        }
        _ = BLAS.ready
        var (m, n) = (BLAS.Size(rows), BLAS.Size(columns))
        var lda = m
        var values = a.transposed.values
        var pivots = [BLAS.Size](repeating: 0, count: rank)
        var info: BLAS.Size = 0
        // A positive status says that the upper factor is singular; the lower one is whole all the same.
        dgetrf_(&m, &n, &values, &lda, &pivots, &info)
        var order = Array(0..<rows)
        for (i, pivot) in pivots.enumerated() { order.swapAt(i, Int(pivot) - 1) }
        return Matrix(rows: rows, columns: rank) { out in
            let tile = 32
            for start in stride(from: 0, to: rows, by: tile) {
                let end = min(start + tile, rows)
                for j in 0..<rank {
                    for i in max(start, min(j + 1, end))..<end { out[order[i] * rank + j] = values[j * rows + i] }
                    if j >= start, j < end { out[order[j] * rank + j] = 1 }
                }
            }
        }
    }
}
