import ApusCore
import ApusFrame

/// How the values of a sensitive column make groups, named as in `TrainingSummary.Group`.
public struct SensitiveGrouping: Sendable, Hashable, Codable {
    /// Numeric columns with more values than this are grouped by quarters of their rows.
    private static let mostValues = 12
    /// More groups than this are too many to watch; the rarest are then one group.
    private static let mostGroups = 50

    /// The column.
    public let column: String
    /// The inner bounds of a numeric column that is grouped by quarters, ascending; a value belongs to the first group
    /// whose bound is not below it. Empty where each value is a group.
    public let bounds: [Double]
    /// The groups: of quarters one more than there are bounds, otherwise the values as text.
    public let groups: [String]

    /// The name of the group of rows without a value.
    public static let missing = "(missing)"

    /// The groups that some rows of a column make.
    init(of column: Column, rows: [Int]) throws {
        self.column = column.name
        if column.type.isNumeric, column.type != .bool {
            let numbers = try column.numbers()
            let values = rows.map { numbers[$0] }.filter { !$0.isNaN }.sorted()
            var distinct = Set<Double>()
            for value in values where distinct.count <= Self.mostValues { distinct.insert(value) }
            if distinct.count > Self.mostValues {
                bounds = NumericDistribution(sorted: values, bins: 4).bounds
                let ends = bounds + [values[values.count - 1]]
                groups = ends.indices.map { k in
                    let low = TextTable.significant(k == 0 ? values[0] : ends[k - 1], 6)
                    return "\(k == 0 ? "" : "above ")\(low) to \(TextTable.significant(ends[k], 6))"
                }
                return
            }
        }
        bounds = []
        var counts: [String: Int] = [:]
        for row in rows where !column.missing[row] { counts[column.text(at: row), default: 0] += 1 }
        let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        groups = ranked.prefix(Self.mostGroups).map(\.key).sorted()
    }
}
