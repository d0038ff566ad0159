import ApusCore

/// The values of a column, or of several together, as numbers from 0 in ascending order of the values.
struct KeyCodes: Sendable {
    /// One for each row; -1 where the value is missing.
    let codes: [Int32]
    /// How many numbers there are; some may not occur.
    let count: Int

    /// Missing values get the last number of their own.
    func includingMissing(_ hasMissing: Bool) -> KeyCodes {
        guard hasMissing else { return self }
        let last = Int32(count)
        return KeyCodes(codes: codes.map { $0 < 0 ? last : $0 }, count: count + 1)
    }

    /// The first row of each number, or -1 for those that do not occur.
    var firstRows: [Int] {
        var rows = [Int](repeating: -1, count: count)
        var left = count
        for (row, code) in codes.enumerated() where code >= 0 && rows[Int(code)] < 0 {
            rows[Int(code)] = row
            left -= 1
            if left == 0 { break }
        }
        return rows
    }

    /// The numbers of pairs of values; missing where either is.
    func combined(with other: KeyCodes) -> KeyCodes {
        let (product, overflows) = count.multipliedReportingOverflow(by: other.count)
        if !overflows, product <= Swift.max(1 << 12, codes.count / 4), product < Int32.max {
            // Few enough pairs that those which do not occur cost less than finding them.
            let (a, b, width) = (codes, other.codes, Int32(other.count))
            let pairs = [Int32](filledInParallelRows: a.count, width: 1, blockSize: 1 << 16) { block, out in
                for row in block { out[row] = a[row] < 0 || b[row] < 0 ? -1 : a[row] &* width &+ b[row] }
            }
            return KeyCodes(codes: pairs, count: product)
        }
        let width = UInt64(max(1, other.count))
        var keys = [UInt64](repeating: 0, count: codes.count)
        var missing = [UInt64](repeating: 0, count: (codes.count + 63) / 64)
        var missingCount = 0
        for row in codes.indices {
            if codes[row] < 0 || other.codes[row] < 0 {
                missing[row >> 6] |= 1 << UInt64(row & 63)
                missingCount += 1
            } else {
                keys[row] = UInt64(codes[row]) * width + UInt64(other.codes[row])
            }
        }
        let made = GroupKernel.codes(keys, missing: missingCount == 0 ? [] : missing)
        return KeyCodes(codes: made.codes, count: made.keys.count)
    }

    /// The numbers of the rows of several columns.
    ///
    /// - Parameters:
    ///   - columns: At least one.
    ///   - includesMissing: Whether a missing value is a value of its own, after the others; otherwise a row with one
    ///     has no number.
    static func of(_ columns: [Column], includesMissing: Bool) -> KeyCodes {
        let parts = Parallel.map(columns.count) { place in
            columns[place].keyCodes.includingMissing(includesMissing && !columns[place].missing.isComplete)
        }
        guard let first = parts.first else { return KeyCodes(codes: [], count: 0) }
        return parts.dropFirst().reduce(first) { $0.combined(with: $1) }
    }
}

extension Column {
    /// For each row a number that is smaller where the value comes earlier; nil for text, which has no such numbers.
    var orderKeys: [UInt64]? {
        switch values {
        case .double(let values):
            [UInt64](filledInParallelRows: values.count, width: 1, blockSize: 1 << 16) { block, out in
                for row in block {
                    // The bits of a number, so that their order as whole numbers is that of the numbers.
                    let value = values[row]
                    let bits = (value == 0 ? 0 : value).bitPattern
                    out[row] = bits >> 63 == 1 ? ~bits : bits | 1 << 63
                }
            }
        case .int(let values), .dateTime(let values):
            [UInt64](filledInParallelRows: values.count, width: 1, blockSize: 1 << 16) { block, out in
                for row in block { out[row] = UInt64(bitPattern: Int64(values[row])) ^ 1 << 63 }
            }
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .categorical(let codes, _): codes.map { UInt64(Swift.max(0, $0)) }
        case .string(let texts):
            if case .dictionary = texts.storage {
                texts.coded(missing).codes.map { UInt64(Swift.max(0, $0)) }
            } else {
                nil
            }
        }
    }

    /// The values numbered in ascending order: numbers and times by size, text by code point, categories by their
    /// levels, false before true.
    var keyCodes: KeyCodes {
        switch values {
        case .bool(let flags):
            return KeyCodes(codes: flags.enumerated().map { missing[$0] ? -1 : $1 ? 1 : 0 }, count: 2)
        case .categorical(let codes, let levels): return KeyCodes(codes: codes, count: levels.count)
        case .string(let texts):
            switch texts.storage {
            case .dictionary:
                let (codes, levels) = texts.coded(missing)
                return KeyCodes(codes: codes, count: levels.count)
            case .plain(let buffer): return plainCodes(buffer)
            }
        case .double, .int, .dateTime:
            let made = GroupKernel.codes(orderKeys ?? [], missing: missing.words)
            return KeyCodes(codes: made.codes, count: made.keys.count)
        }
    }

    private func plainCodes(_ buffer: UTF8Buffer) -> KeyCodes {
        let present = missing.isComplete ? Array(0..<count) : (0..<count).filter { !missing[$0] }
        let order = SortKernel.sorted(buffer, rows: present, descending: false)
        var codes = [Int32](repeating: -1, count: count)
        var code: Int32 = -1
        var last: Range<Int>?
        for row in order {
            let range = buffer.range(row)
            if let before = last, before.count == range.count, buffer.bytes[before] == buffer.bytes[range] {
                codes[row] = code
            } else {
                code += 1
                codes[row] = code
            }
            last = range
        }
        return KeyCodes(codes: codes, count: Int(code) + 1)
    }
}
