import ApusCore

/// Reads one CSV file: finds out how it is put together, hands the bytes to the kernel, and says what is wrong in words.
struct CSVReader {
    let bytes: CSVBytes
    /// What the file is called in messages.
    let name: String
    let options: CSVOptions
    /// How many lines come before the bytes.
    var linesBefore = 0
    /// How many rows come before the bytes, for a part of a file; nil for a whole one.
    var rowsBefore: Int?

    /// How many records are looked at to find the delimiter and the header.
    private static let previewRecords = 100

    /// How the file is put together.
    struct Layout {
        /// Where the text begins, behind a byte order mark, and where the first row does.
        var start: Int
        var dataStart: Int
        var delimiter: UInt8
        var quote: UInt8
        var trimsSpaces: Bool
        var names: [String]
    }

    func read() throws -> DataFrame {
        let layout = try layout()
        let frame = try read(layout)
        guard frame.rowCount > 0 || options.allowsNoRows else {
            throw unreadable(
                "holds a header (\(layout.names.prefix(5).joined(separator: ", "))) but no rows; add rows to it")
        }
        return frame
    }

    /// Finds out how the file is put together.
    func layout() throws -> Layout {
        let start = try textStart()
        let quote = try byte(options.quote, "quote")
        let delimiter = try options.delimiter.map { try byte($0, "delimiter") } ?? detectDelimiter(start, quote)
        guard delimiter != quote, ![10, 13, 0].contains(delimiter), ![10, 13, 0].contains(quote) else {
            throw ApusError(
                .invalidParameter, "Delimiter and quote must be two different characters and no line ends.")
        }
        let preview = try preview(start, delimiter, quote, limit: CSVReader.previewRecords)
        let trims = options.trimsSpaces ?? hasSpacedDelimiters(preview)
        guard let first = preview.records.first else {
            throw unreadable("holds no records; a file with a header and at least one row is needed")
        }
        let hasHeader = options.hasHeader ?? looksLikeHeader(preview, trims)
        let dataStart = hasHeader ? preview.ranges[0].upperBound : preview.ranges[0].lowerBound
        let names = try columnNames(first, hasHeader, trims, line: bytes.line(at: preview.ranges[0].lowerBound))
        return Layout(
            start: start, dataStart: dataStart, delimiter: delimiter, quote: quote, trimsSpaces: trims, names: names)
    }

    /// Reads all rows of a file of which it is known how it is put together.
    func read(_ layout: Layout) throws -> DataFrame {
        let dialect = CSVKernel.Dialect(
            delimiter: layout.delimiter, quote: layout.quote, trimsSpaces: layout.trimsSpaces,
            missingWords: options.missingValues)
        let (rows, columns) = try parse(from: layout.start, dataStart: layout.dataStart, dialect, layout.names)
        return try frame(layout.names, columns, rows)
    }

    private func parse(
        from start: Int, dataStart: Int, _ dialect: CSVKernel.Dialect, _ names: [String]
    ) throws -> (rows: Int, columns: [CSVKernel.Column?]) {
        let wanted = options.columns.map { Array($0) } ?? Array(options.types.keys)
        let absent = wanted.filter { !names.contains($0) }.sorted()
        guard absent.isEmpty else { throw unknownColumns(absent, among: names) }
        let kinds = names.map { name -> CSVKernel.Kind? in
            if let chosen = options.columns, !chosen.contains(name) { return .skipped }
            return switch options.types[name] {
            case nil: nil
            case .double: .double
            case .int: .int
            case .string, .categorical: .text
            case .bool: .bool
            case .dateTime: .dateTime
            }
        }
        do {
            return try CSVKernel.read(bytes, from: start, dataStart: dataStart, dialect: dialect, kinds: kinds)
        } catch let failure as CSVKernel.Failure {
            throw message(failure, names)
        }
    }

    private func frame(_ names: [String], _ columns: [CSVKernel.Column?], _ rows: Int) throws -> DataFrame {
        var frame = DataFrame()
        for (name, column) in zip(names, columns) {
            guard let column else { continue }
            let values: Column.Values =
                switch column.values {
                case .double(let values): .double(values)
                case .int(let values): .int(values)
                case .bool(let values): .bool(values)
                case .dateTime(let values): .dateTime(values)
                case .dictionary(let codes, let levels): .string(TextValues(.dictionary(codes: codes, levels: levels)))
                case .text(let buffer): .string(TextValues(.plain(buffer)))
                }
            let made = Column(name: name, values: values, missing: MissingMask(words: column.missing, count: rows))
            try frame.append(column: options.types[name] == .categorical ? made.asCategorical() : made)
        }
        return frame
    }

    // MARK: Finding out

