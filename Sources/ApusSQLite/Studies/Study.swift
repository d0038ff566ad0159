#if SQLite
import ApusCore
import ApusEvaluation
import Foundation
import GRDB
import Synchronization

/// A search kept in a file, so that it can be cut off at any moment and go on, and be shared by several processes.
///
///     var search = RandomizedSearchCV(RandomForestClassifier(), space, nIter: 100)
///     search.options.journal = try Study(path: "forest.study")
///     let result = try search.fit(x, y)
///
/// Every outcome of a candidate on a fold is committed as soon as it is known. The same search with the same file uses
/// what is there and goes on with the rest; its result is exactly that of a search that was never cut off. Processes that
/// search with one file at the same time share the work by leases and take over what a dead one held. More candidates (a
/// larger `nIter`) extend a study; a search that differs in data, space, seed, model, folds or scores is refused.
///
/// The file is an SQLite database in write-ahead mode with the tables `study`, `candidate`, `outcome`, `lease` and `worker`.
public final class Study: SearchJournal {
    /// The file.
    public let path: String
    let queue: DatabaseQueue
    private let worker: StudyWorker
    private let places = Mutex(Places())

    private struct Places {
        /// The row of the candidate at each place.
        var rows: [Int64] = []
        /// The outcomes that the file held when a candidate was prepared.
        var known: [Key: FoldOutcome] = [:]
    }

    private struct Key: Hashable {
        let candidate: Int64
        let fold: Int
    }

    /// Opens a study, or begins one where there is no file yet.
    ///
    /// - Parameters:
    ///   - path: The file; by custom its name ends in `.study`.
    ///   - patience: For how many seconds to wait for another process that writes; default 30.
    ///   - leaseSeconds: After how many seconds without a sign of life a process counts as dead, where it cannot be looked
    ///     up because it runs on another machine; default 60.
    /// - Throws: `ApusError` with code `unreadableData` for a file that is damaged or no study, which is left as it is,
    ///   `unavailable` when it is locked, and `unwritableFile` when it cannot be written.
    public convenience init(path: String, patience: Double = 30, leaseSeconds: Double = 60) throws {
        try self.init(path: path, patience: patience, leaseSeconds: leaseSeconds, pageLimit: nil)
    }

    /// - Parameter pageLimit: The most pages that the file may have: a small disk, for tests.
    init(path: String, patience: Double, leaseSeconds: Double, pageLimit: Int?) throws {
        self.path = path
        queue = try StudyFile.open(path, isReadOnly: false, patience: patience, pageLimit: pageLimit)
        worker = try StudyWorker(queue, path, leaseSeconds: leaseSeconds)
    }

    deinit {
        worker.retire()
        // Closed at once, so that everything is in the file itself and none of SQLite's companions is left behind.
        try? queue.close()
    }

    // MARK: The journal of a search

    /// Notes what is searched in a new study; compares it in one that was begun.
    ///
    /// - Throws: `ApusError` with code `invalidInput`, naming everything that differs.
    public func begin(_ search: SearchIdentity) throws {
        places.withLock { $0 = Places() }
        try StudyFile.explaining(path) {
            try queue.write { db in
                guard let known = try StudyFile.identity(db, path) else {
                    try StudyFile.store(search, db)
                    return
                }
                let names = Set(known.parts.keys).union(search.parts.keys).sorted()
                let changed = names.filter { known.parts[$0] != search.parts[$0] }
                guard changed.isEmpty else { throw Self.different(path, changed, known, search) }
                // Bounds only decide how candidates rank, so the latest count.
                if known.constraints != search.constraints { try StudyFile.store(search, db) }
            }
        }
    }

    private static func different(
        _ path: String, _ changed: [String], _ known: SearchIdentity, _ search: SearchIdentity
    ) -> ApusError {
        let said = changed.map { name in
            let (before, now) = (known.parts[name] ?? "nothing", search.parts[name] ?? "nothing")
            let isDigest = name == "data" || name == "cv"
            return isDigest || before.count + now.count > 300 ? name : "\(name) (was \(before), is \(now))"
        }
        return ApusError(
            .invalidInput,
            "The study \(path) was begun with another \(said.joined(separator: ", another ")); search with what it was begun "
                + "with, or begin a study in another file.")
    }

