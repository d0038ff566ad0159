/// Distinct terms, each a run of UTF-8 bytes, that are found by hashing.
@_documentation(visibility: internal)
public struct TermTable: Sendable {
    /// The bytes of all terms, one after another.
    public let bytes: [UInt8]
    /// Where each term ends in `bytes`; the next one begins there.
    public let ends: [Int]
    private let slots: [Int32]

    /// Number of terms.
    public var count: Int { ends.count }

    /// The terms in the order given, or nil when one occurs twice.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of all terms, one after another.
    ///   - ends: Where each term ends, ascending up to `bytes.count`; fewer than 2³¹ terms.
    public init?(bytes: [UInt8], ends: [Int]) {
        self.bytes = bytes
        self.ends = ends
        var capacity = 16
        while capacity < ends.count * 2 { capacity *= 2 }
        var slots = [Int32](repeating: -1, count: capacity)
        let isDistinct = bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for (term, end) in ends.enumerated() {
                let length = end - start
                // An empty array has no address; its terms are empty and never looked at.
                guard let base = bytes.baseAddress else { return ends.count <= 1 }
                var slot = Int(truncatingIfNeeded: TermHash.of(base + start, length)) & (capacity - 1)
                while slots[slot] >= 0 {
                    let other = Int(slots[slot])
                    let otherStart = other == 0 ? 0 : ends[other - 1]
                    if ends[other] - otherStart == length, TermHash.same(base + start, base + otherStart, length) {
                        return false
                    }
                    slot = (slot + 1) & (capacity - 1)
                }
                slots[slot] = Int32(term)
                start = end
            }
            return true
        }
        guard isDistinct else { return nil }
        self.slots = slots
    }

    /// The terms in the order given, or nil when one occurs twice.
    public init?(_ terms: [String]) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for term in terms {
            bytes.append(contentsOf: term.utf8)
            ends.append(bytes.count)
        }
        self.init(bytes: bytes, ends: ends)
    }

    /// The terms as text.
    public var terms: [String] { (0..<count).map(term) }

    /// One term as text.
    public func term(_ index: Int) -> String {
        String(decoding: bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]], as: UTF8.self)
    }

    /// The place of a term, or nil where it is not in the table.
    public func place(of term: String) -> Int? {
        var bytes = Array(term.utf8)
        // An empty term has no address of its own.
        bytes.append(0)
        let found = withFinder { finder in
            bytes.withUnsafeBufferPointer { finder.place(of: $0.baseAddress.unsafelyUnwrapped, $0.count - 1) }
        }
        return found < 0 ? nil : Int(found)
    }

    /// Hands out what finds terms, which lives as long as the call.
    func withFinder<Result>(_ body: (TermFinder) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { bytes in
            try ends.withUnsafeBufferPointer { ends in
                try slots.withUnsafeBufferPointer { slots in
                    try body(TermFinder(bytes: bytes, ends: ends, slots: slots))
                }
            }
        }
    }
}

extension TermTable: Equatable {
    /// Whether both hold the same terms in the same order.
    public static func == (a: TermTable, b: TermTable) -> Bool { a.bytes == b.bytes && a.ends == b.ends }
}

/// Finds terms of a table.
struct TermFinder {
    fileprivate let bytes: UnsafeBufferPointer<UInt8>
    fileprivate let ends: UnsafeBufferPointer<Int>
    fileprivate let slots: UnsafeBufferPointer<Int32>

    /// The place of a term in the table, or -1.
    @inline(__always)
    func place(of term: UnsafePointer<UInt8>, _ length: Int) -> Int32 {
        guard let base = bytes.baseAddress else { return ends.count == 1 && length == 0 ? 0 : -1 }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: TermHash.of(term, length)) & mask
        while true {
            let found = slots[slot]
            if found < 0 { return -1 }
            let start = found == 0 ? 0 : ends[Int(found) - 1]
            if ends[Int(found)] - start == length, TermHash.same(term, base + start, length) { return found }
            slot = (slot + 1) & mask
        }
    }
}

