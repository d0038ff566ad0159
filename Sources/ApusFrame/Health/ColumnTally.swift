import ApusCore

/// Facts about one column that are gathered chunk by chunk: exact, but for the distinct values beyond a limit.
public struct ColumnTally: Sendable {
    /// What the column is called.
    public let name: String
    /// The type of its values.
    public let type: ColumnType
    /// How many rows were seen.
    public private(set) var count = 0
    /// How many of them have no value.
    public private(set) var missingCount = 0
    /// How many values are infinite; they take part in nothing else.
    public private(set) var infiniteCount = 0
    /// The smallest number; nil for text and without any.
    public private(set) var min: Double?
    /// The largest number.
    public private(set) var max: Double?
    /// The mean of the numbers.
    public private(set) var mean = 0.0
    private var squares = 0.0
    private var numberCount = 0
    /// The number of distinct values beyond which they are no longer counted.
    public let limit: Int
    /// Whether there are more distinct values than `limit`.
    public private(set) var isOverLimit = false
    private var texts: [ExactText: Int] = [:]
    private var keys: [UInt64: Int] = [:]

    init(_ column: Column, limit: Int) {
        name = column.name
        type = column.type
        self.limit = limit
    }

    /// How many distinct values there are; nil for more than `limit`.
    public var distinctCount: Int? { isOverLimit ? nil : texts.count + keys.count }

    /// The standard deviation of the numbers, from n - 1; nil for fewer than two.
    public var standardDeviation: Double? {
        numberCount > 1 ? (squares / Double(numberCount - 1)).squareRoot() : nil
    }

    /// Whether the values are numbers that can be more or less: no truth values.
    public var isQuantity: Bool { type.isNumeric && type != .bool }

    /// The distinct values as text and how often each occurs, the most frequent first; nil for more than `limit`.
    public var valueCounts: [(value: String, count: Int)]? {
        guard !isOverLimit else { return nil }
        let counts =
            texts.map { (value: $0.key.text, count: $0.value) }
            + keys.map { (value: text($0.key), count: $0.value) }
        return counts.sorted { a, b in
            a.count == b.count ? precedes(a.value, b.value) : a.count > b.count
        }
    }

    private func text(_ key: UInt64) -> String {
        switch type {
        case .double: numberText(Double(bitPattern: key))
        case .bool: key == 1 ? "true" : "false"
        case .dateTime: DateTime(microseconds: Int(Int64(bitPattern: key))).description
        default: "\(Int64(bitPattern: key))"
        }
    }

    /// Adds the rows of a chunk.
    mutating func add(_ column: Column) {
        count += column.count
        missingCount += column.missingCount
        switch column.values {
        case .string(let values):
            guard !isOverLimit else { return }
            let (codes, levels) = values.distinct(column.missing)
            add(codes, levels, column.missing)
        case .categorical(let codes, let levels):
            if !isOverLimit { add(codes, levels, column.missing) }
        case .bool(let values):
            for (row, value) in values.enumerated() where !column.missing[row] { keys[value ? 1 : 0, default: 0] += 1 }
            if let numbers = try? column.numbers() { add(numbers) }
        case .int(let values), .dateTime(let values):
            if let numbers = try? column.numbers() { add(numbers) }
            if !isOverLimit { add(values.map { UInt64(bitPattern: Int64($0)) }, column.missing) }
        case .double(let values):
            add(values)
            if !isOverLimit { add(values.map { ($0 == 0 ? 0 : $0).bitPattern }, column.missing) }
        }
    }

    private mutating func add(_ codes: [Int32], _ levels: [String], _ missing: MissingMask) {
        var counts = [Int](repeating: 0, count: levels.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        for (level, count) in zip(levels, counts) where count > 0 { texts[ExactText(level), default: 0] += count }
        if texts.count > limit { (isOverLimit, texts) = (true, [:]) }
    }

    private mutating func add(_ values: [UInt64], _ missing: MissingMask) {
        let found = GroupKernel.codes(values, missing: missing.words)
        let counts = GroupKernel.counts(found.codes, groups: found.keys.count)
        for (key, count) in zip(found.keys, counts) where count > 0 { keys[key, default: 0] += count }
        if keys.count > limit { (isOverLimit, keys) = (true, [:]) }
    }

    /// Adds numbers to the moments; those of a chunk join those before as in Chan, Golub and LeVeque (1979).
    private mutating func add(_ numbers: [Double]) {
        var (low, high, sum, found) = (Double.infinity, -Double.infinity, 0.0, 0)
        for number in numbers where number.isFinite {
            low = Swift.min(low, number)
            high = Swift.max(high, number)
            sum += number
            found += 1
        }
        infiniteCount += numbers.count { $0.isInfinite }
        guard found > 0 else { return }
        let chunkMean = sum / Double(found)
        var chunkSquares = 0.0
        for number in numbers where number.isFinite { chunkSquares += (number - chunkMean) * (number - chunkMean) }
        let total = Double(numberCount + found)
        let difference = chunkMean - mean
        squares += chunkSquares + difference * difference * Double(numberCount) * Double(found) / total
        mean += difference * Double(found) / total
        numberCount += found
        min = Swift.min(min ?? low, low)
        max = Swift.max(max ?? high, high)
    }
}
