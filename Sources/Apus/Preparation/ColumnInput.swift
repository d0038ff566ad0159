import ApusCore
import ApusFrame
import ApusLearn

/// A column as a branch of a `ColumnTransformer` takes it.
package struct ColumnInput: Sendable, Hashable {
    package let schema: ColumnSchema
    /// The texts that were learned, ascending by code point: the numbers that steps see are their places. Nil for numbers, and
    /// for text that is read as such.
    package let levels: [String]?
    /// Whether a value was missing in `fit`.
    let hasMissing: Bool

    init(schema: ColumnSchema, levels: [String]?, hasMissing: Bool) {
        self.schema = schema
        self.levels = levels
        self.hasMissing = hasMissing
    }

    /// What a column is in training.
    init(learning column: Column, _ schema: ColumnSchema) {
        self.schema = schema
        hasMissing = column.missingCount > 0
        guard !column.type.isNumeric else {
            levels = nil
            return
        }
        let (codes, all) = column.codesOfTexts()
        let used = Set(codes)
        levels = all.indices.filter { used.contains(Int32($0)) }.map { all[$0] }
            .sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    /// What the numbers that steps see stand for.
    var feature: NamedFeature {
        if let levels { return NamedFeature(schema.name, .texts(levels)) }
        switch schema.type {
        case .int where !hasMissing: return NamedFeature(schema.name, .wholeNumbers)
        case .bool where !hasMissing: return NamedFeature(schema.name, .truthValues)
        default: return NamedFeature(schema.name)
        }
    }

    /// The numbers that steps see: NaN for a missing value, -1 for a text that was not there in training.
    static func matrix(_ inputs: [ColumnInput], _ frame: DataFrame) throws -> Matrix {
        let columns = try inputs.map { try $0.numbers($0.column(of: frame)) }
        return Matrix(rows: frame.rowCount, columns: inputs.count) { out in
            for (j, column) in columns.enumerated() {
                for i in column.indices { out[i * inputs.count + j] = column[i] }
            }
        }
    }

    /// The column of a frame.
    func column(of frame: DataFrame) throws -> Column {
        guard frame.containsColumn(schema.name) else {
            throw ApusError(
                .invalidSchema, "Column “\(schema.name)” is missing; the model was trained with it. Add it to the data."
            )
        }
        return try frame[schema.name]
    }

    private func numbers(_ column: Column) throws -> [Double] {
        guard let levels else {
            if !column.type.isNumeric, column.missingCount < column.count {
                let row = (0..<column.count).first { !column.missing[$0] && Double(column.text(at: $0)) == nil } ?? 0
                throw ApusError(
                    .invalidSchema,
                    "Column “\(schema.name)” holds “\(column.text(at: row))” in data row \(row + 1) where a number was "
                        + "learned; correct the value or leave it empty.")
            }
            let values = try column.numbers()
            if let row = values.firstIndex(where: \.isInfinite) {
                throw ApusError(
                    .invalidInput,
                    "Column “\(schema.name)” holds \(values[row]) in data row \(row + 1); replace infinite values or leave "
                        + "them empty.")
            }
            return values
        }
        let places = Dictionary(
            zip(levels.map { Array($0.unicodeScalars) }, 0...), uniquingKeysWith: { first, _ in first })
        let (codes, texts) = column.codesOfTexts()
        let outputs = texts.map { places[Array($0.unicodeScalars)].map { Double($0) } ?? -1 }
        return codes.map { $0 < 0 ? .nan : outputs[Int($0)] }
    }

    /// The first text of a column that was not there in training, with its row.
    func unseenText(in frame: DataFrame) -> (row: Int, text: String)? {
        guard let levels, let column = try? column(of: frame) else { return nil }
        let known = Set(levels.map { Array($0.unicodeScalars) })
        let (codes, texts) = column.codesOfTexts()
        let isNew = texts.map { !known.contains(Array($0.unicodeScalars)) }
        return codes.firstIndex { $0 >= 0 && isNew[Int($0)] }.map { ($0, texts[Int(codes[$0])]) }
    }

    /// The values of a request as a column.
    func column(_ cells: [Cell]) throws -> Column {
        if !schema.type.isNumeric {
            return Column(schema.name, cells.map { $0 == .missing ? nil : $0.description })
        }
        return Column(
            schema.name,
            try cells.enumerated().map { row, cell -> Double in
                let value: Double
                switch cell {
                case .missing: return .nan
                case .number(let number): value = number
                case .flag(let flag): value = flag ? 1 : 0
                case .text(let text):
                    guard schema.type == .dateTime, let time = DateTime(text) else {
                        throw ApusError(
                            .invalidInput,
                            "Field “\(schema.name)” of row \(row) is the text “\(text)” where a number is needed; send a number "
                                + "or null.")
                    }
                    value = time.secondsSince1970
                }
                guard !value.isInfinite else {
                    throw ApusError(
                        .invalidInput, "Field “\(schema.name)” of row \(row) is \(value); send a finite number or null."
                    )
                }
                return value
            })
    }
}

extension ColumnInput {
    /// What an archive holds of it.
    var parameterValue: JSONValue {
        [
            "schema": schema.parameterValue, "hasMissing": .bool(hasMissing),
            "levels": levels.map { .array($0.map { .string($0) }) } ?? .null,
        ]
    }

    /// What an archive holds; nil when something is missing or contradictory.
    init?(parameterValue value: JSONValue) {
        guard let schema = value["schema"].flatMap(ColumnSchema.init(parameterValue:)),
            let hasMissing = value["hasMissing"]?.boolValue, let list = value["levels"]
        else { return nil }
        var levels: [String]?
        if list != .null {
            guard let values = list.arrayValue else { return nil }
            let texts = values.compactMap(\.stringValue)
            guard texts.count == values.count, !schema.type.isNumeric else { return nil }
            levels = texts
        }
        self.init(schema: schema, levels: levels, hasMissing: hasMissing)
    }
}
