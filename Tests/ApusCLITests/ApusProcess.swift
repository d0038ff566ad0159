#if Server
import Foundation
import Testing

/// The built command, run as a process the way a user runs it.
struct ApusProcess {
    /// What a finished run left.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
        /// The run was killed by a signal: a trap.
        let crashed: Bool

        /// Standard output as one JSON object.
        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    /// The executable beside the test bundle.
    static var executable: URL {
        get throws {
            var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            for _ in 0..<5 {
                let candidate = folder.appending(path: "apus")
                if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
                folder.deleteLastPathComponent()
            }
            let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../.build/debug/apus")
            try #require(FileManager.default.isExecutableFile(atPath: root.path), "apus is not built")
            return root.standardizedFileURL
        }
    }

    /// Runs the command to its end.
    static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(arguments, environment: environment)
    }

    /// Runs the command to its end.
    ///
    /// - Parameter blocks: How large files may become that it writes, in blocks of 512 bytes; nil for as large as it likes.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], limitingFilesTo blocks: Int? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = try executable
        process.arguments = arguments
        if let blocks {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments =
                ["-c", "ulimit -f \(blocks) && exec \"$@\"", "sh", try executable.path] + arguments
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files instead of pipes: no output is too long for them, and nothing has to be read while the command runs.
        let folder = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (out, err) = (folder.appending(path: "out"), folder.appending(path: "err"))
        for file in [out, err] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: try Data(contentsOf: out), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: err), as: UTF8.self),
            crashed: process.terminationReason == .uncaughtSignal)
    }
}

/// A folder for the files of one test, removed at its end.
final class Workplace {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "apus-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file and returns its path.
    func file(_ name: String, _ content: String) throws -> String {
        try Data(content.utf8).write(to: folder.appending(path: name))
        return path(name)
    }

    /// Writes a file of bytes and returns its path.
    func file(_ name: String, bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: folder.appending(path: name))
        return path(name)
    }

    /// The content of a file.
    func content(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }

    /// The names of all files in the folder.
    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }
}
#endif
