#if SQLite
import ApusCore
import Dispatch
import Foundation
import GRDB

/// A process at work on a study: it gives a sign of life every few seconds, and is looked up by its number and start
/// where it runs on this machine.
final class StudyWorker: Sendable {
    /// Its row.
    let id: Int64
    private let queue: DatabaseQueue
    private let leaseSeconds: Double
    /// Raised when no more signs of life are to be given.
    private let stop = DispatchSemaphore(value: 0)
    private let own: ProcessIdentity

    init(_ queue: DatabaseQueue, _ path: String, leaseSeconds: Double) throws {
        self.queue = queue
        self.leaseSeconds = leaseSeconds
        let own = ProcessIdentity.current
        self.own = own
        id = try StudyFile.explaining(path) {
            try queue.write { db in
                try db.execute(
                    sql: "INSERT INTO worker (host, process, started, heartbeat) VALUES (?, ?, ?, ?)",
                    arguments: [own.host, own.process, own.started, Date().timeIntervalSince1970])
                return db.lastInsertedRowID
            }
        }
        let (row, stop) = (id, stop)
        Thread.detachNewThread {
            while stop.wait(timeout: .now() + leaseSeconds / 6) == .timedOut {
                // A sign of life that cannot be given is given next time; an error of the file shows when work is recorded.
                try? queue.write { db in
                    try db.execute(
                        sql: "UPDATE worker SET heartbeat = ? WHERE id = ?",
                        arguments: [Date().timeIntervalSince1970, row])
                }
            }
        }
    }

    /// Gives back all leases.
    func retire() {
        stop.signal()
        // Where this fails, the leases fall to others once the process is gone.
        try? queue.write { db in
            try db.execute(sql: "DELETE FROM lease WHERE worker = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM worker WHERE id = ?", arguments: [id])
        }
    }

    /// Whether a worker, this one or another, is still at work.
    func isAlive(_ other: Int64, _ db: Database) throws -> Bool {
        if other == id { return true }
        let statement = try db.cachedStatement(
            sql: "SELECT host, process, started, heartbeat FROM worker WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [other]) else { return false }
        let process = ProcessIdentity(host: row[0], process: row[1], started: row[2])
        if process.host == own.host, !process.isRunning { return false }
        return Date().timeIntervalSince1970 - (row[3] as Double) < leaseSeconds
    }
}

/// A process that is told from a later one with the same number.
struct ProcessIdentity: Sendable, Hashable {
    /// The machine since it was started, and the space in which its processes are numbered.
    let host: String
    /// The number.
    let process: Int
    /// When it was started, in the system's own words.
    let started: String

    /// This process.
    static let current: ProcessIdentity = {
        let number = Int(ProcessInfo.processInfo.processIdentifier)
        func line(_ path: String) -> String {
            (try? String(contentsOfFile: path, encoding: .utf8))?.filter { !$0.isWhitespace } ?? ""
        }
        let space = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
        let host = [ProcessInfo.processInfo.hostName, line("/proc/sys/kernel/random/boot_id"), space]
            .filter { !$0.isEmpty }.joined(separator: "/")
        return ProcessIdentity(host: host, process: number, started: status(of: number)?.started ?? "")
    }()

    /// Whether it runs. Only for processes of this machine.
    var isRunning: Bool {
        guard FileManager.default.fileExists(atPath: "/proc/self/stat") else {
            // Without /proc a number is all there is to ask for; a number that was given anew shows by its signs of life.
            return kill(pid_t(truncatingIfNeeded: process), 0) == 0 || errno == EPERM
        }
        guard let status = Self.status(of: process) else { return false }
        return status.started == started && !"ZX".contains(status.state)
    }

    /// State and start from `/proc/NUMBER/stat`; the name in it may hold anything, also parentheses.
    private static func status(of process: Int) -> (state: String, started: String)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(whereSeparator: \.isWhitespace)
        return fields.count > 19 ? (String(fields[0]), String(fields[19])) : nil
    }
}
#endif
