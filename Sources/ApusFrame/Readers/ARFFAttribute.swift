import ApusCore

/// A column as the header of an ARFF file declares it.
struct ARFFAttribute {
    enum Kind {
        /// `numeric`, `real` or `integer`.
        case number(ColumnType?)
        case text
        /// `{a, b, c}`.
        case levels([String])
        case date(ARFFDateFormat)
    }

    let name: String
    let kind: Kind
}

/// The pattern by which an ARFF file writes dates: the letters of Java's `SimpleDateFormat` that are digits.
struct ARFFDateFormat {
    /// What applies unless the header says something else.
    static let standard = "yyyy-MM-dd'T'HH:mm:ss"

    private enum Part {
        case field(Character, width: Int)
        case literal([UInt8])
    }

    private var parts: [Part] = []

    /// A format; nil for a pattern with letters other than y, M, d, H, m, s and S, or with names of months.
    init?(_ pattern: String) {
        var rest = Array(pattern)[...]
        while let first = rest.first {
            if first == "'" {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: "'") else { return nil }
                // Two quotes are one.
                parts.append(.literal(Array((end == rest.startIndex ? "'" : String(rest[..<end])).utf8)))
                rest = rest[(end + 1)...]
            } else if first.isLetter {
                let width = rest.prefix { $0 == first }.count
                guard "yMdHmsS".contains(first), first != "M" || width <= 2, width <= 9 else { return nil }
                parts.append(.field(first, width: width))
                rest = rest.dropFirst(width)
            } else {
                parts.append(.literal(Array(String(first).utf8)))
                rest.removeFirst()
            }
        }
    }

    /// The point in time that a text names; nil when it does not follow the pattern.
    func time(_ text: [UInt8]) -> DateTime? {
        var values: [Character: Int] = [:]
        var fraction = 0
        var rest = text[...]
        for (place, part) in parts.enumerated() {
            switch part {
            case .literal(let bytes):
                guard rest.starts(with: bytes) else { return nil }
                rest = rest.dropFirst(bytes.count)
            case .field(let letter, let width):
                // A field takes all digits that follow, unless the next field begins without anything between.
                var most = letter == "S" ? 6 : 9
                if place + 1 < parts.count, case .field = parts[place + 1] { most = width }
                let digits = rest.prefix(most).prefix { $0 >= 0x30 && $0 <= 0x39 }
                guard !digits.isEmpty, let value = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
                rest = rest.dropFirst(digits.count)
                values[letter] = value
                // Java counts milliseconds: .5 is five of them.
                if letter == "S" { fraction = value * 1000 }
            }
        }
        guard rest.isEmpty, fraction < 1_000_000 else { return nil }
        func digits(_ value: Int, _ count: Int) -> String {
            let text = "\(value)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        func value(_ letter: Character, _ standard: Int) -> Int { values[letter] ?? standard }
        let day = "\(digits(value("y", 1970), 4))-\(digits(value("M", 1), 2))-\(digits(value("d", 1), 2))"
        let clock = [value("H", 0), value("m", 0), value("s", 0)].map { digits($0, 2) }.joined(separator: ":")
        return DateTime("\(day)T\(clock).\(digits(fraction, 6))")
    }
}
