#if SQLite
import ApusCore
import ApusEvaluation
import Foundation
import GRDB

/// The file of a study: how it is opened, made and checked, and how values are written in it.
enum StudyFile {
    /// “APST”, in the place where SQLite files say what they are for.
    static let applicationID = 0x4150_5354
    /// The version of the tables.
    static let version = 1

    private static let tables = """
        CREATE TABLE study (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE candidate (
            id INTEGER PRIMARY KEY, place INTEGER NOT NULL, iteration INTEGER NOT NULL, resources INTEGER NOT NULL,
            parameters TEXT NOT NULL, UNIQUE (parameters, resources, iteration));
        CREATE TABLE outcome (
            candidate INTEGER NOT NULL REFERENCES candidate (id), fold INTEGER NOT NULL, scores TEXT NOT NULL,
            seconds REAL NOT NULL, failure TEXT, note TEXT, worker INTEGER NOT NULL,
            PRIMARY KEY (candidate, fold)) WITHOUT ROWID;
        CREATE TABLE lease (
            candidate INTEGER NOT NULL, fold INTEGER NOT NULL, worker INTEGER NOT NULL,
            PRIMARY KEY (candidate, fold)) WITHOUT ROWID;
        CREATE TABLE worker (
            id INTEGER PRIMARY KEY, host TEXT NOT NULL, process INTEGER NOT NULL, started TEXT NOT NULL,
            heartbeat REAL NOT NULL);
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """

    /// Opens the file; makes the tables where it is new and may be written.
    static func open(
        _ path: String, isReadOnly: Bool, patience: Double, pageLimit: Int? = nil
    ) throws -> DatabaseQueue {
        try checkKind(path, mustExist: isReadOnly)
        var configuration = Configuration()
        configuration.label = "study"
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            if let pageLimit { try db.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
        }
        return try explaining(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            if try queue.read({ try isEmpty($0) }) {
                guard !isReadOnly else { throw foreign(path) }
                try startWriteAhead(queue, patience)
                try queue.write { db in if try isEmpty(db) { try db.execute(sql: tables) } }
            }
            try queue.read { try check($0, path) }
            if !isReadOnly { try startWriteAhead(queue, patience) }
            return queue
        }
    }

