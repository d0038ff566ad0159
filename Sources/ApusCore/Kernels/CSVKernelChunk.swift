/// The spellings of a missing value, for bytes.
struct CSVMissingWords: Sendable {
    private let words: [[UInt8]]
    private let firstBytes: (UInt64, UInt64, UInt64, UInt64)
    private let longest: Int

    init(_ spellings: [String]) {
        words = spellings.map { Array($0.utf8) }.filter { !$0.isEmpty }
        longest = words.map(\.count).max() ?? 0
        var sets: [UInt64] = [0, 0, 0, 0]
        for word in words { sets[Int(word[0] >> 6)] |= 1 << UInt64(word[0] & 63) }
        firstBytes = (sets[0], sets[1], sets[2], sets[3])
    }

    /// Whether the bytes spell a missing value. Almost every other value is told by its length or its first byte.
    @inline(__always)
    func contains(_ p: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        if length == 0 { return true }
        if length > longest { return false }
        let set =
            switch p[0] >> 6 {
            case 0: firstBytes.0
            case 1: firstBytes.1
            case 2: firstBytes.2
            default: firstBytes.3
            }
        guard set >> UInt64(p[0] & 63) & 1 == 1 else { return false }
        return compare(p, length)
    }

    @inline(never)
    private func compare(_ p: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        words.contains { word in word.count == length && word.indices.allSatisfy { word[$0] == p[$0] } }
    }
}

/// Room to take quotes out of quoted fields, with eight spare bytes: kernels load whole words, also at the end of a value.
final class CSVScratch {
    private(set) var base = UnsafeMutablePointer<UInt8>.allocate(capacity: 1024)
    private var capacity = 1024
    /// How many bytes are used.
    var used = 0

    deinit { base.deallocate() }

    func append(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        if used + count + 8 > capacity {
            capacity = (used + count + 8) * 2
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            larger.update(from: base, count: used)
            base.deallocate()
            base = larger
        }
        (base + used).update(from: bytes, count: count)
        used += count
    }
}

/// Where the values of one column in one piece of a file go.
struct CSVSink {
    var kind: CSVKernel.Kind
    /// Whether the type was asked for, so that a value of another type is an error.
    var isFixed = false
    /// Room for the piece's rows, for columns of numbers, truth values and times.
    var values: UnsafeMutableRawPointer?
    /// A bit for each row of the piece, set where there is no value; for the same columns and for text.
    var missing: UnsafeMutablePointer<UInt64>?
    var missingCount = 0
    /// What values looked like that are not of the type.
    var observed: CSVKernel.Observed = []
    /// The text, for columns of text.
    var text: CSVTextPiece?
}

/// Parses one piece of a file.
struct CSVChunkParser: @unchecked Sendable {
    let base: UnsafePointer<UInt8>
    /// The end of the file, where zero bytes follow.
    let fileEnd: Int
    let delimiter: UInt8
    let quote: UInt8
    let trimsSpaces: Bool
    let missingWords: CSVMissingWords
    let powers: UnsafePointer<UInt64>

    init(_ bytes: CSVBytes, _ dialect: CSVKernel.Dialect, _ words: CSVMissingWords) {
        base = bytes.base
        fileEnd = bytes.count
        delimiter = dialect.delimiter
        quote = dialect.quote
        trimsSpaces = dialect.trimsSpaces
        missingWords = words
        powers = CSVPowers.table
    }

    /// Parses records from `range.lowerBound` until one begins at or after `range.upperBound`, or `limit` are read.
    ///
    /// - Parameters:
    ///   - sinks: One for each column, with room for `limit` rows.
    ///   - unescaped: Room to take quotes out of quoted fields.
    /// - Returns: The number of records.
    /// - Throws: `CSVKernel.Failure`, `misaligned` when the last record ends elsewhere or when there are more than
    ///   `limit` records.
    func parse(
        _ range: Range<Int>, limit: Int, stopsAtLimit: Bool, sinks: UnsafeMutableBufferPointer<CSVSink>,
        unescaped: CSVScratch
    ) throws(CSVKernel.Failure) -> Int {
        let stop = base + range.upperBound
        var p = base + range.lowerBound
        var row = 0
        while p < stop {
            if p[0] == 10 || p[0] == 13 {
                p += 1
                continue
            }
            if row == limit {
                if stopsAtLimit { return row }
                throw CSVKernel.Failure(problem: .misaligned, offset: p - base)
            }
            p = try record(p, row, sinks, unescaped)
            row += 1
        }
        if p != stop, !stopsAtLimit { throw CSVKernel.Failure(problem: .misaligned, offset: p - base) }
        return row
    }

