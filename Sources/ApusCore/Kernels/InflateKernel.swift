import CZlib

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decompression by zlib, with memory bounded by what the caller expects.
@_documentation(visibility: internal)
public enum InflateKernel {
    /// Why data cannot be decompressed.
    public enum Failure: Error, Hashable {
        /// The data end too early.
        case truncated
        /// There is more in them than the limit.
        case tooLarge
        /// They are not what gzip writes, or a checksum in them is wrong.
        case corrupt
        /// zlib could not get memory.
        case noMemory
    }

    /// What stands around the compressed bytes.
    public enum Format: Sendable, Hashable {
        /// A gzip file: one member or several, each with a checksum and its length.
        case gzip
        /// A zlib stream, which HTTP calls `deflate`.
        case zlib

        /// How zlib is told of it.
        fileprivate var windowBits: Int32 { self == .gzip ? 16 + MAX_WBITS : MAX_WBITS }
    }

    /// The most bytes that a byte of compressed data can stand for.
    public static let largestRatio = 1032

    /// The content of all gzip members in `data`, or of one zlib stream; zeros may follow.
    public static func inflate(
        _ data: some ContiguousBytes, format: Format = .gzip, limit: Int
    ) throws -> [UInt8] {
        var output: [UInt8] = []
        try data.withUnsafeBytes { raw in
            let input = raw.bindMemory(to: UInt8.self)
            // zlib keeps the address of its stream, so this one must not move.
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            stream.initialize(to: z_stream())
            defer { stream.deallocate() }
            let size = Int32(MemoryLayout<z_stream>.size)
            guard inflateInit2_(stream, format.windowBits, ZLIB_VERSION, size) == Z_OK else { throw Failure.noMemory }
            defer { inflateEnd(stream) }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            var position = 0
            repeat {
                try inflatePart(of: input, from: &position, stream, &chunk, into: &output, limit: limit)
                if input[position...].allSatisfy({ $0 == 0 }) { return }
                guard format == .gzip, inflateReset(stream) == Z_OK else { throw Failure.corrupt }
            } while true
        }
        return output
    }

    private static func inflatePart(
        of input: UnsafeBufferPointer<UInt8>, from position: inout Int, _ stream: UnsafeMutablePointer<z_stream>,
        _ chunk: inout [UInt8], into output: inout [UInt8], limit: Int
    ) throws {
        while true {
            // zlib counts in 32 bits.
            let available = min(input.count - position, 1 << 30)
            stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + position) }
            stream.pointee.avail_in = UInt32(available)
            let status = chunk.withUnsafeMutableBufferPointer { room in
                stream.pointee.next_out = room.baseAddress
                stream.pointee.avail_out = UInt32(room.count)
                return CZlib.inflate(stream, Z_NO_FLUSH)
            }
            position += available - Int(stream.pointee.avail_in)
            let made = chunk.count - Int(stream.pointee.avail_out)
            guard made <= limit - output.count else { throw Failure.tooLarge }
            output += chunk[..<made]
            switch status {
            case Z_OK: continue
            case Z_STREAM_END: return
            case Z_BUF_ERROR: throw Failure.truncated
            case Z_MEM_ERROR: throw Failure.noMemory
            default: throw Failure.corrupt
            }
        }
    }
}
