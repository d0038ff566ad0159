import Apus
import ApusCore
import ApusFrame
import ApusTrust

/// The columns a model needs, as a request has to fill them: what a value may be, and what each column is called.
struct InputColumns: Sendable {
    private enum Kind: Sendable { case number, flag, time, text }

    private struct Column: Sendable {
        let name: String
        let kind: Kind
        /// The texts that are allowed; nil where any is.
        let levels: Set<String>?
        let mayBeMissing: Bool

        var wanted: String {
            switch kind {
            case .number: "a number"
            case .flag: "true or false"
            case .time: "a date or time such as \"2026-03-01T12:30:00Z\""
            case .text: "a text"
            }
        }
    }

    /// The largest number that is taken, of either sign.
    private let largest: Double
    private let columns: [Column]
    /// Sensitive columns that the model does not learn from, and that a request may bring for the monitor alone.
    private let watched: [Column]
    private let places: [String: Int]
    private let ignored: Set<String>
    private let target: String

    init(of model: TrainedModel) {
        largest = model.largestNumber
        let refusesUnseen = model.encoder.unseen == .error
        columns = model.encoder.inputColumns.map { column in
            let kind: Kind =
                switch column.schema.type {
                case .double, .int: .number
                case .bool: .flag
                case .dateTime: .time
                case .string, .categorical: .text
                }
            let isLimited = kind == .text && refusesUnseen
            return Column(
                name: column.schema.name, kind: kind, levels: isLimited ? Set(column.levels) : nil,
                mayBeMissing: !isLimited || column.hasMissingLevel || column.replacement != .missing)
        }
        watched = model.watchedColumns.map { rule in
            Column(
                name: rule.column, kind: rule.bounds.isEmpty ? .text : .number, levels: nil, mayBeMissing: true)
        }
        places = Dictionary(zip((columns + watched).map(\.name), 0...), uniquingKeysWith: { first, _ in first })
        ignored = Set(model.encoder.ignoredColumns)
        target = model.target
    }

    /// Number of columns that the model predicts from.
    var count: Int { columns.count }

    /// Number of columns that only the monitor looks at; their places come after those of the model's.
    var watchedCount: Int { watched.count }

    /// The names in a sentence, the first twenty of them.
    var names: String {
        columns.prefix(20).map(\.name).joined(separator: ", ") + (columns.count > 20 ? ", …" : "")
    }

    /// The name of a column.
    func name(at place: Int) -> String { column(at: place).name }

    private func column(at place: Int) -> Column {
        place < columns.count ? columns[place] : watched[place - columns.count]
    }

    /// The place of the column with a name; nil where the model has none.
    func placeIfKnown(of name: String) -> Int? { places[name] }

    /// The place of the column with a name; nil for one that had no value in training and is not looked at.
    ///
    /// - Throws: `RequestFailure` for a name the model does not know: a slip of the pen must not become a missing value.
    func place(of name: String, field: @autoclosure () -> String) throws -> Int? {
        if let place = places[name] { return place }
        if ignored.contains(name) { return nil }
        if name == target {
            throw RequestFailure.unusable(
                "unknownField", "“\(name)” is what the model predicts; leave it out.", field: field())
        }
        // The nearest name is only looked for where it costs little, whatever was sent.
        let near = name.utf8.count < 200 ? suggestion(for: name, among: columns.prefix(500).map(\.name)) : ""
        throw RequestFailure.unusable(
            "unknownField",
            "The model knows no field “\(name.prefix(100))”\(near); its fields are \(names).", field: field())
    }

    /// Throws unless a value can stand in a column.
    func check(_ cell: Cell, at place: Int, field: @autoclosure () -> String) throws {
        let column = column(at: place)
        switch (cell, column.kind) {
        case (.number(let value), _) where !(value.magnitude <= largest):
            throw RequestFailure.unusable(
                "notFinite",
                "The number for “\(column.name)” is too large; send one from -\(largest) to \(largest), or null if it is not known.",
                field: field())
        case (.number, .number), (.number, .time), (.flag, .flag): return
        case (.number(let value), .flag) where value == 0 || value == 1: return
        case (.text(let text), .time) where DateTime(text) != nil: return
        case (.missing, _) where column.mayBeMissing: return
        case (_, .text) where cell != .missing:
            guard let levels = column.levels, !levels.contains(cell.description) else { return }
            throw unseen("“\(cell.description.prefix(100))” did not occur in training", column, field())
        case (.missing, _): throw unseen("It had a value in every row of the training", column, field())
        case (let cell, _):
            let found: String =
                switch cell {
                case .text(let text): "the text “\(text.prefix(100))”"
                case .flag, .number, .missing: "\(cell)"
                }
            throw RequestFailure.unusable(
                "wrongType", "“\(column.name)” is \(found); send \(column.wanted), or null if it is not known.",
                field: field())
        }
    }

    private func unseen(_ finding: String, _ column: Column, _ field: String) -> RequestFailure {
        let known = (column.levels ?? []).sorted()
        return .unusable(
            "unseenLevel",
            "“\(column.name)” cannot be used: \(finding); send one of \(known.prefix(10).joined(separator: ", "))"
                + (known.count > 10 ? ", …." : "."), field: field)
    }
}

extension InputColumns {
    /// What `data` may be, as a JSON schema: a record, records, and where all columns take the same values lists too.
    func dataSchema(maxRows: Int) -> JSONValue {
        let schemas = columns.map(schema)
        var properties = Dictionary(zip(columns.map(\.name), schemas), uniquingKeysWith: { first, _ in first })
        for column in watched { properties[column.name] = schema(column) }
        for name in ignored where properties[name] == nil {
            properties[name] = ["type": ["number", "string", "boolean", "null"]]
        }
        let record: JSONValue = [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
            "required": .array(columns.map { .string($0.name) }),
        ]
        func rows(_ row: JSONValue) -> JSONValue {
            ["type": "array", "items": row, "minItems": 1, "maxItems": .int(maxRows)]
        }
        var forms = [record, rows(record)]
        if let first = schemas.first, schemas.allSatisfy({ $0 == first }) {
            let row: JSONValue = [
                "type": "array", "items": first, "minItems": .int(count), "maxItems": .int(count),
            ]
            forms += [row, rows(row)]
        }
        return ["anyOf": .array(forms)]
    }

    private func schema(_ column: Column) -> JSONValue {
        var types: [JSONValue] = []
        switch column.kind {
        case .number:
            return [
                "type": column.mayBeMissing ? ["number", "null"] : "number", "minimum": .double(-largest),
                "maximum": .double(largest),
            ]
        case .flag: return ["enum": column.mayBeMissing ? [true, false, 0, 1, .null] : [true, false, 0, 1]]
        case .time:
            types = [
                ["type": "number", "minimum": .double(-largest), "maximum": .double(largest)],
                [
                    "type": "string",
                    "pattern":
                        "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
                ],
            ]
        case .text:
            if let levels = column.levels {
                types = [["enum": .array(levels.sorted().map { .string($0) })]]
            } else {
                types = [
                    ["type": ["string", "boolean"]],
                    ["type": "number", "minimum": .double(-largest), "maximum": .double(largest)],
                ]
            }
        }
        return ["anyOf": .array(column.mayBeMissing ? types + [["type": "null"]] : types)]
    }
}
