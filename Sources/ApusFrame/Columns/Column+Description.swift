extension Column: CustomStringConvertible {
    /// The values under each other, as in a frame, with how many there are and how many of them are missing.
    ///
    /// - Parameters:
    ///   - limit: How many values are shown; of more, those from both ends.
    ///   - widest: The most characters of a value that are shown.
    public func text(rows limit: Int = 10, widest: Int = 60) -> String {
        let table = DataFrame().replacingColumns([self], rowCount: count).text(rows: limit, widest: widest)
        var lines = table.split(separator: "\n", omittingEmptySubsequences: false)
        lines.removeLast()
        let missing = missingCount > 0 ? ", \(missingCount) missing" : ""
        return lines.joined(separator: "\n") + "\n\(count) value\(count == 1 ? "" : "s")\(missing)"
    }

    /// The values as text.
    public var description: String { text() }
}
