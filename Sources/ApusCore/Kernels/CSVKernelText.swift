#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The text values of one column in one piece of a file: codes into a dictionary as long as values repeat, all of their
/// bytes once they turn out not to.
struct CSVTextPiece: @unchecked Sendable {
    /// For each row its place in the dictionary, or -1; not used any more once `isPlain`.
    private(set) var codes: UnsafeMutablePointer<Int32>
    /// How many rows there are.
    private(set) var rows = 0
    /// How many strings there are in `bytes`: different ones, or one for each row once `isPlain`.
    private(set) var strings = 0
    /// The bytes of the strings, one after another, with eight spare bytes behind them.
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    /// How many bytes are used.
    private(set) var used = 0
    /// Where each string ends.
    private(set) var ends: UnsafeMutablePointer<Int>
    /// Whether there is one string for each row.
    private(set) var isPlain = false

    private var capacity: Int
    private var bytesCapacity = 1024
    private var endsCapacity = 64
    private var hashes: UnsafeMutablePointer<UInt64>
    /// Open addressing: the code in each slot, or -1. Its size is a power of two of at least twice `strings`.
    private var slots: UnsafeMutablePointer<Int32>
    private var slotMask = 127

    /// A piece with room for `capacity` rows, at least 1; it grows when there are more.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
        codes = .allocate(capacity: self.capacity)
        bytes = .allocate(capacity: bytesCapacity)
        ends = .allocate(capacity: endsCapacity)
        hashes = .allocate(capacity: endsCapacity)
        slots = .allocate(capacity: slotMask + 1)
        slots.initialize(repeating: -1, count: slotMask + 1)
    }

    func deallocate() {
        codes.deallocate()
        bytes.deallocate()
        ends.deallocate()
        hashes.deallocate()
        slots.deallocate()
    }

    /// Adds a row without a value.
    @inline(__always)
    mutating func appendMissing() {
        if isPlain {
            appendString(bytes, 0)
        } else {
            if rows == capacity { growRows() }
            codes[rows] = -1
        }
        rows += 1
    }

    /// Adds a row.
    @inline(__always)
    mutating func append(_ p: UnsafePointer<UInt8>, _ length: Int) {
        if isPlain {
            appendString(p, length)
        } else {
            if rows == capacity { growRows() }
            codes[rows] = code(p, length)
            if strings > 1024, strings > rows / 2 { becomePlain() }
        }
        rows += 1
    }

    /// The place of a string in the dictionary, where it is put if it is new.
    @inline(__always)
    mutating func code(_ p: UnsafePointer<UInt8>, _ length: Int) -> Int32 {
        let hash = CSVTextPiece.hash(p, length)
        var slot = Int(truncatingIfNeeded: hash) & slotMask
        while true {
            let found = slots[slot]
            if found < 0 { break }
            if hashes[Int(found)] == hash {
                let start = found == 0 ? 0 : ends[Int(found) - 1]
                if ends[Int(found)] - start == length, CSVTextPiece.equal(bytes + start, p, length) { return found }
            }
            slot = (slot + 1) & slotMask
        }
        return add(p, length, hash, slot)
    }

    @inline(never)
    private mutating func add(_ p: UnsafePointer<UInt8>, _ length: Int, _ hash: UInt64, _ slot: Int) -> Int32 {
        let code = Int32(strings)
        appendString(p, length)
        hashes[Int(code)] = hash
        slots[slot] = code
        if strings * 2 > slotMask { growSlots() }
        return code
    }

    @inline(__always)
    private mutating func appendString(_ p: UnsafePointer<UInt8>, _ length: Int) {
        if used + length + 8 > bytesCapacity || strings == endsCapacity { growStrings(length) }
        (bytes + used).update(from: p, count: length)
        used += length
        ends[strings] = used
        strings += 1
    }

    /// A hash of a string, loaded in words: the bytes behind it must be readable.
    @inline(__always)
    static func hash(_ p: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        var hash = UInt64(length) &* 0x9E37_79B9_7F4A_7C15
        var at = 0
        while length - at > 8 {
            hash = mix(hash ^ CSVWord.load(p + at))
            at += 8
        }
        return mix(hash ^ CSVWord.first(length - at, of: CSVWord.load(p + at)))
    }

    @inline(__always)
    private static func mix(_ x: UInt64) -> UInt64 {
        let (high, low) = x.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return high ^ low
    }

    @inline(__always)
    private static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        if length <= 8 { return CSVWord.first(length, of: CSVWord.load(a) ^ CSVWord.load(b)) == 0 }
        return memcmp(a, b, length) == 0
    }

    // MARK: Growing

    private mutating func growRows() {
        codes = CSVTextPiece.moved(codes, rows, to: capacity * 2)
        capacity *= 2
    }

    @inline(never)
    private mutating func growStrings(_ length: Int) {
        if used + length + 8 > bytesCapacity {
            bytesCapacity = max(bytesCapacity * 2, used + length + 8)
            bytes = CSVTextPiece.moved(bytes, used, to: bytesCapacity)
        }
        if strings == endsCapacity {
            endsCapacity *= 2
            ends = CSVTextPiece.moved(ends, strings, to: endsCapacity)
            if !isPlain { hashes = CSVTextPiece.moved(hashes, strings, to: endsCapacity) }
        }
    }

    private mutating func growSlots() {
        slots.deallocate()
        slotMask = slotMask * 2 + 1
        slots = .allocate(capacity: slotMask + 1)
        slots.initialize(repeating: -1, count: slotMask + 1)
        for code in 0..<strings {
            var slot = Int(truncatingIfNeeded: hashes[code]) & slotMask
            while slots[slot] >= 0 { slot = (slot + 1) & slotMask }
            slots[slot] = Int32(code)
        }
    }

    /// Gives each row its own string, from here on. The row being added is among them.
    @inline(never)
    private mutating func becomePlain() {
        let (oldBytes, oldEnds, oldCodes) = (bytes, ends, codes)
        let count = rows + 1
        bytesCapacity = max(1024, used * 2)
        bytes = .allocate(capacity: bytesCapacity)
        endsCapacity = max(count, capacity)
        ends = .allocate(capacity: endsCapacity)
        (used, strings, isPlain) = (0, 0, true)
        for row in 0..<count {
            let code = Int(oldCodes[row])
            let start = code <= 0 ? 0 : oldEnds[code - 1]
            appendString(oldBytes + start, code < 0 ? 0 : oldEnds[code] - start)
        }
        oldBytes.deallocate()
        oldEnds.deallocate()
        oldCodes.deallocate()
        hashes.deallocate()
        slots.deallocate()
        codes = .allocate(capacity: 1)
        hashes = .allocate(capacity: 1)
        slots = .allocate(capacity: 1)
    }

    private static func moved<Element: BitwiseCopyable>(
        _ old: UnsafeMutablePointer<Element>, _ count: Int, to capacity: Int
    ) -> UnsafeMutablePointer<Element> {
        let new = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        new.update(from: old, count: count)
        old.deallocate()
        return new
    }
}

extension UTF8Buffer {
    /// The distinct strings in order of first appearance, and for each row the place of its string; -1 where a bit of
    /// `missing` is set.
    public func coded(missing: [UInt64]) -> (codes: [Int32], levels: [String]) {
        var table = CSVTextPiece(capacity: 1)
        defer { table.deallocate() }
        // Kernels load whole words, also at the end of a value.
        let padded = bytes + [UInt8](repeating: 0, count: 8)
        return padded.withUnsafeBufferPointer { buffer in
            let base = buffer.baseAddress.unsafelyUnwrapped
            let codes = (0..<count).map { row -> Int32 in
                if !missing.isEmpty, missing[row >> 6] >> UInt64(row & 63) & 1 == 1 { return -1 }
                let range = range(row)
                return table.code(base + range.lowerBound, range.count)
            }
            let levels = (0..<table.strings).map { string in
                let start = string == 0 ? 0 : table.ends[string - 1]
                return CSVNumber.string(table.bytes + start, table.ends[string] - start)
            }
            return (codes, levels)
        }
    }
}
