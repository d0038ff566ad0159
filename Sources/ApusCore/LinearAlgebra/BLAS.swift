#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// Matrix products by the platform's BLAS: OpenBLAS on Linux, Accelerate on macOS.
///
/// OpenBLAS' own threads are switched off for the whole process: Apus cuts large products into blocks of rows fixed by
/// the data and spreads those with `Parallel`. So the cores are never oversubscribed, and a product has the same bits on
/// one thread and on many.
public enum BLAS {
    #if canImport(Accelerate)
    typealias Size = __LAPACK_int
    static let ready: Void = { BLASSetThreading(BLAS_THREADING_SINGLE_THREADED) }()
    #else
    typealias Size = Int32
    static let ready: Void = openblas_set_num_threads(1)
    #endif

    /// Rows in a block of a parallel product: large enough for BLAS to run at full speed, small enough to share out.
    private static let blockRows = 512

    /// The matrix product `a b`, where `a` is m × k and `b` is k × n.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the inner dimensions differ.
    public static func product(_ a: Matrix, _ b: Matrix) throws -> Matrix {
        guard a.columns == b.rows else { throw mismatch(a.rows, a.columns, b.rows, b.columns) }
        return multiply(a, b, transposeB: false, inner: a.columns, width: b.columns)
    }

    /// The matrix product `a bᵀ`, where `a` is m × k and `b` is n × k.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the numbers of columns differ.
    public static func product(_ a: Matrix, transposed b: Matrix) throws -> Matrix {
        guard a.columns == b.columns else { throw mismatch(a.rows, a.columns, b.columns, b.rows) }
        return multiply(a, b, transposeB: true, inner: a.columns, width: b.rows)
    }

    /// The matrix product `aᵀ b`, where `a` is n × m and `b` is n × k: a sum over rows, taken block by block.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the numbers of rows differ.
    public static func product(transposed a: Matrix, _ b: Matrix) throws -> Matrix {
        guard a.rows == b.rows else { throw mismatch(a.columns, a.rows, b.rows, b.columns) }
        _ = ready
        let (m, n) = (a.columns, b.columns)
        guard m > 0, n > 0, a.rows > 0 else { return Matrix(rows: m, columns: n) }
        let partials = Parallel.mapBlocks(of: a.rows, size: 4096) { rows in
            [Double](unsafeUninitializedCapacity: m * n) { out, count in
                a.values.withUnsafeBufferPointer { a in
                    b.values.withUnsafeBufferPointer { b in
                        cblas_dgemm(
                            CblasRowMajor, CblasTrans, CblasNoTrans, Size(m), Size(n), Size(rows.count), 1,
                            a.baseAddress.map { $0 + rows.lowerBound * m }, Size(m),
                            b.baseAddress.map { $0 + rows.lowerBound * n }, Size(n), 0, out.baseAddress, Size(n))
                    }
                }
                count = m * n
            }
        }
        return Matrix(rows: m, columns: n, values: sumInOrder(partials))
    }

    /// The matrix-vector product `a x`, where `a` is n × d and `x` holds d values.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the lengths differ.
    public static func product(_ a: Matrix, _ x: [Double]) throws -> [Double] {
        guard a.columns == x.count else { throw mismatch(a.rows, a.columns, x.count, 1) }
        _ = ready
        guard a.columns > 0 else { return [Double](repeating: 0, count: a.rows) }
        let d = a.columns
        return [Double](filledInParallelRows: a.rows, width: 1, blockSize: 8192) { rows, out in
            a.values.withUnsafeBufferPointer { a in
                x.withUnsafeBufferPointer { x in
                    cblas_dgemv(
                        CblasRowMajor, CblasNoTrans, Size(rows.count), Size(d), 1,
                        a.baseAddress.map { $0 + rows.lowerBound * d }, Size(d), x.baseAddress, 1, 0,
                        out.base + rows.lowerBound, 1)
                }
            }
        }
    }