    /// Walks over whole records until `size` bytes are passed.
    ///
    /// - Returns: Where the next record begins, and how many records there were.
    func walk(
        from start: Int, atLeast size: Int, sinks: UnsafeMutableBufferPointer<CSVSink>, unescaped: CSVScratch
    ) throws(CSVKernel.Failure) -> (end: Int, rows: Int) {
        let stop = base + min(start + size, fileEnd)
        var p = base + start
        var rows = 0
        while p < stop {
            if p[0] == 10 || p[0] == 13 {
                p += 1
                continue
            }
            p = try record(p, 0, sinks, unescaped)
            rows += 1
        }
        return (p - base, rows)
    }

    /// Parses the record that begins at `start`.
    ///
    /// - Returns: Where the next one begins.
    @inline(__always)
    private func record(
        _ start: UnsafePointer<UInt8>, _ row: Int, _ sinks: UnsafeMutableBufferPointer<CSVSink>,
        _ unescaped: CSVScratch
    ) throws(CSVKernel.Failure) -> UnsafePointer<UInt8> {
        let columns = sinks.count
        let delimiters = CSVWord.all(delimiter)
        let last = base + fileEnd
        var p = start
        var column = 0
        while true {
            if trimsSpaces { while p[0] == 0x20 || (p[0] == 9 && delimiter != 9) { p += 1 } }
            if p[0] == quote {
                let field = try quoted(p, last, unescaped)
                if column < columns {
                    let content = field.content ?? UnsafePointer(unescaped.base)
                    try store(content, field.length, row, column, &sinks[column], p)
                }
                p = field.next
            } else {
                let field = p
                while true {
                    let word = CSVWord.load(p)
                    let found = CSVWord.equal(word, to: delimiters) | CSVWord.isControl(word)
                    if found == 0 {
                        p += 8
                        continue
                    }
                    p += found.trailingZeroBitCount >> 3
                    let byte = p[0]
                    if byte == delimiter || byte == 10 || byte == 13 || byte == 0 { break }
                    p += 1
                }
                var length = p - field
                if trimsSpaces {
                    while length > 0, field[length - 1] == 0x20 || field[length - 1] == 9 { length -= 1 }
                }
                if column < columns { try store(field, length, row, column, &sinks[column], field) }
            }
            column += 1
            if p[0] != delimiter || p >= last { break }
            p += 1
        }
        guard column == columns else {
            throw CSVKernel.Failure(problem: .ragged(found: column), offset: start - base)
        }
        if p < last { p += p[0] == 13 && p[1] == 10 ? 2 : 1 }
        return p
    }

    /// A quoted field: its content, or nil where quotes had to be taken out of it and it is elsewhere; the number of its
    /// bytes; and where the delimiter or line end behind it is.
    private typealias QuotedField = (content: UnsafePointer<UInt8>?, length: Int, next: UnsafePointer<UInt8>)

    /// Reads the quoted field that begins at `start`; content without its doubled quotes goes to `unescaped`.
    @inline(never)
    private func quoted(
        _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, _ unescaped: CSVScratch
    ) throws(CSVKernel.Failure) -> QuotedField {
        let quotes = CSVWord.all(quote)
        var p = start + 1
        var segment = p
        var isPlain = true
        while true {
            let found = CSVWord.equal(CSVWord.load(p), to: quotes)
            if found == 0 {
                p += 8
                guard p < last else { throw CSVKernel.Failure(problem: .unclosedQuote, offset: start - base) }
                continue
            }
            p += found.trailingZeroBitCount >> 3
            guard p < last else { throw CSVKernel.Failure(problem: .unclosedQuote, offset: start - base) }
            guard p[1] == quote, p + 1 < last else { break }
            // A doubled quote stands for one: keep what comes before it and the first of the two.
            if isPlain { unescaped.used = 0 }
            isPlain = false
            unescaped.append(segment, p + 1 - segment)
            p += 2
            segment = p
        }
        var field: QuotedField = (segment, p - segment, p + 1)
        if !isPlain {
            unescaped.append(segment, p - segment)
            field.length = unescaped.used
            field.content = nil
        }
        while field.next[0] == 0x20 { field.next += 1 }
        let byte = field.next[0]
        guard field.next >= last || byte == delimiter || byte == 10 || byte == 13 else {
            throw CSVKernel.Failure(problem: .textAfterQuote, offset: start - base)
        }
        return field
    }

