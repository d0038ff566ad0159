import ApusCore

/// Puts records of JSON into columns.
struct JSONTable {
    private let options: JSONOptions
    /// Whether a name that is not known yet is an error.
    private let isClosed: Bool
    private var builders: [ColumnBuilder] = []
    private var places: [String: Int] = [:]
    private(set) var rows = 0

    /// A table; with the names and types of `schema` when there is one, and no others.
    init(_ options: JSONOptions, schema: [(column: String, type: ColumnType)]? = nil) {
        self.options = options
        isClosed = schema != nil
        for (name, type) in schema ?? [] {
            places[name] = builders.count
            builders.append(ColumnBuilder(name, type: type, missing: 0))
        }
    }

    /// Adds the record at the scanner's position.
    ///
    /// - Parameter row: The number of the row in messages, for a part of a file.
    mutating func append(_ scanner: inout JSONScanner, row: Int?) throws {
        try scanner.expect(0x7B, "“{”, the beginning of a record,")
        scanner.skipSpaces()
        if scanner.byte == 0x7D {
            scanner.position += 1
        } else {
            repeat {
                scanner.skipSpaces()
                let start = scanner.position
                guard case .text(let range, let isPlain) = try scanner.value() else {
                    throw scanner.failure("the name of a value must be in quotes", at: start)
                }
                let name = try scanner.string(range, isPlain: isPlain)
                try scanner.expect(0x3A, "“:”")
                scanner.skipSpaces()
                let offset = scanner.position
                let value = try scanner.value()
                try put(value, name, offset, scanner, row)
                scanner.skipSpaces()
                guard scanner.byte == 0x2C else { break }
                scanner.position += 1
            } while true
            try scanner.expect(0x7D, "“,” or “}”")
        }
        rows += 1
        for place in builders.indices where builders[place].count < rows { builders[place].appendMissing() }
    }

    private mutating func put(
        _ value: JSONScanner.Value, _ name: String, _ offset: Int, _ scanner: JSONScanner, _ row: Int?
    ) throws {
        if let chosen = options.columns, !chosen.contains(name) { return }
        let at = row.map { "in row \($0) " } ?? ""
        if case .nested(let range) = value, options.nested == .refused {
            let what = scanner.bytes[range.lowerBound] == 0x5B ? "a list" : "an object"
            throw scanner.failure(
                "\(at)column “\(name)” holds \(what) where a single value is needed; take it apart first, or let nested "
                    + "values be text", at: offset)
        }
        let place: Int
        if let known = places[name] {
            place = known
        } else {
            guard !isClosed else {
                throw scanner.failure(
                    "\(at)there is a column “\(name)” that the rows before do not have; give its type, or infer types from "
                        + "more rows", at: offset)
            }
            place = builders.count
            places[name] = place
            builders.append(ColumnBuilder(name, type: options.types[name], missing: rows))
        }
        guard builders[place].count == rows else {
            throw scanner.failure("“\(name)” occurs twice in the record; name it once", at: offset)
        }
        let before = scanner.position
        guard try builders[place].append(value, scanner) else {
            let wanted = builders[place].fixed?.name ?? "value"
            throw scanner.failure(
                "\(at)column “\(name)” holds \(String(decoding: scanner.bytes[offset..<before], as: UTF8.self)), which is "
                    + "not a \(wanted); correct it"
                    + (isClosed ? ", give the type of the column, or infer types from more rows" : ""), at: offset)
        }
    }

    /// The records as a frame.
    func frame(_ name: String) throws -> DataFrame {
        let wanted = options.columns.map { rows > 0 ? Array($0) : [] } ?? Array(options.types.keys)
        let absent = wanted.filter { places[$0] == nil }.sorted(by: precedes)
        guard absent.isEmpty else { throw unknownColumns(absent, among: builders.map(\.name)) }
        let builders = builders
        let columns = try Parallel.tryMap(builders.count) { try builders[$0].column() }
        if columns.isEmpty {
            guard rows == 0 else {
                throw ApusError(.unreadableData, "\(name) holds \(rows) records without any value; add values to them.")
            }
            return DataFrame()
        }
        return try DataFrame(columns: columns)
    }

    /// Names and types as they were found.
    func schema(_ name: String) throws -> [(column: String, type: ColumnType)] { try frame(name).types }
}

/// JSON lines, some at a time.
final class JSONChunkSource: FrameChunkSource {
    private var buffer: StreamBuffer
    private let name: String
    private let options: JSONOptions
    private let rows: Int
    private var schema: [(column: String, type: ColumnType)]?
    private var line = 0
    private var row = 0

    init(_ stream: ByteStream, rows: Int, inferenceRows: Int?, options: JSONOptions) throws {
        name = stream.name
        self.rows = rows
        self.options = options
        buffer = StreamBuffer(stream)
        try buffer.fill(4)
        try JSONChunkSource.skipMark(&buffer, name)
        guard let inferenceRows else { return }
        let first = try read(inferenceRows, consumes: false)
        guard first.rows > 0 || options.allowsNoRows else { throw JSONChunkSource.empty(name) }
        schema = try first.schema(name)
    }

    static func empty(_ name: String) -> ApusError {
        ApusError(.unreadableData, "\(name) holds no records; at least one is needed.")
    }

