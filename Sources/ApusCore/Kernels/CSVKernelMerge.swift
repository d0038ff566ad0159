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
        let firstRows = sums(parts.map(\.rows))
        let firstBytes = sums(Parallel.map(parts.count) { parts[$0].byteCount })
        var ends: [Int] = []
        let bytes = [UInt8](unsafeUninitializedCapacity: firstBytes[parts.count]) { buffer, used in
            ends = [Int](unsafeUninitializedCapacity: firstRows[parts.count]) { places, filled in
                let (bytes, ends) = (Shared(buffer.baseAddress), Shared(places.baseAddress))
                Parallel.forEach(parts.count) { index in
                    parts[index].copy(bytes.base, from: firstBytes[index], ends.base, fromRow: firstRows[index])
                }
                filled = firstRows[parts.count]
            }
            used = firstBytes[parts.count]
        }
        return .text(UTF8Buffer(bytes: bytes, ends: ends))
    }

    /// Storage that pieces fill at once, each its own part; nil only where there is nothing to fill.
    private struct Shared<Element>: @unchecked Sendable {
        let base: UnsafeMutablePointer<Element>?
        init(_ base: UnsafeMutablePointer<Element>?) { self.base = base }
    }

    /// 0, the first number, the first two together, and so on.
    private static func sums(_ numbers: [Int]) -> [Int] {
        numbers.reduce(into: [0]) { sums, number in sums.append(sums[sums.count - 1] + number) }
    }

    /// All rows as codes into one dictionary, in order of first appearance; nil when it would be too large.
    private static func dictionary(_ parts: [CSVTextPiece]) -> CSVKernel.Values? {
        var all = CSVTextPiece(capacity: 1)
        defer { all.deallocate() }
        var found: [[Int32]] = []
        for part in parts {
            found.append(
                (0..<part.strings).map { string in
                    let (start, end) = part.bounds(string)
                    return all.code(part.bytes + start, end - start)
                })
            guard all.strings <= mostLevels else { return nil }
        }
        let places = found
        let firstRows = sums(parts.map(\.rows))
        let codes = [Int32](unsafeUninitializedCapacity: firstRows[parts.count]) { buffer, used in
            let shared = Shared(buffer.baseAddress)
            Parallel.forEach(parts.count) { index in
                guard let out = shared.base.map({ $0 + firstRows[index] }) else { return }
                places[index].withUnsafeBufferPointer { places in
                    for row in 0..<parts[index].rows {
                        let code = parts[index].codes[row]
                        out[row] = code < 0 ? -1 : places[Int(code)]
                    }
                }
            }
            used = firstRows[parts.count]
        }
        let levels = (0..<all.strings).map { string in
            let (start, end) = all.bounds(string)
            return CSVNumber.string(all.bytes + start, end - start)
        }
        return .dictionary(codes: codes, levels: levels)
    }
}

extension CSVTextPiece {
    /// Where the bytes of a string are.
    fileprivate func bounds(_ string: Int) -> (Int, Int) { (string == 0 ? 0 : ends[string - 1], ends[string]) }

    /// How many bytes the texts of all rows have together.
    fileprivate var byteCount: Int {
        if isPlain { return used }
        var total = 0
        for row in 0..<rows where codes[row] >= 0 {
            let (start, end) = bounds(Int(codes[row]))
            total += end - start
        }
        return total
    }

    /// Copies the texts of all rows, one after another, and where each ends.
    fileprivate func copy(
        _ bytes: UnsafeMutablePointer<UInt8>?, from start: Int, _ places: UnsafeMutablePointer<Int>?, fromRow first: Int
    ) {
        guard let places = places.map({ $0 + first }) else { return }
        if isPlain {
            if let bytes { (bytes + start).update(from: self.bytes, count: used) }
            for row in 0..<rows { places[row] = start + ends[row] }
            return
        }
        var at = start
        for row in 0..<rows {
            if codes[row] >= 0, let bytes {
                let (from, to) = bounds(Int(codes[row]))
                (bytes + at).update(from: self.bytes + from, count: to - from)
                at += to - from
            }
            places[row] = at
        }
    }
}
