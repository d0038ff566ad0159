import CApusKernels

/// Products and column sums of sparse matrices.
@_documentation(visibility: internal)
public enum SparseProductKernel {
    /// The dense product `a b`, where `a` is n × d and sparse and `b` is d × k: n × k.
    ///
    /// Entries are added in the order in which a row stores them, so the bits do not depend on the number of threads.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the inner dimensions differ.
    public static func product(_ a: SparseMatrix, _ b: Matrix) throws -> Matrix {
        guard a.columns == b.rows else {
            throw ApusError(
                .shapeMismatch,
                "Cannot multiply a \(a.rows) × \(a.columns) matrix by a \(b.rows) × \(b.columns) one; the inner sizes "
                    + "must agree.")
        }
        let width = b.columns
        let values = [Double](filledInParallelRows: a.rows, width: width, blockSize: 256) { rows, out in
            a.rowOffsets.withUnsafeBufferPointer { offsets in
                a.columnIndices.withUnsafeBufferPointer { columns in
                    a.values.withUnsafeBufferPointer { values in
                        b.values.withUnsafeBufferPointer { dense in
                            apus_sparse_product(
                                offsets.baseAddress, columns.baseAddress, values.baseAddress, dense.baseAddress, width,
                                rows.lowerBound, rows.upperBound, out.base)
                        }
                    }
                }
            }
        }
        return Matrix(rows: a.rows, columns: width, values: values)
    }

    /// The Gram matrix `aᵀ a`: d × d, dense.
    public static func gram(_ a: SparseMatrix) -> Matrix {
        let d = a.columns
        let turned = a.transposed
        let values = [Double](filledInParallelRows: d, width: d, blockSize: 64) { columns, out in
            for i in columns {
                for j in 0..<d { out[i * d + j] = 0 }
                for entry in turned.rowOffsets[i]..<turned.rowOffsets[i + 1] {
                    let (row, value) = (Int(turned.columnIndices[entry]), turned.values[entry])
                    for other in a.rowOffsets[row]..<a.rowOffsets[row + 1] {
                        out[i * d + Int(a.columnIndices[other])] += value * a.values[other]
                    }
                }
            }
        }
        return Matrix(rows: d, columns: d, values: values)
    }

    /// The mean and the variance (divided by the number of rows) of each column, zeros included.
    public static func columnMoments(_ a: SparseMatrix) -> (means: [Double], variances: [Double]) {
        let rows = Double(a.rows)
        var sums = [Double](repeating: 0, count: a.columns)
        var stored = [Double](repeating: 0, count: a.columns)
        for (column, value) in zip(a.columnIndices, a.values) {
            sums[Int(column)] += value
            stored[Int(column)] += 1
        }
        let means = sums.map { $0 / rows }
        var squares = [Double](repeating: 0, count: a.columns)
        for (column, value) in zip(a.columnIndices, a.values) {
            let deviation = value - means[Int(column)]
            squares[Int(column)] += deviation * deviation
        }
        let variances = means.indices.map { j in
            (squares[j] + (rows - stored[j]) * means[j] * means[j]) / rows
        }
        return (means, variances)
    }
}
