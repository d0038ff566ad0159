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
    static var width: Int { width(of: STDOUT_FILENO) ?? 100 }

    /// The width of the terminal that a file descriptor is, nil where it is none.
    static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else {
            return nil
        }
        return Int(size.ws_col)
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
            let line = Self.line(
                update, note: note, seconds: now.timeIntervalSince(start), width: Console.width(of: STDERR_FILENO) ?? 80
            )
            FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
        }
    }

    /// The line: the bar takes what room the words leave, and where they leave none the words are cut, since a line that
    /// goes on in the next one could not be drawn over.
    static func line(_ update: ProgressUpdate, note: String, seconds: Double, width: Int) -> String {
        var start = "\(update.stage) \(update.completed)"
        var end = ""
        var bar = ""
        if let total = update.total, let fraction = update.fraction {
            let done = String(update.completed)
            let padding = String(repeating: " ", count: max(0, String(total).count - done.count))
            start = "\(update.stage) \(padding)\(done)/\(total)"
            if fraction > 0.02 {
                let left = seconds * (1 / fraction - 1)
                end = " \(left < 60 ? "\(Int(left.rounded(.up))) s" : "\(Int(left / 60) + 1) min") left"
            }
            if !note.isEmpty { end += "\(end.isEmpty ? " " : ", ")\(note)" }
            let room = min(48, width - 1 - start.count - 1 - end.count)
            if room >= 6 {
                let filled = Int((fraction * Double(room)).rounded(.down))
                bar = " " + String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
            }
        } else if !note.isEmpty {
            end = ", \(note)"
        }
        return String((start + bar + end).prefix(width - 1))
    }

    func clear() {
        lock.withLock { if drawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) } }
    }
}
#endif
