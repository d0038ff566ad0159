import ApusCore

/// A table of named, typed columns of equal length, in which any value may be missing.
///
///     var frame = try DataFrame(csv: "iris.csv")
///     frame["area"] = try frame["petal_length"] * frame["petal_width"]
///     let large = try frame.filter(frame["area"] > 5 && frame["species"] != "setosa")
///     print(large.describe())
///
/// A frame also knows what each column is for: its `schema` names a target, sensitive columns, weights and so on, which
/// stay with the columns through selection, sorting and filtering. Copying a frame copies nothing until one changes.
///
/// Columns read like members in expressions, `frame.length * frame.width`; see `ColumnExpression`.
@dynamicMemberLookup
public struct DataFrame: Sendable, Hashable {
    /// The columns, from left to right.
    public private(set) var columns: [Column]
    /// How many rows there are.
    public private(set) var rowCount: Int
    /// Use and sensitivity of the columns that are more than features.
    private var uses: [String: ColumnSchema] = [:]
    private var places: [String: Int] = [:]
    /// Why columns are not there that were assigned something that could not be calculated.
    private var failures: [String: ApusError] = [:]

    /// A frame without rows and columns.
    public init() {
        columns = []
        rowCount = 0
    }

    /// A frame of the given columns.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when two have the same name, and `shapeMismatch` when they differ
    ///   in length.
    public init(columns: [Column]) throws {
        self.init()
        for column in columns { try append(column: column) }
    }

    /// A frame of the columns of a matrix; NaN becomes a missing value.
    ///
    /// - Parameters:
    ///   - matrix: One row for each row of the frame.
    ///   - names: A name for each column; `x0`, `x1`, … when not given.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidSchema` when the names do not fit.
    public init(matrix: Matrix, names: [String]? = nil) throws {
        let names = names ?? (0..<matrix.columns).map { "x\($0)" }
        guard names.count == matrix.columns else {
            throw ApusError(
                .shapeMismatch,
                "There are \(names.count) names for \(matrix.columns) columns; give one name for each column.")
        }
        try self.init(columns: names.enumerated().map { Column($1, matrix.column($0)) })
        rowCount = matrix.rows
    }

    /// Number of rows and columns.
    public var shape: (rows: Int, columns: Int) { (rowCount, columns.count) }

    /// The names of the columns, from left to right.
    public var columnNames: [String] { columns.map(\.name) }

    /// Whether there is a column of that name.
    public func containsColumn(_ name: String) -> Bool { places[name] != nil }

    /// The place of a column, from 0.
    ///
    /// - Throws: `ApusError` with code `unknownName`, listing the names there are.
    public func indexOfColumn(_ name: String) throws -> Int {
        guard let place = places[name] else { throw failures[name] ?? unknownColumn(name, among: columnNames) }
        return place
    }

    /// The column of that name.
    ///
    /// - Throws: `ApusError` with code `unknownName`, listing the names there are.
    public subscript(_ name: String) -> Column {
        get throws { columns[try indexOfColumn(name)] }
    }

    /// The column of that name, or nil when there is none.
    ///
    /// Setting it adds the column at the right or replaces the one of that name, and setting nil removes it. A column of
    /// another length cannot be kept: the frame is then without the column, and asking for it throws the reason, as does
    /// `checkAssignments()`. `append(column:)` throws at once.
    @_disfavoredOverload
    public subscript(_ name: String) -> Column? {
        get { places[name].map { columns[$0] } }
        set {
            guard let column = newValue else { return remove(column: name) }
            assign(.success(column), to: name)
        }
    }

    /// Replaces or adds a column, or notes why there is none.
    mutating func assign(_ result: Result<Column, ApusError>, to name: String) {
        let others = columns.count - (places[name] == nil ? 0 : 1)
        switch result {
        case .success(let column) where others == 0 && (columns.isEmpty ? rowCount == 0 : true),
            .success(let column) where column.count == rowCount:
            failures[name] = nil
            if let place = places[name] {
                columns[place] = column.renamed(name)
                rowCount = column.count
            } else {
                add(column.renamed(name))
            }
        case .success(let column):
            remove(column: name)
            failures[name] = ApusError(
                .shapeMismatch,
                "Column “\(name)” was assigned \(column.count) rows where the frame has \(rowCount); "
                    + "give it a value for each row.")
        case .failure(let error):
            remove(column: name)
            failures[name] = ApusError(
                error.code, "Column “\(name)” could not be calculated: \(error.message)", cause: error.cause)
        }
    }

    /// Throws the reason if a column was assigned something that could not be calculated, and so is not there.
    ///
    /// Writing a frame and making a matrix of it check this by themselves.
    ///
    /// - Throws: The error of the assignment.
    public func checkAssignments() throws {
        if let first = failures.keys.min(by: precedes), let failure = failures[first] { throw failure }
    }

