import ApusCore

/// A file that is read some rows at a time, for files larger than memory.
///
///     let chunks = try DataFrame.chunks(csv: "clicks.csv.gz", rows: 100_000)
///     while let chunk = try chunks.next() {
///         total += try chunk["amount"].sum()
///     }
///
/// All chunks have the same columns of the same types: those that were asked for, and otherwise those that the first rows
/// have. A later value of another type is an error that names row and column. Memory is needed for one chunk at a time.
public final class FrameChunks {
    private let source: any FrameChunkSource
    /// How many rows were read.
    public private(set) var rowsRead = 0
    private var hasFailed = false

    init(_ source: any FrameChunkSource) { self.source = source }

    /// The next rows; nil at the end.
    ///
    /// - Throws: `ApusError` with code `unreadableData`, naming the line, the row and the column. Nothing follows an error.
    public func next() throws -> DataFrame? {
        if hasFailed { return nil }
        do {
            let chunk = try source.next()
            rowsRead += chunk?.rowCount ?? 0
            return chunk
        } catch {
            hasFailed = true
            throw error
        }
    }

    /// Calls `body` with all chunks that are left, one after another.
    ///
    /// - Throws: What `next` and `body` throw.
    public func forEach(_ body: (DataFrame) throws -> Void) throws {
        while let chunk = try next() { try body(chunk) }
    }
}

/// What chunks are read from.
protocol FrameChunkSource: AnyObject {
    func next() throws -> DataFrame?
}

/// A stream of which more bytes are kept as they are needed.
struct StreamBuffer {
    private let stream: ByteStream
    /// Bytes that were read and not used yet.
    private(set) var bytes: [UInt8] = []
    /// Whether nothing follows them.
    private(set) var isEnd = false

    init(_ stream: ByteStream) { self.stream = stream }

    /// Reads until there are at least `count` bytes, or to the end.
    mutating func fill(_ count: Int) throws {
        while bytes.count < count, !isEnd {
            let more = try stream.read()
            isEnd = more.isEmpty
            bytes += more
        }
    }

    /// Takes the first bytes away.
    mutating func take(_ count: Int) -> [UInt8] {
        let taken = Array(bytes[..<count])
        bytes.removeFirst(count)
        return taken
    }
}

/// Chunks of a CSV file.
final class CSVChunkSource: FrameChunkSource {
    private var buffer: StreamBuffer
    private let name: String
    private var options: CSVOptions
    private let rows: Int
    private var layout: CSVReader.Layout
    private var line = 0
    private var row = 0
    private var bytesPerRow = 256

    /// - Parameter inferenceRows: How many rows types are inferred from; nil to infer those of each chunk anew.
    init(path: String, rows: Int, inferenceRows: Int?, options: CSVOptions) throws {
        name = path
        self.options = options
        self.rows = rows
        buffer = StreamBuffer(try ByteStream(path: path))
        // Enough to see how the file is put together; one record may be longer.
        try buffer.fill(1 << 18)
        let quote = options.quote.asciiValue ?? 0x22
        var head = CSVReader(bytes: CSVBytes(buffer.bytes), name: path, options: options)
        layout = try head.layout()
        let rough = (layout.delimiter, layout.trimsSpaces)
        let length = try CSVChunkSource.records(
            &buffer, 100 + 1, delimiter: rough.0, quote: quote, trims: rough.1, name: path, line: 0, guess: 256
        ).length
        head = CSVReader(bytes: CSVBytes(buffer.bytes[..<length]), name: path, options: options)
        layout = try head.layout()
        let first = buffer.take(layout.dataStart)
        line = CSVBytes(first).line(at: first.count) - 1
        self.options.delimiter = Character(UnicodeScalar(layout.delimiter))
        self.options.trimsSpaces = layout.trimsSpaces
        layout.start = 0
        layout.dataStart = 0
        if let inferenceRows { try infer(Swift.max(1, inferenceRows)) }
    }

    /// The names of the columns of the file.
    var names: [String] { layout.names }

    /// Finds the types of the columns from the first rows.
    private func infer(_ count: Int) throws {
        let length = try records(count).length
        let part = CSVReader(bytes: CSVBytes(buffer.bytes[..<length]), name: name, options: options, linesBefore: line)
        let frame = try part.read(layout)
        guard frame.rowCount > 0 || options.allowsNoRows else {
            throw ApusError(
                .unreadableData,
                "\(name) holds a header (\(layout.names.prefix(5).joined(separator: ", "))) but no rows; add rows to it."
            )
        }
        for column in frame.columns where options.types[column.name] == nil { options.types[column.name] = column.type }
        // From here on all columns that are read have a type of their own.
        options.columns = Set(frame.columnNames)
    }

    func next() throws -> DataFrame? {
        while true {
            let (length, found) = try records(rows)
            guard length > 0 else { return nil }
            let bytes = CSVBytes(buffer.take(length))
            let reader = CSVReader(bytes: bytes, name: name, options: options, linesBefore: line, rowsBefore: row)
            line += bytes.line(at: bytes.count) - 1
            guard found > 0 else { continue }
            let frame = try reader.read(layout)
            row += frame.rowCount
            bytesPerRow = Swift.max(16, length / found + 1)
            return frame
        }
    }