    /// Where the text begins: behind a byte order mark.
    private func textStart() throws -> Int {
        let head = bytes.prefix(4)
        guard !head.isEmpty else { throw unreadable("is empty; a header and at least one row are needed") }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            throw unreadable("is UTF-16 text; save it as UTF-8")
        }
        if head.starts(with: [0x1F, 0x8B]) {
            throw unreadable("is compressed by gzip inside of gzip; unpack it first")
        }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw unreadable("is a ZIP archive or a spreadsheet; export it as CSV first")
        }
        let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard bytes.count > start else { throw unreadable("is empty; a header and at least one row are needed") }
        return start
    }

    private func byte(_ character: Character, _ what: String) throws -> UInt8 {
        guard let value = character.asciiValue else {
            throw ApusError(.invalidParameter, "The \(what) is “\(character)”, but it must be an ASCII character.")
        }
        return value
    }

    /// The first records; as many bytes as the longest of them needs.
    private func preview(_ start: Int, _ delimiter: UInt8, _ quote: UInt8, limit: Int) throws -> CSVPreview {
        var length = start + 1 << 16
        while true {
            let head = bytes.prefix(length)
            let isWhole = head.count == bytes.count
            let preview = CSVPreview(
                head, from: start, isWhole: isWhole, delimiter: delimiter, quote: quote, limit: limit)
            if preview.records.isEmpty, !isWhole {
                length *= 4
                continue
            }
            if preview.records.isEmpty, let offset = preview.unclosedQuote {
                throw message(CSVKernel.Failure(problem: .unclosedQuote, offset: offset), [])
            }
            return preview
        }
    }

    /// The candidate that cuts most of the first records into the same number of fields, more than one; the comma when
    /// none does.
    private func detectDelimiter(_ start: Int, _ quote: UInt8) throws -> UInt8 {
        var best: (delimiter: UInt8, share: Double, fields: Int)?
        for candidate in [0x2C, 0x09, 0x3B, 0x7C] as [UInt8] where candidate != quote {
            guard let preview = try? preview(start, candidate, quote, limit: CSVReader.previewRecords),
                let fields = preview.records.first?.count, fields > 1
            else { continue }
            let share = Double(preview.records.count { $0.count == fields }) / Double(preview.records.count)
            if let best, (share, fields) <= (best.share, best.fields) { continue }
            best = (candidate, share, fields)
        }
        return best?.delimiter ?? 0x2C
    }

    /// Whether a space follows every delimiter, as in `39, Private, 77516`.
    private func hasSpacedDelimiters(_ preview: CSVPreview) -> Bool {
        let later = preview.records.joined().isEmpty ? [] : preview.records.flatMap { $0.dropFirst() }
        return !later.isEmpty && later.allSatisfy { $0.beginsWithSpace || ($0.text.isEmpty && !$0.isQuoted) }
            && later.contains(where: \.beginsWithSpace)
    }

    /// The first record names the columns if all of its values are text; and also if some are not, but a value that is
    /// text stands over values of another type.
    private func looksLikeHeader(_ preview: CSVPreview, _ trims: Bool) -> Bool {
        guard let first = preview.records.first else { return false }
        let missing = Set(options.missingValues)
        func kind(_ field: CSVPreview.Field) -> ColumnType? {
            let text = trims ? trimmed(field.text) : field.text
            if text.isEmpty || missing.contains(text) { return nil }
            if Double(trimmed(text)) != nil { return .double }
            if ["true", "True", "TRUE", "false", "False", "FALSE"].contains(text) { return .bool }
            return DateTime(text) == nil ? .string : .dateTime
        }
        let kinds = first.map(kind)
        if kinds.allSatisfy({ $0 == nil || $0 == .string }), kinds.contains(.string) { return true }
        return kinds.enumerated().contains { place, kindAbove in
            guard kindAbove == .string else { return false }
            let below = preview.records.dropFirst().compactMap { $0.count > place ? kind($0[place]) : nil }
            return !below.isEmpty && !below.contains(.string)
        }
    }

    private func columnNames(
        _ first: [CSVPreview.Field], _ hasHeader: Bool, _ trims: Bool, line: Int
    ) throws -> [String] {
        var names = first.indices.map { "x\($0)" }
        if hasHeader {
            names = first.enumerated().map { place, field in
                let text = trims && !field.isQuoted ? trimmed(field.text) : field.text
                return text.isEmpty ? "Unnamed: \(place)" : text
            }
        }
        if let given = options.columnNames {
            guard given.count == names.count else {
                throw unreadable(
                    "has \(names.count) columns, but \(given.count) names were given; give one name for each column")
            }
            names = given
        }
        var places: [String: Int] = [:]
        for (place, name) in names.enumerated() {
            if let other = places.updateValue(place, forKey: name) {
                throw unreadable(
                    "line \(line): columns \(other + 1) and \(place + 1) are both called “\(name)”; rename one of them",
                    isLine: true)
            }
        }
        return names
    }

    private func trimmed(_ text: String) -> String {
        let kept = text.utf8.drop { $0 == 0x20 || $0 == 9 }
        let count = kept.reversed().prefix { $0 == 0x20 || $0 == 9 }.count
        return String(decoding: Array(kept.dropLast(count)), as: UTF8.self)
    }

    // MARK: Messages

    private func unreadable(_ what: String, isLine: Bool = false) -> ApusError {
        ApusError(.unreadableData, isLine ? "\(name), \(what)." : "\(name) \(what).")
    }

    /// The row, from 0 at the beginning of the bytes, that holds the byte at `offset`.
    private func row(at offset: Int) -> Int {
        guard let delimiter = options.delimiter?.asciiValue, let quote = options.quote.asciiValue else { return 0 }
        return RecordKernel.whole(
            bytes[0..<offset], delimiter: delimiter, quote: quote, trimsSpaces: options.trimsSpaces ?? false,
            isEnd: false, limit: .max
        ).records
    }

    private func message(_ failure: CSVKernel.Failure, _ names: [String]) -> ApusError {
        let line = bytes.line(at: failure.offset) + linesBefore
        func at(_ what: String) -> ApusError { unreadable("line \(line): \(what)", isLine: true) }
        switch failure.problem {
        case .ragged(let found):
            let expected = names.count
            return at(
                "there \(found == 1 ? "is 1 field" : "are \(found) fields") where there are \(expected) columns; "
                    + (found > expected
                        ? "put fields that hold the delimiter in quotes" : "add the missing fields, which may be empty")
            )
        case .unclosedQuote: return at("the quote that opens here is never closed; add the closing quote")
        case .textAfterQuote:
            return at(
                "in the quoted field that begins here, more text follows the closing quote; "
                    + "close it before the delimiter, and write a quote inside a field twice")
        case .mismatch(let column, let text):
            let wanted = options.types[names[column]]?.name ?? "value"
            if let rowsBefore {
                let row = rowsBefore + row(at: failure.offset)
                return at(
                    "in row \(row) column “\(names[column])” holds “\(text)”, which is not a \(wanted) as in the rows "
                        + "before; give the type of the column, or infer types from more rows")
            }
            return at(
                "column “\(names[column])” holds “\(text)”, which is not a \(wanted); correct it or leave it empty")
        case .misaligned: return at("a record does not end where it should; check the quotes around it")
        case .notUTF8:
            let byte = bytes[failure.offset..<failure.offset + 1].first ?? 0
            return at(
                "byte \(failure.offset) (0x\(String(byte, radix: 16, uppercase: true))) is not UTF-8 text; "
                    + "convert the file, perhaps from Latin-1 or Windows-1252")
        case .nul:
            return at("byte \(failure.offset) is 0, which no text file holds; check that this is a CSV file")
        }
    }
}

