import Crypto
import Foundation

/// Checksums of files.
enum Checksum {
    /// The SHA-256 of an open file from its beginning, in hexadecimal digits.
    static func sha256(of file: FileHandle) throws -> String { try digits(SHA256(), of: file) }

    /// The MD5 of an open file from its beginning, in hexadecimal digits.
    static func md5(of file: FileHandle) throws -> String { try digits(Insecure.MD5(), of: file) }

    private static func digits(_ function: some HashFunction, of file: FileHandle) throws -> String {
        var hash = function
        try file.seek(toOffset: 0)
        while let block = try file.read(upToCount: 1 << 20), !block.isEmpty { hash.update(data: block) }
        return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// Whether an open file has a checksum; a file without one to compare has it.
    static func matches(_ file: FileHandle, _ digest: PublishedFile.Digest?) throws -> Bool {
        switch digest {
        case .sha256(let digits): try sha256(of: file) == digits
        case .md5(let digits): try md5(of: file) == digits.lowercased()
        case nil: true
        }
    }

    /// Whether there is a file at `path` with the length and the checksum of a published file.
    static func matches(_ path: String, _ file: PublishedFile) -> Bool {
        guard let digest = file.digest, let handle = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? handle.close() }
        guard let size = try? handle.seekToEnd(), file.size.map({ size == UInt64($0) }) ?? true else { return false }
        return (try? matches(handle, digest)) ?? false
    }
}