    /// Puts one value where it belongs.
    @inline(__always)
    private func store(
        _ p: UnsafePointer<UInt8>, _ length: Int, _ row: Int, _ column: Int, _ sink: inout CSVSink,
        _ place: UnsafePointer<UInt8>
    ) throws(CSVKernel.Failure) {
        switch sink.kind {
        case .double:
            let values = sink.values.unsafelyUnwrapped.assumingMemoryBound(to: Double.self)
            if let value = CSVNumber.double(p, length, powers) {
                values[row] = value
                return
            }
            values[row] = .nan
        case .int:
            let values = sink.values.unsafelyUnwrapped.assumingMemoryBound(to: Int.self)
            if let value = CSVNumber.int(p, length) {
                values[row] = value
                return
            }
            values[row] = 0
        case .text:
            if missingWords.contains(p, length) {
                sink.text?.appendMissing()
                markMissing(row, &sink)
            } else {
                sink.text?.append(p, length)
            }
            return
        case .bool:
            let values = sink.values.unsafelyUnwrapped.assumingMemoryBound(to: Bool.self)
            if let value = CSVChunkParser.bool(p, length) {
                values[row] = value
                return
            }
            values[row] = false
        case .dateTime:
            let values = sink.values.unsafelyUnwrapped.assumingMemoryBound(to: Int.self)
            if let value = CalendarKernel.parse(p, length) {
                values[row] = value
                return
            }
            values[row] = 0
        case .observed:
            if sink.observed != .text { sink.observed.formUnion(classify(p, length)) }
            return
        case .skipped: return
        }
        try noValue(p, length, row, column, &sink, place)
    }

    /// A value that is not of the column's type: missing, padded with spaces, or of another type.
    @inline(never)
    private func noValue(
        _ p: UnsafePointer<UInt8>, _ length: Int, _ row: Int, _ column: Int, _ sink: inout CSVSink,
        _ place: UnsafePointer<UInt8>
    ) throws(CSVKernel.Failure) {
        if missingWords.contains(p, length) { return markMissing(row, &sink) }
        let (inner, innerLength) = CSVChunkParser.trimmed(p, length)
        if innerLength < length {
            if innerLength == 0 { return markMissing(row, &sink) }
            return try store(inner, innerLength, row, column, &sink, place)
        }
        if sink.isFixed {
            throw CSVKernel.Failure(
                problem: .mismatch(column: column, text: CSVNumber.string(p, length)), offset: place - base)
        }
        sink.observed.formUnion(classify(p, length))
        sink.kind = .observed
    }

    @inline(__always)
    private func markMissing(_ row: Int, _ sink: inout CSVSink) {
        guard let words = sink.missing else { return }
        words[row >> 6] |= 1 << UInt64(row & 63)
        sink.missingCount += 1
    }

    /// What a value looks like; nothing where it is missing.
    @inline(never)
    private func classify(_ p: UnsafePointer<UInt8>, _ length: Int) -> CSVKernel.Observed {
        if missingWords.contains(p, length) { return [] }
        let (p, length) = CSVChunkParser.trimmed(p, length)
        if length == 0 { return [] }
        if CSVNumber.int(p, length) != nil { return .int }
        if CSVNumber.double(p, length, powers) != nil { return .double }
        if CSVChunkParser.bool(p, length) != nil { return .bool }
        if CalendarKernel.parse(p, length) != nil { return .dateTime }
        return .text
    }

    private static func trimmed(_ p: UnsafePointer<UInt8>, _ length: Int) -> (UnsafePointer<UInt8>, Int) {
        var (p, length) = (p, length)
        while length > 0, p[0] == 0x20 || p[0] == 9 {
            p += 1
            length -= 1
        }
        while length > 0, p[length - 1] == 0x20 || p[length - 1] == 9 { length -= 1 }
        return (p, length)
    }

    /// The truth value that `true`, `True`, `TRUE` and their opposites stand for.
    private static func bool(_ p: UnsafePointer<UInt8>, _ length: Int) -> Bool? {
        switch (length, p[0]) {
        case (4, 0x74) where spells(p, "true"), (4, 0x54) where spells(p, "True") || spells(p, "TRUE"): true
        case (5, 0x66) where spells(p, "false"), (5, 0x46) where spells(p, "False") || spells(p, "FALSE"): false
        default: nil
        }
    }

    private static func spells(_ p: UnsafePointer<UInt8>, _ word: StaticString) -> Bool {
        (0..<word.utf8CodeUnitCount).allSatisfy { p[$0] == word.utf8Start[$0] }
    }
}
