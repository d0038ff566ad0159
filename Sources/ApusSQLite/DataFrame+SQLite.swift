#if SQLite
import ApusCore
import ApusFrame

extension DataFrame {
    /// Reads a table or view of a file of SQLite, which is opened for reading alone.
    ///
    ///     let loans = try DataFrame(sqlite: "bank.db", table: "loans")
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - table: The table; may be left out where the file has just one.
    ///   - types: The types of some columns; the others follow from their values.
    ///   - allowsNoRows: Whether a table without rows makes a frame without rows instead of an error.
    /// - Throws: `ApusError`, as ``SQLiteFile`` does.
    public init(
        sqlite path: String, table: String? = nil, types: [String: ColumnType] = [:], allowsNoRows: Bool = false
    ) throws {
        let file = try SQLiteFile(path)
        let name = try table ?? file.onlyTable()
        self = try file.frame(table: name, types: types, allowsNoRows: allowsNoRows)
    }

    /// Reads what a query finds in a file of SQLite, which is opened for reading alone.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - query: One statement that reads.
    ///   - arguments: The values for the question marks in it.
    ///   - types: The types of some columns; the others follow from their values.
    ///   - allowsNoRows: Whether a query that finds nothing makes a frame without rows instead of an error.
    /// - Throws: `ApusError`, as ``SQLiteFile`` does.
    public init(
        sqlite path: String, query: String, arguments: [Cell] = [], types: [String: ColumnType] = [:],
        allowsNoRows: Bool = false
    ) throws {
        self = try SQLiteFile(path).frame(query: query, arguments: arguments, types: types, allowsNoRows: allowsNoRows)
    }
}

extension SQLiteFile {
    /// The name of the only table.
    func onlyTable() throws -> String {
        guard tables.count != 1 else { return tables[0].name }
        throw ApusError(
            .invalidInput,
            tables.isEmpty
                ? "\(path) holds no tables; name another file."
                : "\(path) holds \(tables.count) tables: \(SQLiteFile.list(tables.map(\.name))). Name one, as in "
                    + "\(path)#\(tables[0].name).")
    }
}
#endif
