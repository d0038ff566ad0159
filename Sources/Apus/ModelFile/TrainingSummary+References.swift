import ApusCore
import ApusFrame

extension TrainingSummary.Reference {
    /// The most bins that the values of a numeric column are counted in.
    private static let bins = 10
    /// The most bins of the finer picture: four in each tenth.
    private static let fineBins = 40
    /// Tables with more columns than this go without the finer picture, which would outweigh small models.
    private static let detailedColumns = 256
    /// The most levels that are counted one by one; the rest are counted together.
    private static let levels = 50
    /// The name of the level that stands for the rest.
    public static let otherLevels = "(other)"

    /// The distribution of the values of some columns.
    static func all(of frame: DataFrame, columns: [String]) throws -> [TrainingSummary.Reference] {
        try columns.map { name in
            let column: Column = try frame[name]
            return try column.type.isNumeric
                ? numeric(column, detailed: columns.count <= detailedColumns) : categorical(column)
        }
    }

    private static func numeric(_ column: Column, detailed: Bool) throws -> TrainingSummary.Reference {
        let values = try column.numbers().filter { !$0.isNaN }.sorted()
        // Deciles: equal shares of the rows, so that drift in any part of the distribution moves a count.
        let tenths = NumericDistribution(sorted: values, bins: bins)
        return TrainingSummary.Reference(
            column: column.name, missing: column.missingCount, bounds: tenths.bounds, levels: [], counts: tenths.counts,
            detail: detailed && !values.isEmpty ? NumericDistribution(sorted: values, bins: fineBins) : nil)
    }

    private static func categorical(_ column: Column) throws -> TrainingSummary.Reference {
        var counts: [String: Int] = [:]
        for row in 0..<column.count where !column.missing[row] { counts[column.text(at: row), default: 0] += 1 }
        let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let kept = ranked.prefix(levels).sorted { $0.key < $1.key }
        let rest = ranked.dropFirst(levels).reduce(0) { $0 + $1.value }
        return TrainingSummary.Reference(
            column: column.name, missing: column.missingCount, bounds: [],
            levels: kept.map(\.key) + (rest > 0 ? [otherLevels] : []),
            counts: kept.map(\.value) + (rest > 0 ? [rest] : []))
    }
}
