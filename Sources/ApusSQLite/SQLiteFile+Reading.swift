#if SQLite
import ApusCore
import ApusFrame
import Foundation
import GRDB

extension SQLiteFile {
    /// The rows of a table or view, in their order in the file.
    ///
    /// The values decide about types, because SQLite lets a column hold anything: whole numbers, numbers where one has a
    /// fraction, text where one value is text; text that is nothing but dates in ISO 8601 becomes points in time. Columns
    /// declared as `BOOLEAN` that hold nothing but 0 and 1 are truth values. A blob becomes text of hexadecimal digits.
    ///
    /// - Parameters:
    ///   - name: The table.
    ///   - types: The types of some columns; a value that is not of it is an error.
    ///   - allowsNoRows: Whether a table without rows makes a frame without rows instead of an error.
    /// - Throws: `ApusError` with code `unknownName` when there is no such table or no such column, `unreadableData` for
    ///   values that cannot be read, naming row and column, and `unavailable` when the file is locked.
    public func frame(
        table name: String, types: [String: ColumnType] = [:], allowsNoRows: Bool = false
    ) throws -> DataFrame {
        let table = try table(name)
        return try frame(
            "SELECT * FROM \(SQLiteTable.quoted(table.name))", [], what: "\(path), table \(table.name)",
            fields: table.fields, types: types, allowsNoRows: allowsNoRows)
    }

    /// The rows that a query finds, with types as for a table.
    ///
    /// - Parameters:
    ///   - query: One statement that reads, such as `SELECT age, paid FROM loans WHERE year > ?`.
    ///   - arguments: The values for the question marks in it; values never belong into the text of a query.
    ///   - types: The types of some columns; a value that is not of it is an error.
    ///   - allowsNoRows: Whether a query that finds nothing makes a frame without rows instead of an error.
    /// - Throws: `ApusError` with code `invalidInput` for a query that SQLite does not accept or that would write, and as
    ///   for a table.
    public func frame(
        query: String, arguments: [Cell] = [], types: [String: ColumnType] = [:], allowsNoRows: Bool = false
    ) throws -> DataFrame {
        try frame(
            query, arguments, what: "\(path), query", fields: [], types: types, allowsNoRows: allowsNoRows)
    }

    private func frame(
        _ query: String, _ arguments: [Cell], what: String, fields: [SQLiteTable.Field], types: [String: ColumnType],
        allowsNoRows: Bool
    ) throws -> DataFrame {
        try SQLiteFile.explaining(path, .unreadableData) {
            try queue.read { database in
                let statement = try prepared(query, arguments, database)
                let names = statement.columnNames
                try check(names, types, what)
                var builders = names.map { name in
                    ColumnBuilder(name, type: types[name] == .bool ? nil : types[name])
                }
                let checksText = try String.fetchOne(database, sql: "PRAGMA encoding") == "UTF-8"
                let cursor = try Row.fetchCursor(statement)
                var count = 0
                while let row = try cursor.next() {
                    count += 1
                    for place in builders.indices {
                        do {
                            try SQLiteFile.append(row, place, to: &builders[place], checksText)
                        } catch let refusal as Refusal {
                            throw ApusError(
                                .unreadableData,
                                "\(what), row \(count): column “\(names[place])” \(refusal.reason).")
                        }
                    }
                }
                guard count > 0 || allowsNoRows else {
                    throw ApusError(.unreadableData, "\(what), holds no rows; at least one is needed.")
                }
                return try DataFrame(
                    columns: builders.enumerated().map { place, builder in
                        let declared = fields.first { $0.name == names[place] }
                        if count == 0 {
                            let type = types[names[place]] ?? declared?.typeByAffinity
                            return try ColumnBuilder(names[place], type: type).column()
                        }
                        let column = try builder.column()
                        if types[names[place]] == .bool {
                            return try SQLiteFile.flags(column)
                                ?? { throw notFlags(column, what) }()
                        }
                        return declared?.isDeclaredBool == true ? SQLiteFile.flags(column) ?? column : column
                    })
            }
        }
    }

