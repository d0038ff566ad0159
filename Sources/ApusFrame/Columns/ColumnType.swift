import ApusCore

/// The type of the values of a column.
public enum ColumnType: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Floating-point numbers: `Double`.
    case double
    /// Whole numbers: `Int`.
    case int
    /// Text: `String`.
    case string
    /// Text out of a known set of levels: `String`.
    case categorical
    /// Truth values: `Bool`.
    case bool
    /// Points in time: `DateTime`.
    case dateTime

    /// Whether values are numbers or can be taken for such: truth values as 0 and 1, times as seconds since 1970.
    public var isNumeric: Bool { self != .string && self != .categorical }

    /// The type in a few words for messages.
    var name: String {
        switch self {
        case .double: "number"
        case .int: "whole number"
        case .string: "text"
        case .categorical: "category"
        case .bool: "truth value"
        case .dateTime: "date or time"
        }
    }
}
