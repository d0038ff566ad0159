#if SQLite
import ApusCore
import ApusFrame
import Foundation
import GRDB

/// A file of SQLite whose tables are read as frames. It is opened for reading alone and never changed.
///
///     let file = try SQLiteFile("shop.db")
///     print(file.tables.map(\.name))                       // ["customers", "orders"]
///     let orders = try file.frame(table: "orders")
///     let large = try file.frame(query: "SELECT * FROM orders WHERE amount > ?", arguments: [1000])
public struct SQLiteFile: Sendable {
    /// Where the file is.
    public let path: String
    /// Its tables and views, by name.
    public let tables: [SQLiteTable]
    let queue: DatabaseQueue

    /// How long to wait for another program that writes to the file.
    static let patience = 2.0

    /// Opens a file.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when there is no such file, it is no file of SQLite, or damaged, and
    ///   `unavailable` when another program has locked it.
    public init(_ path: String) throws {
        self.path = path
        guard try SQLiteFile.isSQLite(path) else {
            throw ApusError(
                .unreadableData,
                "\(path) is no SQLite file, or it is encrypted; name a file that `sqlite3` opens, or export a CSV file."
            )
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(SQLiteFile.patience)
        (queue, tables) = try SQLiteFile.explaining(path, .unreadableData) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return (queue, try queue.read(SQLiteTable.all))
        }
    }

    /// Whether there is a file that begins as those of SQLite do; an empty file counts as one without tables.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when it cannot be read.
    public static func isSQLite(_ path: String) throws -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ApusError(.unreadableData, "\(path): cannot be read: there is no such file; check the path.")
        }
        guard !isFolder.boolValue else {
            throw ApusError(.unreadableData, "\(path): cannot be read: it is a directory; name a file in it.")
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ApusError(.unreadableData, "\(path): cannot be read: permission denied; change its permissions.")
        }
        defer { try? file.close() }
        let head = (try? file.read(upToCount: 16)) ?? Data()
        return head.isEmpty || head == Data("SQLite format 3\0".utf8)
    }

    /// The table or view of a name, in which small and capital letters are the same as they are in SQL.
    ///
    /// - Throws: `ApusError` with code `unknownName`, with the nearest name and those there are.
    public func table(_ name: String) throws -> SQLiteTable {
        if let table = tables.first(where: { $0.name == name }) { return table }
        if let table = tables.first(where: { $0.name.lowercased() == name.lowercased() }) { return table }
        throw unknownTable(name)
    }

    func unknownTable(_ name: String) -> ApusError {
        let names = tables.map(\.name)
        let hint =
            nearestName(to: name, among: names).map { "did you mean “\($0)”? The tables are" } ?? "the tables are"
        return ApusError(
            .unknownName,
            "There is no table “\(name)” in \(path); "
                + (names.isEmpty ? "the file holds no tables." : "\(hint) \(SQLiteFile.list(names))."))
    }

    static func list(_ names: [String]) -> String {
        names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    }

    /// The result of `work`, whose errors of SQLite become sentences.
    static func explaining<Result>(
        _ path: String, _ code: ApusError.Code, _ work: () throws -> Result
    ) throws -> Result {
        do {
            return try work()
        } catch let error as DatabaseError {
            let detail = error.message ?? "error \(error.resultCode.rawValue)"
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                throw ApusError(
                    .unavailable, "\(path) is locked: another program is writing to it; try again when it is done.")
            case .SQLITE_NOTADB:
                throw ApusError(code, "\(path) is no SQLite file, or it is encrypted (\(detail)).")
            case .SQLITE_CORRUPT:
                throw ApusError(code, "\(path) is damaged (\(detail)); restore it from a copy.")
            case .SQLITE_CANTOPEN:
                throw ApusError(
                    code, "\(path): cannot be opened (\(detail)); check that its folder is there and can be written to."
                )
            case .SQLITE_READONLY:
                throw ApusError(code, "\(path): \(detail); a query may only read.")
            default: throw ApusError(code, "\(path): SQLite says: \(detail).")
            }
        }
    }
}
#endif