    /// The query made ready, if it is one that reads.
    private func prepared(_ query: String, _ arguments: [Cell], _ database: Database) throws -> Statement {
        func refused(_ reason: String) -> ApusError {
            ApusError(.invalidInput, "The query cannot be run on \(path): \(reason).")
        }
        guard !query.utf8.contains(0) else { throw refused("it holds a zero byte; remove it") }
        let statement: Statement
        do {
            statement = try database.makeStatement(sql: query)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR || error.resultCode == .SQLITE_MISUSE
        {
            let message = error.message ?? "it is no statement"
            if message.hasPrefix("no such table: ") { throw unknownTable(String(message.dropFirst(15))) }
            throw refused(message)
        }
        guard statement.isReadonly, statement.columnCount > 0 else {
            throw refused("it is no statement that reads rows; begin it with SELECT")
        }
        do {
            try statement.setArguments(
                StatementArguments(
                    arguments.map { cell -> (any DatabaseValueConvertible)? in
                        switch cell {
                        case .missing: nil
                        case .number(let value): Int64(exactly: value) ?? value
                        case .text(let text): text
                        case .flag(let flag): flag
                        }
                    }))
        } catch let error as DatabaseError {
            throw refused("\(error.message ?? "wrong number of arguments"); give one value for each question mark")
        }
        return statement
    }

    private func check(_ names: [String], _ types: [String: ColumnType], _ what: String) throws {
        var seen: [String: Int] = [:]
        for (place, name) in names.enumerated() {
            guard let other = seen.updateValue(place, forKey: name) else { continue }
            throw ApusError(
                .invalidInput,
                "\(what): columns \(other + 1) and \(place + 1) are both called “\(name)”; rename one with AS.")
        }
        let absent = types.keys.filter { seen[$0] == nil }.sorted()
        guard let first = absent.first else { return }
        let hint = absent.count > 1 ? nil : nearestName(to: first, among: names)
        let missed = absent.map { "“\($0)”" }.joined(separator: ", ")
        throw ApusError(
            .unknownName,
            "\(what): there \(absent.count > 1 ? "are no columns" : "is no column") \(missed); "
                + "\(hint.map { "did you mean “\($0)”? The columns are" } ?? "the columns are") \(SQLiteFile.list(names))."
        )
    }

    private func notFlags(_ column: ApusFrame.Column, _ what: String) -> ApusError {
        let row = (0..<column.count).first { !["", "0", "1"].contains(column.text(at: $0)) } ?? 0
        return ApusError(
            .unreadableData,
            "\(what), row \(row + 1): column “\(column.name)” holds “\(column.text(at: row))”, which is no truth value; "
                + "SQLite has 0 and 1 for those.")
    }

    /// A column of nothing but 0 and 1 as truth values; nil for any other.
    private static func flags(_ column: ApusFrame.Column) -> ApusFrame.Column? {
        guard case .int(let values) = column.values else {
            return column.missingCount == column.count
                ? ApusFrame.Column(column.name, [Bool?](repeating: nil, count: column.count)) : nil
        }
        guard values.allSatisfy({ $0 == 0 || $0 == 1 }) else { return nil }
        return ApusFrame.Column(column.name, values.enumerated().map { column.missing[$0] ? nil : $1 == 1 })
    }

    /// Why a value is not taken.
    private struct Refusal: Error {
        let reason: String

        init(_ text: String, is type: ColumnType) {
            let wanted =
                switch type {
                case .double: "a number"
                case .int: "a whole number"
                case .dateTime: "a date or time in ISO 8601"
                default: "a \(type.rawValue)"
                }
            reason = "holds “\(text.prefix(80))”, which is not \(wanted); correct it, or choose rows with a query"
        }

        init(unreadable: Void) {
            reason = "holds text that is not UTF-8 or has a zero byte in it; correct it, or leave the column out"
        }
    }

    private static func append(
        _ row: Row, _ place: Int, to builder: inout ColumnBuilder, _ checksText: Bool
    ) throws {
        let value: DatabaseValue = row[place]
        switch value.storage {
        case .null: builder.appendMissing()
        case .int64(let number):
            if builder.fixed == .dateTime {
                let (microseconds, overflows) = number.multipliedReportingOverflow(by: 1_000_000)
                guard !overflows else { throw Refusal("\(number)", is: .dateTime) }
                builder.append(text: DateTime(microseconds: Int(microseconds)).description.utf8)
            } else {
                builder.append(Int(number))
            }
        case .double(let number):
            if builder.append(number) { return }
            guard builder.fixed == .int, let whole = Int(exactly: number) else {
                throw Refusal("\(number)", is: builder.fixed ?? .double)
            }
            builder.append(whole)
        case .string(let text):
            // What was not UTF-8 has been mended on the way, and what comes after a zero byte is lost.
            if checksText, let bytes: Data = row[place], bytes != Data(text.utf8) { throw Refusal(unreadable: ()) }
            if builder.append(text: text.utf8) { return }
            // A number as text, as it stands in columns without a type of their own.
            switch builder.fixed {
            case .double where Double(text).map { builder.append($0) } != nil: return
            case .int where Int(text).map { builder.append($0) } != nil: return
            default: throw Refusal(text, is: builder.fixed ?? .string)
            }
        case .blob(let data):
            let digits = Array("0123456789ABCDEF".utf8)
            let text = data.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            guard builder.append(text: text) else {
                throw Refusal(String(decoding: text.prefix(40), as: UTF8.self), is: builder.fixed ?? .string)
            }
        }
    }
}
#endif
