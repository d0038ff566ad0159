#if Server
import Apus
import ApusCore
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the command says: results on standard output, everything else on standard error.
enum Console {
    /// A line of results.
    static func say(_ text: String = "") { print(text) }

    /// Text of results as it is, without a line end of its own.
    static func write(_ text: String) { print(text, terminator: "") }

    /// A line that is not a result.
    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// One JSON object, and nothing else, on standard output.
    static func say(json value: JSONValue) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// The width of the terminal, or 100 columns where output goes elsewhere.
    static var width: Int {
        var size = winsize()
        if isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 {
            return Int(size.ws_col)
        }
        return 100
    }

    /// Draws progress on standard error while `work` runs, when that is a terminal and nothing asked for silence.
    static func withProgress<Result>(
        silent: Bool = false, _ work: (ProgressHandler?) throws -> Result
    ) rethrows -> Result {
        guard !silent, isatty(STDERR_FILENO) == 1 else { return try work(nil) }
        let bar = ProgressBar()
        defer { bar.clear() }
        return try work { bar.show($0) }
    }
}

extension Console {
    /// Draws progress on standard error while `work` runs, when that is a terminal.
    static func withProgress<Result>(_ work: (ProgressHandler?) async throws -> Result) async rethrows -> Result {
        guard isatty(STDERR_FILENO) == 1 else { return try await work(nil) }
        let bar = ProgressBar()
        defer { bar.clear() }
        return try await work { bar.show($0) }
    }
}

/// A line on standard error that is drawn over and over: what is done, a bar, and the time left.
final class ProgressBar: @unchecked Sendable {
    private let lock = NSLock()
    private let start = Date()
    private var lastDrawn = Date.distantPast
    private var drawn = false

    /// Draws the line, ten times a second at most.
    ///
    /// - Parameter note: What is good to know besides, at the end of the line.
    func show(_ update: ProgressUpdate, note: String = "") {
        lock.withLock {
            let now = Date()
            guard now.timeIntervalSince(lastDrawn) > 0.1, now.timeIntervalSince(start) > 0.3 else { return }
            lastDrawn = now
            drawn = true
            var line = "\r\u{1B}[K\(update.stage) \(update.completed)"
            if let total = update.total, let fraction = update.fraction {
                let filled = Int((fraction * 24).rounded())
                let left = fraction > 0.02 ? now.timeIntervalSince(start) * (1 / fraction - 1) : nil
                line +=
                    "/\(total) \(String(repeating: "█", count: filled))\(String(repeating: "░", count: 24 - filled))"
                if let left {
                    line += " \(left < 60 ? "\(Int(left.rounded(.up))) s" : "\(Int(left / 60) + 1) min") left"
                }
            }
            if !note.isEmpty { line += ", \(note)" }
            FileHandle.standardError.write(Data(line.utf8))
        }
    }

    func clear() {
        lock.withLock { if drawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) } }
    }
}
#endif
