import ApusCore

/// Reads files in the attribute-relation format of Weka, in which OpenML publishes data sets.
///
/// Source: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
struct ARFFReader {
    private var scanner: ARFFScanner
    private let name: String
    private var attributes: [ARFFAttribute] = []
    private var columns: [Values] = []
    private var rows = 0

    /// The values of a column so far.
    private enum Values {
        case cells(ColumnBuilder)
        case codes([Int32], places: [ExactText: Int32])
    }

    init(_ bytes: [UInt8], name: String) {
        self.name = name
        scanner = ARFFScanner(bytes, from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    }

    /// All rows.
    mutating func read() throws -> DataFrame {
        do {
            try header()
            columns = attributes.map { attribute in
                switch attribute.kind {
                case .number(let type): .cells(ColumnBuilder(attribute.name, type: type))
                case .text: .cells(ColumnBuilder(attribute.name, type: .string))
                case .date: .cells(ColumnBuilder(attribute.name, type: .dateTime))
                case .levels(let levels):
                    .codes(
                        [],
                        places: Dictionary(
                            zip(levels.map(ExactText.init), Int32(0)...), uniquingKeysWith: { first, _ in first }))
                }
            }
            while scanner.nextLine() {
                if scanner.byte == 0x7B { try sparseRow() } else { try denseRow() }
                rows += 1
                if rows % 4096 == 0 {
                    // Sparse rows of a few bytes may stand for very many values.
                    try Memory.check(
                        Double(rows) * Double(attributes.count) * 8, "The table in \(name)",
                        "keep fewer attributes or rows of it")
                }
            }
        } catch let failure as ARFFScanner.Failure {
            throw ApusError(.unreadableData, "\(name), line \(scanner.line): \(failure.what).")
        }
        guard rows > 0 else {
            throw ApusError(.unreadableData, "\(name) holds no rows behind @data; at least one is needed.")
        }
        return try DataFrame(
            columns: zip(attributes, columns).map { attribute, values in
                switch (attribute.kind, values) {
                case (.levels(let levels), .codes(let codes, _)):
                    Column(
                        name: attribute.name, values: .categorical(codes: codes, levels: levels),
                        missing: MissingMask(codes.lazy.map { $0 < 0 }))
                case (_, .cells(let builder)): try builder.column()
                default: throw ApusError(.unreadableData, "\(name): column “\(attribute.name)” cannot be read.")
                }
            })
    }

    // MARK: Header

    private mutating func header() throws {
        var names: Set<ExactText> = []
        var hasRelation = false
        while scanner.nextLine() {
            let word = scanner.word().lowercased()
            switch word {
            case "@relation": hasRelation = true
            case "@attribute":
                let attribute = try self.attribute()
                guard names.insert(ExactText(attribute.name)).inserted else {
                    throw ARFFScanner.Failure(what: "there are two attributes “\(attribute.name)”; rename one of them")
                }
                attributes.append(attribute)
            case "@data":
                guard !attributes.isEmpty else {
                    throw ARFFScanner.Failure(what: "@data stands before any @attribute; declare the columns first")
                }
                return
            default:
                let what = word.isEmpty ? scanner.rest : word
                throw ARFFScanner.Failure(
                    what:
                        "“\(what.prefix(60))” is no part of the header of an ARFF file; @relation, @attribute or @data "
                        + "belongs here")
            }
        }
        throw ApusError(
            .unreadableData,
            hasRelation || !attributes.isEmpty
                ? "\(name) ends within its header: there is no @data; get it again."
                : "\(name) is no ARFF file: there is no @relation in it.")
    }

    private mutating func attribute() throws -> ARFFAttribute {
        guard case .value(let bytes, _) = try scanner.token(endsAtSpace: true), !bytes.isEmpty else {
            throw ARFFScanner.Failure(what: "an attribute without a name; write @attribute NAME TYPE")
        }
        let name = try text(bytes)
        scanner.skipSpaces()
        if scanner.byte == 0x7B { return ARFFAttribute(name: name, kind: .levels(try levels(name))) }
        let type = scanner.word().lowercased()
        scanner.skipSpaces()
        switch type {
        case "numeric", "integer": return ARFFAttribute(name: name, kind: .number(nil))
        case "real": return ARFFAttribute(name: name, kind: .number(.double))
        case "string": return ARFFAttribute(name: name, kind: .text)
        case "date":
            var pattern = ARFFDateFormat.standard
            if scanner.byte != nil {
                guard case .value(let bytes, _) = try scanner.token() else {
                    throw ARFFScanner.Failure(what: "attribute “\(name)” has no format of dates")
                }
                pattern = try text(bytes)
            }
            guard let format = ARFFDateFormat(pattern) else {
                throw ARFFScanner.Failure(
                    what:
                        "attribute “\(name)” has dates of the format “\(pattern)”; formats of digits are read (y, M, d, H, "
                        + "m, s, S), so declare it as string")
            }
            return ARFFAttribute(name: name, kind: .date(format))
        default:
            throw ARFFScanner.Failure(
                what:
                    "attribute “\(name)” has the type “\(type)”; numeric, real, integer, string, date and {levels} are "
                    + "read")
        }
    }

    private mutating func levels(_ name: String) throws -> [String] {
        scanner.advance()
        var levels: [String] = []
        var known: Set<ExactText> = []
        while true {
            let level: String
            switch try scanner.token() {
            case .missing: level = "?"
            case .value(let bytes, let isQuoted):
                if bytes.isEmpty, !isQuoted, levels.isEmpty, scanner.byte == 0x7D { return [] }
                level = try text(bytes)
            }
            // Some published files name a level twice.
            if known.insert(ExactText(level)).inserted { levels.append(level) }
            scanner.skipSpaces()
            switch scanner.byte {
            case 0x2C: scanner.advance()
            case 0x7D: return levels
            default:
                throw ARFFScanner.Failure(
                    what:
                        "the levels of attribute “\(name)” are not closed; separate them by commas and end them with }")
            }
        }
    }

    private func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw ARFFScanner.Failure(what: "the text is not UTF-8; convert the file, perhaps from Latin-1")
        }
        return text
    }

    // MARK: Rows

    private mutating func denseRow() throws {
        for place in attributes.indices {
            try put(try scanner.token(), place)
            scanner.skipSpaces()
            guard place + 1 < attributes.count else { break }
            guard scanner.byte == 0x2C else { throw wrongLength(place + 1) }
            scanner.advance()
        }
        guard scanner.byte == nil else { throw wrongLength(attributes.count + 1) }
    }

    private func wrongLength(_ found: Int) -> ARFFScanner.Failure {
        let count = attributes.count
        return ARFFScanner.Failure(
            what: found > count
                ? "there are more values than the \(count) attributes, or text behind the last one; put values that hold "
                    + "commas or quotes in quotes"
                : "there \(found == 1 ? "is 1 value" : "are \(found) values") where there are \(count) attributes; add the "
                    + "missing ones, or ? for those that are not known")
    }

    /// `{2 7.5, 9 'x'}`: the values of some columns; all others are 0 or the first level.
    private mutating func sparseRow() throws {
        scanner.advance()
        var done = 0
        scanner.skipSpaces()
        if scanner.byte == 0x7D {
            scanner.advance()
        } else {
            while true {
                scanner.skipSpaces()
                let word = scanner.word()
                guard let place = Int(word), place >= 0, place < attributes.count else {
                    throw ARFFScanner.Failure(
                        what:
                            "“\(word.prefix(40))” is no number of an attribute; they go from 0 to \(attributes.count - 1)"
                    )
                }
                guard place >= done else {
                    throw ARFFScanner.Failure(
                        what: "attribute \(place) does not ascend from the one before; list each once, in order")
                }
                for skipped in done..<place { try putZero(skipped) }
                try put(try scanner.token(), place)
                done = place + 1
                scanner.skipSpaces()
                guard scanner.byte == 0x2C else { break }
                scanner.advance()
            }
            guard scanner.byte == 0x7D else {
                throw ARFFScanner.Failure(what: "the sparse row is not closed; end it with }")
            }
            scanner.advance()
        }
        scanner.skipSpaces()
        guard scanner.byte == nil else {
            throw ARFFScanner.Failure(what: "text follows the sparse row; weights of rows are not read, so remove it")
        }
        for skipped in done..<attributes.count { try putZero(skipped) }
    }

    private mutating func putZero(_ place: Int) throws {
        switch columns[place] {
        case .codes(var codes, let places):
            columns[place] = .cells(ColumnBuilder(""))
            codes.append(places.isEmpty ? -1 : 0)
            columns[place] = .codes(codes, places: places)
        case .cells(var builder):
            columns[place] = .codes([], places: [:])
            switch attributes[place].kind {
            case .number: builder.append(0)
            case .date: builder.append(text: "1970-01-01".utf8)
            default: builder.append(text: "".utf8)
            }
            columns[place] = .cells(builder)
        }
    }

    private mutating func put(_ token: ARFFScanner.Token, _ place: Int) throws {
        let attribute = attributes[place]
        // The storage is taken out while it grows, so that it is not copied.
        switch columns[place] {
        case .codes(var codes, let places):
            columns[place] = .cells(ColumnBuilder(""))
            defer { columns[place] = .codes(codes, places: places) }
            guard case .value(let bytes, let isQuoted) = token else {
                codes.append(-1)
                return
            }
            guard let code = places[ExactText(String(decoding: bytes, as: UTF8.self))] else {
                throw refused(attribute, bytes, isQuoted, "is none of its \(places.count) levels")
            }
            codes.append(code)
        case .cells(var builder):
            columns[place] = .codes([], places: [:])
            defer { columns[place] = .cells(builder) }
            guard case .value(let bytes, let isQuoted) = token else {
                builder.appendMissing()
                return
            }
            try append(bytes, isQuoted, attribute, to: &builder)
        }
    }

    private func append(
        _ bytes: [UInt8], _ isQuoted: Bool, _ attribute: ARFFAttribute, to builder: inout ColumnBuilder
    ) throws {
        switch attribute.kind {
        case .number(let type):
            let text = String(decoding: bytes, as: UTF8.self)
            if type == nil, let whole = Int(text) {
                builder.append(whole)
            } else if let number = Double(text), !text.lowercased().hasPrefix("0x"), !text.lowercased().hasPrefix("-0x")
            {
                builder.append(number)
            } else {
                throw refused(attribute, bytes, isQuoted, "is not a number")
            }
        case .date(let format):
            guard let time = format.time(bytes), builder.append(text: time.description.utf8) else {
                throw refused(attribute, bytes, isQuoted, "is not a date of the format that was declared")
            }
        case .text, .levels:
            guard !bytes.isEmpty || isQuoted else { throw refused(attribute, bytes, isQuoted, "is no value") }
            _ = try text(bytes)
            builder.append(text: bytes)
        }
    }

    private func refused(
        _ attribute: ARFFAttribute, _ bytes: [UInt8], _ isQuoted: Bool, _ what: String
    ) -> ARFFScanner.Failure {
        let shown = String(decoding: bytes.prefix(80), as: UTF8.self)
        return ARFFScanner.Failure(
            what:
                "column “\(attribute.name)” holds “\(shown)”, which \(what); correct it, or write ? where it is not known"
        )
    }
}

extension DataFrame {
    /// Reads an ARFF file, dense or sparse, compressed by gzip or not.
    ///
    /// Nominal attributes become categories with the levels of the header in their order, `numeric` and `integer` ones
    /// whole numbers where all are, dates points in time; `?` is a missing value.
    ///
    /// - Parameter path: The file.
    /// - Throws: `ApusError` with code `unreadableData`, naming the file, the line, the column and what to do about it.
    public init(arff path: String) throws {
        let bytes = try CSVBytes(path: path).unpacked(path)
        var reader = ARFFReader(bytes[0..<bytes.count], name: path)
        self = try reader.read()
    }

    /// Reads bytes in the format of an ARFF file.
    ///
    /// - Throws: `ApusError` with code `unreadableData`, as for a file.
    public init(arffBytes bytes: [UInt8]) throws {
        let bytes = try CSVBytes(bytes).unpacked("ARFF text")
        var reader = ARFFReader(bytes[0..<bytes.count], name: "ARFF text")
        self = try reader.read()
    }
}
