/// What the bytes of a file tell before any of them is understood.
struct CSVScan: Sendable {
    /// One piece of the file, seen both as beginning outside of quotes and as beginning inside.
    struct Piece: Sendable {
        var quotes = 0
        /// Line ends that are outside of quotes, for a piece that begins outside and one that begins inside.
        var lineEnds = (outside: 0, inside: 0)
        /// The byte after the first of those line ends, or -1.
        var firstStart = (outside: -1, inside: -1)
        /// The first byte of value 0, or -1.
        var nul = -1
        /// The first byte that is not UTF-8, or -1.
        var notUTF8 = -1
        /// How many bytes of a character of the piece before come first.
        var leading = 0
        /// How many bytes of its last character lie in the next piece.
        var trailing = 0
    }

    /// Where pieces of whole records begin, if quotes always come in pairs.
    var starts: [Int] = []
    /// How many line ends outside of quotes come before each start.
    var linesBefore: [Int] = []
    /// How many line ends outside of quotes there are.
    var lines = 0
    /// Whether a quote occurs anywhere.
    var hasQuotes = false

    /// Scans a file in pieces of `size` bytes.
    ///
    /// - Throws: `CSVKernel.Failure` for the first byte that is 0 or not UTF-8.
    init(_ bytes: CSVBytes, from start: Int, quote: UInt8, size: Int) throws {
        let ranges = Parallel.blocks(of: bytes.count - start, size: size)
            .map { ($0.lowerBound + start)..<($0.upperBound + start) }
        let pieces = Parallel.map(ranges.count) { CSVScan.scan(bytes.base, ranges[$0], bytes.count, quote) }
        var overhang = 0
        var insideQuotes = false
        for (range, piece) in zip(ranges, pieces) {
            if piece.leading != overhang {
                throw CSVKernel.Failure(problem: .notUTF8, offset: range.lowerBound + min(overhang, piece.leading))
            }
            overhang = piece.trailing
            let bad = [(piece.nul, CSVKernel.Problem.nul), (piece.notUTF8, .notUTF8)].filter { $0.0 >= 0 }
            if let first = bad.min(by: { $0.0 < $1.0 }) {
                throw CSVKernel.Failure(problem: first.1, offset: first.0)
            }
            let first = insideQuotes ? piece.firstStart.inside : piece.firstStart.outside
            if range.lowerBound == start {
                starts.append(start)
                linesBefore.append(0)
            } else if first >= 0 {
                starts.append(first)
                linesBefore.append(lines + 1)
            }
            lines += insideQuotes ? piece.lineEnds.inside : piece.lineEnds.outside
            if piece.quotes > 0 { hasQuotes = true }
            if piece.quotes & 1 == 1 { insideQuotes.toggle() }
        }
        if overhang > 0 { throw CSVKernel.Failure(problem: .notUTF8, offset: bytes.count - 1) }
    }

    private static func scan(
        _ base: UnsafePointer<UInt8>, _ range: Range<Int>, _ end: Int, _ quote: UInt8
    ) -> Piece {
        var piece = Piece()
        var position = range.lowerBound
        while piece.leading < 3, position < range.upperBound, base[position] & 0xC0 == 0x80 {
            piece.leading += 1
            position += 1
        }
        var validated = position
        position = range.lowerBound
        var inside = false
        while position < range.upperBound {
            let p = base + position
            let length = min(64, range.upperBound - position)
            var (quotes, newlines, returns, nuls, high): (UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0)
            if length == 64 {
                // A plain loop over bytes: the compiler turns it into vector comparisons.
                for i in 0..<64 {
                    let byte = p[i]
                    quotes &+= byte == quote ? 1 : 0
                    newlines &+= byte == 10 ? 1 : 0
                    returns |= byte == 13 ? 1 : 0
                    nuls |= byte == 0 ? 1 : 0
                    high |= byte
                }
            } else {
                for i in 0..<length {
                    let byte = p[i]
                    quotes &+= byte == quote ? 1 : 0
                    newlines &+= byte == 10 ? 1 : 0
                    returns |= byte == 13 ? 1 : 0
                    nuls |= byte == 0 ? 1 : 0
                    high |= byte
                }
            }
            if nuls != 0, piece.nul < 0 {
                piece.nul = position
                while base[piece.nul] != 0 { piece.nul += 1 }
            }
            if high >= 0x80, piece.notUTF8 < 0 {
                validated = max(validated, position)
                validate(base, &validated, position + length, end, &piece)
            }
            let isPlaced = inside ? piece.firstStart.inside >= 0 : piece.firstStart.outside >= 0
            if newlines | returns == 0 {
                if quotes & 1 == 1 { inside.toggle() }
            } else if quotes | returns == 0, isPlaced {
                if inside {
                    piece.lineEnds.inside += Int(newlines)
                } else {
                    piece.lineEnds.outside += Int(newlines)
                }
            } else {
                note(p, length, position, quote, quotes > 0, returns > 0, &inside, &piece)
            }
            piece.quotes += Int(quotes)
            position += length
        }
        piece.trailing = max(0, validated - range.upperBound)
        return piece
    }

