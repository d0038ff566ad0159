#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Files compressed by gzip.
public enum Gzip {
    /// Whether data begin as a gzip file does.
    public static func isCompressed(_ data: Data) -> Bool { data.starts(with: [0x1F, 0x8B]) }

    /// The content of a gzip file, checked against the length and the checksum in it.
    ///
    /// - Parameters:
    ///   - data: The file; several compressed parts one after another are joined.
    ///   - limit: The most bytes that are accepted as content, which also bounds the memory used.
    ///   - name: What the file is called in messages.
    /// - Throws: `ApusError` with code `unreadableData` when the file is truncated, corrupt or not gzip, or when its
    ///   content is longer than `limit`.
    public static func inflate(_ data: Data, limit: Int, name: String) throws -> [UInt8] {
        do {
            return try InflateKernel.inflate(data, limit: limit)
        } catch let failure as InflateKernel.Failure {
            let reason =
                switch failure {
                case .truncated: "ends too early; it was not copied whole, get it again"
                case .tooLarge: "holds more than the \(limit) bytes that belong there; get it from its source again"
                case .corrupt: "is damaged or no gzip file; get it again"
                case .noMemory: "cannot be decompressed: there is not enough memory; free some"
                }
            throw ApusError(.unreadableData, "\(name) \(reason).")
        }
    }
}
