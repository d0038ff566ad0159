import ApusCore

/// What can be said about each column of a frame in a few numbers.
public struct FrameSummary: Sendable, Hashable {
    /// The columns, from left to right.
    public let columns: [ColumnSummary]
    /// How many rows the frame has.
    public let rowCount: Int

    /// What is known about one column, or nil when there is none of that name.
    public subscript(_ name: String) -> ColumnSummary? { columns.first { $0.name == name } }

    /// The summary as two tables, one for numbers and times and one for text, categories and truth values.
    ///
    /// - Parameter width: How many characters fit in a line; nil for any number.
    public func text(width: Int? = nil) -> String {
        let numeric = columns.filter { $0.numbers != nil || $0.times != nil }
        let others = columns.filter { $0.numbers == nil && $0.times == nil }
        func short(_ value: Double?) -> String { value.map(shortNumber) ?? "" }
        let numberTable = TextTable(
            headers: ["column", "count", "missing", "mean", "std", "min", "25%", "50%", "75%", "max"],
            rows: numeric.map { column in
                let n = column.numbers
                return [
                    column.name, "\(column.count)", "\(column.missingCount)", short(n?.mean),
                    short(n?.standardDeviation), column.times?.lowerBound.description ?? short(n?.minimum),
                    short(n?.lowerQuartile), short(n?.median), short(n?.upperQuartile),
                    column.times?.upperBound.description ?? short(n?.maximum),
                ]
            }, isLeading: [true])
        let levelTable = TextTable(
            headers: ["column", "count", "missing", "unique", "top", "freq"],
            rows: others.map { column in
                let l = column.levels
                return [
                    column.name, "\(column.count)", "\(column.missingCount)", l.map { "\($0.unique)" } ?? "0",
                    l?.top ?? "", l.map { "\($0.frequency)" } ?? "",
                ]
            }, isLeading: [true, false, false, false, true])
        return [numeric.isEmpty ? nil : numberTable, others.isEmpty ? nil : levelTable].compactMap { $0 }
            .map { $0.text(width: width) }.joined(separator: "\n\n")
    }
}

extension FrameSummary: CustomStringConvertible {
    /// The summary as tables.
    public var description: String { text() }
}

/// A number with at most six significant digits, for tables that people read.
func shortNumber(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    if abs(value) < 1e15, let whole = Int(exactly: value) { return "\(whole)" }
    let magnitude = abs(value)
    guard magnitude >= 1e-4, magnitude < 1e15 else {
        var scaled = magnitude
        var exponent = 0
        while scaled >= 10 {
            scaled /= 10
            exponent += 1
        }
        while scaled < 1 {
            scaled *= 10
            exponent -= 1
        }
        return "\(value < 0 ? "-" : "")\(decimals(scaled, 5))e\(exponent)"
    }
    let digitsBefore = magnitude < 1 ? 1 : "\(Int(magnitude))".count
    let leadingZeros = magnitude >= 0.1 ? 0 : magnitude >= 0.01 ? 1 : magnitude >= 0.001 ? 2 : 3
    return (value < 0 ? "-" : "") + decimals(magnitude, max(0, 6 - digitsBefore) + leadingZeros)
}

/// A number of at least 0 and below 10^15 with at most `places` decimals, without zeros at the end.
private func decimals(_ value: Double, _ places: Int) -> String {
    var unit = 1.0
    for _ in 0..<places { unit *= 10 }
    let rounded = value * unit < 9e15 ? (value * unit).rounded() / unit : value
    if let whole = Int(exactly: rounded) { return "\(whole)" }
    return "\(rounded)"
}

extension FrameSummary {
    /// The summary of columns of numbers as a frame, as pandas shows it: a column `statistic`, and one for each of them.
    public func numberTable() throws -> DataFrame {
        let numeric = columns.filter { $0.type == .double || $0.type == .int }
        return try DataFrame(
            columns: [Column("statistic", ["count", "mean", "std", "min", "25%", "50%", "75%", "max"])]
                + numeric.map { column in
                    let n = column.numbers
                    return Column(
                        column.name,
                        [
                            Double(column.count), n?.mean, n?.standardDeviation, n?.minimum, n?.lowerQuartile,
                            n?.median, n?.upperQuartile, n?.maximum,
                        ])
                })
    }

    /// The summary of columns of text, categories and truth values as a frame of texts, as pandas shows it.
    public func levelTable() throws -> DataFrame {
        let others = columns.filter { [.string, .categorical, .bool].contains($0.type) }
        return try DataFrame(
            columns: [Column("statistic", ["count", "unique", "top", "freq"])]
                + others.map { column in
                    let l = column.levels
                    return Column(
                        column.name,
                        ["\(column.count)", "\(l?.unique ?? 0)", l?.top, l.map { "\($0.frequency)" }] as [String?])
                })
    }
}
