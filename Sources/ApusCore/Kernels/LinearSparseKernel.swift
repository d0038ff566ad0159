/// Products with sparse rows, spread over threads by blocks of rows.
@_documentation(visibility: internal)
public enum LinearSparseKernel {
    private static let block = 2048

    /// The product with a vector of as many values as `a` has columns.
    public static func product(_ a: SparseMatrix, _ vector: [Double]) -> [Double] {
        precondition(vector.count == a.columns, "the vector must have a value for each column")
        return [Double](filledInParallelRows: a.rows, width: 1, blockSize: block) { rows, out in
            withRows(a) { offsets, columns, values in
                vector.withUnsafeBufferPointer { vector in
                    for i in rows {
                        var sum = 0.0
                        for k in offsets[i]..<offsets[i + 1] { sum += values[k] * vector[Int(columns[k])] }
                        out[i] = sum
                    }
                }
            }
        }
    }

    /// The product with a matrix of as many rows as `a` has columns.
    public static func product(_ a: SparseMatrix, _ b: Matrix) -> Matrix {
        precondition(b.rows == a.columns, "the inner sizes must agree")
        let width = b.columns
        let product = [Double](filledInParallelRows: a.rows, width: width, blockSize: 512) { rows, out in
            withRows(a) { offsets, columns, values in
                b.values.withUnsafeBufferPointer { b in
                    for i in rows {
                        let row = out.base + i * width
                        row.initialize(repeating: 0, count: width)
                        for k in offsets[i]..<offsets[i + 1] {
                            let (value, start) = (values[k], Int(columns[k]) * width)
                            for j in 0..<width { row[j] += value * b[start + j] }
                        }
                    }
                }
            }
        }
        return Matrix(rows: a.rows, columns: width, values: product)
    }

    /// `aᵀ S a`, d × d, from a sparse matrix and its transpose.
    public static func gram(_ a: SparseMatrix, transposed: SparseMatrix, weights: [Double]?) -> Matrix {
        let d = a.columns
        let products = [Double](filledInParallelRows: d, width: d, blockSize: 8) { features, out in
            withRows(a) { offsets, columns, values in
                withRows(transposed) { starts, rows, entries in
                    for j in features {
                        let row = out.base + j * d
                        row.initialize(repeating: 0, count: d)
                        for place in starts[j]..<starts[j + 1] {
                            let i = Int(rows[place])
                            let factor = entries[place] * (weights?[i] ?? 1)
                            for k in offsets[i]..<offsets[i + 1] { row[Int(columns[k])] += factor * values[k] }
                        }
                    }
                }
            }
        }
        return Matrix(rows: d, columns: d, values: products)
    }

    /// Hands over the three arrays of a sparse matrix: offsets, columns, values.
    static func withRows<Result>(
        _ a: SparseMatrix,
        _ body: (UnsafeBufferPointer<Int>, UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Double>) -> Result
    ) -> Result {
        a.rowOffsets.withUnsafeBufferPointer { offsets in
            a.columnIndices.withUnsafeBufferPointer { columns in
                a.values.withUnsafeBufferPointer { values in body(offsets, columns, values) }
            }
        }
    }
}
