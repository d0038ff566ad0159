/// How JSON lines and JSON records are read.
///
/// Each record is an object; its names are columns, in the order of their first appearance, and a column without a value
/// in a record is missing there, as is `null`. Types are inferred as for CSV: whole numbers that fit in 64 bits, other
/// numbers, truth values, points in time where all texts are such in ISO 8601, and text. A column of several types is text.
/// Numbers are read exactly: what is written as a double reads back to the same bits. Empty text is a value.
public struct JSONOptions: Sendable, Hashable {
    /// What becomes of lists and objects inside of a record.
    public enum Nested: String, Sendable, Hashable, CaseIterable {
        /// An error that names line and column.
        case refused
        /// Their JSON text.
        case asText
    }

    /// The names to read; nil for all.
    public var columns: Set<String>?
    /// The types of some columns; the others are inferred from all of their values. A value of another type is an error.
    public var types: [String: ColumnType]
    /// What becomes of lists and objects inside of a record.
    public var nested: Nested
    /// Whether a file without records makes a frame without rows instead of an error.
    public var allowsNoRows: Bool

    /// Options, all with their defaults.
    public init(
        columns: Set<String>? = nil, types: [String: ColumnType] = [:], nested: Nested = .refused,
        allowsNoRows: Bool = false
    ) {
        self.columns = columns
        self.types = types
        self.nested = nested
        self.allowsNoRows = allowsNoRows
    }
}
