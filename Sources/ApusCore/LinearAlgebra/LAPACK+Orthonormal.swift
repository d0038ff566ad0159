#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

extension LAPACK {
    /// The orthonormal factor Q (n × d) of the QR factorisation of an n × d matrix with n ≥ d, by Householder reflections.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when there are fewer rows than columns, or no columns.
    public static func orthonormalFactor(_ a: Matrix) throws -> Matrix {
        guard a.rows >= a.columns, a.columns > 0 else {
            throw ApusError(.shapeMismatch, "An orthonormal factor needs at least as many rows as columns.")
        }
        _ = BLAS.ready
        var (m, n) = (BLAS.Size(a.rows), BLAS.Size(a.columns))
        var (lda, k) = (m, n)
        var values = a.transposed.values
        var tau = [Double](repeating: 0, count: a.columns)
        var work = [0.0]
        var size: BLAS.Size = -1
        var (factored, expanded): (BLAS.Size, BLAS.Size) = (0, 0)
        // The first call asks how much room the second would like to have; dorgqr is content with the same.
        dgeqrf_(&m, &n, &values, &lda, &tau, &work, &size, &factored)
        size = max(BLAS.Size(work[0]), n)
        work = [Double](repeating: 0, count: Int(size))
        dgeqrf_(&m, &n, &values, &lda, &tau, &work, &size, &factored)
        dorgqr_(&m, &n, &k, &values, &lda, &tau, &work, &size, &expanded)
        guard factored == 0, expanded == 0 else {
            throw ApusError(.numericalFailure, "QR factorisation failed (LAPACK status \(factored), \(expanded)).")
        }
        return Matrix(rows: a.columns, columns: a.rows, values: values).transposed
    }
}
