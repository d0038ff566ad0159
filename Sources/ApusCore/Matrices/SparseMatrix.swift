/// A sparse matrix in compressed-sparse-row form: only the elements that are not zero are stored.
///
/// Row i owns the entries `rowOffsets[i]..<rowOffsets[i + 1]` of `columnIndices` and `values`; inside a row the column
/// indices ascend strictly.
public struct SparseMatrix: Sendable, Hashable {
    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    /// Where each row begins in `columnIndices` and `values`; `rows + 1` entries, ascending from 0.
    public let rowOffsets: [Int]
    /// The column of each stored element.
    public let columnIndices: [Int32]
    /// The value of each stored element.
    public let values: [Double]

    /// A sparse matrix from its three arrays.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when offsets do not ascend from 0 to the number of values, or a
    ///   column index is outside the matrix, repeated or out of order within its row.
    public init(rows: Int, columns: Int, rowOffsets: [Int], columnIndices: [Int32], values: [Double]) throws {
        guard rows >= 0, columns >= 0, rowOffsets.count - 1 == rows, rowOffsets.first == 0,
            rowOffsets.last == values.count, columnIndices.count == values.count
        else {
            throw ApusError(
                .shapeMismatch,
                "A sparse matrix of \(rows) rows needs one row offset more than rows (here \(rowOffsets.count)), from 0 to its "
                    + "\(values.count) values, and as many column indices as values (here \(columnIndices.count)).")
        }
        for i in 0..<rows {
            guard rowOffsets[i] <= rowOffsets[i + 1], rowOffsets[i + 1] <= values.count else {
                throw ApusError(.shapeMismatch, "The row offsets of a sparse matrix must ascend; row \(i) breaks this.")
            }
            var previous: Int32 = -1
            for k in rowOffsets[i]..<rowOffsets[i + 1] {
                let column = columnIndices[k]
                guard column > previous, Int(column) < columns else {
                    throw ApusError(
                        .shapeMismatch,
                        "Row \(i) of a sparse matrix of \(columns) columns has column index \(column) after "
                            + "\(previous); indices must ascend strictly and stay below the number of columns.")
                }
                previous = column
            }
        }
        self.rows = rows
        self.columns = columns
        self.rowOffsets = rowOffsets
        self.columnIndices = columnIndices
        self.values = values
    }

    /// The elements of a dense matrix that are not zero.
    public init(_ dense: Matrix) {
        var offsets = [0]
        var indices: [Int32] = []
        var kept: [Double] = []
        offsets.reserveCapacity(dense.rows + 1)
        for i in 0..<dense.rows {
            for j in 0..<dense.columns {
                let value = dense.values[i * dense.columns + j]
                if value != 0 {
                    indices.append(Int32(j))
                    kept.append(value)
                }
            }
            offsets.append(kept.count)
        }
        rows = dense.rows
        columns = dense.columns
        rowOffsets = offsets
        columnIndices = indices
        values = kept
    }

    /// How many elements are stored.
    public var storedCount: Int { values.count }

    /// The element in row `row` and column `column`, 0 where none is stored.
    ///
    /// - Complexity: O(log m) for m stored elements in the row.
    public subscript(row: Int, column: Int) -> Double {
        precondition(row >= 0 && row < rows && column >= 0 && column < columns, "element outside the matrix")
        var low = rowOffsets[row]
        var high = rowOffsets[row + 1]
        while low < high {
            let middle = (low + high) / 2
            if Int(columnIndices[middle]) < column { low = middle + 1 } else { high = middle }
        }
        return low < rowOffsets[row + 1] && Int(columnIndices[low]) == column ? values[low] : 0
    }

    /// The same matrix with its zeros written out.
    public var dense: Matrix {
        Matrix(rows: rows, columns: columns) { out in
            for i in 0..<rows {
                for k in rowOffsets[i]..<rowOffsets[i + 1] { out[i * columns + Int(columnIndices[k])] = values[k] }
            }
        }
    }

