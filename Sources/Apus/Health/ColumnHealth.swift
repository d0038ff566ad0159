import ApusCore
import ApusFrame

/// What a column holds.
public struct ColumnHealth: Sendable {
    /// Its name.
    public let name: String
    /// The type of its values.
    public let type: ColumnType
    /// What it is for.
    public let roles: [Role]
    /// Number of rows.
    public let count: Int
    /// How many of them have no value.
    public let missingCount: Int
    /// How many numbers are infinite.
    public let infiniteCount: Int
    /// How many distinct values there are; nil for more than were counted.
    public let distinctCount: Int?
    /// Up to how many distinct values were counted.
    public let distinctLimit: Int
    /// The smallest number, or the earliest time as seconds since 1970; nil for text.
    public let min: Double?
    /// The largest number.
    public let max: Double?
    /// The mean of the numbers.
    public let mean: Double?
    /// Their standard deviation, from n - 1.
    public let standardDeviation: Double?
    /// The quartiles of the numbers: a quarter, a half and three quarters lie below them.
    public let quartiles: [Double]?
    /// The most frequent values, the most frequent first; empty where distinct values were not all counted.
    public let frequent: [(value: String, count: Int)]
    /// Whether nearly every row has a value of its own, as names and numbers of rows do.
    public let isIdentifier: Bool

    /// How many of the frequent values are kept.
    private static let kept = 20

    init(
        _ tally: ColumnTally, _ schema: ColumnSchema, values: Column, sample: Column, isTarget: Bool, isSensitive: Bool
    ) {
        var schema = schema
        if isTarget { schema.assign(.target) }
        if isSensitive { schema.assign(.sensitive) }
        name = tally.name
        type = tally.type
        roles = schema.roles
        count = tally.count
        missingCount = tally.missingCount
        infiniteCount = tally.infiniteCount
        distinctCount = tally.distinctCount
        distinctLimit = tally.limit
        let isQuantity = tally.isQuantity && tally.min != nil
        (min, max, mean) = isQuantity ? (tally.min, tally.max, tally.mean) : (nil, nil, nil)
        standardDeviation = isQuantity ? tally.standardDeviation : nil
        let numbers = isQuantity ? (try? values.numbers())?.filter(\.isFinite).sorted() : nil
        quartiles = numbers.flatMap { sorted in
            sorted.isEmpty ? nil : [0.25, 0.5, 0.75].map { Self.quantile(sorted, $0) }
        }
        frequent = Array((tally.valueCounts ?? []).prefix(Self.kept))
        // Without all of them counted the sample tells: in it nearly all must differ.
        let (distinct, present) =
            tally.distinctCount.map { ($0, tally.count - tally.missingCount) }
            ?? (sample.distinctCount, sample.count - sample.missingCount)
        isIdentifier =
            !isTarget && [.int, .string, .categorical].contains(tally.type) && present >= 20
            && Double(distinct) >= 0.99 * Double(present)
    }

    /// The share of rows without a value.
    public var missingShare: Double { count > 0 ? Double(missingCount) / Double(count) : 0 }

    /// Whether there are no two different values.
    public var isConstant: Bool { distinctCount.map { $0 <= 1 } ?? false }

    /// The number below which a share of ascending values lies, between two of them where it falls there.
    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let low = Int(place)
        guard low + 1 < sorted.count else { return sorted[low] }
        let part = place - Double(low)
        return sorted[low] * (1 - part) + sorted[low + 1] * part
    }
}
