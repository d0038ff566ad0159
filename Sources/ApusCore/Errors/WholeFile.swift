#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that are either written whole or not at all.
public enum WholeFile {
    /// Writes `data` to a temporary file in the same folder and renames it to `path`, so that a reader sees the old
    /// content or the new one and never a part.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`, naming the path and the reason.
    public static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw ApusError(.unwritableFile, "Cannot write \(path): \(reason(error, path)).", cause: nil)
        }
    }

    /// Gives a finished file its name, in place of the file of that name if there is one, in one step.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`, naming the path and the reason.
    public static func rename(_ path: String, to name: String) throws {
        guard systemRename(path, name) == 0 else {
            throw ApusError(.unwritableFile, "Cannot write \(name): \(String(cString: strerror(errno))).")
        }
    }

    /// The content of the file at `path`.
    ///
    /// - Throws: `ApusError` with the given code, naming the path and the reason.
    public static func read(_ path: String, failure code: ApusError.Code) throws -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        } catch {
            throw ApusError(code, "Cannot read \(path): \(reason(error, path)).")
        }
    }

    private static func reason(_ error: any Error, _ path: String) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return "there is no such file or folder"
        case .fileReadNoPermission, .fileWriteNoPermission: return "permission denied"
        case .fileWriteOutOfSpace: return "the disk is full"
        case .fileWriteVolumeReadOnly: return "the disk is read-only"
        case .fileReadUnknown where isFolder(path), .fileWriteUnknown where isFolder(path): return "it is a folder"
        default: return "the system says \(error)"
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var folder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder
    }
}

/// The system's function, which the method of the same name hides.
private func systemRename(_ old: String, _ new: String) -> Int32 { rename(old, new) }
