import ApusCore

/// What is calculated from the values of a column in each group, with missing values left out as in pandas.
///
///     try frame.grouped(by: "city").aggregated(.mean("income"), .count(as: "people"), .max("age", as: "oldest"))
public struct Aggregation: Sendable {
    /// The calculations that need no more than their name.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// How many values there are.
        case count
        /// The sum; 0 for a group without values.
        case sum
        /// The mean.
        case mean
        /// The median.
        case median
        /// The smallest value, of any type that has an order.
        case min
        /// The largest value, of any type that has an order.
        case max
        /// The standard deviation, with n - 1 in the denominator.
        case std
        /// The variance, with n - 1 in the denominator.
        case `var`
        /// The first value.
        case first
        /// The last value.
        case last
        /// How many different values there are.
        case nUnique
    }

    enum Work: Sendable {
        case kind(Kind)
        case rows
        case quantile(Double)
        case custom(@Sendable (Column) throws -> Cell)
    }

    /// The column; nil for the number of rows.
    let column: String?
    let work: Work
    /// What the result is called.
    public let name: String

    private init(_ column: String?, _ work: Work, _ name: String) {
        self.column = column
        self.work = work
        self.name = name
    }

    /// A calculation by its kind; the result is called `column_kind` unless another name is given.
    public static func of(_ column: String, _ kind: Kind, as name: String? = nil) -> Aggregation {
        Aggregation(column, .kind(kind), name ?? "\(column)_\(kind.rawValue)")
    }

    /// How many rows a group has, whether values are missing or not.
    public static func count(as name: String = "count") -> Aggregation { Aggregation(nil, .rows, name) }
    /// How many values there are.
    public static func count(_ column: String, as name: String? = nil) -> Aggregation { of(column, .count, as: name) }
    /// The sum; 0 for a group without values.
    public static func sum(_ column: String, as name: String? = nil) -> Aggregation { of(column, .sum, as: name) }
    /// The mean.
    public static func mean(_ column: String, as name: String? = nil) -> Aggregation { of(column, .mean, as: name) }
    /// The median.
    public static func median(_ column: String, as name: String? = nil) -> Aggregation {
        of(column, .median, as: name)
    }
    /// The smallest value.
    public static func min(_ column: String, as name: String? = nil) -> Aggregation { of(column, .min, as: name) }
    /// The largest value.
    public static func max(_ column: String, as name: String? = nil) -> Aggregation { of(column, .max, as: name) }
    /// The standard deviation, with n - 1 in the denominator.
    public static func std(_ column: String, as name: String? = nil) -> Aggregation { of(column, .std, as: name) }
    /// The variance, with n - 1 in the denominator.
    public static func `var`(_ column: String, as name: String? = nil) -> Aggregation { of(column, .var, as: name) }
    /// The first value.
    public static func first(_ column: String, as name: String? = nil) -> Aggregation { of(column, .first, as: name) }
    /// The last value.
    public static func last(_ column: String, as name: String? = nil) -> Aggregation { of(column, .last, as: name) }
    /// How many different values there are.
    public static func nUnique(_ column: String, as name: String? = nil) -> Aggregation {
        of(column, .nUnique, as: name)
    }

    /// The value that a share of the values does not exceed, interpolated between two of them.
    ///
    /// - Parameters:
    ///   - column: A column of numbers.
    ///   - share: From 0 to 1.
    ///   - name: What the result is called; `column_q0.9` when nil.
    public static func quantile(_ column: String, _ share: Double, as name: String? = nil) -> Aggregation {
        Aggregation(column, .quantile(share), name ?? "\(column)_q\(share)")
    }

    /// Whatever `body` makes of the values of a group, missing ones included.
    ///
    /// - Parameters:
    ///   - column: Any column.
    ///   - name: What the result is called.
    ///   - body: Called once for each group, by several threads. The results are numbers, texts or truth values, all of
    ///     one kind, or missing.
    public static func custom(
        _ column: String, as name: String, _ body: @escaping @Sendable (Column) throws -> Cell
    ) -> Aggregation {
        Aggregation(column, .custom(body), name)
    }
}
