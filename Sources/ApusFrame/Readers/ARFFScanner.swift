import ApusCore

/// Takes the bytes of an ARFF file apart, line by line.
struct ARFFScanner {
    /// What is wrong with a line.
    struct Failure: Error {
        let what: String
    }

    /// A value as it is written.
    enum Token {
        /// A question mark without quotes.
        case missing
        /// The bytes of a value, and whether they stood in quotes.
        case value([UInt8], isQuoted: Bool)
    }

    let bytes: [UInt8]
    /// The number of the current line, from 1.
    private(set) var line = 0
    /// Where the scanner is, and where the current line ends.
    private(set) var position: Int
    private(set) var end: Int
    private var next: Int

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        (position, end, next) = (start, start, start)
    }

    /// Goes to the next line that holds anything but spaces and a comment; false at the end.
    mutating func nextLine() -> Bool {
        while next < bytes.count {
            position = next
            line += 1
            end = bytes[next...].firstIndex(of: 10) ?? bytes.count
            next = end + 1
            while end > position, ARFFScanner.isSpace(bytes[end - 1]) { end -= 1 }
            skipSpaces()
            if position < end, bytes[position] != 0x25 { return true }
        }
        return false
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 13 }

    mutating func skipSpaces() {
        while position < end, ARFFScanner.isSpace(bytes[position]) { position += 1 }
    }

    /// The byte at the scanner's position; nil at the end of the line.
    var byte: UInt8? { position < end ? bytes[position] : nil }

    /// What is left of the line.
    var rest: String { String(decoding: bytes[position..<end], as: UTF8.self) }

    mutating func advance() { position += 1 }

    /// A word up to a space.
    mutating func word() -> String {
        let start = position
        while position < end, !ARFFScanner.isSpace(bytes[position]), bytes[position] != 0x7B { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A value: quoted, or up to a comma, a brace, or a space where `endsAtSpace`.
    mutating func token(endsAtSpace: Bool = false) throws -> Token {
        skipSpaces()
        if let quote = byte, quote == 0x27 || quote == 0x22 { return .value(try quoted(quote), isQuoted: true) }
        let start = position
        while position < end {
            let byte = bytes[position]
            if byte == 0x2C || byte == 0x7D || byte == 0x7B || (endsAtSpace && ARFFScanner.isSpace(byte)) { break }
            position += 1
        }
        var last = position
        while last > start, ARFFScanner.isSpace(bytes[last - 1]) { last -= 1 }
        if last == start + 1, bytes[start] == 0x3F { return .missing }
        return .value(Array(bytes[start..<last]), isQuoted: false)
    }

    private mutating func quoted(_ quote: UInt8) throws -> [UInt8] {
        position += 1
        var content: [UInt8] = []
        while position < end {
            let byte = bytes[position]
            position += 1
            if byte == quote { return content }
            guard byte == 0x5C, position < end else {
                content.append(byte)
                continue
            }
            let escaped = bytes[position]
            position += 1
            switch escaped {
            case UInt8(ascii: "n"): content.append(10)
            case UInt8(ascii: "r"): content.append(13)
            case UInt8(ascii: "t"): content.append(9)
            case UInt8(ascii: "u"): content += try unicode()
            case 0x27, 0x22, 0x5C, 0x25: content.append(escaped)
            default: content += [0x5C, escaped]
            }
        }
        throw Failure(what: "a quote that opens in this line is never closed; add the closing quote")
    }

    private mutating func unicode() throws -> [UInt8] {
        let digits = String(decoding: bytes[position..<min(end, position + 4)], as: UTF8.self)
        guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
            throw Failure(what: "“\\u\(digits)” is no character; four hexadecimal digits belong there")
        }
        position += 4
        return Array(String(Character(scalar)).utf8)
    }
}