    private func records(_ count: Int) throws -> (length: Int, found: Int) {
        try CSVChunkSource.records(
            &buffer, count, delimiter: layout.delimiter, quote: layout.quote, trims: layout.trimsSpaces, name: name,
            line: line, guess: bytesPerRow)
    }

    /// Where the first `count` records of what is left end, reading as much as that takes.
    private static func records(
        _ buffer: inout StreamBuffer, _ count: Int, delimiter: UInt8, quote: UInt8, trims: Bool, name: String,
        line: Int,
        guess: Int
    ) throws -> (length: Int, found: Int) {
        var wanted = Swift.max(1 << 16, (count + 8).multipliedReportingOverflow(by: guess).partialValue)
        wanted = Swift.min(wanted, 1 << 28)
        while true {
            try buffer.fill(wanted)
            let (length, found, isUnclosed) = RecordKernel.whole(
                buffer.bytes, delimiter: delimiter, quote: quote, trimsSpaces: trims, isEnd: buffer.isEnd, limit: count)
            if found == count || buffer.isEnd {
                if isUnclosed, found < count {
                    let at = CSVBytes(buffer.bytes).line(at: length) + line
                    throw ApusError(
                        .unreadableData,
                        "\(name), line \(at): a quote that opens in this record is never closed; add the closing quote."
                    )
                }
                return (length, found)
            }
            // A record may be as long as memory allows, not longer.
            try Memory.check(
                Double(wanted) * 2, "A chunk of \(count) rows of \(name)", "ask for fewer rows, and check its quotes")
            wanted = buffer.bytes.count * 2
        }
    }
}

extension DataFrame {
    /// Reads a CSV or TSV file, compressed by gzip or not, some rows at a time.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - rows: How many rows a chunk has, at least 1; the last one may have fewer.
    ///   - inferenceRows: How many rows types are inferred from, unless `options` give them; `rows` when nil.
    ///   - options: How to read it.
    /// - Throws: `ApusError` with code `unreadableData`, as for a whole file, and `invalidParameter` for less than a row.
    public static func chunks(
        csv path: String, rows: Int, inferenceRows: Int? = nil, options: CSVOptions = CSVOptions()
    ) throws -> FrameChunks {
        try checkChunk(rows, inferenceRows)
        return FrameChunks(
            try CSVChunkSource(path: path, rows: rows, inferenceRows: inferenceRows ?? rows, options: options))
    }

    /// The types of the columns of a CSV or TSV file, found from all of its rows in one pass that holds some at a time.
    ///
    /// They are those that reading the whole file finds; as `types` of the options they make chunks that never meet a value
    /// of another type.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - rows: How many rows are held at a time, at least 1.
    ///   - options: How to read it.
    /// - Throws: `ApusError` with code `unreadableData`, as for a whole file, and `invalidParameter` for less than a row.
    public static func types(
        csv path: String, rows: Int = 100_000, options: CSVOptions = CSVOptions()
    ) throws -> [String: ColumnType] {
        try checkChunk(rows, nil)
        let source = try CSVChunkSource(path: path, rows: rows, inferenceRows: nil, options: options)
        var types: [String: ColumnType] = [:]
        while let chunk = try source.next() {
            for column in chunk.columns {
                let known = types[column.name]
                guard column.missingCount < column.count else { continue }
                switch (known, column.type) {
                case (nil, let type): types[column.name] = type
                case (let type?, let other) where type == other: break
                case (.int?, .double), (.double?, .int): types[column.name] = .double
                default: types[column.name] = .string
                }
            }
        }
        for name in source.names where types[name] == nil && options.columns?.contains(name) ?? true {
            types[name] = options.types[name] ?? .double
        }
        return types
    }

    /// Reads a file of JSON lines, compressed by gzip or not, some rows at a time.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - rows: How many rows a chunk has, at least 1; the last one may have fewer.
    ///   - inferenceRows: How many rows columns and types are inferred from, unless `options` give them; `rows` when nil.
    ///   - options: How to read it.
    /// - Throws: `ApusError` with code `unreadableData`, as for a whole file, and `invalidParameter` for less than a row.
    public static func chunks(
        jsonLines path: String, rows: Int, inferenceRows: Int? = nil, options: JSONOptions = JSONOptions()
    ) throws -> FrameChunks {
        try checkChunk(rows, inferenceRows)
        return FrameChunks(
            try JSONChunkSource(
                ByteStream(path: path), rows: rows, inferenceRows: inferenceRows ?? rows, options: options))
    }

    private static func checkChunk(_ rows: Int, _ inferenceRows: Int?) throws {
        guard rows >= 1, inferenceRows ?? 1 >= 1 else {
            throw ApusError(.invalidParameter, "A chunk has at least one row, and types are inferred from as many.")
        }
    }
}
