import Foundation

/// The memory that a request may take: what the machine has.
@_documentation(visibility: internal)
public enum MemoryLimit {
    /// Bytes of memory in this machine.
    public static var bytes: Double { Double(ProcessInfo.processInfo.physicalMemory) }

    /// Throws when a request would take more memory than there is.
    ///
    /// - Parameters:
    ///   - bytes: What it would take.
    ///   - what: What takes it, as the subject of a sentence.
    ///   - remedy: What to do instead, as an order.
    /// - Throws: `ApusError` with code `invalidInput`, with the figure.
    public static func check(bytes: Double, for what: String, remedy: String) throws {
        guard bytes > self.bytes else { return }
        throw ApusError(
            .invalidInput,
            "\(what) would take \(gigabytes(bytes)) of memory where there are \(gigabytes(self.bytes)); \(remedy).")
    }

    private static func gigabytes(_ bytes: Double) -> String {
        let tenths = (bytes / 1e8).rounded()
        return Int(exactly: tenths).map { "\($0 / 10).\($0 % 10) GB" } ?? "\(bytes) bytes"
    }
}
