#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation
import GRDB

/// Predictions in an SQLite file: what was asked, what was answered, and later what came true.
///
/// The file is in write-ahead mode, so it can be read by any program while it is written. Table `predictions` has a row
/// for each row predicted: the request and the row's place in it, model and version, time (seconds since 1970), inputs
/// and probabilities as JSON, and the prediction. Table `outcomes` has the true labels by request and row. What `append`
/// has returned from is in the file, whatever happens to the process.
final class PredictionLog: Sendable {
    /// Marks the file as ours, in its header: "Apus".
    private static let applicationID = 0x4170_7573
    /// The version of the tables.
    private static let schemaVersion = 1

    /// The file.
    let path: String
    private let pool: DatabasePool

    /// Opens a log, or begins one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isDurable: Whether each batch is forced to the disk.
    ///   - maxPages: The most pages of the file; for tests of a full disk.
    /// - Throws: `ApusError` with code `unreadableData` for a file of another kind, and `unwritableFile`.
    init(path: String, isDurable: Bool = false, maxPages: Int? = nil) throws {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "apus.log"
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = \(isDurable ? "FULL" : "NORMAL")")
            if let maxPages { try database.execute(sql: "PRAGMA max_page_count = \(maxPages)") }
        }
        do {
            try Self.checkFile(path)
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.write { try Self.prepare($0) }
        } catch let error as DatabaseError {
            throw Self.failure(error, path)
        }
    }

    /// Refuses a file of another kind before anything is changed in it, not even its mode.
    private static func checkFile(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        guard !isFolder.boolValue else {
            throw ApusError(.unreadableData, "The prediction log \(path) is a folder; name a file.")
        }
        let file = try? FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file?.close() }
        let header = (try? file?.read(upToCount: 100)) ?? Data()
        if header.isEmpty { return }
        let foreign = ApusError(
            .unreadableData,
            "\(path) is not a prediction log of Apus; nothing was changed in it. Name another file.")
        guard header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) else { throw foreign }
        let identity = header[68..<72].reduce(0) { $0 << 8 | Int($1) }
        let version = header[60..<64].reduce(0) { $0 << 8 | Int($1) }
        // A file whose first transaction was not ended is empty but for its header.
        let isFresh = identity == 0 && version == 0 && header[28..<32].reduce(0) { $0 << 8 | Int($1) } <= 1
        guard identity == applicationID || isFresh else { throw foreign }
        guard version <= schemaVersion else {
            throw ApusError(
                .unreadableData,
                "The prediction log \(path) has version \(version), this program writes \(schemaVersion); update Apus.")
        }
    }

    private static func prepare(_ database: Database) throws {
        let identity = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        guard identity == 0 else { return }
        try database.execute(
            sql: """
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(schemaVersion);
                CREATE TABLE IF NOT EXISTS predictions (
                    id INTEGER PRIMARY KEY,
                    request TEXT NOT NULL,
                    row INTEGER NOT NULL,
                    model TEXT NOT NULL,
                    version TEXT NOT NULL,
                    shadow INTEGER NOT NULL,
                    time REAL NOT NULL,
                    prediction,
                    probabilities TEXT,
                    inputs TEXT NOT NULL,
                    groups TEXT
                );
                CREATE INDEX IF NOT EXISTS predictions_by_request ON predictions (request, row);
                CREATE TABLE IF NOT EXISTS outcomes (
                    request TEXT NOT NULL,
                    row INTEGER NOT NULL,
                    outcome,
                    time REAL NOT NULL,
                    PRIMARY KEY (request, row)
                ) WITHOUT ROWID;
                """)
    }

    static func failure(_ error: DatabaseError, _ path: String) -> ApusError {
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            ApusError(.unreadableData, "\(path) is no SQLite file or is damaged; name another file.", cause: error)
        case .SQLITE_FULL: ApusError(.unwritableFile, "The disk of the prediction log \(path) is full.", cause: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            ApusError(
                .unwritableFile, "Another program holds the prediction log \(path); close it there.", cause: error)
        default: ApusError(.unwritableFile, "The prediction log \(path) cannot be written.", cause: error)
        }
    }

    // MARK: Writing

    /// Rows of one request with the format of its model.
    struct Entry: Sendable {
        let event: PredictionEvent
        let format: LogFormat
    }

    /// Rows of a statement: each execution has its price, whatever it writes.
    private static let statementRows = 32

    /// Writes the rows of some requests in one transaction: all of them or none.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`, for instance when the disk is full.
    func append(_ entries: [Entry]) async throws {
        try await writing { database in
            let several = try Self.insertion(of: Self.statementRows, database)
            let width = Self.insertedColumns.count
            var values: [DatabaseValue] = []
            values.reserveCapacity(Self.statementRows * width)
            for entry in entries {
                for row in 0..<min(entry.event.rows.count, entry.event.prediction.count) {
                    Self.append(row, of: entry, to: &values)
                    guard values.count == Self.statementRows * width else { continue }
                    several.setUncheckedArguments(StatementArguments(values))
                    try several.execute()
                    values.removeAll(keepingCapacity: true)
                }
            }
            let single = try Self.insertion(of: 1, database)
            for start in stride(from: 0, to: values.count, by: width) {
                single.setUncheckedArguments(StatementArguments(values[start..<start + width]))
                try single.execute()
            }
        }
    }

    private static let insertedColumns = [
        "request", "row", "model", "version", "shadow", "time", "prediction", "probabilities", "inputs", "groups",
    ]

    private static func insertion(of rows: Int, _ database: Database) throws -> Statement {
        let row = "(" + insertedColumns.map { _ in "?" }.joined(separator: ",") + ")"
        return try database.cachedStatement(
            sql: "INSERT INTO predictions (\(insertedColumns.joined(separator: ","))) VALUES "
                + Array(repeating: row, count: rows).joined(separator: ","))
    }

    /// Appends the values of a row, in the order of `insertedColumns`.
    private static func append(_ row: Int, of entry: Entry, to values: inout [DatabaseValue]) {
        let (event, format) = (entry.event, entry.format)
        let cells = event.cells(of: row)
        let prediction: DatabaseValue
        switch event.prediction.values {
        case .numbers(let numbers): prediction = numbers[row].databaseValue
        case .labels(let labels):
            let code = labels.codes[row]
            prediction = (code < format.classes.count ? format.classes[code] : "").databaseValue
        }
        values.append(event.requestID.databaseValue)
        values.append(row.databaseValue)
        values.append(event.model.databaseValue)
        values.append(event.version.databaseValue)
        values.append(event.isShadow.databaseValue)
        values.append(event.time.timeIntervalSince1970.databaseValue)
        values.append(prediction)
        values.append(event.prediction.probabilities.map { probabilities($0, row).databaseValue } ?? .null)
        values.append(format.inputs(cells).databaseValue)
        values.append(format.groups(cells)?.databaseValue ?? .null)
    }

    private static func probabilities(_ table: Matrix, _ row: Int) -> String {
        var text = JSONText(capacity: 24 * table.columns)
        text.raw("[")
        for column in 0..<table.columns {
            if column > 0 { text.raw(",") }
            let value = table[row, column]
            value.isFinite ? text.number(value) : text.raw("null")
        }
        text.raw("]")
        return String(decoding: text.bytes, as: UTF8.self)
    }

    // MARK: Access

    /// Reads beside whatever is written.
    func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(work)
        } catch let error as DatabaseError {
            throw Self.failure(error, path)
        }
    }

    /// Writes in one transaction.
    func writing<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.write(work)
        } catch let error as DatabaseError {
            throw Self.failure(error, path)
        }
    }

    /// Closes the file.
    func close() throws { try pool.close() }

    // MARK: Outcomes

    /// What became of true labels that were brought.
    struct Joining: Sendable {
        /// Those that found their prediction and are new, for the monitor.
        var joined: [JoinedOutcome] = []
        /// How many found their prediction and were brought for the first time.
        var new = 0
        /// How many took the place of one brought before.
        var replaced = 0
        /// How many belong to no prediction in the log.
        var unknown = 0
    }

    /// Joins true labels with their predictions and keeps them.
    ///
    /// - Parameters:
    ///   - outcomes: The labels.
    ///   - classes: The classes of a model and version as text; nil for one that predicts numbers or is not served.
    ///   - time: Now, in seconds since 1970.
    /// - Throws: `ApusError` with code `unwritableFile`, or `RouteFailure` for a label the model cannot have predicted.
    func join(
        _ outcomes: [BroughtOutcome], classes: @escaping @Sendable (String, String) -> [String]?, at time: Double
    ) async throws -> Joining {
        try await writing { database in
            var joining = Joining()
            let find = try database.cachedStatement(
                sql: """
                    SELECT model, version, time, prediction, groups, shadow FROM predictions
                    WHERE request = ? AND row = ? ORDER BY id DESC
                    """)
            let known = try database.cachedStatement(sql: "SELECT 1 FROM outcomes WHERE request = ? AND row = ?")
            let keep = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO outcomes (request, row, outcome, time) VALUES (?, ?, ?, ?)")
            for outcome in outcomes {
                find.setUncheckedArguments([outcome.request, outcome.row])
                let rows = try Row.fetchAll(find)
                // A request that was answered twice under one name counts once for each version.
                var versions: Set<String> = []
                let newest = rows.filter { versions.insert("\($0[0] as String)\n\($0[1] as String)").inserted }
                guard !newest.isEmpty else {
                    joining.unknown += 1
                    continue
                }
                let pairs = try newest.compactMap { row in
                    try outcome.joined(
                        model: row[0], version: row[1], time: row[2], prediction: row[3], groups: row[4],
                        classes: classes(row[0], row[1]))
                }
                known.setUncheckedArguments([outcome.request, outcome.row])
                let isNew = try Int.fetchOne(known) == nil
                keep.setUncheckedArguments([outcome.request, outcome.row, outcome.databaseValue, time])
                try keep.execute()
                if isNew {
                    joining.new += 1
                    joining.joined += pairs
                } else {
                    joining.replaced += 1
                }
            }
            return joining
        }
    }
}
#endif
