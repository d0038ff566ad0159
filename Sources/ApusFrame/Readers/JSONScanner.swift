import ApusCore

/// Goes through JSON text value by value (RFC 8259).
struct JSONScanner {
    /// What is wrong, and at which byte.
    struct Failure: Error {
        let what: String
        let offset: Int
    }

    /// A value as it is written.
    enum Value {
        case null
        case flag(Bool)
        /// The bytes of a number, and whether it has neither fraction nor exponent.
        case number(Range<Int>, isWhole: Bool)
        /// The bytes between the quotes, and whether there are escapes among them.
        case text(Range<Int>, isPlain: Bool)
        /// The bytes of a list or an object.
        case nested(Range<Int>)
    }

    let bytes: [UInt8]
    var position: Int
    let end: Int

    /// Deeper than any data; a hostile file must not overflow the stack.
    private static let deepest = 512

    init(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        position = start
        self.end = end ?? bytes.count
    }

    /// The byte at the position, or 0 at the end.
    var byte: UInt8 { position < end ? bytes[position] : 0 }

    mutating func skipSpaces() {
        while position < end,
            bytes[position] == 0x20 || bytes[position] == 10 || bytes[position] == 13 || bytes[position] == 9
        {
            position += 1
        }
    }

    func failure(_ what: String, at offset: Int? = nil) -> Failure { Failure(what: what, offset: offset ?? position) }

    /// Passes over a byte that must come next.
    mutating func expect(_ wanted: UInt8, _ what: String) throws {
        skipSpaces()
        guard position < end, bytes[position] == wanted else {
            throw failure("\(what) was expected\(position < end ? ", not \(shown(position))" : ", not the end")")
        }
        position += 1
    }

    func shown(_ offset: Int) -> String {
        let byte = bytes[offset]
        return byte > 0x20 && byte < 0x7F ? "“\(Character(UnicodeScalar(byte)))”" : "byte 0x\(String(byte, radix: 16))"
    }

    /// The value at the position.
    mutating func value() throws -> Value {
        skipSpaces()
        let start = position
        switch byte {
        case 0x22: return try text()
        case 0x74: return try word("true", .flag(true))
        case 0x66: return try word("false", .flag(false))
        case 0x6E: return try word("null", .null)
        case 0x2D, 0x30...0x39: return try number()
        case 0x5B, 0x7B:
            try skipNested()
            return .nested(start..<position)
        default:
            throw failure(position < end ? "\(shown(position)) begins no value" : "a value is missing at the end")
        }
    }

    private mutating func word(_ word: StaticString, _ value: Value) throws -> Value {
        let count = word.utf8CodeUnitCount
        guard position + count <= end, bytes[position..<position + count].elementsEqual("\(word)".utf8) else {
            throw failure("there is a word that is neither true, false nor null")
        }
        position += count
        return value
    }

    private mutating func number() throws -> Value {
        let start = position
        func digits() throws {
            let first = position
            while byte &- 0x30 < 10 { position += 1 }
            if position == first { throw failure("a number ends where a digit was expected", at: start) }
        }
        if byte == 0x2D { position += 1 }
        if byte == 0x30 {
            position += 1
            if byte &- 0x30 < 10 {
                throw failure("a number begins with 0; leave it out, or put it in quotes", at: start)
            }
        } else {
            try digits()
        }
        var isWhole = true
        if byte == 0x2E {
            isWhole = false
            position += 1
            try digits()
        }
        if byte == 0x65 || byte == 0x45 {
            isWhole = false
            position += 1
            if byte == 0x2B || byte == 0x2D { position += 1 }
            try digits()
        }
        return .number(start..<position, isWhole: isWhole)
    }

    private mutating func text() throws -> Value {
        let open = position
        position += 1
        let start = position
        var isPlain = true
        var high: UInt8 = 0
        while true {
            guard position < end else { throw failure("the quote that opens here is never closed", at: open) }
            let byte = bytes[position]
            if byte == 0x22 { break }
            if byte < 0x20 { throw failure("\(shown(position)) inside of text must be written as an escape") }
            high |= byte
            if byte == 0x5C {
                isPlain = false
                position += 1
                guard position < end else { throw failure("the quote that opens here is never closed", at: open) }
            }
            position += 1
        }
        let range = start..<position
        position += 1
        if high >= 0x80, String(validating: bytes[range], as: UTF8.self) == nil {
            throw failure("the text that begins here is not UTF-8", at: open)
        }
        return .text(range, isPlain: isPlain)
    }

    /// Passes over a list or an object, checking that what opens is closed.
    private mutating func skipNested() throws {
        let start = position
        var closing: [UInt8] = []
        repeat {
            guard position < end else { throw failure("a list or object that opens here is never closed", at: start) }
            switch byte {
            case 0x22: _ = try text()
            case 0x5B, 0x7B:
                closing.append(byte + 2)
                guard closing.count <= JSONScanner.deepest else {
                    throw failure("lists and objects are nested more than \(JSONScanner.deepest) deep", at: start)
                }
                position += 1
            case 0x5D, 0x7D:
                guard closing.last == byte else { throw failure("\(shown(position)) closes what is not open") }
                closing.removeLast()
                position += 1
            default: position += 1
            }
        } while !closing.isEmpty
    }

    /// A text without its escapes.
    func string(_ range: Range<Int>, isPlain: Bool) throws -> String {
        if isPlain { return String(decoding: bytes[range], as: UTF8.self) }
        var content: [UInt8] = []
        content.reserveCapacity(range.count)
        var p = range.lowerBound
        func unit(_ at: Int) throws -> UInt16 {
            guard at + 4 <= range.upperBound,
                let value = UInt16(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16),
                bytes[at] != 0x2B, bytes[at] != 0x2D
            else { throw failure("\\u is not followed by four hexadecimal digits", at: at) }
            return value
        }
        while p < range.upperBound {
            guard bytes[p] == 0x5C else {
                content.append(bytes[p])
                p += 1
                continue
            }
            p += 1
            let escape = bytes[p]
            p += 1
            switch escape {
            case 0x22, 0x5C, 0x2F: content.append(escape)
            case 0x62: content.append(8)
            case 0x66: content.append(12)
            case 0x6E: content.append(10)
            case 0x72: content.append(13)
            case 0x74: content.append(9)
            case 0x75:
                var units = [try unit(p)]
                p += 4
                if UTF16.isLeadSurrogate(units[0]), p + 1 < range.upperBound, bytes[p] == 0x5C, bytes[p + 1] == 0x75 {
                    let next = try unit(p + 2)
                    if UTF16.isTrailSurrogate(next) {
                        units.append(next)
                        p += 6
                    }
                }
                // Half of a pair becomes the replacement character, as everywhere in Swift.
                content.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
            default: throw failure("\\\(Character(UnicodeScalar(escape))) is no escape", at: p - 2)
            }
        }
        return String(decoding: content, as: UTF8.self)
    }
}