    /// Counts line ends of up to 64 bytes in which there are quotes or carriage returns, and notes the first of them.
    private static func note(
        _ p: UnsafePointer<UInt8>, _ length: Int, _ position: Int, _ quote: UInt8, _ hasQuotes: Bool,
        _ hasReturns: Bool, _ inside: inout Bool, _ piece: inout Piece
    ) {
        let valid = length == 64 ? UInt64.max : (1 << UInt64(length)) - 1
        let quotes = hasQuotes ? places(p, of: quote) & valid : 0
        var ends = places(p, of: 10)
        if hasReturns {
            // A carriage return ends a line unless a newline follows it.
            let following = ends >> 1 | (p[64] == 10 && length == 64 ? 1 << 63 : 0)
            ends |= places(p, of: 13) & ~following
        }
        ends &= valid
        // Each bit becomes the parity of the quotes up to and including it.
        var parity = quotes
        for shift in [1, 2, 4, 8, 16, 32] as [UInt64] { parity ^= parity << shift }
        if inside { parity = ~parity }
        let outside = ends & ~parity
        let within = ends & parity
        if outside != 0, piece.firstStart.outside < 0 {
            piece.firstStart.outside = position + outside.trailingZeroBitCount + 1
        }
        if within != 0, piece.firstStart.inside < 0 {
            piece.firstStart.inside = position + within.trailingZeroBitCount + 1
        }
        piece.lineEnds.outside += outside.nonzeroBitCount
        piece.lineEnds.inside += within.nonzeroBitCount
        if quotes.nonzeroBitCount & 1 == 1 { inside.toggle() }
    }

    /// A bit for each of 64 bytes, set where the byte is `value`.
    private static func places(_ p: UnsafePointer<UInt8>, of value: UInt8) -> UInt64 {
        var bits: UInt64 = 0
        for k in 0..<8 {
            let found = CSVWord.equal(CSVWord.load(p + 8 * k), to: CSVWord.all(value))
            bits |= ((found >> 7 &* 0x0102_0408_1020_4080) >> 56) << UInt64(8 * k)
        }
        return bits
    }

    /// Walks over characters until `limit`, or until one is not UTF-8.
    private static func validate(
        _ base: UnsafePointer<UInt8>, _ position: inout Int, _ limit: Int, _ end: Int, _ piece: inout Piece
    ) {
        func continues(_ at: Int, _ lower: UInt8 = 0x80, _ upper: UInt8 = 0xBF) -> Bool {
            at < end && base[at] >= lower && base[at] <= upper
        }
        while position < limit {
            if position + 8 <= limit, CSVWord.load(base + position) & 0x8080_8080_8080_8080 == 0 {
                position += 8
                continue
            }
            let byte = base[position]
            let length: Int
            switch byte {
            case 0..<0x80: length = 1
            case 0xC2...0xDF where continues(position + 1): length = 2
            case 0xE0 where continues(position + 1, 0xA0) && continues(position + 2): length = 3
            case 0xED where continues(position + 1, 0x80, 0x9F) && continues(position + 2): length = 3
            case 0xE1...0xEF where byte != 0xED && continues(position + 1) && continues(position + 2): length = 3
            case 0xF0 where continues(position + 1, 0x90) && continues(position + 2) && continues(position + 3):
                length = 4
            case 0xF1...0xF3 where continues(position + 1) && continues(position + 2) && continues(position + 3):
                length = 4
            case 0xF4
            where continues(position + 1, 0x80, 0x8F) && continues(position + 2) && continues(position + 3):
                length = 4
            default:
                piece.notUTF8 = position
                return
            }
            position += length
        }
    }
}

/// Eight bytes at a time in one machine word.
enum CSVWord {
    @inline(__always)
    static func load(_ p: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
    }

    /// A word of eight equal bytes.
    @inline(__always)
    static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The high bit of each byte that equals that of `pattern`; exact for every byte.
    @inline(__always)
    static func equal(_ word: UInt64, to pattern: UInt64) -> UInt64 {
        let x = word ^ pattern
        return ~(((x & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | x | 0x7F7F_7F7F_7F7F_7F7F)
    }

    /// The high bit of each byte below 14: line ends, tabs and the end of the file among them; exact for every byte.
    @inline(__always)
    static func isControl(_ word: UInt64) -> UInt64 {
        ~(((word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7272_7272_7272_7272) | word) & 0x8080_8080_8080_8080
    }

    /// The first `length` bytes of a word, 0 to 8; the others become 0.
    @inline(__always)
    static func first(_ length: Int, of word: UInt64) -> UInt64 {
        length >= 8 ? word : word & ((1 << UInt64(8 * length)) &- 1)
    }
}
