extension DataFrame {
    /// The frame as a table: names, types, the first and last rows, and the shape.
    ///
    /// - Parameters:
    ///   - limit: How many rows to show; half of them from the end when there are more.
    ///   - width: How many characters fit in a line; columns that do not fit are left out. Nil for any number.
    ///   - widest: The most characters of a value that are shown.
    public func text(rows limit: Int = 10, width: Int? = nil, widest: Int = 32) -> String {
        let limit = max(0, limit)
        let isWhole = rowCount <= limit
        let top = isWhole ? Array(0..<rowCount) : Array(0..<(limit + 1) / 2)
        let bottom = isWhole ? [] : Array(rowCount - limit / 2..<rowCount)
        func cells(_ row: Int) -> [String] { ["\(row)"] + columns.map { $0.missing[row] ? "—" : $0.text(at: row) } }
        var lines = [[""] + columns.map { "<\($0.type.rawValue)>" }] + top.map(cells)
        if !isWhole { lines.append(["⋮"] + columns.map { _ in "⋮" }) }
        lines += bottom.map(cells)
        let table = TextTable(
            headers: [""] + columnNames, rows: lines,
            isLeading: [true] + columns.map { $0.type == .string || $0.type == .categorical })
        return table.text(width: width, widest: max(2, widest))
            + "\n\(count(rowCount, "row")) × \(count(columns.count, "column"))"
    }

    private func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
}

extension DataFrame: CustomStringConvertible {
    /// The first and last rows as a table.
    public var description: String { text() }
}
