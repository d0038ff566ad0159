import CApusKernels
import CZlib

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The bytes of a file or a pipe from beginning to end, unpacked on the way where it is compressed by gzip.
@_documentation(visibility: internal)
public final class ByteStream {
    /// What the file is called in messages.
    public let name: String
    /// Whether the file is compressed by gzip.
    public let isCompressed: Bool

    private let file: Int32
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    /// Bytes as they are in the file, from `next` on.
    private var raw: [UInt8] = []
    private var next = 0
    private var isAtEnd = false
    /// Whether zlib is in the middle of a compressed part.
    private var isInside = false

    private static let blockSize = 1 << 18

    /// Opens a file.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when there is no such file or it cannot be read.
    public init(path: String) throws {
        name = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ByteStream.failure(path, String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw ByteStream.failure(path, "it is a directory")
        }
        file = descriptor
        stream.initialize(to: z_stream())
        var head: [UInt8] = []
        do {
            while head.count < 2 {
                let more = try ByteStream.read(descriptor, path)
                if more.isEmpty { break }
                head += more
            }
        } catch {
            close(descriptor)
            stream.deallocate()
            throw error
        }
        raw = head
        isAtEnd = head.isEmpty
        isCompressed = head.starts(with: [0x1F, 0x8B])
    }

    /// Bytes that are in memory already.
    public init(_ bytes: [UInt8], name: String) {
        self.name = name
        file = -1
        stream.initialize(to: z_stream())
        raw = bytes
        isAtEnd = true
        isCompressed = bytes.starts(with: [0x1F, 0x8B])
    }

    deinit {
        if isInside { inflateEnd(stream) }
        stream.deallocate()
        if file >= 0 { close(file) }
    }

    /// The next bytes, some hundred thousand; none at the end.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when reading fails, or the compressed content is damaged or cut
    ///   off.
    public func read() throws -> [UInt8] {
        guard isCompressed else {
            defer { raw = [] }
            if !raw.isEmpty || isAtEnd { return raw }
            let more = try ByteStream.read(file, name)
            isAtEnd = more.isEmpty
            return more
        }
        var output = [UInt8](repeating: 0, count: ByteStream.blockSize)
        while true {
            if next == raw.count, !isAtEnd {
                raw = try ByteStream.read(file, name)
                next = 0
                isAtEnd = raw.isEmpty
            }
            if next == raw.count, isAtEnd {
                if isInside { throw ByteStream.failure(name, "the gzip file ends too early; it was not copied whole") }
                return []
            }
            if !isInside {
                // Zeros may fill the file up behind the compressed content.
                while next < raw.count, raw[next] == 0 { next += 1 }
                if next == raw.count { continue }
                stream.pointee = z_stream()
                guard inflateInit2_(stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
                else { throw ByteStream.failure(name, "there is not enough memory") }
                isInside = true
            }
            let (status, used, made) = step(&output)
            next += used
            switch status {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END:
                inflateEnd(stream)
                isInside = false
            default: throw ByteStream.failure(name, "the gzip file is damaged; get it again")
            }
            if made > 0 { return Array(output[..<made]) }
        }
    }

    private func step(_ output: inout [UInt8]) -> (status: Int32, used: Int, made: Int) {
        let room = output.count
        return raw.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                // zlib counts in 32 bits.
                let available = min(input.count - next, 1 << 30)
                stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + next) }
                stream.pointee.avail_in = UInt32(available)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(room)
                let status = inflate(stream, Z_NO_FLUSH)
                return (
                    status, available - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out)
                )
            }
        }
    }

    private static func read(_ file: Int32, _ name: String) throws -> [UInt8] {
        var reason: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: blockSize) { buffer, filled in
            var got = get(file, buffer)
            while got < 0, errno == EINTR { got = get(file, buffer) }
            if got < 0 { reason = String(cString: strerror(errno)) }
            filled = max(0, got)
        }
        if let reason { throw failure(name, reason) }
        return bytes
    }

    private static func failure(_ name: String, _ what: String) -> ApusError {
        ApusError(.unreadableData, "\(name): cannot be read (\(what)); check the file and its path.")
    }
}

/// The system's `read`, which the name of a method hides above.
private func get(_ file: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    read(file, buffer.baseAddress, buffer.count)
}

/// Where records of delimited text end.
@_documentation(visibility: internal)
public enum RecordKernel {
    /// The bytes of whole records at the beginning of a text, at most `limit` records.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - isEnd: Whether nothing follows, so that the last record needs no line end.
    public static func whole(
        _ bytes: [UInt8], delimiter: UInt8, quote: UInt8, trimsSpaces: Bool, isEnd: Bool, limit: Int
    ) -> (length: Int, records: Int, isUnclosed: Bool) {
        var records = 0
        var unclosed: Int32 = 0
        let length = apus_csv_records(
            bytes, bytes.count, delimiter, quote, trimsSpaces ? 1 : 0, isEnd ? 1 : 0, limit, &records, &unclosed)
        return (length, records, unclosed != 0)
    }
}

/// Compression by gzip.
@_documentation(visibility: internal)
public enum DeflateKernel {
    /// Bytes as a gzip file of their own; several one after another are a gzip file, too.
    ///
    /// - Throws: `ApusError` with code `unwritableFile` when there is not enough memory.
    public static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        let status = deflateInit2_(
            stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK, bytes.count < 1 << 31 else {
            throw ApusError(.unwritableFile, "There is not enough memory to compress by gzip; free some.")
        }
        defer { deflateEnd(stream) }
        let bound = Int(deflateBound(stream, UInt(bytes.count))) + 32
        return bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: bound) { output, filled in
                stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0) }
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(bound)
                _ = deflate(stream, Z_FINISH)
                filled = bound - Int(stream.pointee.avail_out)
            }
        }
    }
}