/// Hashing and comparing runs of bytes.
enum TermHash {
    /// A hash of bytes, the same in every run.
    @inline(__always)
    static func of(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        let raw = UnsafeRawPointer(bytes)
        var hash = UInt64(truncatingIfNeeded: length) &* 0x9e37_79b9_7f4a_7c15
        var k = 0
        while k + 8 <= length {
            hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: k, as: UInt64.self))
            k += 8
        }
        var rest: UInt64 = 0
        if length & 4 != 0 {
            rest = UInt64(raw.loadUnaligned(fromByteOffset: k, as: UInt32.self))
            k += 4
        }
        if length & 2 != 0 {
            rest = rest << 16 | UInt64(raw.loadUnaligned(fromByteOffset: k, as: UInt16.self))
            k += 2
        }
        if length & 1 != 0 { rest = rest << 8 | UInt64(bytes[k]) }
        return mixed(hash ^ rest)
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return product.high ^ product.low
    }

    /// Whether two runs of the same length are equal.
    @inline(__always)
    static func same(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        let (x, y) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
        var k = 0
        while k + 8 <= length {
            if x.loadUnaligned(fromByteOffset: k, as: UInt64.self)
                != y.loadUnaligned(fromByteOffset: k, as: UInt64.self)
            {
                return false
            }
            k += 8
        }
        while k < length {
            if a[k] != b[k] { return false }
            k += 1
        }
        return true
    }

    /// MurmurHash3 of 32 bits with seed 0, as a signed number.
    ///
    /// Source: A. Appleby, MurmurHash3_x86_32 (public domain).
    static func murmur(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Int32 {
        func scrambled(_ word: UInt32) -> UInt32 {
            let product = word &* 0xcc9e_2d51
            return (product << 15 | product >> 17) &* 0x1b87_3593
        }
        let raw = UnsafeRawPointer(bytes)
        var hash: UInt32 = 0
        let whole = length & ~3
        for k in stride(from: 0, to: whole, by: 4) {
            hash ^= scrambled(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: k, as: UInt32.self)))
            hash = (hash << 13 | hash >> 19) &* 5 &+ 0xe654_6b64
        }
        if whole < length {
            var tail: UInt32 = 0
            for k in stride(from: length - 1, through: whole, by: -1) { tail = tail << 8 | UInt32(bytes[k]) }
            hash ^= scrambled(tail)
        }
        hash ^= UInt32(truncatingIfNeeded: length)
        hash = (hash ^ hash >> 16) &* 0x85eb_ca6b
        hash = (hash ^ hash >> 13) &* 0xc2b2_ae35
        return Int32(bitPattern: hash ^ hash >> 16)
    }
}

/// A table that grows while terms are met, for one thread.
final class TermCollector {
    /// A term: its hash and where it ends.
    private struct Record {
        var hash: UInt64
        var end: Int
    }

    // One thread uses a collector, one call after another, so access to what it holds need not be checked as it runs.
    @exclusivity(unchecked) private(set) var bytes: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private(set) var byteCount = 0
    @exclusivity(unchecked) private var byteCapacity = 1 << 14
    @exclusivity(unchecked) private var records: UnsafeMutablePointer<Record>
    @exclusivity(unchecked) private(set) var count = 0
    /// The high half of a term's hash and its place; all ones where there is none. At most half of them are taken.
    @exclusivity(unchecked) private var slots: UnsafeMutablePointer<UInt64>
    @exclusivity(unchecked) private var capacity = 1 << 12

    init() {
        bytes = .allocate(capacity: byteCapacity)
        records = .allocate(capacity: capacity / 2)
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: .max, count: capacity)
    }

    deinit {
        bytes.deallocate()
        records.deallocate()
        slots.deallocate()
    }

    /// Where each term ends in `bytes`.
    var ends: [Int] { (0..<count).map { records[$0].end } }
    /// The hash of each term.
    var hashes: [UInt64] { (0..<count).map { records[$0].hash } }

    /// The place of a term, new or known.
    @inline(__always)
    func place(of term: UnsafePointer<UInt8>, _ length: Int, hash: UInt64) -> Int {
        let (slots, mask) = (slots, capacity - 1)
        let tag = hash >> 32
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != .max {
            if slots[slot] >> 32 == tag {
                let found = Int(truncatingIfNeeded: slots[slot] & 0xffff_ffff)
                let start = found == 0 ? 0 : records[found - 1].end
                if records[found].end - start == length, TermHash.same(term, bytes + start, length) { return found }
            }
            slot = (slot + 1) & mask
        }
        return add(term, length, hash, slot)
    }

    @inline(never)
    private func add(_ term: UnsafePointer<UInt8>, _ length: Int, _ hash: UInt64, _ slot: Int) -> Int {
        if byteCount + length > byteCapacity {
            byteCapacity = max(byteCapacity * 2, byteCount + length)
            let wider = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCapacity)
            wider.update(from: bytes, count: byteCount)
            bytes.deallocate()
            bytes = wider
        }
        (bytes + byteCount).update(from: term, count: length)
        byteCount += length
        let place = count
        records[place] = Record(hash: hash, end: byteCount)
        count += 1
        slots[slot] = (hash & ~0xffff_ffff) | UInt64(place)
        if count * 2 == capacity { grow() }
        return place
    }

    private func grow() {
        let wider = UnsafeMutablePointer<Record>.allocate(capacity: capacity)
        wider.update(from: records, count: count)
        records.deallocate()
        records = wider
        capacity *= 2
        slots.deallocate()
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: .max, count: capacity)
        for place in 0..<count {
            let hash = records[place].hash
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] != .max { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = (hash & ~0xffff_ffff) | UInt64(place)
        }
    }
}