    /// Turns on write-ahead mode. Processes that begin at the same time get in each other's way here, whatever their
    /// patience, so it is tried for a while.
    private static func startWriteAhead(_ queue: DatabaseQueue, _ patience: Double) throws {
        let end = Date(timeIntervalSinceNow: patience)
        while true {
            do {
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && Date() < end {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    /// Throws for what is certainly no study, before SQLite touches it.
    private static func checkKind(_ path: String, mustExist: Bool) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            guard !mustExist else {
                throw ApusError(.unreadableData, "There is no study \(path); check the name.")
            }
            let folder = URL(filePath: path).deletingLastPathComponent().path
            guard FileManager.default.fileExists(atPath: folder) else {
                throw ApusError(
                    .unwritableFile, "Cannot write the study \(path): there is no folder \(folder); make it first.")
            }
            return
        }
        guard !isFolder.boolValue else {
            throw ApusError(.unreadableData, "\(path) is a folder and no study; name a file.")
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ApusError(.unreadableData, "Cannot read the study \(path): permission denied.")
        }
        defer { try? file.close() }
        let head = try file.read(upToCount: 16) ?? Data()
        guard head.isEmpty || head == Data("SQLite format 3\0".utf8) else { throw foreign(path) }
    }

    /// Whether the database holds nothing at all, as one that was only just made does.
    private static func isEmpty(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
            && Int.fetchOne(db, sql: "PRAGMA application_id") == 0
    }

    private static func check(_ db: Database, _ path: String) throws {
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID else { throw foreign(path) }
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found == version else {
            throw ApusError(
                .unreadableData,
                "The study \(path) has version \(found) of the format, but this Apus reads version \(version); "
                    + "use the Apus that wrote it.")
        }
        let said = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        guard said == "ok" else { throw damaged(path, said ?? "it does not pass SQLite's check") }
    }

    private static func foreign(_ path: String) -> ApusError {
        ApusError(.unreadableData, "\(path) is no study of Apus; it was left as it is. Name another file.")
    }

    static func damaged(_ path: String, _ what: String) -> ApusError {
        ApusError(
            .unreadableData,
            "The study \(path) is damaged (\(what)); it was left as it is. Restore it, or begin another file.")
    }

    /// Does something with the file and says in our words what SQLite says in its own.
    static func explaining<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL:
                throw ApusError(
                    .unwritableFile,
                    "The disk is full, so that the study \(path) cannot be written; make room and search again, and it goes "
                        + "on where it stopped.", cause: error)
            case .SQLITE_IOERR:
                throw ApusError(
                    .unwritableFile,
                    "The study \(path) cannot be read or written: the disk fails, is full, or the file would be larger than a "
                        + "limit allows (ulimit -f). Mend that and search again, and it goes on where it stopped.",
                    cause: error)
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                throw ApusError(
                    .unavailable,
                    "Another program keeps the study \(path) locked; end it, or wait until it is done.", cause: error)
            case .SQLITE_NOTADB: throw foreign(path)
            case .SQLITE_CORRUPT: throw damaged(path, error.message ?? "it does not hold together")
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                throw ApusError(
                    .unwritableFile,
                    "Cannot write the study \(path): \(error.message ?? "permission denied"); check the permissions of the "
                        + "file and its folder.", cause: error)
            default:
                throw ApusError(
                    .unwritableFile, "The study \(path) failed: \(error.message ?? "SQLite says \(error.resultCode)").",
                    cause: error)
            }
        }
    }

    // MARK: Values

    /// What the study is about, or nil when that has not been written yet.
    static func identity(_ db: Database, _ path: String) throws -> SearchIdentity? {
        guard let text = try String.fetchOne(db, sql: "SELECT value FROM study WHERE name = 'search'") else {
            return nil
        }
        guard let known = try? JSONDecoder().decode(SearchIdentity.self, from: Data(text.utf8)) else {
            throw damaged(path, "what it is about cannot be read")
        }
        return known
    }

    static func store(_ search: SearchIdentity, _ db: Database) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try db.execute(
            sql: "INSERT OR REPLACE INTO study (name, value) VALUES ('search', ?)",
            arguments: [String(decoding: try encoder.encode(search), as: UTF8.self)])
    }

    /// Parameters as text: the same text for the same parameters.
    static func text(_ parameters: [String: JSONValue]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(parameters), as: UTF8.self)
    }

    /// Parameters from text.
    static func parameters(_ text: String, _ path: String) throws -> [String: JSONValue] {
        guard let found = try? JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8)) else {
            throw damaged(path, "the parameters of a candidate cannot be read")
        }
        return found
    }

    /// Scores as a JSON list, exact to the last bit; null stands for not defined.
    static func text(_ scores: [Double?]) -> String {
        "["
            + scores.map { score in
                guard let score else { return "null" }
                return score.isFinite ? "\(score)" : "\"\(score)\""
            }.joined(separator: ",") + "]"
    }

    /// An outcome from the columns scores, seconds, failure and note.
    static func outcome(_ row: Row, from first: Int, _ path: String) throws -> FoldOutcome {
        guard let text = String.fromDatabaseValue(row[first]), text.first == "[", text.last == "]",
            let seconds = Double.fromDatabaseValue(row[first + 1])
        else { throw damaged(path, "an outcome cannot be read") }
        let scores = try text.dropFirst().dropLast().split(separator: ",").map { part -> Double? in
            if part == "null" { return nil }
            guard let score = Double(part.filter { $0 != "\"" }) else {
                throw damaged(path, "the score \(part) cannot be read")
            }
            return score
        }
        return FoldOutcome(
            scores: scores, fitSeconds: seconds, failure: String.fromDatabaseValue(row[first + 2]),
            note: String.fromDatabaseValue(row[first + 3]))
    }
}
#endif
