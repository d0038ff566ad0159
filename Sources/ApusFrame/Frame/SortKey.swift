/// A column to sort by, and the direction.
public struct SortKey: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The name of the column.
    public let column: String
    /// Whether small values come first.
    public let isAscending: Bool

    /// Small values first.
    public static func ascending(_ column: String) -> SortKey { SortKey(column: column, isAscending: true) }
    /// Large values first.
    public static func descending(_ column: String) -> SortKey { SortKey(column: column, isAscending: false) }

    private init(column: String, isAscending: Bool) {
        self.column = column
        self.isAscending = isAscending
    }

    /// Small values first.
    public init(stringLiteral value: String) { self.init(column: value, isAscending: true) }
}
