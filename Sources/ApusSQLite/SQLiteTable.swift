#if SQLite
import ApusCore
import ApusFrame
import GRDB

/// A table or view of a file of SQLite.
public struct SQLiteTable: Sendable, Hashable {
    /// A column as it was declared, which does not bind the values in it.
    public struct Field: Sendable, Hashable {
        /// What the column is called.
        public let name: String
        /// The type as it was declared, such as `INTEGER` or `VARCHAR(20)`; may be empty.
        public let declaredType: String

        var isDeclaredBool: Bool { declaredType.uppercased().contains("BOOL") }

        /// The type of a column without any value, by SQLite's rules of affinity.
        var typeByAffinity: ColumnType {
            let type = declaredType.uppercased()
            if type.contains("BOOL") { return .bool }
            if type.contains("INT") { return .int }
            if type.contains("DATE") || type.contains("TIME") { return .dateTime }
            if ["CHAR", "CLOB", "TEXT"].contains(where: type.contains) { return .string }
            return .double
        }
    }

    /// What the table is called.
    public let name: String
    /// Whether it is a view: a query with a name.
    public let isView: Bool
    /// Its columns, from left to right.
    public let fields: [Field]

    static func all(_ database: Database) throws -> [SQLiteTable] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT name, type = 'view' FROM sqlite_master
                WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
                """)
        return rows.map { row in
            let name: String = row[0]
            // A view may stand on a table that is gone; it is listed all the same.
            let fields = try? Row.fetchAll(database, sql: "PRAGMA table_info(\(quoted(name)))")
            return SQLiteTable(
                name: name, isView: row[1],
                fields: (fields ?? []).map { Field(name: $0["name"] ?? "", declaredType: $0["type"] ?? "") })
        }
    }

    /// A name as SQL takes it, whatever it holds.
    static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}
#endif
