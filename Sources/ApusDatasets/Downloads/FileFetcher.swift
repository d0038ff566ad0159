import ApusCore
import Foundation

/// Brings published files into a folder, each whole and with the right checksum or not at all.
///
/// A file grows under its name with `.part` added, stays there when the connection breaks so that the next attempt goes
/// on behind it, and gets its name when its checksum is right. A `.part` with a wrong checksum is removed.
struct FileFetcher: Sendable {
    /// The folders on the net that hold the files; the first is asked first.
    var mirrors: [URL]
    /// The folder that the files go to; it is made if it is not there.
    var folder: String
    /// What a person has to call for another attempt.
    var command: String
    /// Whether a file that is there with another content is replaced; else it is an error.
    var replacesOthers = true
    /// The status by which the server says that it knows no such thing, which is then an error with code `unknownName`.
    var statusOfUnknown: Int?
    /// How often each mirror is asked for a file.
    var attempts = 4
    /// How long to wait for the next byte.
    var patience = Duration.seconds(30)
    /// How long to wait before the second attempt; twice as long before the third, and so on.
    var pause = Duration.seconds(1)

    /// Fetches those of the files that are not there yet.
    ///
    /// - Parameters:
    ///   - files: The files.
    ///   - progress: Is told the bytes that are there, of all files together.
    /// - Throws: `ApusError` with code `unavailable` when no mirror gives a file, `unwritableFile` when it cannot be
    ///   written, and `CancellationError` when the task was cancelled.
    func fetch(_ files: [PublishedFile], progress: ProgressHandler?) async throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ApusError(
                .unwritableFile, "Cannot make the folder \(folder): \(error.localizedDescription).", cause: error)
        }
        let total = files.reduce(0) { $0 + ($1.size ?? 0) }
        var done = 0
        for file in files {
            let before = done
            @Sendable func report(_ position: Int, _ size: Int?) {
                progress?(
                    ProgressUpdate(
                        stage: file.name, completed: before + position, total: file.size == nil ? size : total))
            }
            try await fetch(file, report)
            guard let size = file.size else { continue }
            done += size
            report(size, size)
        }
    }

    private func fetch(_ file: PublishedFile, _ report: @escaping @Sendable (Int, Int?) -> Void) async throws {
        let path = "\(folder)/\(file.name)"
        if Checksum.matches(path, file) { return }
        guard replacesOthers || !FileManager.default.fileExists(atPath: path) else {
            throw ApusError(
                .unreadableData,
                "\(path) is damaged or another file of that name; move it away and run `\(command)` again.")
        }
        let part = try openPart("\(path).part")
        defer { try? part.close() }
        // Another program may have finished the file before the lock was free.
        if Checksum.matches(path, file) { return }

        var open = mirrors
        var failures: [URL: String] = [:]
        for attempt in 0..<attempts where !open.isEmpty {
            if attempt > 0 { try await Task.sleep(for: pause * (1 << (attempt - 1))) }
            for mirror in open {
                try checkCancellation()
                let url = file.url ?? mirror.appendingPathComponent(file.name)
                do {
                    try await transfer(file, from: url, into: part, report)
                    try part.synchronize()
                    return try WholeFile.rename("\(path).part", to: path)
                } catch Transfer.Failure.interrupted(let reason) {
                    failures[mirror] = "\(url.absoluteString): \(reason)"
                } catch Transfer.Failure.status(let status) where statusOfUnknown == status {
                    try? FileManager.default.removeItem(atPath: "\(path).part")
                    throw ApusError(.unknownName, "There is nothing at \(url.absoluteString).")
                } catch Transfer.Failure.status(let status) {
                    failures[mirror] = "\(url.absoluteString): the server answered with status \(status)"
                    open.removeAll { $0 == mirror }
                } catch Transfer.Failure.unwritable(let reason) {
                    throw ApusError(.unwritableFile, "Cannot write \(path).part: \(reason).")
                }
                try checkCancellation()
            }
        }
        let kept = (try? part.seekToEnd()) ?? 0
        if kept == 0 || file.digest == nil { try? FileManager.default.removeItem(atPath: "\(path).part") }
        let reasons = mirrors.compactMap { failures[$0] }.joined(separator: "; ")
        let advice =
            kept == 0 || file.digest == nil
            ? "check the connection and run `\(command)` again"
            : "run `\(command)` again: it goes on behind the \(kept)\(file.size.map { " of \($0)" } ?? "") bytes that are here"
        throw ApusError(.unavailable, "Cannot fetch \(file.name) (\(reasons)); \(advice).")
    }

    /// Opens the file of the bytes so far for this program alone.
    private func openPart(_ path: String) throws -> FileHandle {
        do {
            if !FileManager.default.fileExists(atPath: path) {
                // Must not cut off a file that another program makes at this moment.
                try? Data().write(to: URL(filePath: path), options: .withoutOverwriting)
            }
            let part = try FileHandle(forUpdating: URL(filePath: path))
            guard FileLock.take(part) else {
                throw ApusError(
                    .unavailable, "Another program is fetching \(path) right now; wait until it is done.")
            }
            return part
        } catch let error as ApusError {
            throw error
        } catch {
            throw ApusError(.unwritableFile, "Cannot write \(path): \(error.localizedDescription).", cause: error)
        }
    }

    /// Completes `part` from one mirror and compares its checksum; a wrong one empties it.
    private func transfer(
        _ file: PublishedFile, from url: URL, into part: FileHandle,
        _ report: @escaping @Sendable (Int, Int?) -> Void
    ) async throws {
        var position = Int(clamping: try part.seekToEnd())
        // Without a checksum nobody could tell whether the beginning still fits.
        if file.digest == nil || file.size.map({ position > $0 }) ?? false {
            try part.truncate(atOffset: 0)
            position = 0
        }
        var isWhole = position == file.size
        if file.size == nil, position > 0 { isWhole = try Checksum.matches(part, file.digest) }
        if !isWhole {
            report(position, file.size)
            let transfer = Transfer(into: part, position: position, size: file.size, onBytes: report)
            try await transfer.run(from: url, patience: patience)
        }
        guard try Checksum.matches(part, file.digest) else {
            try part.truncate(atOffset: 0)
            throw Transfer.Failure.interrupted("the checksum of what came is wrong")
        }
    }
}
