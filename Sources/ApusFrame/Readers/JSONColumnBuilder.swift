import ApusCore

/// Collects the values of one column, whose type widens as values ask for it.
struct JSONColumnBuilder {
    let name: String
    /// The type that all values must have; nil while it is found from them.
    let fixed: ColumnType?
    private(set) var count = 0
    private var missingRows: [Int] = []
    private var kind: ColumnType?
    private var ints: [Int] = []
    private var doubles: [Double] = []
    private var bools: [Bool] = []
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// A column with `count` rows that have no value.
    init(_ name: String, type: ColumnType?, missing count: Int) {
        self.name = name
        fixed = type
        switch type {
        case .int, .double, .bool: kind = type
        case .string, .categorical, .dateTime: kind = .string
        case nil: kind = nil
        }
        for _ in 0..<count { appendMissing() }
    }

    mutating func appendMissing() {
        missingRows.append(count)
        switch kind {
        case .int: ints.append(0)
        case .double: doubles.append(.nan)
        case .bool: bools.append(false)
        case .string: ends.append(bytes.count)
        default: break
        }
        count += 1
    }

    /// Adds a value; false when it is not of the type that is asked for.
    mutating func append(_ value: JSONScanner.Value, _ scanner: JSONScanner) throws -> Bool {
        switch value {
        case .null: appendMissing()
        case .flag(let flag):
            if kind == nil { become(.bool) }
            if kind == .bool {
                bools.append(flag)
                count += 1
            } else {
                return appendOther(flag ? "true" : "false")
            }
        case .number(let range, let isWhole):
            let whole = isWhole ? Int(String(decoding: scanner.bytes[range], as: UTF8.self)) : nil
            if kind == nil { become(whole == nil ? .double : .int) }
            if kind == .int, whole == nil {
                guard fixed == nil else { return false }
                become(.double)
            }
            switch kind {
            case .int: ints.append(whole ?? 0)
            case .double: doubles.append(JSONNumberKernel.double(scanner.bytes, range) ?? .nan)
            default: return appendOther(String(decoding: scanner.bytes[range], as: UTF8.self))
            }
            count += 1
        case .text(let range, let isPlain):
            if kind == nil { become(.string) }
            if kind != .string {
                guard fixed == nil else { return false }
                become(.string)
            }
            if isPlain {
                bytes.append(contentsOf: scanner.bytes[range])
            } else {
                bytes.append(contentsOf: try scanner.string(range, isPlain: false).utf8)
            }
            if fixed == .dateTime, DateTime(String(decoding: bytes[(ends.last ?? 0)...], as: UTF8.self)) == nil {
                return false
            }
            ends.append(bytes.count)
            count += 1
        case .nested(let range):
            return appendOther(String(decoding: scanner.bytes[range], as: UTF8.self))
        }
        return true
    }

    /// Adds what is no text as text, where that is allowed.
    private mutating func appendOther(_ text: String) -> Bool {
        guard fixed == nil || fixed == .string || fixed == .categorical else { return false }
        become(.string)
        bytes.append(contentsOf: text.utf8)
        ends.append(bytes.count)
        count += 1
        return true
    }

    /// Changes the type, and with it the values that are there already.
    private mutating func become(_ type: ColumnType) {
        guard kind != type else { return }
        switch (kind, type) {
        case (nil, .int): ints = [Int](repeating: 0, count: count)
        case (nil, .double): doubles = [Double](repeating: .nan, count: count)
        case (nil, .bool): bools = [Bool](repeating: false, count: count)
        case (nil, _): ends = [Int](repeating: 0, count: count)
        case (.int, .double):
            doubles = ints.map { Double($0) }
            ints = []
            for row in missingRows { doubles[row] = .nan }
        default:
            var absent = missingRows[...]
            for row in 0..<count {
                if absent.first == row {
                    absent.removeFirst()
                } else {
                    let text =
                        switch kind {
                        case .int: "\(ints[row])"
                        case .double: "\(doubles[row])"
                        default: bools[row] ? "true" : "false"
                        }
                    bytes.append(contentsOf: text.utf8)
                }
                ends.append(bytes.count)
            }
            (ints, doubles, bools) = ([], [], [])
        }
        kind = type
    }

    /// The column.
    func column() throws -> Column {
        var words = [UInt64](repeating: 0, count: (count + 63) / 64)
        for row in missingRows { words[row >> 6] |= 1 << UInt64(row & 63) }
        let missing = MissingMask(words: words, count: count)
        func made(_ values: Column.Values) -> Column { Column(name: name, values: values, missing: missing) }
        switch kind {
        case nil: return Column.empty(name, .double, count: count)
        case .int: return made(.int(ints))
        case .double: return Column(name, doubles)
        case .bool: return made(.bool(bools))
        default:
            let buffer = UTF8Buffer(bytes: bytes, ends: ends)
            let (codes, levels) = buffer.coded(missing: missing.words)
            let repeats = levels.count <= CSVKernel.mostLevels && levels.count <= Swift.max(1024, count / 2)
            let text = made(
                .string(TextValues(repeats ? .dictionary(codes: codes, levels: levels) : .plain(buffer))))
            if fixed == .categorical { return text.asCategorical() }
            if fixed == .dateTime { return try text.cast(to: .dateTime) }
            guard fixed == nil, levels.first.map({ DateTime($0) != nil }) ?? false,
                let times = try? text.cast(to: .dateTime)
            else { return text }
            return times
        }
    }
}
