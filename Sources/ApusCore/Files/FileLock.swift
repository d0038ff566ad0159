import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Locks on open files, seen by all programs of this machine that ask for one.
public enum FileLock {
    /// Takes the lock of an open file, until it is closed.
    ///
    /// - Returns: Whether it was free.
    public static func take(_ file: FileHandle) -> Bool { flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 }
}
