import ApusCore

/// A named column of values of one type, each of which may be missing.
///
///     let age = Column("age", [39, nil, 53])
///     age.missingCount       // 1
///     try age * 12           // months, still missing where the age is
///
/// A number that is NaN counts as missing; there is no other NaN in a column.
public struct Column: Sendable {
    /// The values by their type, with a stand-in where one is missing: NaN, 0, false or empty text.
    public enum Values: Sendable {
        /// Floating-point numbers.
        case double([Double])
        /// Whole numbers.
        case int([Int])
        /// Text.
        case string(TextValues)
        /// For each row the place of its text in `levels`, or -1 where it is missing.
        case categorical(codes: [Int32], levels: [String])
        /// Truth values.
        case bool([Bool])
        /// Microseconds since 1970-01-01T00:00:00Z.
        case dateTime([Int])
    }

    /// What the column is called; no other column of a frame has the same name.
    public var name: String
    /// The values.
    public let values: Values
    /// Where values are missing.
    public let missing: MissingMask

    /// A column whose values and mask are known to have the same length.
    init(name: String, values: Values, missing: MissingMask) {
        self.name = name
        self.values = values
        self.missing = missing
    }

    /// A column of numbers; NaN stands for a missing one.
    public init(_ name: String, _ values: [Double]) {
        let mask = values.contains(where: \.isNaN) ? MissingMask(values.lazy.map(\.isNaN)) : nil
        self.init(name: name, values: .double(values), missing: mask ?? MissingMask(complete: values.count))
    }

    /// A column of whole numbers.
    public init(_ name: String, _ values: [Int]) {
        self.init(name: name, values: .int(values), missing: MissingMask(complete: values.count))
    }

    /// A column of text.
    public init(_ name: String, _ values: [String]) {
        self.init(name: name, values: .string(TextValues(values)), missing: MissingMask(complete: values.count))
    }

    /// A column of truth values.
    public init(_ name: String, _ values: [Bool]) {
        self.init(name: name, values: .bool(values), missing: MissingMask(complete: values.count))
    }

    /// A column of points in time.
    public init(_ name: String, _ values: [DateTime]) {
        self.init(
            name: name, values: .dateTime(values.map(\.microseconds)), missing: MissingMask(complete: values.count))
    }

    /// A column of numbers, nil where missing.
    public init(_ name: String, _ values: [Double?]) { self.init(name, values.map { $0 ?? .nan }) }

    /// A column of whole numbers, nil where missing.
    public init(_ name: String, _ values: [Int?]) {
        self.init(
            name: name, values: .int(values.map { $0 ?? 0 }), missing: MissingMask(values.lazy.map { $0 == nil }))
    }

    /// A column of text, nil where missing.
    public init(_ name: String, _ values: [String?]) {
        self.init(name: name, values: .string(TextValues(values)), missing: MissingMask(values.lazy.map { $0 == nil }))
    }

    /// A column of truth values, nil where missing.
    public init(_ name: String, _ values: [Bool?]) {
        self.init(
            name: name, values: .bool(values.map { $0 ?? false }), missing: MissingMask(values.lazy.map { $0 == nil }))
    }

    /// A column of points in time, nil where missing.
    public init(_ name: String, _ values: [DateTime?]) {
        self.init(
            name: name, values: .dateTime(values.map { $0?.microseconds ?? 0 }),
            missing: MissingMask(values.lazy.map { $0 == nil }))
    }

    /// A column of text out of known levels.
    ///
    /// - Parameters:
    ///   - name: What the column is called.
    ///   - values: For each row one of the levels, or nil where it is missing.
    ///   - levels: The levels in the order that is meant; those that occur, ascending, when not given.
    /// - Throws: `ApusError` with code `invalidInput` when a value is no level or a level is repeated.
    public init(categorical name: String, _ values: [String?], levels: [String]? = nil) throws {
        let levels = levels ?? Set(values.compactMap { $0.map(ExactText.init) }).map(\.text).sorted(by: precedes)
        let places = Dictionary(
            zip(levels.map(ExactText.init), Int32(0)...), uniquingKeysWith: { first, _ in first })
        guard places.count == levels.count else {
            throw ApusError(.invalidInput, "Column \(name) was given a level twice; name each level once.")
        }
        let codes = try values.map { value -> Int32 in
            guard let value else { return -1 }
            guard let code = places[ExactText(value)] else {
                throw ApusError(
                    .invalidInput, "Column \(name) holds “\(value)”, which is not among its levels; add it to them.")
            }
            return code
        }
        self.init(
            name: name, values: .categorical(codes: codes, levels: levels),
            missing: MissingMask(codes.lazy.map { $0 < 0 }))
    }

    /// How many rows there are.
    public var count: Int { missing.count }

    /// How many of them have no value.
    public var missingCount: Int { missing.missingCount }

    /// The type of the values.
    public var type: ColumnType {
        switch values {
        case .double: .double
        case .int: .int
        case .string: .string
        case .categorical: .categorical
        case .bool: .bool
        case .dateTime: .dateTime
        }
    }

    /// The levels of a column of categories, in their order; nil for any other.
    public var levels: [String]? {
        if case .categorical(_, let levels) = values { return levels }
        return nil
    }

    /// The value of a row, in the form that all types share.
    public subscript(row: Int) -> Cell {
        if missing[row] { return .missing }
        switch values {
        case .double(let values): return .number(values[row])
        case .int(let values): return .number(Double(values[row]))
        case .string(let values): return .text(values[row])
        case .categorical(let codes, let levels): return .text(levels[Int(codes[row])])
        case .bool(let values): return .flag(values[row])
        case .dateTime(let values): return .text(DateTime(microseconds: values[row]).description)
        }
    }

    /// The value of a row as text, in the form that it has in a CSV file; empty where it is missing.
    public func text(at row: Int) -> String {
        if missing[row] { return "" }
        switch values {
        case .double(let values): return "\(values[row])"
        case .int(let values): return "\(values[row])"
        case .string(let values): return values[row]
        case .categorical(let codes, let levels): return levels[Int(codes[row])]
        case .bool(let values): return values[row] ? "true" : "false"
        case .dateTime(let values): return DateTime(microseconds: values[row]).description
        }
    }

    /// The column under another name.
    public func renamed(_ name: String) -> Column { Column(name: name, values: values, missing: missing) }

    /// The same text as categories: the distinct texts become levels, in ascending order. Other types become text first.
    public func asCategorical() -> Column {
        if case .categorical = values { return self }
        let texts =
            if case .string(let values) = values { values } else {
                TextValues((0..<count).map { missing[$0] ? nil : text(at: $0) })
            }
        let (codes, levels) = texts.coded(missing)
        return Column(name: name, values: .categorical(codes: codes, levels: levels), missing: missing)
    }
}

extension Column: Hashable {
    /// Whether name, type, values and missing rows are the same, however text is stored.
    public static func == (a: Column, b: Column) -> Bool {
        guard a.name == b.name, a.missing == b.missing else { return false }
        switch (a.values, b.values) {
        case (.double(let x), .double(let y)): return zip(x, y).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
        case (.int(let x), .int(let y)), (.dateTime(let x), .dateTime(let y)): return x == y
        case (.bool(let x), .bool(let y)): return x == y
        case (.string(let x), .string(let y)):
            return (0..<x.count).allSatisfy { x[$0].utf8.elementsEqual(y[$0].utf8) }
        case (.categorical(let x, let levels), .categorical(let y, let others)): return x == y && levels == others
        default: return false
        }
    }

    /// Feeds name, type and number of rows; enough to tell most columns apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(type)
        hasher.combine(missing)
    }
}
