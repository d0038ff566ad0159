#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The bytes of a file, mapped into memory where that is possible, with at least 64 readable zero bytes behind them.
///
/// As with every mapped file, nobody must shorten it while it is being read; replacing it by renaming is fine.
@_documentation(visibility: internal)
public final class CSVBytes: @unchecked Sendable {
    /// The first byte.
    let base: UnsafePointer<UInt8>
    /// How many bytes there are.
    public let count: Int
    private let mappedLength: Int

    static let padding = 64

    /// The bytes of a file; of a pipe or another stream, everything up to its end.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when there is no such file or it cannot be read.
    public init(path: String) throws {
        func failure(_ what: String) -> ApusError {
            ApusError(.unreadableData, "\(path): cannot be read (\(what)); check the path and the permissions.")
        }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(String(cString: strerror(errno))) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw failure("it is a directory") }
        let size = Int(status.st_size)
        if status.st_mode & S_IFMT == S_IFREG, size > 0,
            let (mapping, length) = CSVBytes.map(file, size: size)
        {
            base = UnsafePointer(mapping.assumingMemoryBound(to: UInt8.self))
            count = size
            mappedLength = length
            return
        }
        var (buffer, used, capacity) = (malloc(1 << 16), 0, 1 << 16)
        while true {
            guard let current = buffer else { throw failure("there is not enough memory") }
            let got = read(file, current + used, capacity - used - CSVBytes.padding)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                let reason = String(cString: strerror(errno))
                free(current)
                throw failure(reason)
            }
            if got == 0 { break }
            used += got
            if capacity - used < capacity / 4 + CSVBytes.padding {
                capacity *= 2
                guard let larger = realloc(current, capacity) else {
                    free(current)
                    throw failure("there is not enough memory")
                }
                buffer = larger
            }
        }
        guard let filled = buffer else { throw failure("there is not enough memory") }
        memset(filled + used, 0, CSVBytes.padding)
        base = UnsafePointer(filled.assumingMemoryBound(to: UInt8.self))
        count = used
        mappedLength = 0
    }

    /// The content where the bytes are compressed by gzip, else the bytes themselves.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when they are damaged, and `invalidInput` when the content is
    ///   larger than the machine's memory.
    public func unpacked(_ name: String) throws -> CSVBytes {
        guard prefix(2) == [0x1F, 0x8B] else { return self }
        return try CSVBytes(ByteStream(self[0..<count], name: name))
    }

    /// What is left of a stream, unpacked where it is compressed.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when it cannot be read or is damaged, and `invalidInput` when it
    ///   is larger than the machine's memory.
    public convenience init(_ stream: ByteStream) throws {
        var (used, capacity) = (0, 1 << 20)
        guard var buffer = malloc(capacity) else {
            throw ApusError(.unreadableData, "\(stream.name): cannot be read (there is not enough memory); free some.")
        }
        do {
            while true {
                let block = try stream.read()
                if block.isEmpty { break }
                if used + block.count + CSVBytes.padding > capacity {
                    capacity = max(capacity * 2, used + block.count + CSVBytes.padding)
                    try Memory.check(
                        Double(used + block.count), "The content of \(stream.name)", "read it in chunks of rows")
                    guard let larger = realloc(buffer, capacity) else {
                        throw ApusError(
                            .unreadableData,
                            "\(stream.name): cannot be read (there is not enough memory); read it in chunks.")
                    }
                    buffer = larger
                }
                block.withUnsafeBytes { bytes in
                    if let base = bytes.baseAddress { memcpy(buffer + used, base, bytes.count) }
                }
                used += block.count
            }
        } catch {
            free(buffer)
            throw error
        }
        memset(buffer + used, 0, CSVBytes.padding)
        self.init(base: UnsafePointer(buffer.assumingMemoryBound(to: UInt8.self)), count: used)
    }

    private init(base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        self.count = count
        mappedLength = 0
    }

    /// A copy of bytes that are in memory already.
    public init(_ bytes: some Collection<UInt8>) {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + CSVBytes.padding)
        _ = UnsafeMutableBufferPointer(start: copy, count: bytes.count).initialize(from: bytes)
        (copy + bytes.count).initialize(repeating: 0, count: CSVBytes.padding)
        base = UnsafePointer(copy)
        count = bytes.count
        mappedLength = 0
    }

    deinit {
        if mappedLength > 0 {
            munmap(UnsafeMutableRawPointer(mutating: base), mappedLength)
        } else {
            free(UnsafeMutableRawPointer(mutating: base))
        }
    }

    /// Maps a file in front of a page of zeros, so that kernels may load whole words at its end.
    private static func map(_ file: Int32, size: Int) -> (UnsafeMutableRawPointer, Int)? {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let length = (size + page - 1) / page * page + page
        guard
            let whole = mmap(nil, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), whole != MAP_FAILED
        else { return nil }
        guard mmap(whole, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) != MAP_FAILED else {
            munmap(whole, length)
            return nil
        }
        madvise(whole, size, MADV_SEQUENTIAL)
        return (whole, length)
    }

    /// Says that a range will not be needed soon; its memory may be used otherwise and is read again when it is.
    func release(_ range: Range<Int>) {
        guard mappedLength > 0 else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = (range.lowerBound + page - 1) / page * page
        let last = range.upperBound / page * page
        guard last > first else { return }
        madvise(UnsafeMutableRawPointer(mutating: base) + first, last - first, MADV_DONTNEED)
    }

    /// A copy of the first bytes, at most `length`.
    public func prefix(_ length: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: base, count: min(length, count)))
    }

    /// A copy of some of the bytes.
    public subscript(range: Range<Int>) -> [UInt8] {
        Array(UnsafeBufferPointer(start: base, count: count)[range.clamped(to: 0..<count)])
    }

    /// The number of the line, from 1, that holds the byte at `offset`; lines end as text editors see them.
    public func line(at offset: Int) -> Int {
        var line = 1
        var i = 0
        let end = min(offset, count)
        while i < end {
            if base[i] == 10 || (base[i] == 13 && base[i + 1] != 10) { line += 1 }
            i += 1
        }
        return line
    }
}
