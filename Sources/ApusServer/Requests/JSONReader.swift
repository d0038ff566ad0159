import ApusCore
import ApusFrame

/// Reads strict JSON (RFC 8259) from the bytes of a request, one token after another.
///
/// Numbers are correctly rounded, text must be valid UTF-8. Requests for predictions are read without a tree and without a call
/// of itself, so that neither depth nor size of the input costs more than its bytes.
struct JSONReader {
    /// What comes next.
    enum Next { case object, list, text, number, flag, null }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    // MARK: Structure

    /// The next byte that is not white space; nil at the end.
    private mutating func peek() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    /// Whether nothing but white space is left.
    var isAtEnd: Bool { mutating get { peek() == nil } }

    /// Takes a punctuation mark if it comes next.
    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard let byte = peek(), UInt32(byte) == mark.value else { return false }
        position += 1
        return true
    }

    /// Takes a punctuation mark that has to come next.
    mutating func expect(_ mark: Unicode.Scalar, _ reason: String) throws {
        guard take(mark) else { throw unexpected("“\(mark)” \(reason)") }
    }

    /// Whether another element follows in a list or object that `close` ends: takes the comma or the end.
    mutating func continues(until close: Unicode.Scalar) throws -> Bool {
        if take(",") {
            if peek().map(UInt32.init) == close.value { throw unexpected("another value after the comma") }
            return true
        }
        try expect(close, "or a comma")
        return false
    }

    /// What comes next.
    mutating func next() throws -> Next {
        switch peek() {
        case 0x7B?: return .object
        case 0x5B?: return .list
        case 0x22?: return .text
        case 0x2D?, (0x30...0x39)?: return .number
        case 0x74?, 0x66?: return .flag
        case 0x6E?: return .null
        default: throw unexpected("a value")
        }
    }

    // MARK: Values

    /// A number, text, truth value or null; nil where a list or an object comes next.
    mutating func scalar() throws -> Cell? {
        switch try next() {
        case .number: return .number(try number())
        case .text: return .text(try text())
        case .flag: return .flag(try flag())
        case .null:
            try word("null")
            return .missing
        case .list, .object: return nil
        }
    }

    /// A truth value.
    mutating func flag() throws -> Bool {
        if peek() == 0x74 {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    private mutating func word(_ word: String) throws {
        let end = position + word.utf8.count
        guard end <= bytes.count, bytes[position..<end].elementsEqual(word.utf8) else { throw unexpected("a value") }
        position = end
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        return position - start
    }

    private mutating func number() throws -> Double {
        let start = position
        if bytes[position] == 0x2D { position += 1 }
        let whole = position
        guard digits() > 0 else { throw unexpected("a digit") }
        if bytes[whole] == 0x30, position - whole > 1 {
            throw RequestFailure.malformed(
                "The body is not JSON: the number at byte \(start) starts with a zero; leave the zero out.")
        }
        if position < bytes.count, bytes[position] == 0x2E {
            position += 1
            guard digits() > 0 else { throw unexpected("a digit after the decimal point") }
        }
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            position += 1
            if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
            guard digits() > 0 else { throw unexpected("a digit of the exponent") }
        }
        guard let value = JSONNumberKernel.double(bytes, start..<position) else { throw unexpected("a number") }
        return value
    }

    // MARK: Trees

    /// A whole document as a tree, for the small bodies of settings.
    ///
    /// - Throws: `RequestFailure` when it is not JSON, nests deeper than 32 levels or names a field twice.
    static func tree(_ bytes: [UInt8]) throws -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        guard reader.isAtEnd else {
            throw RequestFailure.malformed("The body goes on after the end of its JSON value; send one value.")
        }
        return value
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < 32 else { throw RequestFailure.malformed("The body nests deeper than 32 levels.") }
        switch try next() {
        case .text: return .string(try text())
        case .flag: return .bool(try flag())
        case .number:
            let value = try number()
            guard value.isFinite else { throw RequestFailure.malformed("The body has a number that is too large.") }
            return Int(exactly: value).map { .int($0) } ?? .double(value)
        case .null:
            try word("null")
            return .null
        case .list:
            var values: [JSONValue] = []
            _ = take("[")
            if take("]") { return .array([]) }
            repeat { values.append(try value(depth: depth + 1)) } while try continues(until: "]")
            return .array(values)
        case .object:
            var fields: [String: JSONValue] = [:]
            _ = take("{")
            if take("}") { return .object([:]) }
            repeat {
                let name = try text()
                try expect(":", "after the name “\(name.prefix(100))”")
                guard fields.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
                    throw RequestFailure(
                        400, "duplicateField", "“\(name.prefix(100))” is given twice; send it once.",
                        field: "\(name.prefix(100))")
                }
            } while try continues(until: "}")
            return .object(fields)
        }
    }

    // MARK: Text

    /// Text in quotes.
    mutating func text() throws -> String {
        try expect("\"", "before a name or a text")
        let start = position
        var unescaped: [UInt8]?
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case 0x22:
                let text =
                    unescaped.map { String(validating: $0, as: UTF8.self) }
                    ?? String(validating: bytes[start..<position], as: UTF8.self)
                position += 1
                guard let text else {
                    throw RequestFailure.malformed(
                        "The text at byte \(start) is not valid UTF-8; send the body in UTF-8.")
                }
                return text
            case 0x5C:
                if unescaped == nil { unescaped = Array(bytes[start..<position]) }
                position += 1
                unescaped?.append(contentsOf: try escape())
            case 0x00..<0x20:
                throw RequestFailure.malformed(
                    "The body is not JSON: there is a control character in the text at byte \(position); "
                        + "write line ends as \\n and tabs as \\t.")
            default:
                unescaped?.append(byte)
                position += 1
            }
        }
        throw unexpected("the closing quote of a text")
    }

    /// What stands for the escape sequence behind a backslash.
    private mutating func escape() throws -> [UInt8] {
        guard position < bytes.count else { throw unexpected("the rest of an escape sequence") }
        let byte = bytes[position]
        switch byte {
        case 0x22, 0x5C, 0x2F:
            position += 1
            return [byte]
        case 0x62, 0x66, 0x6E, 0x72, 0x74:
            position += 1
            return [byte == 0x62 ? 0x08 : byte == 0x66 ? 0x0C : byte == 0x6E ? 0x0A : byte == 0x72 ? 0x0D : 0x09]
        case 0x75:
            var code = try codeUnit()
            if (0xD800..<0xDC00).contains(code), position < bytes.count, bytes[position] == 0x5C {
                position += 1
                let low = try codeUnit()
                guard (0xDC00..<0xE000).contains(low) else { throw loneSurrogate() }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw loneSurrogate() }
            return Array(String(scalar).utf8)
        default: throw unexpected("an escape sequence of JSON")
        }
    }

    private mutating func codeUnit() throws -> UInt32 {
        guard position + 5 <= bytes.count, bytes[position] == 0x75 else { throw unexpected("\\u and four digits") }
        var code: UInt32 = 0
        for byte in bytes[position + 1..<position + 5] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits after \\u")
            }
            code = code << 4 | UInt32(digit)
        }
        position += 5
        return code
    }

    private func loneSurrogate() -> RequestFailure {
        .malformed("Before byte \(position) half of a surrogate pair stands alone; send the text in UTF-8.")
    }

    // MARK: Failures

    /// The failure that something else than `wanted` comes next.
    private func unexpected(_ wanted: String) -> RequestFailure {
        guard position < bytes.count else {
            return bytes.isEmpty
                ? .malformed(#"The body is empty; send JSON such as {"data": [1, 2, 3]}."#)
                : .malformed("The body is not JSON: it ends where \(wanted) should come; send all of it.")
        }
        let rest = bytes[position...]
        let word = rest.prefix(10).prefix { $0 | 0x20 > 0x60 && $0 | 0x20 < 0x7B }
        switch String(decoding: word, as: UTF8.self).lowercased() {
        case "nan", "inf", "infinity":
            return .malformed(
                "The body is not JSON: it has no \(String(decoding: word, as: UTF8.self)) (byte \(position)); "
                    + "send null for a missing value.")
        default: break
        }
        let byte = bytes[position]
        let found = byte > 0x20 && byte < 0x7F ? "“\(Character(Unicode.Scalar(byte)))”" : "byte value \(byte)"
        let hint = byte == 0x27 ? "; JSON has double quotes" : ""
        return .malformed(
            "The body is not JSON: \(found) stands at byte \(position) where \(wanted) should come\(hint).")
    }
}
