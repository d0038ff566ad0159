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

    /// The content of all gzip members in `data`, which may be followed by zeros.
    public static func gunzip(_ data: Data, limit: Int) throws -> [UInt8] {
        var output: [UInt8] = []
        try data.withUnsafeBytes { raw in
            let input = raw.bindMemory(to: UInt8.self)
            var position = 0
            repeat {
                try inflateMember(of: input, from: &position, into: &output, limit: limit)
                if input[position...].allSatisfy({ $0 == 0 }) { return }
            } while true
        }
        return output
    }

    private static func inflateMember(
        of input: UnsafeBufferPointer<UInt8>, from position: inout Int, into output: inout [UInt8], limit: Int
    ) throws {
        // zlib keeps the address of its stream, so this one must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        let gzipOnly = 16 + MAX_WBITS
        guard inflateInit2_(stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Failure.noMemory
        }
        defer { inflateEnd(stream) }

        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            // zlib counts in 32 bits.
            let available = min(input.count - position, 1 << 30)
            stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + position) }
            stream.pointee.avail_in = UInt32(available)
            let status = chunk.withUnsafeMutableBufferPointer { room in
                stream.pointee.next_out = room.baseAddress
                stream.pointee.avail_out = UInt32(room.count)
                return inflate(stream, Z_NO_FLUSH)
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
