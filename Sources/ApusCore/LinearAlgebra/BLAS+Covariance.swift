#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

extension BLAS {
    /// The Gram matrix `(a - shift)ᵀ (a - shift)` (d × d, both triangles filled), with at most 16 million numbers of partial
    /// sums beside it however many rows there are.
    ///
    /// - Parameters:
    ///   - a: n × d.
    ///   - shift: What to subtract from each column first; nil for nothing.
    public static func boundedGram(_ a: Matrix, shift: [Double]? = nil) -> Matrix {
        _ = ready
        let (n, d) = (a.rows, a.columns)
        guard n > 0, d > 0 else { return Matrix(rows: d, columns: d) }
        let limit = max(1, min(16, 16_000_000 / (d * d)))
        // One block of rows cannot be shared out; then the result is cut into tiles instead.
        var sum = limit > 1 ? gramByRows(a, shift, blocks: limit) : gramByTiles(a, shift)
        for i in 0..<d {
            for j in i + 1..<max(d, i + 1) { sum[j * d + i] = sum[i * d + j] }
        }
        return Matrix(rows: d, columns: d, values: sum)
    }

    private static func gramByRows(_ a: Matrix, _ shift: [Double]?, blocks: Int) -> [Double] {
        let (n, d) = (a.rows, a.columns)
        let size = max(1024, (n + blocks - 1) / blocks)
        let partials = Parallel.mapBlocks(of: n, size: size) { rows in
            [Double](unsafeUninitializedCapacity: d * d) { out, count in
                out.initialize(repeating: 0)
                a.values.withUnsafeBufferPointer { a in
                    guard let shift else {
                        return addGram(a.baseAddress.map { $0 + rows.lowerBound * d }, rows.count, d, to: out)
                    }
                    for part in Parallel.blocks(of: rows.count, size: 512) {
                        let start = rows.lowerBound + part.lowerBound
                        let moved = [Double](unsafeUninitializedCapacity: part.count * d) { buffer, count in
                            for i in 0..<part.count {
                                for j in 0..<d { buffer[i * d + j] = a[(start + i) * d + j] - shift[j] }
                            }
                            count = part.count * d
                        }
                        moved.withUnsafeBufferPointer { addGram($0.baseAddress, part.count, d, to: out) }
                    }
                }
                count = d * d
            }
        }
        guard var sum = partials.first else { return [] }
        for partial in partials.dropFirst() {
            for k in sum.indices { sum[k] += partial[k] }
        }
        return sum
    }

    private static func addGram(
        _ rows: UnsafePointer<Double>?, _ count: Int, _ d: Int, to out: UnsafeMutableBufferPointer<Double>
    ) {
        cblas_dsyrk(
            CblasRowMajor, CblasUpper, CblasTrans, Size(d), Size(count), 1, rows, Size(d), 1, out.baseAddress, Size(d))
    }

    private static func gramByTiles(_ a: Matrix, _ shift: [Double]?) -> [Double] {
        let (n, d) = (a.rows, a.columns)
        let moved = shift.map { KMeansKernel.subtracting($0, from: a) } ?? a
        let tiles = Parallel.blocks(of: d, size: 512)
        let pairs = tiles.indices.flatMap { i in (i..<tiles.count).map { (tiles[i], tiles[$0]) } }
        return [Double](unsafeUninitializedCapacity: d * d) { buffer, count in
            let out = SharedBuffer(UnsafeMutableBufferPointer(rebasing: buffer[0..<d * d]))
            Parallel.forEach(pairs.count) { index in
                let (rows, columns) = pairs[index]
                moved.values.withUnsafeBufferPointer { a in
                    cblas_dgemm(
                        CblasRowMajor, CblasTrans, CblasNoTrans, Size(rows.count), Size(columns.count), Size(n), 1,
                        a.baseAddress.map { $0 + rows.lowerBound }, Size(d),
                        a.baseAddress.map { $0 + columns.lowerBound }, Size(d), 0,
                        out.base + rows.lowerBound * d + columns.lowerBound, Size(d))
                }
            }
            count = d * d
        }
    }

    /// The matrix product `aᵀ b`, where `a` is n × m and `b` is n × k, shared out by columns of `a`: for results that are
    /// too large to hold one partial sum for each block of rows.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the numbers of rows differ.
    public static func productByColumns(transposed a: Matrix, _ b: Matrix) throws -> Matrix {
        guard a.rows == b.rows, a.columns >= 512 else { return try product(transposed: a, b) }
        _ = ready
        let (n, m, k) = (a.rows, a.columns, b.columns)
        let values = [Double](filledInParallelRows: m, width: k, blockSize: 256) { columns, out in
            a.values.withUnsafeBufferPointer { a in
                b.values.withUnsafeBufferPointer { b in
                    cblas_dgemm(
                        CblasRowMajor, CblasTrans, CblasNoTrans, Size(columns.count), Size(k), Size(n), 1,
                        a.baseAddress.map { $0 + columns.lowerBound }, Size(m), b.baseAddress, Size(k), 0,
                        out.base + columns.lowerBound * k, Size(k))
                }
            }
        }
        return Matrix(rows: m, columns: k, values: values)
    }

    /// Takes from `vector` its components along the first `count` rows of `basis`, which are orthonormal; twice, so that
    /// rounding leaves nothing.
    ///
    /// - Parameters:
    ///   - vector: d numbers.
    ///   - basis: Rows of d numbers.
    ///   - count: How many of the rows to be orthogonal to.
    /// - Returns: The components that were taken away.
    public static func orthogonalize(_ vector: inout [Double], against basis: [Double], count: Int) -> [Double] {
        precondition(basis.count >= count * vector.count, "the basis must hold as many rows as it is said to")
        guard count > 0, !vector.isEmpty else { return [] }
        _ = ready
        let d = Size(vector.count)
        var total = [Double](repeating: 0, count: count)
        for _ in 0..<2 {
            var part = [Double](repeating: 0, count: count)
            cblas_dgemv(CblasRowMajor, CblasNoTrans, Size(count), d, 1, basis, d, vector, 1, 0, &part, 1)
            cblas_dgemv(CblasRowMajor, CblasTrans, Size(count), d, -1, basis, d, part, 1, 1, &vector, 1)
            for i in total.indices { total[i] += part[i] }
        }
        return total
    }
}
