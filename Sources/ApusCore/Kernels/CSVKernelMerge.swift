/// The storage of one column of numbers, truth values or times, which all pieces fill at once.
final class CSVStorage: @unchecked Sendable {
    private var doubles: [Double] = []
    private var ints: [Int] = []
    private var bools: [Bool] = []
    private let kind: CSVKernel.Kind
    private let base: UnsafeMutableRawPointer?
    private let stride: Int

    /// Storage for `rows` values. Its content is not initialised: each piece writes all of its rows.
    init(kind: CSVKernel.Kind, rows: Int) {
        self.kind = kind
        // The arrays are not touched, and so do not move, before `take`; until then the pointers stay good.
        switch kind {
        case .double:
            doubles = [Double](unsafeUninitializedCapacity: rows) { $1 = rows }
            base = doubles.withUnsafeMutableBufferPointer { $0.baseAddress.map { UnsafeMutableRawPointer($0) } }
            stride = MemoryLayout<Double>.stride
        case .int, .dateTime:
            ints = [Int](unsafeUninitializedCapacity: rows) { $1 = rows }
            base = ints.withUnsafeMutableBufferPointer { $0.baseAddress.map { UnsafeMutableRawPointer($0) } }
            stride = MemoryLayout<Int>.stride
        case .bool:
            bools = [Bool](unsafeUninitializedCapacity: rows) { $1 = rows }
            base = bools.withUnsafeMutableBufferPointer { $0.baseAddress.map { UnsafeMutableRawPointer($0) } }
            stride = MemoryLayout<Bool>.stride
        case .skipped, .text, .observed:
            base = nil
            stride = 0
        }
    }

    func pointer(to row: Int) -> UnsafeMutableRawPointer? { base.map { $0 + row * stride } }

    /// Moves the rows of the pieces together where pieces had fewer rows than room, because of blank lines.
    func close(gaps offsets: [Int], counts: [Int]) {
        guard let base else { return }
        var next = 0
        for (offset, count) in zip(offsets, counts) {
            if offset != next {
                (base + next * stride).copyMemory(from: base + offset * stride, byteCount: count * stride)
            }
            next += count
        }
    }

    /// The first `rows` values, once; the storage is empty afterwards.
    func take(_ rows: Int) -> CSVKernel.Values {
        switch kind {
        case .double:
            doubles.removeLast(doubles.count - rows)
            defer { doubles = [] }
            return .double(doubles)
        case .bool:
            bools.removeLast(bools.count - rows)
            defer { bools = [] }
            return .bool(bools)
        default:
            ints.removeLast(ints.count - rows)
            defer { ints = [] }
            return kind == .int ? .int(ints) : .dateTime(ints)
        }
    }
}

/// Putting the parts of a column together that the pieces of a file gave.
enum CSVMerge {
    private static let mostLevels = CSVKernel.mostLevels

    /// One bit for each row from the bits for each piece; empty when no row is missing.
    static func mask(_ parts: [UnsafeMutablePointer<UInt64>?], _ counts: [Int]) -> [UInt64] {
        guard parts.contains(where: { $0 != nil }) else { return [] }
        let rows = counts.reduce(0, +)
        var words = [UInt64](repeating: 0, count: (rows + 63) / 64)
        var row = 0
        for (part, count) in zip(parts, counts) {
            if let part {
                let shift = UInt64(row & 63)
                for k in 0..<(count + 63) / 64 {
                    let place = row >> 6 + k
                    words[place] |= part[k] << shift
                    let rest = shift == 0 ? 0 : part[k] >> (64 - shift)
                    if rest != 0 { words[place + 1] |= rest }
                }
            }
            row += count
        }
        return words
    }

    /// The text of a column: with one dictionary if every piece found values to repeat, else all bytes.
    static func text(_ parts: [CSVTextPiece]) -> CSVKernel.Values {
        if parts.allSatisfy({ !$0.isPlain }), let merged = dictionary(parts) { return merged }
        let rows = parts.reduce(0) { $0 + $1.rows }
        var total = 0
        for part in parts { total += byteCount(part) }
        let length = total
        var ends: [Int] = []
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, used in
            ends = [Int](unsafeUninitializedCapacity: rows) { places, filled in
                var at = 0
                var row = 0
                for part in parts {
                    for index in 0..<part.rows {
                        let (start, end) = range(part, index)
                        for k in start..<end { buffer[at + k - start] = part.bytes[k] }
                        at += end - start
                        places[row] = at
                        row += 1
                    }
                }
                filled = rows
            }
            used = length
        }
        return .text(UTF8Buffer(bytes: bytes, ends: ends))
    }

    private static func byteCount(_ part: CSVTextPiece) -> Int {
        part.isPlain
            ? part.used : (0..<part.rows).reduce(0) { $0 + range(part, $1).1 - range(part, $1).0 }
    }

    /// Where the bytes of a row are.
    private static func range(_ part: CSVTextPiece, _ row: Int) -> (Int, Int) {
        let string = part.isPlain ? row : Int(part.codes[row])
        return string < 0 ? (0, 0) : (string == 0 ? 0 : part.ends[string - 1], part.ends[string])
    }

    /// All rows as codes into one dictionary, in order of first appearance; nil when it would be too large.
    private static func dictionary(_ parts: [CSVTextPiece]) -> CSVKernel.Values? {
        var all = CSVTextPiece(capacity: 1)
        defer { all.deallocate() }
        var places: [[Int32]] = []
        for part in parts {
            var place: [Int32] = []
            for string in 0..<part.strings {
                let start = string == 0 ? 0 : part.ends[string - 1]
                place.append(all.code(part.bytes + start, part.ends[string] - start))
            }
            guard all.strings <= mostLevels else { return nil }
            places.append(place)
        }
        let rows = parts.reduce(0) { $0 + $1.rows }
        let codes = [Int32](unsafeUninitializedCapacity: rows) { buffer, used in
            var row = 0
            for (part, place) in zip(parts, places) {
                place.withUnsafeBufferPointer { place in
                    for index in 0..<part.rows {
                        let code = part.codes[index]
                        buffer[row + index] = code < 0 ? -1 : place[Int(code)]
                    }
                }
                row += part.rows
            }
            used = rows
        }
        let levels = (0..<all.strings).map { string in
            let start = string == 0 ? 0 : all.ends[string - 1]
            return CSVNumber.string(all.bytes + start, all.ends[string] - start)
        }
        return .dictionary(codes: codes, levels: levels)
    }
}
