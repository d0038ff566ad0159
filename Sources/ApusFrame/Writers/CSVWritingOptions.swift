/// How a frame is written as text.
public struct CSVWritingOptions: Sendable, Hashable {
    /// The character between fields.
    public var delimiter: Character
    /// Whether the first line names the columns.
    public var includesHeader: Bool
    /// What is written where a value is missing.
    public var missingValue: String

    /// Options: a comma, a header, and nothing for missing values.
    public init(delimiter: Character = ",", includesHeader: Bool = true, missingValue: String = "") {
        self.delimiter = delimiter
        self.includesHeader = includesHeader
        self.missingValue = missingValue
    }
}
