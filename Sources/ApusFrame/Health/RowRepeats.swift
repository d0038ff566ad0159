import ApusCore

/// How many rows repeat an earlier one, from a hash of 64 bits of each row.
///
/// Beyond a number of rows only those stay whose hash ends in a growing number of zeros; copies of a row stay or go
/// together, so that the share of repeats among them estimates that of all.
struct RowRepeats: Sendable {
    private let limit: Int
    private var shift = 0
    private var kept = 0
    private var buckets = [[UInt64]](repeating: [], count: 256)

    init(limit: Int) { self.limit = limit }

    /// Whether every row took part.
    var isExact: Bool { shift == 0 }

    mutating func add(_ chunk: DataFrame) {
        var hashes = [UInt64](repeating: 0x243F_6A88_85A3_08D3, count: chunk.rowCount)
        for column in chunk.columns { column.mixHashes(into: &hashes) }
        for hash in hashes where hash & (1 << UInt64(shift) - 1) == 0 {
            buckets[Int(hash >> 56)].append(hash)
            kept += 1
        }
        while kept > limit {
            shift += 1
            let mask: UInt64 = 1 << UInt64(shift) - 1
            for place in buckets.indices { buckets[place].removeAll { $0 & mask != 0 } }
            kept = buckets.reduce(0) { $0 + $1.count }
        }
    }

    /// The number of repeats, an estimate unless `isExact`.
    var count: Int {
        let buckets = buckets
        let repeats = Parallel.map(buckets.count) { place in
            let sorted = buckets[place].sorted()
            return zip(sorted, sorted.dropFirst()).count { $0 == $1 }
        }
        return repeats.reduce(0, +) << shift
    }
}

/// A mixture of bits in which every bit of the input changes half of the output (G. Steele et al., SplitMix64, 2014).
func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
}

extension Column {
    /// Mixes the value of each row into its hash.
    fileprivate func mixHashes(into hashes: inout [UInt64]) {
        let absent: UInt64 = 0xA5A5_5A5A_C3C3_3C3C
        func mix(_ value: (Int) -> UInt64) {
            for row in hashes.indices {
                hashes[row] = mixed(hashes[row] ^ (missing[row] ? absent : value(row)))
            }
        }
        func levels(_ codes: [Int32], _ levels: [String]) {
            let known = levels.map { level in
                level.utf8.withContiguousStorageIfAvailable { textHash($0[...]) } ?? textHash(Array(level.utf8)[...])
            }
            mix { codes[$0] < 0 ? absent : known[Int(codes[$0])] }
        }
        switch values {
        case .double(let values): mix { (values[$0] == 0 ? 0 : values[$0]).bitPattern }
        case .int(let values), .dateTime(let values): mix { UInt64(bitPattern: Int64(values[$0])) }
        case .bool(let values): mix { values[$0] ? 1 : 0 }
        case .categorical(let codes, let names): levels(codes, names)
        case .string(let texts):
            switch texts.storage {
            case .dictionary(let codes, let names): levels(codes, names)
            case .plain(let buffer): mix { textHash(buffer.bytes[buffer.range($0)]) }
            }
        }
    }
}

/// The hash of a text (G. Fowler, L. C. Noll, K.-P. Vo, FNV-1a).
private func textHash(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
