/// A JSON value of a fixture; numbers keep every bit.
enum OracleValue: Sendable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    /// An integer too large for every double to hold.
    case integer(Int)
    /// An integer above the signed 64 bits.
    case unsigned(UInt64)
    case string(String)
    case array([OracleValue])
    case object([String: OracleValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // Numbers first, for most values of a fixture are numbers; large integers must not pass through a double.
        if let number = try? container.decode(Double.self), number.magnitude < 0x1p53 || number != number.rounded() {
            self = .number(number)
        } else if let array = try? container.decode([OracleValue].self) {
            self = .array(array)
        } else if let object = try? container.decode([String: OracleValue].self) {
            self = .object(object)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let integer = try? container.decode(Int.self) {
            self = .integer(integer)
        } else if let unsigned = try? container.decode(UInt64.self) {
            self = .unsigned(unsigned)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else {
            self = .null
        }
    }

    /// The value as a double; `NaN`, `Infinity` and `-Infinity` are spelled as strings.
    var double: Double? {
        switch self {
        case .number(let number): number
        case .integer(let integer): Double(integer)
        case .unsigned(let unsigned): Double(unsigned)
        case .string("NaN"): .nan
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: nil
        }
    }

    /// The value as an integer, if it is one and fits.
    func integer<Integer: FixedWidthInteger>(as type: Integer.Type) -> Integer? {
        switch self {
        case .number(let number): Integer(exactly: number)
        case .integer(let integer): Integer(exactly: integer)
        case .unsigned(let unsigned): Integer(exactly: unsigned)
        default: nil
        }
    }

    /// The value as text.
    var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The value as a truth value.
    var bool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    /// The value's fields.
    var object: [String: OracleValue]? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements of a list, or those of an array with a shape, row by row.
    var elements: [OracleValue]? {
        switch self {
        case .array(let elements): elements
        case .object(let object): object["shape"] == nil ? nil : object["values"]?.elements
        default: nil
        }
    }

    /// What kind of value this is, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .number(let number): "the number \(number)"
        case .integer(let integer): "the number \(integer)"
        case .unsigned(let unsigned): "the number \(unsigned)"
        case .string(let string): "the text '\(string)'"
        case .array(let elements): "a list of \(elements.count)"
        case .object(let object): "an object with \(object.keys.sorted().joined(separator: ", "))"
        }
    }
}
