#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that are written part by part, and still appear whole or not at all.
@_documentation(visibility: internal)
public enum FileKernel {
    /// A file that is being written.
    public struct Output: ~Copyable {
        fileprivate let file: Int32

        /// Adds bytes at the end.
        public func append(_ bytes: [UInt8]) throws {
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    put(file, UnsafeRawBufferPointer(rebasing: buffer[written...]))
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw SystemFailure(reason: String(cString: strerror(errno))) }
                written += count
            }
        }
    }

    private struct SystemFailure: Error {
        let reason: String
    }

    /// Lets `body` write to a temporary file in the same folder and renames it to `path` when `body` returns; removes it
    /// when `body` throws. Pipes and devices are written to directly.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`, naming the path and the reason, and what `body` throws.
    public static func write(_ path: String, _ body: (borrowing Output) throws -> Void) throws {
        let target = resolved(path)
        var status = stat()
        let isStream = stat(target, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
        let temporary = isStream ? target : "\(target).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).tmp"
        let flags = isStream ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let file = open(temporary, flags, 0o666)
        guard file >= 0 else { throw failure(path, String(cString: strerror(errno))) }
        do {
            do {
                try body(Output(file: file))
            } catch {
                close(file)
                throw error
            }
            guard close(file) == 0 else { throw SystemFailure(reason: String(cString: strerror(errno))) }
            guard isStream || rename(temporary, target) == 0 else {
                throw SystemFailure(reason: String(cString: strerror(errno)))
            }
        } catch {
            if !isStream { unlink(temporary) }
            if let error = error as? SystemFailure { throw failure(path, error.reason) }
            throw error
        }
    }

    /// The file that a path leads to, through symbolic links.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func failure(_ path: String, _ reason: String) -> ApusError {
        ApusError(.unwritableFile, "Cannot write \(path): \(reason); nothing was left behind.")
    }
}

/// The system's `write`, which the name of a method hides above.
private func put(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int { write(file, bytes.baseAddress, bytes.count) }
