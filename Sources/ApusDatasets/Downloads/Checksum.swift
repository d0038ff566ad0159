import Crypto
import Foundation

/// SHA-256 of files.
enum Checksum {
    /// The SHA-256 of an open file from its beginning, in hexadecimal digits.
    static func sha256(of file: FileHandle) throws -> String {
        var hash = SHA256()
        try file.seek(toOffset: 0)
        while let block = try file.read(upToCount: 1 << 20), !block.isEmpty { hash.update(data: block) }
        return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// Whether there is a file at `path` with the length and the checksum of a published file.
    static func matches(_ path: String, _ file: PublishedFile) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? handle.close() }
        guard let size = try? handle.seekToEnd(), size == UInt64(file.size) else { return false }
        return (try? sha256(of: handle)) == file.sha256
    }
}
