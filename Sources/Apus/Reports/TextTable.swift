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
        guard text.contains(".") else { return text }
        let trimmed = String(text.reversed().drop { $0 == "0" }.reversed())
        return trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : trimmed
    }

    /// A share as a percentage with one decimal: `23.9 %`.
    public static func percent(_ share: Double?) -> String { share.map { "\(fixed($0 * 100, 1)) %" } ?? "undefined" }

    /// The table as text, at most `width` columns wide where its last column can be wrapped for it.
    public func text(width: Int = 100) -> String {
        let columns = header.indices
        var widths = columns.map { j in
            max(displayWidth(header[j]), rows.map { j < $0.count ? displayWidth($0[j]) : 0 }.max() ?? 0)
        }
        let right = columns.map { j in
            !rows.isEmpty && rows.allSatisfy { j >= $0.count || Self.looksNumeric($0[j]) }
                && rows.contains {
                    j < $0.count && Double($0[j].replacing(",", with: "")) != nil || $0[j].hasSuffix(" %")
                }
        }
        let last = header.count - 1
        if last > 0 {
            let room = width - widths.dropLast().reduce(0) { $0 + $1 + 2 }
            if !right[last], room >= 20 { widths[last] = min(widths[last], room) }
        }
        func line(_ cells: [String]) -> [String] {
            let wrapped = last >= 0 && last < cells.count ? Self.wrap(cells[last], widths[last]) : [""]
            return wrapped.enumerated().map { k, tail in
                let texts = columns.map { j in j == last ? tail : (k == 0 && j < cells.count ? cells[j] : "") }
                var text = ""
                for j in columns {
                    let padding = String(repeating: " ", count: max(0, widths[j] - displayWidth(texts[j])))
                    text += (right[j] ? padding + texts[j] : texts[j] + padding) + (j == last ? "" : "  ")
                }
                return String(text.reversed().drop { $0 == " " }.reversed())
            }
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return (line(header) + [rule] + rows.flatMap(line)).joined(separator: "\n")
    }

    private static func looksNumeric(_ text: String) -> Bool {
        text.isEmpty || text == "undefined" || text == "–" || text.hasSuffix(" %")
            || Double(text.replacing(",", with: "")) != nil
    }

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