    /// The value in a row and a column.
    ///
    /// - Throws: `ApusError` with code `unknownName` when there is no such column.
    public subscript(_ row: Int, _ name: String) -> Cell {
        get throws { try self[name][row] }
    }

    /// The values of a row, from left to right.
    public func cells(ofRow row: Int) -> [Cell] { columns.map { $0[row] } }

    /// How many values are missing in each column, from left to right.
    public var missingCounts: [(column: String, count: Int)] { columns.map { ($0.name, $0.missingCount) } }

    // MARK: Changing columns

    /// Adds a column at the right.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when there is one of that name, and `shapeMismatch` when it has
    ///   another number of rows.
    public mutating func append(column: Column) throws {
        failures[column.name] = nil
        guard places[column.name] == nil else {
            throw ApusError(
                .invalidSchema, "There is a column “\(column.name)” already; rename one of them or remove the old one.")
        }
        guard columns.isEmpty || column.count == rowCount else {
            throw ApusError(
                .shapeMismatch,
                "Column “\(column.name)” has \(column.count) rows where the frame has \(rowCount); "
                    + "give it a value for each row.")
        }
        add(column)
    }

    private mutating func add(_ column: Column) {
        if columns.isEmpty { rowCount = column.count }
        places[column.name] = columns.count
        columns.append(column)
    }

    /// Removes a column, if there is one of that name.
    public mutating func remove(column name: String) {
        failures[name] = nil
        guard let place = places[name] else { return }
        columns.remove(at: place)
        uses[name] = nil
        index()
    }

    /// Gives a column another name; its roles stay with it.
    ///
    /// - Throws: `ApusError` with code `unknownName` or, when the new name is taken, `invalidSchema`.
    public mutating func rename(column old: String, to new: String) throws {
        let place = try indexOfColumn(old)
        guard old == new || places[new] == nil else {
            throw ApusError(.invalidSchema, "There is a column “\(new)” already; choose another name.")
        }
        columns[place].name = new
        uses[new] = uses.removeValue(forKey: old)
        index()
    }

    private mutating func index() {
        places = Dictionary(uniqueKeysWithValues: zip(columns.map(\.name), 0...))
    }

    // MARK: Roles

    /// Name, type and roles of each column, from left to right.
    public var schema: [ColumnSchema] {
        columns.map { column in
            ColumnSchema(
                name: column.name, type: column.type, use: uses[column.name]?.use ?? .feature,
                isSensitive: uses[column.name]?.isSensitive ?? false)
        }
    }

    /// The names of the columns that have a role, from left to right.
    public func columnNames(in role: Role) -> [String] {
        schema.filter { $0.roles.contains(role) }.map(\.name)
    }

    /// Gives columns a role: `sensitive` in addition to their use, any other in place of it.
    ///
    /// - Throws: `ApusError` with code `unknownName` when there is no such column.
    public mutating func assign(_ role: Role, to names: [String]) throws {
        for name in names {
            let column = try self[name]
            var schema = uses[name] ?? ColumnSchema(name: name, type: column.type)
            schema.assign(role)
            uses[name] = schema
        }
    }

    /// Another set of columns, or of rows of them, with the roles of this one.
    func replacingColumns(_ columns: [Column], rowCount: Int) -> DataFrame {
        var frame = self
        frame.columns = columns
        frame.rowCount = rowCount
        frame.uses = uses.filter { use in columns.contains { $0.name == use.key } }
        frame.index()
        return frame
    }

    /// Whether columns, their order and their roles are the same.
    public static func == (a: DataFrame, b: DataFrame) -> Bool {
        a.rowCount == b.rowCount && a.schema == b.schema && a.columns == b.columns
    }

    /// Feeds the schema and the number of rows.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rowCount)
        hasher.combine(schema)
    }
}

/// The error for a name that no column has, with the nearest name or the names that there are.
func unknownColumn(_ name: String, among names: [String]) -> ApusError {
    let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    let hint = nearestName(to: name, among: names).map { "did you mean “\($0)”? The columns are" } ?? "the columns are"
    return ApusError(
        .unknownName,
        "There is no column “\(name)”; " + (names.isEmpty ? "the frame has no columns." : "\(hint) \(shown)."))
}

/// The same for several names: all of them, and the names that there are.
func unknownColumns(_ absent: [String], among names: [String]) -> ApusError {
    guard absent.count > 1 else { return unknownColumn(absent.first ?? "", among: names) }
    let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    let missed = absent.prefix(20).map { "“\($0)”" }.joined(separator: ", ") + (absent.count > 20 ? ", …" : "")
    return ApusError(
        .unknownName,
        "There are no columns \(missed); "
            + (names.isEmpty ? "the frame has no columns." : "the columns are \(shown)."))
}