extension DataFrame {
    /// Reads a CSV or TSV file.
    ///
    /// Files compressed by gzip (`data.csv.gz`) are unpacked on the way, into memory.
    /// Delimiter, header and the types of the columns are found out from the file unless the options give them. Large
    /// files are read in parallel; the outcome does not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - path: The file; a pipe is read to its end.
    ///   - options: How to read it.
    /// - Throws: `ApusError` with code `unreadableData`, naming the file, the line and what to do about it: when there is
    ///   no such file or it is empty, not UTF-8 text, or malformed (records of different length, a quote that is never
    ///   closed, two columns of the same name).
    public init(csv path: String, options: CSVOptions = CSVOptions()) throws {
        self = try CSVReader(bytes: CSVBytes(path: path).unpacked(path), name: path, options: options).read()
    }

    /// Reads text in the format of a CSV or TSV file.
    ///
    /// - Throws: `ApusError` with code `unreadableData`, as for a file.
    public init(csvText text: String, options: CSVOptions = CSVOptions()) throws {
        self = try CSVReader(bytes: CSVBytes(Array(text.utf8)), name: "CSV text", options: options).read()
    }

    /// Reads bytes in the format of a CSV or TSV file, such as the body of a request.
    ///
    /// - Throws: `ApusError` with code `unreadableData`, as for a file.
    public init(csvBytes bytes: [UInt8], options: CSVOptions = CSVOptions()) throws {
        let bytes = try CSVBytes(bytes).unpacked("CSV text")
        self = try CSVReader(bytes: bytes, name: "CSV text", options: options).read()
    }
}
