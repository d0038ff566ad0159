/// The columns of a matrix in single precision, for trees that try random thresholds.
///
/// Made once and shared by all trees of a forest.
@_documentation(visibility: internal)
public final class TreeValues: Sendable {
    /// Number of rows, at most 2³² - 1.
    public let rows: Int
    /// Number of columns.
    public let features: Int
    /// For column f and row i the value at `f * rows + i`, NaN where it is missing.
    let values: [Float]

    /// The values of a matrix; NaN stands for a missing value.
    ///
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number, or for too many
    ///   rows.
    public init(_ x: Matrix) throws {
        rows = x.rows
        features = x.columns
        values = try TreeValues.singlePrecision(x)
    }

    /// Column after column in single precision.
    static func singlePrecision(_ x: Matrix) throws -> [Float] {
        let (count, width) = (x.rows, x.columns)
        try checkCount(x)
        let turned = [Float](unsafeUninitializedCapacity: count * width) { buffer, filled in
            filled = count * width
            guard let base = buffer.baseAddress else { return }
            let target = SharedBuffer(UnsafeMutableBufferPointer(start: base, count: count * width))
            let blocks = Parallel.blocks(of: count, size: 64)
            x.values.withUnsafeBufferPointer { source in
                let source = SharedBuffer(UnsafeMutableBufferPointer(mutating: source))
                Parallel.forEach(blocks.count) { block in
                    for feature in 0..<width {
                        for row in blocks[block] {
                            target[feature * count + row] = Float(source[row * width + feature])
                        }
                    }
                }
            }
        }
        if let place = turned.firstIndex(where: \.isInfinite) {
            let (row, column) = (place % count, place / count)
            throw unusable(x.values[row * width + column], row: row, column: column)
        }
        return turned
    }

    /// Throws for more rows or columns than trees can number.
    static func checkCount(_ x: Matrix) throws {
        guard x.rows < Int(UInt32.max), x.columns < Int(Int32.max) else {
            throw ApusError(
                .invalidInput,
                "x has \(x.rows) rows and \(x.columns) columns, more than trees can number; take a sample of them.")
        }
    }

    /// The error for a value that single precision cannot hold.
    static func unusable(_ value: Double, row: Int, column: Int) -> ApusError {
        ApusError(
            .invalidInput,
            "x holds \(value) in row \(row), column \(column), but trees compare 32-bit numbers, which end at 3.4e38; "
                + "replace infinite values and scale large ones.")
    }
}
