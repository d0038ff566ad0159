/// Text in the columns of a terminal.
enum TerminalText {
    /// Columns that `text` takes: two for East Asian wide characters and emoji, none for combining marks.
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + columns($1) }
    }

    /// `text` without control characters, cut to `columns`, filled with spaces on the right or left.
    static func padded(_ text: String, to width: Int, left: Bool = false, ascii: Bool = false) -> String {
        let cut = fitted(text, to: width, ascii: ascii)
        let space = String(repeating: " ", count: max(0, width - self.width(cut)))
        return left ? space + cut : cut + space
    }

    /// `text` without control characters, cut with an ellipsis to `columns`; in ASCII other signs become `?`.
    static func fitted(_ text: String, to width: Int, ascii: Bool = false) -> String {
        var clean = String(text.prefix(2000).filter { !isControl($0) })
        if ascii {
            clean = clean.replacing(NumberFormat.minus, with: "-").replacing("×", with: "x")
            clean = String(clean.map { $0.isASCII ? $0 : exponent($0) ?? "?" })
        }
        if self.width(clean) <= width { return clean }
        let mark = ascii ? "." : "…"
        var kept = ""
        var used = 1
        for character in clean {
            used += columns(character)
            if used > width { break }
            kept.append(character)
        }
        return width > 0 ? kept + mark : ""
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069: return true
            default: return false
            }
        }
    }

    private static func exponent(_ character: Character) -> Character? {
        if character == "⁻" { return "-" }
        return "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(character) ? character.wholeNumberValue.map { Character(String($0)) } : nil
    }

    private static func columns(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }
}
