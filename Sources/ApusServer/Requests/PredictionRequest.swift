import ApusFrame

/// A request for predictions: `{"data": …, "probabilities": true}`.
///
/// `data` is one row or several, as lists of values in the order of the model's columns or as records by name:
///
///     [5.1, 3.5, 1.4, 0.2]              [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
///     {"age": 39, "sex": "Male"}        [{"age": 39, "sex": "Male"}, {"age": null, "sex": "Female"}]
///
/// `null` is a missing value and is imputed as in training. A record has to name each column: a field that is missing is
/// an error, and so is one that the model does not know. Sensitive columns that the model does not learn from may be named
/// too; they are for the monitor alone.
struct PredictionRequest: Sendable {
    /// Values in the order of the model's columns.
    private(set) var rows: [[Cell]] = []
    /// Values of the columns that only the monitor looks at, for each row; empty where none was sent.
    private(set) var watched: [[Cell]] = []
    /// Whether the probabilities of the classes are wanted too.
    private(set) var probabilities: Bool

    /// Reads the body of a request.
    ///
    /// - Parameters:
    ///   - bytes: The body.
    ///   - columns: The columns of the model.
    ///   - maxRows: The most rows that are taken.
    ///   - probabilities: Whether probabilities are wanted if the body does not say.
    /// - Throws: `RequestFailure`, naming the field.
    init(_ bytes: [UInt8], columns: InputColumns, maxRows: Int, probabilities: Bool = false) throws {
        self.probabilities = probabilities
        var parser = Parser(reader: JSONReader(bytes), columns: columns, maxRows: maxRows)
        let (rows, wish) = try parser.body()
        self.rows = rows
        watched = parser.watched
        self.probabilities = wish ?? probabilities
    }
}

/// The grammar of a request. It is three levels deep, so nothing here calls itself.
private struct Parser {
    var reader: JSONReader
    let columns: InputColumns
    let maxRows: Int
    private(set) var watched: [[Cell]] = []

    init(reader: JSONReader, columns: InputColumns, maxRows: Int) {
        self.reader = reader
        self.columns = columns
        self.maxRows = maxRows
    }