    /// Writes down candidates that the file does not have yet.
    public func prepare(_ candidates: [SearchPoint], from first: Int) throws {
        try StudyFile.explaining(path) {
            try queue.write { db in
                let insert = try db.makeStatement(
                    sql: """
                        INSERT INTO candidate (place, iteration, resources, parameters) VALUES (?, ?, ?, ?)
                        ON CONFLICT (parameters, resources, iteration) DO NOTHING
                        """)
                let find = try db.makeStatement(
                    sql: "SELECT id FROM candidate WHERE parameters = ? AND resources = ? AND iteration = ?")
                var rows: [Int64] = []
                for (place, point) in candidates.enumerated() {
                    let text = try StudyFile.text(point.parameters)
                    let resources = point.resources ?? 0
                    try insert.execute(arguments: [first + place, point.iteration, resources, text])
                    guard let row = try Int64.fetchOne(find, arguments: [text, resources, point.iteration]) else {
                        throw StudyFile.damaged(path, "a candidate that was written is not there")
                    }
                    rows.append(row)
                }
                var known: [Key: FoldOutcome] = [:]
                let wanted = Set(rows)
                if rows.count > 100 {
                    for (key, outcome) in try outcomes(db, "") where wanted.contains(key.candidate) {
                        known[key] = outcome
                    }
                } else {
                    for row in wanted {
                        known.merge(try outcomes(db, "WHERE candidate = \(row)")) { $1 }
                    }
                }
                places.withLock { places in
                    while places.rows.count < first { places.rows.append(-1) }
                    places.rows.replaceSubrange(first..<places.rows.count, with: rows)
                    places.known.merge(known) { $1 }
                }
            }
        }
    }

    private func outcomes(_ db: Database, _ clause: String) throws -> [Key: FoldOutcome] {
        var found: [Key: FoldOutcome] = [:]
        let rows = try Row.fetchCursor(
            db, sql: "SELECT candidate, fold, scores, seconds, failure, note FROM outcome \(clause)")
        while let row = try rows.next() {
            found[Key(candidate: row[0], fold: row[1])] = try StudyFile.outcome(row, from: 2, path)
        }
        return found
    }

    private func key(_ candidate: Int, _ fold: Int) throws -> (Key, FoldOutcome?) {
        try places.withLock { places in
            guard places.rows.indices.contains(candidate), places.rows[candidate] >= 0 else {
                throw ApusError(.invalidInput, "Candidate \(candidate) was not prepared for the study \(path).")
            }
            let key = Key(candidate: places.rows[candidate], fold: fold)
            return (key, places.known[key])
        }
    }

    /// What the candidate at a place scored on a fold, or nil when that is not known yet.
    public func outcome(candidate: Int, fold: Int) throws -> FoldOutcome? {
        let (key, known) = try key(candidate, fold)
        if let known { return known }
        return try StudyFile.explaining(path) { try queue.read { try outcome(of: key, $0) } }
    }

    private func outcome(of key: Key, _ db: Database) throws -> FoldOutcome? {
        let statement = try db.cachedStatement(
            sql: "SELECT scores, seconds, failure, note FROM outcome WHERE candidate = ? AND fold = ?")
        return try Row.fetchOne(statement, arguments: [key.candidate, key.fold]).map {
            try StudyFile.outcome($0, from: 0, path)
        }
    }

    /// Takes a lease on a candidate and a fold, unless its outcome is known or a living process holds one.
    public func claim(candidate: Int, fold: Int) throws -> SearchClaim {
        let (key, known) = try key(candidate, fold)
        if let known { return .known(known) }
        return try StudyFile.explaining(path) {
            try queue.write { db in
                if let found = try outcome(of: key, db) { return .known(found) }
                let held = try db.cachedStatement(
                    sql: "SELECT worker FROM lease WHERE candidate = ? AND fold = ?")
                if let holder = try Int64.fetchOne(held, arguments: [key.candidate, key.fold]),
                    try worker.isAlive(holder, db)
                {
                    return .taken
                }
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO lease (candidate, fold, worker) VALUES (?, ?, ?)"
                ).execute(arguments: [key.candidate, key.fold, worker.id])
                return .free
            }
        }
    }

    /// Commits what the candidate at a place scored on a fold. The first outcome that is committed stays.
    public func record(_ outcome: FoldOutcome, candidate: Int, fold: Int) throws {
        let (key, _) = try key(candidate, fold)
        try StudyFile.explaining(path) {
            try queue.write { db in
                try db.cachedStatement(
                    sql: """
                        INSERT OR IGNORE INTO outcome (candidate, fold, scores, seconds, failure, note, worker)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(
                    arguments: [
                        key.candidate, key.fold, StudyFile.text(outcome.scores), outcome.fitSeconds, outcome.failure,
                        outcome.note, worker.id,
                    ])
                try db.cachedStatement(sql: "DELETE FROM lease WHERE candidate = ? AND fold = ?")
                    .execute(arguments: [key.candidate, key.fold])
            }
        }
    }
}
#endif
