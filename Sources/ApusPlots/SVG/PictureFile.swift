import ApusCore
import Foundation

/// Writes pictures to disk, whole or not at all.
enum PictureFile {
    static func write(_ text: String, to path: String) throws {
        let target = URL(fileURLWithPath: path)
        let name = ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).\(UUID().uuidString)"
        let temporary = target.deletingLastPathComponent().appendingPathComponent(name)
        do {
            try Data(text.utf8).write(to: temporary)
            if rename(temporary.path, target.path) != 0 {
                throw CocoaError(
                    .fileWriteUnknown, userInfo: [NSLocalizedDescriptionKey: String(cString: strerror(errno))])
            }
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw ApusError(
                .unwritableFile,
                "The chart could not be written to \(path); check that the folder exists and may be written to.",
                cause: error)
        }
    }
}

/// Sizes of pictures within reason, whatever was asked for.
enum PictureSize {
    static func side(_ length: Double, _ least: Double) -> Double {
        length.isFinite ? min(20_000, max(least, length.rounded())) : least * 4
    }
}
