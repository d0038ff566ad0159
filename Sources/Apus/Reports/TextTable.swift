import ApusCore

/// A table in a terminal: columns in line, numbers to the right, long text wrapped in the last column.
public struct TextTable: Sendable {
    /// The column titles.
    public let header: [String]
    private var rows: [[String]] = []

    /// A table without rows.
    public init(header: [String]) { self.header = header }

    /// Adds a row with a cell for each column.
    public mutating func add(_ row: [String]) { rows.append(row) }

    /// A whole number with separators: `48,842`.
    public static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (i, digit) in digits.enumerated() {
            if i > 0, (digits.count - i) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }

    /// A score or a share with four decimals; `undefined` for nil.
    public static func score(_ value: Double?) -> String {
        guard let value else { return "undefined" }
        guard value.isFinite else { return "\(value)" }
        // Errors of regression can be of any size: keep significant digits instead of decimals there.
        return value.magnitude < 1000 ? fixed(value, 4) : significant(value, 6)
    }

    /// A number with a given number of decimals, rounded half away from zero.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded()
        let whole = Int(scaled.magnitude) / Int(scale)
        let part = Int(scaled.magnitude) % Int(scale)
        let sign = scaled < 0 ? "-" : ""
        if decimals == 0 { return "\(sign)\(whole)" }
        let digits = String(part)
        return "\(sign)\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
    }

    /// A number with at most `digits` significant digits.
    public static func significant(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
        if value == value.rounded(), value.magnitude < 1e15 { return grouped(Int(value)) }
        var exponent = 0
        var scaled = value.magnitude
        while scaled >= 10 { (scaled, exponent) = (scaled / 10, exponent + 1) }
        while scaled < 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
        guard exponent > -5, exponent < 12 else {
            return "\(value < 0 ? "-" : "")\(fixed(scaled, digits - 1))e\(exponent)"
        }
        let text = fixed(value, max(0, digits - 1 - exponent))
        guard text.contains(".") else { return Int(text).map(grouped) ?? text }
        let trimmed = String(text.reversed().drop { $0 == "0" }.reversed())
        return trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : trimmed
    }

    /// A share as a percentage with one decimal: `23.9 %`.
    public static func percent(_ share: Double?) -> String { share.map { "\(fixed($0 * 100, 1)) %" } ?? "undefined" }

    /// The narrowest that a column of text is wrapped to.
    private static let narrowest = 14

    /// The table as text, at most `width` columns wide where wrapping text can make it so.
    public func text(width: Int = 100) -> String {
        let columns = header.indices
        let right = columns.map { j in
            rows.contains { j < $0.count && Self.isNumber($0[j]) }
                && rows.allSatisfy { j >= $0.count || Self.isNumber($0[j]) || Self.isBlank($0[j]) }
        }
        var widths = columns.map { j in
            max(displayWidth(header[j]), rows.map { j < $0.count ? displayWidth($0[j]) : 0 }.max() ?? 0)
        }
        // The widest column of text gives way first, column by column, until the table fits.
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        while excess > 0 {
            guard
                let j = columns.filter({ !right[$0] && widths[$0] > Self.narrowest }).max(by: {
                    widths[$0] < widths[$1]
                })
            else { break }
            widths[j] -= 1
            excess -= 1
        }
        func lines(_ cells: [String]) -> [String] {
            let wrapped = columns.map { j in Self.wrap(j < cells.count ? cells[j] : "", widths[j]) }
            return (0..<(wrapped.map(\.count).max() ?? 0)).map { k in
                var text = ""
                for j in columns {
                    let part = k < wrapped[j].count ? wrapped[j][k] : ""
                    let padding = String(repeating: " ", count: max(0, widths[j] - displayWidth(part)))
                    text += (right[j] ? padding + part : part + padding) + "  "
                }
                return String(text.reversed().drop { $0 == " " }.reversed())
            }
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return (lines(header) + [rule] + rows.flatMap(lines)).joined(separator: "\n")
    }

    /// The table as text where it fits into `width` columns, else row by row: the first cell, then `header cell` for each
    /// other one that is not empty.
    public func fitted(to width: Int) -> String {
        let table = text(width: width)
        if table.split(separator: "\n").allSatisfy({ displayWidth(String($0)) <= width }) { return table }
        return rows.map { row in
            let cells = zip(header, row).filter { !$1.isEmpty }.map {
                "\($0)\u{A0}\($1.replacing(" ", with: "\u{A0}"))"
            }
            return Self.wrap(cells.joined(separator: ", "), max(Self.narrowest, width - 2)).enumerated().map {
                place, line in
                (place == 0 ? "" : "  ") + line.replacing("\u{A0}", with: " ")
            }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func isNumber(_ text: String) -> Bool {
        Double(text.replacing(",", with: "").replacing(" %", with: "")) != nil
    }

    private static func isBlank(_ text: String) -> Bool { text.isEmpty || text == "undefined" || text == "–" }

    private static func wrap(_ text: String, _ width: Int) -> [String] {
        guard displayWidth(text) > width else { return [text] }
        var lines = [""]
        for word in text.split(separator: " ") {
            let current = lines[lines.count - 1]
            if current.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if displayWidth(current) + 1 + displayWidth(String(word)) <= width {
                lines[lines.count - 1] = current + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
