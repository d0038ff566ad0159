#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// Decompositions and solvers by the platform's LAPACK.
public enum LAPACK {
    /// What a least-squares solution comes with.
    public struct LeastSquares: Sendable {
        /// The solution of smallest norm, one column for each right-hand side: d × k.
        public let solution: Matrix
        /// The number of singular values above the cut-off.
        public let rank: Int
        /// The singular values, descending.
        public let singularValues: [Double]
    }

    /// The least-squares solution of smallest norm of `a x = b`, by singular value decomposition (`gelsd`).
    ///
    /// - Parameters:
    ///   - a: n × d.
    ///   - b: n × k.
    ///   - tolerance: Singular values below `tolerance` times the largest count as zero.
    /// - Throws: `ApusError` with code `shapeMismatch`, or `numericalFailure` when the iteration does not converge.
    public static func leastSquares(_ a: Matrix, _ b: Matrix, tolerance: Double) throws -> LeastSquares {
        guard a.rows == b.rows, a.rows > 0, a.columns > 0, b.columns > 0 else {
            throw ApusError(
                .shapeMismatch,
                "Least squares needs as many right-hand sides as rows, and at least one of each; here "
                    + "\(a.rows) × \(a.columns) against \(b.rows) × \(b.columns).")
        }
        _ = BLAS.ready
        var (m, n, k) = (BLAS.Size(a.rows), BLAS.Size(a.columns), BLAS.Size(b.columns))
        var left = a.transposed.values
        var lda = m
        var ldb = max(m, n)
        let (rows, height) = (a.rows, Int(max(m, n)))
        var right = [Double](repeating: 0, count: height * b.columns)
        for j in 0..<b.columns {
            for i in 0..<rows { right[j * height + i] = b.values[i * b.columns + j] }
        }
        var singular = [Double](repeating: 0, count: min(a.rows, a.columns))
        var cutoff = tolerance
        var rank: BLAS.Size = 0
        var info: BLAS.Size = 0
        var size: BLAS.Size = -1
        var best = [0.0]
        var integers: [BLAS.Size] = [0]
        dgelsd_(&m, &n, &k, &left, &lda, &right, &ldb, &singular, &cutoff, &rank, &best, &size, &integers, &info)
        size = BLAS.Size(best[0])
        var work = [Double](repeating: 0, count: Int(size))
        integers = [BLAS.Size](repeating: 0, count: max(1, Int(integers[0])))
        dgelsd_(&m, &n, &k, &left, &lda, &right, &ldb, &singular, &cutoff, &rank, &work, &size, &integers, &info)
        guard info == 0 else { throw failure("Least squares by singular values", info) }
        let solution = Matrix(rows: a.columns, columns: b.columns) { out in
            for j in 0..<b.columns {
                for i in 0..<a.columns { out[i * b.columns + j] = right[j * height + i] }
            }
        }
        return LeastSquares(solution: solution, rank: Int(rank), singularValues: singular)
    }

    /// The triangular factor R (d × d) of the QR factorisation of an n × d matrix with n ≥ d.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when there are fewer rows than columns.
    public static func triangularFactor(_ a: Matrix) throws -> Matrix {
        guard a.rows >= a.columns, a.columns > 0 else {
            throw ApusError(.shapeMismatch, "A triangular factor needs at least as many rows as columns.")
        }
        _ = BLAS.ready
        var (m, n) = (BLAS.Size(a.rows), BLAS.Size(a.columns))
        var values = a.transposed.values
        var lda = m
        var tau = [Double](repeating: 0, count: a.columns)
        var best = [0.0]
        var size: BLAS.Size = -1
        var info: BLAS.Size = 0
        dgeqrf_(&m, &n, &values, &lda, &tau, &best, &size, &info)
        size = BLAS.Size(best[0])
        var work = [Double](repeating: 0, count: Int(size))
        dgeqrf_(&m, &n, &values, &lda, &tau, &work, &size, &info)
        guard info == 0 else { throw failure("QR factorisation", info) }
        return Matrix(rows: a.columns, columns: a.columns) { out in
            for j in 0..<a.columns {
                for i in 0...j { out[i * a.columns + j] = values[j * a.rows + i] }
            }
        }
    }

    /// The Cholesky factor of a symmetric positive definite matrix, ready to solve systems with it.
    public struct Cholesky: Sendable {
        private let factor: [Double]
        private let size: Int
        /// An estimate of the reciprocal condition number in the 1-norm; 0 means singular to working precision.
        public let reciprocalCondition: Double

