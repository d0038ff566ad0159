import ApusCore

extension DataFrame {
    /// Writes the frame as a CSV file, or as a TSV file when the path ends in `.tsv` and no options are given; compressed
    /// by gzip when it ends in `.gz`.
    ///
    /// Fields are quoted only where they need it: where they hold the delimiter, a quote or a line end, begin or end with
    /// a space, or would be a blank line. Numbers have the shortest form that reads back to the same bits. The file
    /// appears whole or not at all: it is written under another name first.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`.
    public func write(csv path: String, options: CSVWritingOptions? = nil) throws {
        try checkAssignments()
        let isTSV = path.hasSuffix(".tsv") || path.hasSuffix(".tsv.gz")
        let isCompressed = path.hasSuffix(".gz")
        let options = options ?? CSVWritingOptions(delimiter: isTSV ? "\t" : ",")
        let fields = columns.map { CSVColumnFields($0, CSVFieldWriter(options)) }
        try FileKernel.write(path) { file in
            let header = csvHeader(options)
            try file.append(isCompressed ? DeflateKernel.gzip(header) : header)
            // Blocks are made in parallel and written in order, a few at a time so that memory stays bounded.
            let blocks = Parallel.blocks(of: rowCount, size: 8192)
            for group in Parallel.blocks(of: blocks.count, size: 16) {
                let parts = try Parallel.tryMap(group.count) { place in
                    let block = csvBlock(blocks[group.lowerBound + place], fields, options)
                    return isCompressed ? try DeflateKernel.gzip(block) : block
                }
                for part in parts { try file.append(part) }
            }
        }
    }

    /// The frame in the format of a CSV file.
    public func csvText(options: CSVWritingOptions = CSVWritingOptions()) -> String {
        let blocks = Parallel.blocks(of: rowCount, size: 8192)
        let fields = columns.map { CSVColumnFields($0, CSVFieldWriter(options)) }
        let parts = Parallel.map(blocks.count) { csvBlock(blocks[$0], fields, options) }
        return String(decoding: csvHeader(options) + parts.joined(), as: UTF8.self)
    }

    private func csvHeader(_ options: CSVWritingOptions) -> [UInt8] {
        guard options.includesHeader, !columns.isEmpty else { return [] }
        var writer = CSVFieldWriter(options)
        for (place, name) in columnNames.enumerated() {
            if place > 0 { writer.delimit() }
            writer.text(name, isAlone: columns.count == 1)
        }
        writer.endLine()
        return writer.bytes
    }

    private func csvBlock(
        _ rows: Range<Int>, _ fields: [CSVColumnFields], _ options: CSVWritingOptions
    ) -> [UInt8] {
        var writer = CSVFieldWriter(options)
        writer.reserve(rows.count * columns.count * 8)
        for row in rows {
            for (place, column) in columns.enumerated() {
                if place > 0 { writer.delimit() }
                if column.missing[row] {
                    writer.text(options.missingValue, isAlone: columns.count == 1)
                    continue
                }
                switch column.values {
                case .double(let values): writer.number(values[row])
                case .int(let values): writer.number(values[row])
                case .bool(let values): writer.plain(values[row] ? "true" : "false")
                case .dateTime(let values):
                    writer.plain(DateTime(microseconds: values[row]).text(dateOnly: fields[place].isDates))
                case .categorical(let codes, _): writer.raw(fields[place].levels[Int(codes[row])])
                case .string(let texts):
                    switch texts.storage {
                    case .dictionary(let codes, _): writer.raw(fields[place].levels[Int(codes[row])])
                    case .plain(let buffer):
                        writer.field(buffer.bytes[buffer.range(row)], isAlone: columns.count == 1)
                    }
                }
            }
            writer.endLine()
        }
        return writer.bytes
    }
}

/// What is known about the fields of a column before they are written.
private struct CSVColumnFields: Sendable {
    /// The levels of text that repeats, as they are written.
    var levels: [[UInt8]] = []
    /// Whether all points in time are the beginning of a day.
    var isDates = false

    init(_ column: Column, _ writer: CSVFieldWriter) {
        switch column.values {
        case .categorical(_, let names): levels = names.map(writer.written)
        case .string(let texts):
            if case .dictionary(_, let names) = texts.storage { levels = names.map(writer.written) }
        case .dateTime(let times): isDates = times.allSatisfy { DateTime(microseconds: $0).isMidnight }
        case .double, .int, .bool: break
        }
    }
}

/// Collects fields as bytes.
private struct CSVFieldWriter {
    private(set) var bytes: [UInt8] = []
    private let delimiter: [UInt8]

    init(_ options: CSVWritingOptions) { delimiter = Array(String(options.delimiter).utf8) }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func delimit() { bytes.append(contentsOf: delimiter) }

    mutating func endLine() { bytes.append(10) }

    mutating func plain(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func raw(_ field: [UInt8]) { bytes.append(contentsOf: field) }

    mutating func number(_ value: Int) {
        var rest = value.magnitude
        if value < 0 { bytes.append(0x2D) }
        let first = bytes.count
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(0x30 + UInt8(digit))
            rest = quotient
        } while rest > 0
        bytes[first...].reverse()
    }

    mutating func number(_ value: Double) {
        bytes.append(contentsOf: value.description.utf8)
    }

    mutating func text(_ text: String, isAlone: Bool) { field(Array(text.utf8)[...], isAlone: isAlone) }

    /// A text as it is written between other fields.
    func written(_ text: String) -> [UInt8] {
        var other = self
        other.bytes = []
        other.text(text, isAlone: false)
        return other.bytes
    }

    /// Writes a field, in quotes if it needs them. Alone on its line, an empty one does: the line would be blank.
    mutating func field(_ field: ArraySlice<UInt8>, isAlone: Bool) {
        let edge = field.first == 0x20 || field.last == 0x20 || field.first == 9 || field.last == 9
        let needsQuotes =
            edge || (isAlone && field.isEmpty)
            || field.contains { $0 == 0x22 || $0 == 10 || $0 == 13 || $0 == delimiter.first }
        guard needsQuotes else {
            bytes.append(contentsOf: field)
            return
        }
        bytes.append(0x22)
        for byte in field {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }
}
