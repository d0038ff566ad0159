import ApusCore

extension DataFrame {
    /// Writes the frame as JSON lines, an object for each row, compressed by gzip when the path ends in `.gz`.
    ///
    /// Numbers have the shortest form that reads back to the same bits, points in time are ISO 8601, and missing values are
    /// `null`. The file appears whole or not at all.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`, and `invalidInput` when a number is infinite, which JSON lacks.
    public func write(jsonLines path: String) throws {
        try writeJSON(path, open: "", between: "", close: "")
    }

    /// Writes the frame as a list of JSON objects, one for each row, compressed by gzip when the path ends in `.gz`.
    ///
    /// - Throws: `ApusError`, as for JSON lines.
    public func write(json path: String) throws {
        try writeJSON(path, open: "[\n", between: ",", close: "]\n")
    }

    /// The frame as JSON lines, an object for each row.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when a number is infinite, which JSON lacks.
    public func jsonLinesText() throws -> String {
        try checkJSON()
        return String(decoding: jsonBlock(0..<rowCount, between: ""), as: UTF8.self)
    }

    private func writeJSON(_ path: String, open: String, between: String, close: String) throws {
        try checkAssignments()
        try checkJSON()
        let isCompressed = path.hasSuffix(".gz")
        func packed(_ bytes: [UInt8]) throws -> [UInt8] { isCompressed ? try DeflateKernel.gzip(bytes) : bytes }
        try FileKernel.write(path) { file in
            if !open.isEmpty { try file.append(packed(Array(open.utf8))) }
            let blocks = Parallel.blocks(of: rowCount, size: 8192)
            for group in Parallel.blocks(of: blocks.count, size: 16) {
                let parts = try Parallel.tryMap(group.count) { place in
                    let block = jsonBlock(blocks[group.lowerBound + place], between: between)
                    return isCompressed ? try DeflateKernel.gzip(block) : block
                }
                for part in parts { try file.append(part) }
            }
            if !close.isEmpty { try file.append(packed(Array(close.utf8))) }
        }
    }

    private func checkJSON() throws {
        for column in columns {
            guard case .double(let values) = column.values, let row = values.firstIndex(where: \.isInfinite) else {
                continue
            }
            throw ApusError(
                .invalidInput,
                "Column “\(column.name)” is infinite in row \(row), which JSON cannot say; replace it or write CSV.")
        }
    }

    private func jsonBlock(_ rows: Range<Int>, between: String) -> [UInt8] {
        let names = columnNames.map { DataFrame.quoted($0) + [0x3A] }
        let levels = columns.map { column -> [[UInt8]] in
            switch column.values {
            case .categorical(_, let levels): levels.map(DataFrame.quoted)
            case .string(let texts):
                if case .dictionary(_, let levels) = texts.storage { levels.map(DataFrame.quoted) } else { [] }
            default: []
            }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * columns.count * 16)
        for row in rows {
            bytes.append(0x7B)
            for (place, column) in columns.enumerated() {
                if place > 0 { bytes.append(0x2C) }
                bytes.append(contentsOf: names[place])
                if column.missing[row] {
                    bytes.append(contentsOf: "null".utf8)
                    continue
                }
                switch column.values {
                case .double(let values): bytes.append(contentsOf: values[row].description.utf8)
                case .int(let values): bytes.append(contentsOf: values[row].description.utf8)
                case .bool(let values): bytes.append(contentsOf: (values[row] ? "true" : "false").utf8)
                case .dateTime(let values):
                    bytes.append(contentsOf: "\"\(DateTime(microseconds: values[row]))\"".utf8)
                case .categorical(let codes, _): bytes.append(contentsOf: levels[place][Int(codes[row])])
                case .string(let texts):
                    switch texts.storage {
                    case .dictionary(let codes, _): bytes.append(contentsOf: levels[place][Int(codes[row])])
                    case .plain(let buffer): bytes.append(contentsOf: DataFrame.quoted(buffer[row]))
                    }
                }
            }
            bytes.append(0x7D)
            if row + 1 < rowCount { bytes.append(contentsOf: between.utf8) }
            bytes.append(10)
        }
        return bytes
    }

    /// A text in quotes, with escapes where JSON asks for them.
    private static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [0x22]
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes += [0x5C, byte]
            case 10: bytes += [0x5C, 0x6E]
            case 13: bytes += [0x5C, 0x72]
            case 9: bytes += [0x5C, 0x74]
            case 0..<0x20:
                bytes += Array("\\u00".utf8) + [byte < 16 ? 0x30 : 0x31]
                bytes.append(contentsOf: String(byte & 15, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        return bytes + [0x22]
    }
}
