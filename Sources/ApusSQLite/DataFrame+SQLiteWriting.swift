#if SQLite
import ApusCore
import ApusFrame
import Foundation
import GRDB

extension DataFrame {
    /// Writes all rows to a table of a file of SQLite, all of them or, when anything fails, none.
    ///
    /// Numbers become `REAL`, whole numbers `INTEGER`, text and categories `TEXT`, truth values `BOOLEAN` (0 and 1), points
    /// in time `DATETIME` (text in ISO 8601), missing values `NULL`. Reading the table gives the same values back; of
    /// categories the text, not the levels.
    ///
    /// - Parameters:
    ///   - path: The file; it is made if it is not there.
    ///   - table: The table.
    ///   - conflict: What to do if there is such a table; by default that is an error.
    /// - Throws: `ApusError` with code `unwritableFile` when the table is there or the file cannot be written,
    ///   `unavailable` when another program has locked it, and `invalidInput` for names and texts that SQLite cannot hold.
    public func write(sqlite path: String, table: String, ifExists conflict: SQLiteConflict = .refuse) throws {
        try checkNames(table)
        let isNew = !FileManager.default.fileExists(atPath: path)
        if !isNew {
            guard try SQLiteFile.isSQLite(path) else {
                throw ApusError(.unwritableFile, "\(path) is there and is no SQLite file; choose another name.")
            }
        }
        do {
            try SQLiteFile.explaining(path, .unwritableFile) {
                var configuration = Configuration()
                configuration.busyMode = .timeout(SQLiteFile.patience)
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                try queue.write { database in
                    try prepare(table, path, conflict, database)
                    try insert(into: table, database)
                }
                try queue.close()
            }
        } catch {
            if isNew { try? FileManager.default.removeItem(atPath: path) }
            throw error
        }
    }

    private func checkNames(_ table: String) throws {
        func refused(_ what: String) -> ApusError { ApusError(.invalidInput, what) }
        guard !table.isEmpty, !table.utf8.contains(0), !table.lowercased().hasPrefix("sqlite_") else {
            throw refused("A table cannot be called “\(table)”; choose a name that does not begin with sqlite_.")
        }
        guard !columns.isEmpty else { throw refused("A frame without columns makes no table; add a column.") }
        guard columns.count <= 2000 else {
            throw refused("A table of SQLite has at most 2,000 columns, but the frame has \(columns.count).")
        }
        var seen: [String: String] = [:]
        for name in columnNames {
            guard !name.utf8.contains(0), !name.isEmpty else {
                throw refused("Column “\(name)” cannot be written: its name is empty or holds a zero byte; rename it.")
            }
            if let other = seen.updateValue(name, forKey: name.lowercased()) {
                throw refused("Columns “\(other)” and “\(name)” have the same name in SQL; rename one of them.")
            }
        }
    }

    private func prepare(_ table: String, _ path: String, _ conflict: SQLiteConflict, _ database: Database) throws {
        let tables = try SQLiteTable.all(database)
        let existing = tables.first { $0.name.lowercased() == table.lowercased() }
        if let existing {
            guard !existing.isView else {
                throw ApusError(.unwritableFile, "“\(table)” is a view of \(path), not a table; choose another name.")
            }
            switch conflict {
            case .refuse:
                throw ApusError(
                    .unwritableFile,
                    "There is a table “\(existing.name)” in \(path) already; choose another name, replace it or append to it."
                )
            case .replace: try database.execute(sql: "DROP TABLE \(SQLiteTable.quoted(table))")
            case .append:
                let known = Set(existing.fields.map { $0.name.lowercased() })
                let unknown = columnNames.filter { !known.contains($0.lowercased()) }
                guard unknown.isEmpty else {
                    throw ApusError(
                        .unwritableFile,
                        "Table “\(existing.name)” of \(path) has no column \(SQLiteFile.list(unknown)); its columns are "
                            + "\(SQLiteFile.list(existing.fields.map(\.name))).")
                }
                return
            }
        }
        let fields = columns.map { column in
            let type =
                switch column.type {
                case .double: "REAL"
                case .int: "INTEGER"
                case .string, .categorical: "TEXT"
                case .bool: "BOOLEAN"
                case .dateTime: "DATETIME"
                }
            return "\(SQLiteTable.quoted(column.name)) \(type)"
        }
        try database.execute(sql: "CREATE TABLE \(SQLiteTable.quoted(table)) (\(fields.joined(separator: ", ")))")
    }

    private func insert(into table: String, _ database: Database) throws {
        let names = columnNames.map(SQLiteTable.quoted).joined(separator: ", ")
        let places = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        let statement = try database.makeStatement(
            sql: "INSERT INTO \(SQLiteTable.quoted(table)) (\(names)) VALUES (\(places))")
        for row in 0..<rowCount {
            let values = try columns.map { try DataFrame.stored($0, row) }
            statement.setUncheckedArguments(StatementArguments(values))
            try statement.execute()
        }
    }

    private static func stored(_ column: ApusFrame.Column, _ row: Int) throws -> DatabaseValue {
        if column.missing[row] { return .null }
        switch column.values {
        case .double(let values): return values[row].databaseValue
        case .int(let values): return Int64(values[row]).databaseValue
        case .bool(let values): return values[row].databaseValue
        case .string, .categorical, .dateTime:
            let text = column.text(at: row)
            guard !text.utf8.contains(0) else {
                throw ApusError(
                    .invalidInput,
                    "Column “\(column.name)” holds a text with a zero byte in row \(row + 1), which would be cut off there; "
                        + "remove the byte.")
            }
            return text.databaseValue
        }
    }
}
#endif