        /// Factorises `a` (d × d, symmetric), or returns nil when it is not positive definite.
        public init?(_ a: Matrix) {
            guard a.rows == a.columns, a.rows > 0 else { return nil }
            _ = BLAS.ready
            var n = BLAS.Size(a.rows)
            var lda = n
            var info: BLAS.Size = 0
            var values = a.values
            var lower: CChar = 76  // "L"
            let norm = (0..<a.rows).map { i in
                a.values[i * a.rows..<(i + 1) * a.rows].reduce(0) { $0 + $1.magnitude }
            }
            var largest = norm.max() ?? 0
            #if canImport(Accelerate)
            dpotrf_(&lower, &n, &values, &lda, &info)
            #else
            dpotrf_(&lower, &n, &values, &lda, &info, 1)
            #endif
            guard info == 0 else { return nil }
            var reciprocal = 0.0
            var work = [Double](repeating: 0, count: 3 * a.rows)
            var integers = [BLAS.Size](repeating: 0, count: a.rows)
            #if canImport(Accelerate)
            dpocon_(&lower, &n, &values, &lda, &largest, &reciprocal, &work, &integers, &info)
            #else
            dpocon_(&lower, &n, &values, &lda, &largest, &reciprocal, &work, &integers, &info, 1)
            #endif
            factor = values
            size = a.rows
            reciprocalCondition = reciprocal
        }

        /// The solution x of `a x = b`.
        ///
        /// - Parameter b: As many values as the matrix has rows.
        public func solve(_ b: [Double]) -> [Double] {
            precondition(b.count == size, "the right-hand side must have as many values as the matrix has rows")
            var n = BLAS.Size(size)
            var one: BLAS.Size = 1
            var (lda, ldb) = (n, n)
            var info: BLAS.Size = 0
            var solution = b
            var lower: CChar = 76
            #if canImport(Accelerate)
            var factor = factor
            dpotrs_(&lower, &n, &one, &factor, &lda, &solution, &ldb, &info)
            #else
            dpotrs_(&lower, &n, &one, factor, &lda, &solution, &ldb, &info, 1)
            #endif
            return solution
        }
    }

    /// Eigenvalues and eigenvectors of a symmetric matrix.
    public struct SymmetricEigen: Sendable {
        /// The eigenvalues, ascending.
        public let values: [Double]
        /// The eigenvectors as rows, in the order of the values: d × d.
        public let vectors: Matrix
    }

    /// The eigenvalues and eigenvectors of a symmetric d × d matrix (`syevd`).
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when it is not square, `numericalFailure` when it fails to converge.
    public static func symmetricEigen(_ a: Matrix) throws -> SymmetricEigen {
        guard a.rows == a.columns, a.rows > 0 else {
            throw ApusError(.shapeMismatch, "Eigenvalues need a square matrix; this one is \(a.rows) × \(a.columns).")
        }
        _ = BLAS.ready
        var n = BLAS.Size(a.rows)
        var lda = n
        var values = a.values
        var eigenvalues = [Double](repeating: 0, count: a.rows)
        var (job, lower): (CChar, CChar) = (86, 76)  // "V", "L"
        var info: BLAS.Size = 0
        var (size, integerSize): (BLAS.Size, BLAS.Size) = (-1, -1)
        var work = [0.0]
        var integers: [BLAS.Size] = [0]
        for _ in 0..<2 {  // the first round asks how much room the second needs
            #if canImport(Accelerate)
            dsyevd_(
                &job, &lower, &n, &values, &lda, &eigenvalues, &work, &size, &integers, &integerSize, &info)
            #else
            dsyevd_(
                &job, &lower, &n, &values, &lda, &eigenvalues, &work, &size, &integers, &integerSize, &info, 1, 1)
            #endif
            guard info == 0 else { throw failure("The symmetric eigenvalue problem", info) }
            if size == -1 {
                (size, integerSize) = (BLAS.Size(work[0]), integers[0])
                work = [Double](repeating: 0, count: Int(size))
                integers = [BLAS.Size](repeating: 0, count: Int(integerSize))
            }
        }
        return SymmetricEigen(
            values: eigenvalues, vectors: Matrix(rows: a.rows, columns: a.rows, values: values))
    }

    private static func failure(_ what: String, _ info: BLAS.Size) -> ApusError {
        ApusError(
            .numericalFailure,
            "\(what) did not converge (LAPACK status \(info)); look for columns with extreme values and scale them.")
    }
}
