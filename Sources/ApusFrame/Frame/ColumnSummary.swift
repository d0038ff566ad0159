import ApusCore

/// What can be said about the values of a column in a few numbers.
public struct ColumnSummary: Sendable, Hashable {
    /// The numbers that describe numbers.
    public struct Numbers: Sendable, Hashable {
        /// The mean.
        public let mean: Double
        /// The standard deviation with n - 1 in the denominator, or nil for fewer than two values.
        public let standardDeviation: Double?
        /// The smallest value.
        public let minimum: Double
        /// The value that a quarter of the values do not exceed, interpolated between two of them.
        public let lowerQuartile: Double
        /// The value that half of the values do not exceed, interpolated between two of them.
        public let median: Double
        /// The value that three quarters of the values do not exceed, interpolated between two of them.
        public let upperQuartile: Double
        /// The largest value.
        public let maximum: Double
    }

    /// The numbers that describe text, categories and truth values.
    public struct Levels: Sendable, Hashable {
        /// How many different values there are.
        public let unique: Int
        /// The most frequent of them, the first in order where several are.
        public let top: String
        /// How often it occurs.
        public let frequency: Int
    }

    /// What the column is called.
    public let name: String
    /// The type of its values.
    public let type: ColumnType
    /// How many values there are.
    public let count: Int
    /// How many are missing.
    public let missingCount: Int
    /// What describes numbers; nil for other types and where there is no value.
    public let numbers: Numbers?
    /// What describes text, categories and truth values; nil for other types and where there is no value.
    public let levels: Levels?

    /// The earliest and the latest point in time; nil for other types and where there is no value.
    public let times: ClosedRange<DateTime>?
}

extension Column {
    /// What can be said about the values in a few numbers, as pandas' `describe` computes them.
    public func describe() -> ColumnSummary {
        var numbers: ColumnSummary.Numbers?
        var levels: ColumnSummary.Levels?
        var times: ClosedRange<DateTime>?
        switch values {
        case .double, .int: numbers = try? summary()
        case .dateTime(let values):
            let present = values.indices.lazy.filter { !missing[$0] }.map { values[$0] }
            if let first = present.min(), let last = present.max() {
                times = DateTime(microseconds: first)...DateTime(microseconds: last)
            }
        case .string, .categorical, .bool: levels = levelSummary()
        }
        return ColumnSummary(
            name: name, type: type, count: count - missingCount, missingCount: missingCount, numbers: numbers,
            levels: levels, times: times)
    }

    private func summary() throws -> ColumnSummary.Numbers? {
        let quantiles = Quantiles(try numbers())
        guard let smallest = quantiles.value(0), let largest = quantiles.value(1), let mean = try mean(),
            let lower = quantiles.value(0.25), let median = quantiles.value(0.5), let upper = quantiles.value(0.75)
        else { return nil }
        return ColumnSummary.Numbers(
            mean: mean, standardDeviation: try standardDeviation(), minimum: smallest, lowerQuartile: lower,
            median: median, upperQuartile: upper, maximum: largest)
    }

    private func levelSummary() -> ColumnSummary.Levels? {
        let (codes, names): ([Int32], [String])
        switch values {
        case .string(let texts): (codes, names) = texts.distinct(missing)
        case .categorical(let known, let levels): (codes, names) = (known, levels)
        default: (codes, names) = (flagCodes, ["false", "true"])
        }
        var counts = [Int](repeating: 0, count: names.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        guard let most = counts.max(), most > 0 else { return nil }
        let top = counts.indices.filter { counts[$0] == most }.map { names[$0] }.min(by: precedes) ?? ""
        return ColumnSummary.Levels(unique: counts.count { $0 > 0 }, top: top, frequency: most)
    }

    /// Truth values as places in `false`, `true`.
    private var flagCodes: [Int32] {
        guard case .bool(let flags) = values else { return [] }
        return flags.enumerated().map { missing[$0] ? -1 : $1 ? 1 : 0 }
    }
}

extension DataFrame {
    /// What can be said about each column in a few numbers, from left to right, as pandas' `describe` computes them.
    ///
    /// `print(frame.describe())` shows it as a table.
    public func describe() -> FrameSummary {
        let columns = columns
        return FrameSummary(columns: Parallel.map(columns.count) { columns[$0].describe() }, rowCount: rowCount)
    }
}
