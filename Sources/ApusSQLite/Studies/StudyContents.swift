#if SQLite
import ApusCore
import ApusEvaluation
import Foundation
import GRDB

/// What a study holds, read without taking part in it.
public struct StudyContents: Sendable, Hashable {
    /// The file.
    public let path: String
    /// What is searched; nil in a study that was only just made.
    public let search: SearchIdentity?
    /// The candidates that were tried on at least one fold, in the order of the search, ranked among each other.
    public let candidates: [SearchCandidate]
    /// How many candidates were prepared and have not been tried on any fold.
    public let untried: Int
    /// How many folds are being worked on, or were when a process died.
    public let leases: Int
    /// The time of the last change of the file.
    public let changed: Date

    /// Reads a study.
    ///
    /// - Throws: `ApusError` with code `unreadableData` for a file that is damaged or no study.
    public init(path: String) throws {
        self.path = path
        let queue = try StudyFile.open(path, isReadOnly: true, patience: 30)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        changed = attributes?[.modificationDate] as? Date ?? .distantPast
        (search, candidates, untried, leases) = try StudyFile.explaining(path) {
            try queue.read { db in
                let search = try StudyFile.identity(db, path)
                var outcomes: [Int64: [(fold: Int, outcome: FoldOutcome)]] = [:]
                let rows = try Row.fetchCursor(
                    db,
                    sql: "SELECT candidate, fold, scores, seconds, failure, note FROM outcome ORDER BY candidate, fold")
                while let row = try rows.next() {
                    outcomes[row[0], default: []].append((row[1], try StudyFile.outcome(row, from: 2, path)))
                }
                var found: [SearchCandidate] = []
                var untried = 0
                let points = try Row.fetchCursor(
                    db,
                    sql: "SELECT id, iteration, resources, parameters FROM candidate ORDER BY iteration, place, id")
                while let row = try points.next() {
                    let known = outcomes[row[0]] ?? []
                    if known.isEmpty { untried += 1 }
                    guard let search, !known.isEmpty else { continue }
                    let point = SearchPoint(
                        try StudyFile.parameters(row[3], path), resources: row[2] == 0 ? nil : row[2],
                        iteration: row[1])
                    // Folds in order as far as they are known without a gap.
                    let folds = zip(known, 0...).prefix { $0.fold == $1 }.map(\.0.outcome)
                    found.append(
                        SearchCandidate(
                            point, folds, folds: search.folds, scores: search.scores, constraints: search.constraints))
                }
                let leases = try Int.fetchOne(db, sql: "SELECT count(*) FROM lease") ?? 0
                return (search, SearchCandidate.ranked(found), untried, leases)
            }
        }
    }

    /// The best candidate: the first of rank 1, of the last round after successive halving; nil before one has a score.
    public var best: SearchCandidate? {
        let last = candidates.map(\.point.iteration).max() ?? 0
        let finalists = candidates.filter { $0.point.iteration == last && $0.score != nil }
        return finalists.min { $0.rank < $1.rank }
    }
}
#endif
