import ApusCore

/// Collects the values of one column one after another; the type widens as values ask for it.
///
///     var builder = ColumnBuilder("amount")
///     builder.append(3)
///     builder.append(2.5)
///     builder.appendMissing()
///     let amount = try builder.column()     // numbers: 3, 2.5 and nothing
///
/// Whole numbers become numbers where one has a fraction, and everything becomes text where one value is text. A column
/// of nothing but dates in ISO 8601 becomes points in time. A type that is given from the start stays, and values of
/// another type are refused.
public struct ColumnBuilder: Sendable {
    /// What the column is called.
    public let name: String
    /// The type that all values must have; nil while it is found from them.
    public let fixed: ColumnType?
    /// How many rows there are so far.
    public private(set) var count = 0
    private var missingRows: [Int] = []
    private(set) var kind: ColumnType?
    private var ints: [Int] = []
    private var doubles: [Double] = []
    private var bools: [Bool] = []
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// A column without rows.
    ///
    /// - Parameters:
    ///   - name: What the column is called.
    ///   - type: The type that all values must have; nil to find it from them.
    public init(_ name: String, type: ColumnType? = nil) {
        self.name = name
        fixed = type
        switch type {
        case .int, .double, .bool: kind = type
        case .string, .categorical, .dateTime: kind = .string
        case nil: kind = nil
        }
    }

    /// Adds a row without a value.
    public mutating func appendMissing() {
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

    /// Adds a truth value.
    ///
    /// - Returns: Whether the type that was given allows it; if not, nothing is added.
    @discardableResult
    public mutating func append(_ value: Bool) -> Bool {
        if kind == nil { become(.bool) }
        guard kind == .bool else { return append(spelled: (value ? "true" : "false").utf8) }
        bools.append(value)
        count += 1
        return true
    }

    /// Adds a whole number.
    ///
    /// - Returns: Whether the type that was given allows it; if not, nothing is added.
    @discardableResult
    public mutating func append(_ value: Int) -> Bool {
        if kind == nil { become(.int) }
        switch kind {
        case .int: ints.append(value)
        case .double: doubles.append(Double(value))
        default: return append(spelled: "\(value)".utf8)
        }
        count += 1
        return true
    }

    /// Adds a number; NaN is a missing one.
    ///
    /// - Returns: Whether the type that was given allows it; if not, nothing is added.
    @discardableResult
    public mutating func append(_ value: Double) -> Bool {
        guard !value.isNaN else {
            appendMissing()
            return true
        }
        return append(value, spelled: numberText(value).utf8)
    }

    /// Adds a number, or how it was spelled where the column holds text.
    mutating func append(_ value: Double, spelled text: some Sequence<UInt8>) -> Bool {
        if kind == nil { become(.double) }
        if kind == .int {
            guard fixed == nil else { return false }
            become(.double)
        }
        guard kind == .double else { return append(spelled: text) }
        doubles.append(value)
        count += 1
        return true
    }

    /// Adds a text.
    ///
    /// - Parameter text: Its UTF-8 bytes.
    /// - Returns: Whether the type that was given allows it; if not, nothing is added.
    @discardableResult
    public mutating func append(text: some Sequence<UInt8>) -> Bool {
        if kind == nil { become(.string) }
        if kind != .string {
            guard fixed == nil else { return false }
            become(.string)
        }
        let start = bytes.count
        bytes.append(contentsOf: text)
        if fixed == .dateTime, DateTime(String(decoding: bytes[start...], as: UTF8.self)) == nil {
            bytes.removeLast(bytes.count - start)
            return false
        }
        ends.append(bytes.count)
        count += 1
        return true
    }

    /// Adds what is no text as text, where that is allowed.
    mutating func append(spelled text: some Sequence<UInt8>) -> Bool {
        guard fixed == nil || fixed == .string || fixed == .categorical else { return false }
        become(.string)
        bytes.append(contentsOf: text)
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
    ///
    /// - Throws: `ApusError` with code `invalidSchema` where values cannot be read as the type that was given.
    public func column() throws -> Column {
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
