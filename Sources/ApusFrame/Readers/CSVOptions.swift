/// How a CSV or TSV file is read; what is nil is found out from the file.
///
/// Without options the rules are those of pandas where they make sense: a quoted value means the same as an unquoted
/// one, `007` is the whole number 7 (ask for `.string` in `types` to keep it), whole numbers beyond 64 bits make a column
/// of numbers, blank lines are skipped, and the usual spellings of nothing are missing. Unlike pandas, dates and times in
/// ISO 8601 become points in time, and truth values may be missing.
public struct CSVOptions: Sendable, Hashable {
    /// The character between fields, one byte; nil to choose among comma, semicolon, tab and vertical bar.
    public var delimiter: Character?
    /// The character around fields that hold delimiters, quotes or line ends; one byte.
    public var quote: Character
    /// Whether the first record names the columns; nil to tell from its values. Without names, columns are called
    /// `x0`, `x1`, ….
    public var hasHeader: Bool?
    /// Names for the columns in place of the file's.
    public var columnNames: [String]?
    /// The columns to read, in the order of the file; nil for all.
    public var columns: Set<String>?
    /// The types of some columns; the others are inferred from all of their values. A value of another type is an error.
    public var types: [String: ColumnType]
    /// The spellings of a missing value; an empty field is always one.
    public var missingValues: [String]
    /// Whether spaces around unquoted fields are dropped; nil to do so where every delimiter is followed by one.
    public var trimsSpaces: Bool?
    /// Whether a file with a header and no rows makes a frame without rows instead of an error.
    public var allowsNoRows: Bool

    /// Options, all with their defaults.
    public init(
        delimiter: Character? = nil, quote: Character = "\"", hasHeader: Bool? = nil, columnNames: [String]? = nil,
        columns: Set<String>? = nil, types: [String: ColumnType] = [:],
        missingValues: [String] = CSVOptions.usualMissingValues, trimsSpaces: Bool? = nil, allowsNoRows: Bool = false
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.hasHeader = hasHeader
        self.columnNames = columnNames
        self.columns = columns
        self.types = types
        self.missingValues = missingValues
        self.trimsSpaces = trimsSpaces
        self.allowsNoRows = allowsNoRows
    }

    /// The spellings of a missing value that pandas knows. `?` is not among them; add it for files that use it.
    public static let usualMissingValues = [
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
        "NULL", "NaN", "None", "n/a", "nan", "null",
    ]
}

extension CSVOptions {
    /// Has columns read as the types that were learned, where nothing else is said: whole numbers as numbers, categories as
    /// text.
    public mutating func read(_ schemas: [ColumnSchema]) {
        for schema in schemas where types[schema.name] == nil {
            switch schema.type {
            case .int, .double: types[schema.name] = .double
            case .string, .categorical: types[schema.name] = .string
            case .bool, .dateTime: types[schema.name] = schema.type
            }
        }
    }
}
