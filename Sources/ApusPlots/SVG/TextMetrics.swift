/// Estimates of the room a text takes, since no font is at hand while a chart is written.
///
/// Widths are those of Helvetica, which the fonts of the stack in `SVGWriter` are close to, plus 4 % for safety.
enum TextMetrics {
    private static let ascii: [Double] = [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
        556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
        556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
        556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
        500, 500, 500, 334, 260, 334, 584,
    ]

    /// Width of `text` in pixels at font size `size`.
    static func width(_ text: some StringProtocol, size: Double, bold: Bool = false) -> Double {
        var units = 0.0
        for scalar in text.unicodeScalars { units += width(of: scalar) }
        return units * size / 1000 * (bold ? 1.1 : 1.04)
    }

    private static func width(of scalar: Unicode.Scalar) -> Double {
        let code = scalar.value
        if code >= 32, code < 127 { return ascii[Int(code) - 32] }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch code {
        case 0x2070...0x209f, 0xb2, 0xb3, 0xb9: return 340
        case 0x2212: return 584
        case 0x2013, 0x2022: return 556
        case 0x1100...0x115f, 0x2e80...0x9fff, 0xa960...0xa97f, 0xac00...0xd7ff, 0xf900...0xfaff, 0xfe30...0xfe4f,
            0xff01...0xff60, 0xffe0...0xffe6, 0x20000...0x3ffff:
            return 1000
        case 0x1f000...0x1faff: return 1250
        default: return scalar.properties.isUppercase ? 700 : 580
        }
    }

    /// `text` on one line, cut with an ellipsis where it is wider than `width` pixels.
    static func fitted(_ text: String, to width: Double, size: Double, bold: Bool = false) -> String {
        // No label of a chart is thousands of characters wide; a longer one is not measured to its end.
        let line = text.prefix(4000).map { $0.isNewline || $0 == "\t" ? " " : $0 }
        if line.count == text.count, self.width(String(line), size: size, bold: bold) <= width { return String(line) }
        let room = width - self.width("…", size: size, bold: bold)
        var kept = ""
        var used = 0.0
        for character in line {
            used += self.width(String(character), size: size, bold: bold)
            if used > room { break }
            kept.append(character)
        }
        while kept.last == " " { kept.removeLast() }
        return kept + "…"
    }

    /// `text` broken at spaces into at most `lines` lines of at most `width` pixels, the last one cut where needed.
    static func wrapped(_ text: String, to width: Double, size: Double, bold: Bool = false, lines: Int) -> [String] {
        var result: [String] = []
        var current = ""
        let words = text.prefix(4000).split(whereSeparator: \.isWhitespace).map(String.init)
        for (index, word) in words.enumerated() {
            let longer = current.isEmpty ? word : current + " " + word
            if current.isEmpty || self.width(longer, size: size, bold: bold) <= width {
                current = longer
            } else if result.count == lines - 1 {
                current += " " + words[index...].joined(separator: " ")
                break
            } else {
                result.append(current)
                current = word
            }
        }
        if !current.isEmpty { result.append(current) }
        return result.map { fitted($0, to: width, size: size, bold: bold) }
    }
}
