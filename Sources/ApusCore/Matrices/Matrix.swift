/// A dense matrix of `Double`, stored row after row in one contiguous array, copied on write.
///
///     let x = try Matrix([[5.1, 3.5], [4.9, 3.0]])
///     x[1, 0]            // 4.9
///     x.column(1)        // [3.5, 3.0]
///
/// Rows are samples and columns are features wherever Apus takes a matrix of data. A matrix may have no rows or no
/// columns; estimators refuse such a matrix with an error that says so.
public struct Matrix: Sendable, Hashable {
    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    /// The elements, row after row: element (i, j) is `values[i * columns + j]`. The length never changes.
    @inlinable public var values: [Double] { storage }
    @usableFromInline var storage: [Double]

    /// A matrix whose elements are all `value`.
    ///
    /// - Parameters:
    ///   - value: The value of every element; default 0.
    ///   - rows: Number of rows, 0 or more.
    ///   - columns: Number of columns, 0 or more.
    public init(repeating value: Double = 0, rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "a matrix cannot have a negative number of rows or columns")
        self.rows = rows
        self.columns = columns
        storage = [Double](repeating: value, count: rows * columns)
    }

    /// A matrix over elements that are already in row-major order.
    ///
    /// - Parameters:
    ///   - rows: Number of rows, 0 or more.
    ///   - columns: Number of columns, 0 or more.
    ///   - values: Exactly `rows * columns` elements; anything else is the caller's mistake and traps.
    @inlinable
    public init(rows: Int, columns: Int, values: [Double]) {
        precondition(rows >= 0 && columns >= 0 && values.count == rows * columns, "values must hold rows * columns")
        self.rows = rows
        self.columns = columns
        storage = values
    }

    /// A matrix from an array of rows, as literals and small examples have it.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the rows differ in length.
    public init(_ rows: [[Double]]) throws {
        let width = rows.first?.count ?? 0
        var values: [Double] = []
        values.reserveCapacity(rows.count * width)
        for (i, row) in rows.enumerated() {
            guard row.count == width else {
                throw ApusError(
                    .shapeMismatch,
                    "Row \(i) has \(row.count) values where row 0 has \(width); give every row the same length.")
            }
            values.append(contentsOf: row)
        }
        self.init(rows: rows.count, columns: width, values: values)
    }

    /// A matrix made by filling fresh storage in place, for code that computes elements in an order of its own.
    ///
    /// - Parameters:
    ///   - rows: Number of rows.
    ///   - columns: Number of columns.
    ///   - fill: Receives `rows * columns` zeros in row-major order to overwrite.
    public init(rows: Int, columns: Int, fill: (inout [Double]) throws -> Void) rethrows {
        self.init(rows: rows, columns: columns)
        try fill(&storage)
        precondition(storage.count == rows * columns, "filling a matrix must not change its size")
    }

    /// A matrix with one column.
    @inlinable
    public init(column values: [Double]) {
        self.init(rows: values.count, columns: 1, values: values)
    }

    /// The element in row `row` and column `column`, both counted from 0.
    @inlinable
    public subscript(row: Int, column: Int) -> Double {
        get {
            precondition(column >= 0 && column < columns, "column outside the matrix")
            return storage[row * columns + column]
        }
        set {
            precondition(column >= 0 && column < columns, "column outside the matrix")
            storage[row * columns + column] = newValue
        }
    }

    /// Row `index` as an array of `columns` values.
    public func row(_ index: Int) -> [Double] {
        Array(values[index * columns..<(index + 1) * columns])
    }

    /// Column `index` as an array of `rows` values.
    public func column(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < columns, "column outside the matrix")
        return [Double](unsafeUninitializedCapacity: rows) { buffer, count in
            values.withUnsafeBufferPointer { source in
                var k = index
                for i in 0..<rows {
                    buffer[i] = source[k]
                    k += columns
                }
            }
            count = rows
        }
    }

    /// The rows with the given indices, in that order; an index may repeat.
    public func selecting(rows indices: [Int]) -> Matrix {
        let width = columns
        let picked = [Double](unsafeUninitializedCapacity: indices.count * width) { buffer, count in
            values.withUnsafeBufferPointer { source in
                var out = 0
                for index in indices {
                    precondition(index >= 0 && index < rows, "row outside the matrix")
                    for k in index * width..<(index + 1) * width {
                        buffer[out] = source[k]
                        out += 1
                    }
                }
            }
            count = indices.count * width
        }
        return Matrix(rows: indices.count, columns: width, values: picked)
    }

    /// The columns with the given indices, in that order; an index may repeat.
    public func selecting(columns indices: [Int]) -> Matrix {
        precondition(indices.allSatisfy { $0 >= 0 && $0 < columns }, "column outside the matrix")
        let width = indices.count
        let picked = [Double](unsafeUninitializedCapacity: rows * width) { buffer, count in
            values.withUnsafeBufferPointer { source in
                for i in 0..<rows {
                    for (k, j) in indices.enumerated() { buffer[i * width + k] = source[i * columns + j] }
                }
            }
            count = rows * width
        }
        return Matrix(rows: rows, columns: width, values: picked)
    }

    /// The matrix with rows and columns exchanged.
    public var transposed: Matrix {
        let (n, d) = (rows, columns)
        let block = 32
        let turned = [Double](unsafeUninitializedCapacity: n * d) { buffer, count in
            values.withUnsafeBufferPointer { source in
                for i0 in stride(from: 0, to: n, by: block) {
                    for j0 in stride(from: 0, to: d, by: block) {
                        for i in i0..<min(i0 + block, n) {
                            for j in j0..<min(j0 + block, d) { buffer[j * n + i] = source[i * d + j] }
                        }
                    }
                }
            }
            count = n * d
        }
        return Matrix(rows: d, columns: n, values: turned)
    }

    /// This matrix with the columns of `other` to its right.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the numbers of rows differ.
    public func appending(columns other: Matrix) throws -> Matrix {
        guard rows == other.rows else {
            throw ApusError(
                .shapeMismatch,
                "Cannot put a matrix of \(other.rows) rows beside one of \(rows); both need the same number of rows.")
        }
        let width = columns + other.columns
        var joined: [Double] = []
        joined.reserveCapacity(rows * width)
        for i in 0..<rows {
            joined.append(contentsOf: values[i * columns..<(i + 1) * columns])
            joined.append(contentsOf: other.values[i * other.columns..<(i + 1) * other.columns])
        }
        return Matrix(rows: rows, columns: width, values: joined)
    }

    /// Hands the elements to `body` for change in place; it must not change their number.
    public mutating func withMutableValues<Result>(_ body: (inout [Double]) throws -> Result) rethrows -> Result {
        defer { precondition(storage.count == rows * columns, "changing a matrix must not change its size") }
        return try body(&storage)
    }
}

extension Matrix: CustomStringConvertible {
    /// The shape and the first rows, for a debugger or a playground.
    public var description: String {
        let shown = (0..<min(rows, 6)).map { i in
            let head = row(i).prefix(8).map { "\($0)" }.joined(separator: ", ")
            return "  [\(head)\(columns > 8 ? ", …" : "")]"
        }
        let tail = rows > 6 ? ["  …"] : []
        return (["Matrix \(rows) × \(columns)"] + shown + tail).joined(separator: "\n")
    }
}

extension Matrix: Codable {
    private enum Key: String, CodingKey { case rows, columns, values }

    /// Reads a matrix and checks that the number of values fits the shape.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let rows = try container.decode(Int.self, forKey: .rows)
        let columns = try container.decode(Int.self, forKey: .columns)
        let values = try container.decode([Double].self, forKey: .values)
        let (product, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, values.count == product else {
            throw ApusError(
                .shapeMismatch, "A matrix of \(rows) × \(columns) was announced, but \(values.count) values follow.")
        }
        self.init(rows: rows, columns: columns, values: values)
    }

    /// Writes rows, columns and values.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rows, forKey: .rows)
        try container.encode(columns, forKey: .columns)
        try container.encode(values, forKey: .values)
    }
}
