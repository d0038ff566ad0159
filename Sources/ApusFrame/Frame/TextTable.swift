import ApusCore

/// A table in characters: columns aligned by the width that terminals give to each character.
struct TextTable {
    let headers: [String]
    let rows: [[String]]
    /// Whether a column is aligned at its beginning rather than its end; false for those not mentioned.
    let isLeading: [Bool]

    /// The table.
    ///
    /// - Parameters:
    ///   - width: How many characters fit in a line; columns that do not fit give way to `…`. Nil for any number.
    ///   - widest: The most characters of a value that are shown.
    func text(width: Int? = nil, widest: Int = 40) -> String {
        let cells = ([headers] + rows).map { $0.map { TextTable.shortened($0, to: widest) } }
        let widths = headers.indices.map { column in cells.map { displayWidth($0[column]) }.max() ?? 0 }
        let shown = visible(widths, width)
        return cells.map { row in
            var line = ""
            var pending = 0
            for (place, column) in shown.enumerated() {
                if place > 0 { pending += 2 }
                let text = column.map { row[$0] } ?? "…"
                let space = (column.map { widths[$0] } ?? 1) - displayWidth(text)
                let leads = column.map { $0 < isLeading.count && isLeading[$0] } ?? true
                // Spaces are written when something follows them, so that no line ends with any.
                if !leads { pending += space }
                if !text.isEmpty {
                    line += String(repeating: " ", count: pending) + text
                    pending = 0
                }
                if text.isEmpty || leads { pending += space }
            }
            return line
        }.joined(separator: "\n")
    }

    /// The columns that fit: from the left and the right in turn, with nil where some are left out between them.
    private func visible(_ widths: [Int], _ limit: Int?) -> [Int?] {
        let all = widths.indices.map { Optional($0) }
        guard let limit, widths.reduce(0, +) + 2 * max(0, widths.count - 1) > limit else { return all }
        var (left, right) = ([Int](), [Int]())
        var used = 1
        var (next, last) = (0, widths.count - 1)
        while next <= last {
            let takesLeft = left.count <= right.count
            let column = takesLeft ? next : last
            used += widths[column] + 2
            if used > limit, !left.isEmpty { break }
            if takesLeft {
                left.append(column)
                next += 1
            } else {
                right.append(column)
                last -= 1
            }
        }
        return left.map { Optional($0) } + [nil] + right.reversed().map { Optional($0) }
    }

    /// A text with at most `limit` characters' width, on one line.
    static func shortened(_ text: String, to limit: Int) -> String {
        var result = ""
        var used = 0
        for character in text {
            let shown = character.isNewline || character == "\t" ? "⏎" : character
            let size = displayWidth(shown)
            if used + size > limit - 1, displayWidth(text) > limit { return result + "…" }
            used += size
            result.append(shown == "⏎" && character == "\t" ? " " : shown)
        }
        return result
    }
}
