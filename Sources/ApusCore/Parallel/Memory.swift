#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the machine has of memory.
public enum Memory {
    /// The bytes of physical memory.
    public static let size: Int = {
        let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
        return pages > 0 && size > 0 ? pages * size : 8 << 30
    }()

    /// Throws when something would take more than the machine has.
    ///
    /// - Parameters:
    ///   - bytes: How much it would take.
    ///   - what: What would take it, as the beginning of a sentence: `A join with 10 rows`.
    ///   - remedy: How to ask for less, as the end of one.
    /// - Throws: `ApusError` with code `invalidInput`, naming both figures.
    public static func check(_ bytes: Double, _ what: String, _ remedy: String) throws {
        guard bytes > Double(size) else { return }
        func gigabytes(_ bytes: Double) -> String { "\((bytes / 1e8).rounded() / 10) GB" }
        throw ApusError(
            .invalidInput,
            "\(what) would take \(gigabytes(bytes)) of memory where the machine has \(gigabytes(Double(size))); \(remedy)."
        )
    }
}
