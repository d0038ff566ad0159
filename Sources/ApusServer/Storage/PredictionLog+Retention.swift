#if Server
import ApusCore
import Foundation
import GRDB

extension PredictionLog {
    /// Rows that are deleted in one transaction, so that writing need not wait long.
    private static let step = 5000

    /// Bytes in use, without the pages that deleted rows have left.
    func size() async throws -> Int {
        try await read { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            return (pages - free) * (try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
        }
    }

    /// Rows in the log.
    func rowCount() async throws -> Int {
        try await read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM predictions") ?? 0 }
    }

    /// Deletes what is too old, and the oldest of what is too much. The file keeps its pages and fills them anew.
    ///
    /// - Parameters:
    ///   - before: The time, in seconds since 1970, before which predictions and outcomes are too old; nil keeps any.
    ///   - bytes: The most bytes in use.
    /// - Returns: How many predictions were deleted.
    func prune(before: Double?, bytes: Int) async throws -> Int {
        var deleted = 0
        if let before {
            while true {
                let count = try await deleteOldest(where: "AND time < ?", [before])
                deleted += count
                if count < Self.step { break }
            }
            try await writing { try $0.execute(sql: "DELETE FROM outcomes WHERE time < ?", arguments: [before]) }
        }
        while try await size() > bytes {
            let count = try await deleteOldest(where: "", [])
            deleted += count
            if count == 0 { break }
        }
        return deleted
    }

    private func deleteOldest(where condition: String, _ arguments: StatementArguments) async throws -> Int {
        try await writing { database in
            try database.execute(
                sql: """
                    DELETE FROM predictions WHERE id IN
                    (SELECT id FROM predictions ORDER BY id LIMIT \(Self.step)) \(condition)
                    """, arguments: arguments)
            let count = database.changesCount
            try database.execute(
                sql: """
                    DELETE FROM outcomes WHERE time <
                    (SELECT COALESCE(MIN(time), 0) FROM predictions)
                    """)
            return count
        }
    }
}
#endif
