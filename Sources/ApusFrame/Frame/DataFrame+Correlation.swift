import ApusCore

/// How two columns are compared.
public enum CorrelationMethod: String, Sendable, Hashable, CaseIterable {
    /// How near the values are to a line.
    case pearson
    /// How near their ranks are to a line: whether one rises with the other, in whatever form.
    case spearman
}

extension DataFrame {
    /// How the columns of numbers go together in pairs, from -1 to 1, over the rows where both have a value.
    ///
    /// - Parameters:
    ///   - method: How they are compared.
    ///   - names: The columns; all of whole and floating-point numbers and truth values when nil.
    ///   - minimumCount: How many rows a pair needs; the result is missing with fewer.
    /// - Returns: A column `column` with their names, and then a column for each; missing for a column that is constant.
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` for text and when there are no such columns.
    public func correlation(
        _ method: CorrelationMethod = .pearson, of names: [String]? = nil, minimumCount: Int = 1
    ) throws -> DataFrame {
        let names = names ?? columns.filter { $0.type.isNumeric && $0.type != .dateTime }.map(\.name)
        guard !names.isEmpty else {
            throw ApusError(.invalidSchema, "The frame has no columns of numbers to compare; encode text first.")
        }
        let values = try names.map { try self[$0].numbers() }
        let width = names.count
        let pairs = (0..<width).flatMap { i in (i..<width).map { (i, $0) } }
        let found = Parallel.map(pairs.count) { place in
            let (i, j) = pairs[place]
            return DataFrame.correlation(values[i], values[j], method, minimumCount)
        }
        var matrix = [Double](repeating: .nan, count: width * width)
        for ((i, j), value) in zip(pairs, found) {
            matrix[i * width + j] = value
            matrix[j * width + i] = value
        }
        return try DataFrame(
            columns: [Column("column", names)]
                + names.indices.map { j in Column(names[j], names.indices.map { matrix[$0 * width + j] }) })
    }

    /// The correlation of two columns of numbers, NaN left out; by Welford's sums, as pandas does.
    private static func correlation(
        _ x: [Double], _ y: [Double], _ method: CorrelationMethod, _ least: Int
    ) -> Double {
        var (a, b) = (x, y)
        let kept = x.indices.filter { !x[$0].isNaN && !y[$0].isNaN }
        if kept.count < x.count { (a, b) = (kept.map { x[$0] }, kept.map { y[$0] }) }
        guard a.count >= Swift.max(1, least) else { return .nan }
        if method == .spearman {
            guard let first = try? Column("", a).ranks().numbers(), let second = try? Column("", b).ranks().numbers()
            else { return .nan }
            (a, b) = (first, second)
        }
        var (meanX, meanY, squaresX, squaresY, products) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for row in a.indices {
            let (dx, dy) = (a[row] - meanX, b[row] - meanY)
            meanX += 1 / Double(row + 1) * dx
            meanY += 1 / Double(row + 1) * dy
            squaresX += (a[row] - meanX) * dx
            squaresY += (b[row] - meanY) * dy
            products += (a[row] - meanX) * dy
        }
        let divisor = (squaresX * squaresY).squareRoot()
        return divisor == 0 || divisor.isNaN ? .nan : Swift.min(1, Swift.max(-1, products / divisor))
    }
}
