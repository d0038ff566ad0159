import ApusCore

extension Column {
    /// The same values as another type.
    ///
    /// Numbers become whole only if they are; text is read as in a CSV file; truth values come from 0 and 1, `true` and
    /// `false`; points in time from ISO 8601. Anything can become text or categories.
    ///
    /// - Parameters:
    ///   - type: The type wanted.
    ///   - droppingMisfits: Whether a value that cannot be converted becomes missing instead of an error.
    /// - Throws: `ApusError` with code `invalidSchema`, naming the first row and value that cannot be converted.
    public func cast(to type: ColumnType, droppingMisfits: Bool = false) throws -> Column {
        if type == self.type { return self }
        func failure(_ row: Int) -> ApusError {
            ApusError(
                .invalidSchema,
                "Column “\(name)” holds “\(text(at: row))” in row \(row), which is not a \(type.name); correct it, or "
                    + "drop what does not fit.")
        }
        func converted<Value>(_ body: (Int) -> Value?) throws -> [Value?] {
            try (0..<count).map { row in
                if missing[row] { return nil }
                guard let value = body(row) else {
                    if droppingMisfits { return nil }
                    throw failure(row)
                }
                return value
            }
        }
        switch type {
        case .categorical: return asCategorical()
        case .string:
            if case .categorical(let codes, let levels) = values {
                return Column(
                    name: name, values: .string(TextValues(.dictionary(codes: codes, levels: levels))), missing: missing
                )
            }
            return Column(name, texts)
        case .double:
            switch values {
            case .int, .bool: return Column(name, try numbers())
            case .dateTime: throw timeFailure(type)
            default: return Column(name, try parsed(droppingMisfits, failure) { CellText.double($0) })
            }
        case .int:
            switch values {
            case .bool(let flags): return Column(name: name, values: .int(flags.map { $0 ? 1 : 0 }), missing: missing)
            case .double(let values): return Column(name, try converted { Int(exactly: values[$0]) })
            case .dateTime: throw timeFailure(type)
            default: return Column(name, try parsed(droppingMisfits, failure) { CellText.int($0) })
            }
        case .bool:
            switch values {
            case .int(let values):
                return Column(name, try converted { values[$0] == 0 ? false : values[$0] == 1 ? true : nil })
            case .double(let values):
                return Column(name, try converted { values[$0] == 0 ? false : values[$0] == 1 ? true : nil })
            case .dateTime: throw timeFailure(type)
            default: return Column(name, try parsed(droppingMisfits, failure) { CellText.bool($0) })
            }
        case .dateTime:
            guard self.type == .string || self.type == .categorical else {
                throw ApusError(
                    .invalidSchema,
                    "Column “\(name)” holds \(self.type.name)s, which are no points in time by themselves; make "
                        + "DateTime values of them.")
            }
            return Column(name, try parsed(droppingMisfits, failure) { DateTime($0) })
        }
    }

    private func timeFailure(_ type: ColumnType) -> ApusError {
        ApusError(
            .invalidSchema,
            "Column “\(name)” holds points in time, which are no \(type.name)s; take a part of them, such as the year, "
                + "or numbers().")
    }

    /// Text read as values, each different text once.
    private func parsed<Value>(
        _ droppingMisfits: Bool, _ failure: (Int) -> ApusError, _ body: (String) -> Value?
    ) throws -> [Value?] {
        let found: [Value?]
        switch values {
        case .string(let texts): found = texts.map(body)
        case .categorical(let codes, let levels):
            let known = levels.map(body)
            found = codes.map { $0 < 0 ? nil : known[Int($0)] }
        default: found = texts.map { $0.flatMap(body) }
        }
        var values = found
        for row in values.indices {
            if missing[row] {
                values[row] = nil
            } else if values[row] == nil, !droppingMisfits {
                throw failure(row)
            }
        }
        return values
    }
}

/// Values as a CSV file spells them.
enum CellText {
    private static func trimmed(_ text: String) -> String {
        let kept = text.utf8.drop { $0 == 0x20 || $0 == 9 }
        let spaces = kept.reversed().prefix { $0 == 0x20 || $0 == 9 }.count
        return String(decoding: Array(kept.dropLast(spaces)), as: UTF8.self)
    }

    static func int(_ text: String) -> Int? { Int(trimmed(text)) }

    static func double(_ text: String) -> Double? {
        let text = trimmed(text)
        // Swift also reads hexadecimal numbers and NaN, which files do not mean.
        guard
            text.utf8.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x65, 0x45].contains(byte)
            })
        else {
            switch text.lowercased() {
            case "inf", "+inf", "infinity", "+infinity": return .infinity
            case "-inf", "-infinity": return -.infinity
            default: return nil
            }
        }
        return Double(text)
    }

    static func bool(_ text: String) -> Bool? {
        switch trimmed(text) {
        case "true", "True", "TRUE", "1": true
        case "false", "False", "FALSE", "0": false
        default: nil
        }
    }
}

extension DataFrame {
    /// The type of each column, from left to right.
    public var types: [(column: String, type: ColumnType)] { columns.map { ($0.name, $0.type) } }

    /// The frame with some columns of another type.
    ///
    ///     try frame.cast(["age": .int, "city": .categorical])
    ///
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` naming the first row and value that cannot be
    ///   converted.
    public func cast(_ types: [String: ColumnType], droppingMisfits: Bool = false) throws -> DataFrame {
        for name in types.keys.sorted(by: precedes) { _ = try indexOfColumn(name) }
        return replacingColumns(
            try columns.map { column in
                try types[column.name].map { try column.cast(to: $0, droppingMisfits: droppingMisfits) } ?? column
            }, rowCount: rowCount)
    }
}