    mutating func body() throws -> (rows: [[Cell]], probabilities: Bool?) {
        guard try reader.next() == .object else {
            throw RequestFailure(
                400, "invalidRequest", #"The body must be a JSON object such as {"data": [1, 2, 3]}."#)
        }
        var rows: [[Cell]]?
        var probabilities: Bool?
        _ = reader.take("{")
        var isOpen = !reader.take("}")
        while isOpen {
            let name = try reader.text()
            try reader.expect(":", "after the name “\(name.prefix(100))”")
            switch name {
            case "data" where rows == nil: rows = try data()
            case "probabilities" where probabilities == nil:
                guard try reader.next() == .flag else {
                    throw RequestFailure(
                        400, "invalidRequest", "“probabilities” must be true or false.", field: "probabilities")
                }
                probabilities = try reader.flag()
            case "data", "probabilities": throw twice(name, field: name)
            default:
                throw RequestFailure(
                    400, "unknownField",
                    "A request has no field “\(name.prefix(100))”; its fields are data and probabilities.",
                    field: name)
            }
            isOpen = try reader.continues(until: "}")
        }
        guard reader.isAtEnd else {
            throw RequestFailure.malformed("The body goes on after the end of its JSON object; send one object.")
        }
        guard let rows else {
            throw RequestFailure(
                400, "missingField",
                #"The field “data” is missing; send the rows in it: {"data": [1, 2, 3]}."#, field: "data")
        }
        return (rows, probabilities)
    }

    private mutating func data() throws -> [[Cell]] {
        switch try reader.next() {
        case .object: return [try record(nil)]
        case .list: break
        default:
            throw RequestFailure.unusable(
                "wrongType", "“data” must be a row (a list of values or a record) or a list of rows.", field: "data")
        }
        _ = reader.take("[")
        if reader.take("]") {
            throw RequestFailure.unusable("emptyData", "“data” is empty; send at least one row.", field: "data")
        }
        let kind = try reader.next()
        guard kind == .list || kind == .object else { return [try list(nil)] }
        var rows: [[Cell]] = []
        repeat {
            let row = rows.count
            guard row < maxRows else {
                throw RequestFailure(
                    413, "tooManyRows", "“data” has more than \(maxRows) rows; send them in several requests.",
                    field: "data")
            }
            guard try reader.next() == kind else {
                throw RequestFailure.unusable(
                    "wrongType",
                    "data[\(row)] is not \(kind == .list ? "a list" : "a record") as the rows before it are.",
                    field: "data[\(row)]")
            }
            if kind == .object {
                rows.append(try record(row))
            } else {
                _ = reader.take("[")
                rows.append(reader.take("]") ? try counted([], row) : try list(row))
            }
        } while try reader.continues(until: "]")
        return rows
    }

    /// A row of values in the order of the columns, after its opening bracket; `row` is nil where it is the only one.
    private mutating func list(_ row: Int?) throws -> [Cell] {
        var cells: [Cell] = []
        cells.reserveCapacity(columns.count)
        var count = 0
        repeat {
            guard let cell = try reader.scalar() else { throw nested("\(field(row))[\(count)]") }
            if count < columns.count { cells.append(cell) }
            count += 1
        } while try reader.continues(until: "]")
        return try counted(cells, row, count)
    }

    /// The cells, if there are as many as columns and each can stand where it stands.
    private func counted(_ cells: [Cell], _ row: Int?, _ found: Int = 0) throws -> [Cell] {
        guard found == columns.count else {
            let count = found == 1 ? "1 value" : "\(found) values"
            let isTable = row == nil && found > 0 && found % columns.count == 0
            throw RequestFailure.unusable(
                "wrongColumnCount",
                "\(field(row)) has \(count) where the model needs \(columns.count): \(columns.names)."
                    + (isTable ? " For several rows send a list of lists." : ""), field: field(row))
        }
        for place in cells.indices { try columns.check(cells[place], at: place, field: "\(field(row))[\(place)]") }
        return cells
    }

    /// A row of named values; `row` is nil where it is the only one.
    private mutating func record(_ row: Int?) throws -> [Cell] {
        let width = columns.count + columns.watchedCount
        var cells = [Cell](repeating: .missing, count: width)
        var isFilled = [Bool](repeating: false, count: width)
        _ = reader.take("{")
        var isOpen = !reader.take("}")
        while isOpen {
            let name = try reader.text()
            let place = try columns.place(of: name, field: "\(field(row)).\(name)")
            try reader.expect(":", "after the name “\(name)”")
            guard let cell = try reader.scalar() else { throw nested("\(field(row)).\(name)") }
            if let place {
                guard !isFilled[place] else { throw twice(name, field: "\(field(row)).\(name)") }
                try columns.check(cell, at: place, field: "\(field(row)).\(name)")
                cells[place] = cell
                isFilled[place] = true
            }
            isOpen = try reader.continues(until: "}")
        }
        if columns.watchedCount > 0 {
            let count = columns.count
            if isFilled[count...].contains(true) {
                // Rows before this one may have brought none.
                let none = [Cell](repeating: .missing, count: columns.watchedCount)
                while watched.count < (row ?? 0) { watched.append(none) }
                watched.append(Array(cells[count...]))
            }
            cells.removeLast(columns.watchedCount)
            isFilled.removeLast(columns.watchedCount)
        }
        guard let first = isFilled.firstIndex(of: false) else { return cells }
        let missing = isFilled.indices.filter { !isFilled[$0] }.map { "“\(columns.name(at: $0))”" }
        throw RequestFailure.unusable(
            "missingField",
            "\(field(row)) has no \(missing.prefix(5).joined(separator: ", "))\(missing.count > 5 ? ", …" : ""); "
                + "send a value, or null if it is not known.", field: "\(field(row)).\(columns.name(at: first))")
    }

    private func field(_ row: Int?) -> String { row.map { "data[\($0)]" } ?? "data" }

    private func twice(_ name: String, field: String) -> RequestFailure {
        RequestFailure(400, "duplicateField", "“\(name)” is given twice; send it once.", field: field)
    }

    private func nested(_ field: String) -> RequestFailure {
        .unusable(
            "wrongType", "\(field) is a list or an object where a number, text, true, false or null is needed.",
            field: field)
    }
}