    static func skipMark(_ buffer: inout StreamBuffer, _ name: String) throws {
        let head = buffer.bytes.prefix(4)
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) || head.contains(0) {
            throw ApusError(.unreadableData, "\(name) is not UTF-8 text; save it as UTF-8.")
        }
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { _ = buffer.take(3) }
    }

    func next() throws -> DataFrame? {
        let table = try read(rows, consumes: true)
        return table.rows == 0 ? nil : try table.frame(name)
    }

    /// All lines that are left.
    func all() throws -> DataFrame {
        let table = try read(.max, consumes: true)
        guard table.rows > 0 || options.allowsNoRows else { throw JSONChunkSource.empty(name) }
        return try table.frame(name)
    }

    private func read(_ limit: Int, consumes: Bool) throws -> JSONTable {
        var table = JSONTable(options, schema: schema)
        let isPart = limit < .max
        var (used, lines) = (0, line)
        while table.rows < limit {
            // At least one whole line, or all there is.
            var newline = buffer.bytes[used...].lastIndex(of: 10)
            while newline == nil, !buffer.isEnd {
                try Memory.check(
                    Double(buffer.bytes.count) * 2, "Line \(lines + 1) of \(name)",
                    "check that records end with a line end")
                try buffer.fill(buffer.bytes.count + Swift.max(1 << 18, buffer.bytes.count - used))
                newline = buffer.bytes[used...].lastIndex(of: 10)
            }
            let end = buffer.isEnd ? buffer.bytes.count : newline.map { $0 + 1 } ?? buffer.bytes.count
            if end == used { break }
            var scanner = JSONScanner(buffer.bytes, from: used, to: end)
            while scanner.position < end, table.rows < limit {
                let stop = scanner.bytes[scanner.position..<end].firstIndex(of: 10) ?? end
                lines += 1
                var record = JSONScanner(scanner.bytes, from: scanner.position, to: stop)
                record.skipSpaces()
                if record.position < stop {
                    do {
                        try table.append(&record, row: isPart ? row + table.rows : nil)
                        record.skipSpaces()
                        if record.position < stop { throw record.failure("more text follows the record on its line") }
                    } catch let failure as JSONScanner.Failure {
                        throw ApusError(.unreadableData, "\(name), line \(lines): \(failure.what).")
                    }
                }
                scanner.position = Swift.min(stop + 1, end)
            }
            used = scanner.position
            if consumes {
                _ = buffer.take(used)
                used = 0
            }
        }
        if consumes {
            line = lines
            row += table.rows
        }
        return table
    }
}

extension DataFrame {
    /// Reads a file of JSON lines: a record, which is an object, on each line.
    ///
    /// The file is read some lines at a time, unpacked on the way where it is compressed by gzip; blank lines are passed
    /// over.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - options: How to read it.
    /// - Throws: `ApusError` with code `unreadableData`, naming file, line and what to do about it: when there is no such
    ///   file or no record, or a line is no object of single values.
    public init(jsonLines path: String, options: JSONOptions = JSONOptions()) throws {
        self = try JSONChunkSource(ByteStream(path: path), rows: .max, inferenceRows: nil, options: options).all()
    }

    /// Reads text in the format of a file of JSON lines.
    ///
    /// - Throws: `ApusError` with code `unreadableData`, as for a file.
    public init(jsonLinesText text: String, options: JSONOptions = JSONOptions()) throws {
        let stream = ByteStream(Array(text.utf8), name: "JSON text")
        self = try JSONChunkSource(stream, rows: .max, inferenceRows: nil, options: options).all()
    }

    /// Reads a file of JSON records: one list of objects. The whole text is held in memory; JSON lines need less.
    ///
    /// - Throws: `ApusError` with code `unreadableData`, naming file, line and what to do about it.
    public init(json path: String, options: JSONOptions = JSONOptions()) throws {
        self = try DataFrame.records(ByteStream(path: path), options)
    }

    /// Reads text that is a list of JSON objects.
    ///
    /// - Throws: `ApusError` with code `unreadableData`, as for a file.
    public init(jsonText text: String, options: JSONOptions = JSONOptions()) throws {
        self = try DataFrame.records(ByteStream(Array(text.utf8), name: "JSON text"), options)
    }

    private static func records(_ stream: ByteStream, _ options: JSONOptions) throws -> DataFrame {
        var buffer = StreamBuffer(stream)
        try buffer.fill(4)
        try JSONChunkSource.skipMark(&buffer, stream.name)
        while !buffer.isEnd {
            try Memory.check(Double(buffer.bytes.count) * 2, "The content of \(stream.name)", "make JSON lines of it")
            try buffer.fill(buffer.bytes.count * 2 + 1)
        }
        var table = JSONTable(options)
        var scanner = JSONScanner(buffer.bytes)
        do {
            try scanner.expect(0x5B, "“[”, the beginning of a list of records,")
            scanner.skipSpaces()
            if scanner.byte == 0x5D {
                scanner.position += 1
            } else {
                repeat {
                    try table.append(&scanner, row: nil)
                    scanner.skipSpaces()
                    guard scanner.byte == 0x2C else { break }
                    scanner.position += 1
                } while true
                try scanner.expect(0x5D, "“,” or “]”")
            }
            scanner.skipSpaces()
            if scanner.position < scanner.end { throw scanner.failure("more text follows the list of records") }
        } catch let failure as JSONScanner.Failure {
            let line = buffer.bytes[..<failure.offset].count { $0 == 10 } + 1
            throw ApusError(.unreadableData, "\(stream.name), line \(line): \(failure.what).")
        }
        guard table.rows > 0 || options.allowsNoRows else { throw JSONChunkSource.empty(stream.name) }
        return try table.frame(stream.name)
    }
}