    /// The matrix with rows and columns exchanged.
    ///
    /// - Complexity: O(rows + columns + stored elements).
    public var transposed: SparseMatrix {
        var offsets = [Int](repeating: 0, count: columns + 1)
        for column in columnIndices { offsets[Int(column) + 1] += 1 }
        for j in 0..<columns { offsets[j + 1] += offsets[j] }
        var next = offsets
        var indices = [Int32](repeating: 0, count: values.count)
        var turned = [Double](repeating: 0, count: values.count)
        for i in 0..<rows {
            for k in rowOffsets[i]..<rowOffsets[i + 1] {
                let place = next[Int(columnIndices[k])]
                next[Int(columnIndices[k])] += 1
                indices[place] = Int32(i)
                turned[place] = values[k]
            }
        }
        return SparseMatrix(
            trustedRows: columns, columns: rows, rowOffsets: offsets, columnIndices: indices, values: turned)
    }

    /// The rows with the given indices, in that order; an index may repeat.
    public func selecting(rows indices: [Int]) -> SparseMatrix {
        var offsets = [0]
        var columnsOut: [Int32] = []
        var valuesOut: [Double] = []
        for i in indices {
            columnsOut.append(contentsOf: columnIndices[rowOffsets[i]..<rowOffsets[i + 1]])
            valuesOut.append(contentsOf: values[rowOffsets[i]..<rowOffsets[i + 1]])
            offsets.append(valuesOut.count)
        }
        return SparseMatrix(
            trustedRows: indices.count, columns: columns, rowOffsets: offsets, columnIndices: columnsOut,
            values: valuesOut)
    }

    /// Matrices side by side, from left to right.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when there are none, their numbers of rows differ or the columns are
    ///   more than an index can name.
    /// - Complexity: O(rows · parts + stored elements).
    public static func sideBySide(_ parts: [SparseMatrix]) throws -> SparseMatrix {
        guard let rows = parts.first?.rows, parts.allSatisfy({ $0.rows == rows }) else {
            throw ApusError(
                .shapeMismatch,
                "Matrices side by side need the same number of rows; these have \(parts.map(\.rows)).")
        }
        let columns = parts.reduce(0) { $0 + $1.columns }
        guard columns <= Int(Int32.max) else {
            throw ApusError(.shapeMismatch, "There would be \(columns) columns; there may be \(Int32.max) at most.")
        }
        if parts.count == 1 { return parts[0] }
        let count = parts.reduce(0) { $0 + $1.storedCount }
        var offsets = [0]
        var indices: [Int32] = []
        var values: [Double] = []
        offsets.reserveCapacity(rows + 1)
        indices.reserveCapacity(count)
        values.reserveCapacity(count)
        for row in 0..<rows {
            var first: Int32 = 0
            for part in parts {
                let own = part.rowOffsets[row]..<part.rowOffsets[row + 1]
                for k in own { indices.append(first + part.columnIndices[k]) }
                values.append(contentsOf: part.values[own])
                first += Int32(part.columns)
            }
            offsets.append(values.count)
        }
        return SparseMatrix(
            trustedRows: rows, columns: columns, rowOffsets: offsets, columnIndices: indices, values: values)
    }

    /// The product with a vector of `columns` values.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the vector has another length.
    public func multiplied(by vector: [Double]) throws -> [Double] {
        guard vector.count == columns else {
            throw ApusError(
                .shapeMismatch, "Cannot multiply \(columns) columns by a vector of \(vector.count) values.")
        }
        return (0..<rows).map { i in
            var sum = 0.0
            for k in rowOffsets[i]..<rowOffsets[i + 1] { sum += values[k] * vector[Int(columnIndices[k])] }
            return sum
        }
    }

    private init(trustedRows: Int, columns: Int, rowOffsets: [Int], columnIndices: [Int32], values: [Double]) {
        self.rows = trustedRows
        self.columns = columns
        self.rowOffsets = rowOffsets
        self.columnIndices = columnIndices
        self.values = values
    }
}