    /// The matrix-vector product `aᵀ x`, where `a` is n × d and `x` holds n values: a sum over rows, block by block.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the lengths differ.
    public static func product(transposed a: Matrix, _ x: [Double]) throws -> [Double] {
        guard a.rows == x.count else { throw mismatch(a.columns, a.rows, x.count, 1) }
        _ = ready
        let d = a.columns
        guard d > 0, a.rows > 0 else { return [Double](repeating: 0, count: d) }
        let partials = Parallel.mapBlocks(of: a.rows, size: 8192) { rows in
            [Double](unsafeUninitializedCapacity: d) { out, count in
                a.values.withUnsafeBufferPointer { a in
                    x.withUnsafeBufferPointer { x in
                        cblas_dgemv(
                            CblasRowMajor, CblasTrans, Size(rows.count), Size(d), 1,
                            a.baseAddress.map { $0 + rows.lowerBound * d }, Size(d),
                            x.baseAddress.map { $0 + rows.lowerBound }, 1, 0, out.baseAddress, 1)
                    }
                }
                count = d
            }
        }
        return sumInOrder(partials)
    }

    /// The Gram matrix `aᵀ a` (d × d, both triangles filled) of the n × d matrix `a`, summed block by block.
    public static func gram(_ a: Matrix) -> Matrix {
        _ = ready
        let d = a.columns
        guard d > 0, a.rows > 0 else { return Matrix(rows: d, columns: d) }
        let partials = Parallel.mapBlocks(of: a.rows, size: 4096) { rows in
            [Double](unsafeUninitializedCapacity: d * d) { out, count in
                out.initialize(repeating: 0)
                a.values.withUnsafeBufferPointer { a in
                    cblas_dsyrk(
                        CblasRowMajor, CblasUpper, CblasTrans, Size(d), Size(rows.count), 1,
                        a.baseAddress.map { $0 + rows.lowerBound * d }, Size(d), 0, out.baseAddress, Size(d))
                }
                count = d * d
            }
        }
        var sum = sumInOrder(partials)
        for i in 0..<d {
            for j in i + 1..<max(d, i + 1) { sum[j * d + i] = sum[i * d + j] }
        }
        return Matrix(rows: d, columns: d, values: sum)
    }

    /// The inner product of two vectors of equal length.
    public static func dot(_ x: [Double], _ y: [Double]) -> Double {
        precondition(x.count == y.count, "an inner product needs vectors of equal length")
        _ = ready
        return cblas_ddot(Size(x.count), x, 1, y, 1)
    }

    /// Adds `scale` times `x` to `y`.
    public static func add(_ x: [Double], times scale: Double, to y: inout [Double]) {
        precondition(x.count == y.count, "a sum needs vectors of equal length")
        _ = ready
        cblas_daxpy(Size(x.count), scale, x, 1, &y, 1)
    }

    private static func multiply(_ a: Matrix, _ b: Matrix, transposeB: Bool, inner: Int, width: Int) -> Matrix {
        _ = ready
        guard inner > 0 else { return Matrix(rows: a.rows, columns: width) }
        let values = [Double](filledInParallelRows: a.rows, width: width, blockSize: blockRows) { rows, out in
            a.values.withUnsafeBufferPointer { a in
                b.values.withUnsafeBufferPointer { b in
                    cblas_dgemm(
                        CblasRowMajor, CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, Size(rows.count),
                        Size(width), Size(inner), 1, a.baseAddress.map { $0 + rows.lowerBound * inner }, Size(inner),
                        b.baseAddress, Size(transposeB ? inner : width), 0, out.base + rows.lowerBound * width,
                        Size(width))
                }
            }
        }
        return Matrix(rows: a.rows, columns: width, values: values)
    }

    private static func sumInOrder(_ partials: [[Double]]) -> [Double] {
        guard var sum = partials.first else { return [] }
        for partial in partials.dropFirst() {
            for k in sum.indices { sum[k] += partial[k] }
        }
        return sum
    }

    private static func mismatch(_ m: Int, _ k: Int, _ k2: Int, _ n: Int) -> ApusError {
        ApusError(
            .shapeMismatch, "Cannot multiply a \(m) × \(k) matrix by a \(k2) × \(n) one; the inner sizes must agree.")
    }
}
