/// One value of a row, in the form that a request or a form field has.
public enum Cell: Sendable, Hashable {
    /// No value.
    case missing
    /// A number.
    case number(Double)
    /// Text.
    case text(String)
    /// A truth value.
    case flag(Bool)
}

extension Cell: CustomStringConvertible {
    /// The value as text; whole numbers without decimals, and nothing where it is missing.
    public var description: String {
        switch self {
        case .missing: ""
        case .number(let value): numberText(value)
        case .text(let value): value
        case .flag(let value): value ? "true" : "false"
        }
    }
}

extension Cell: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A number.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    /// No value.
    public init(nilLiteral: ()) { self = .missing }
}

/// The shortest text that reads back to the same number, without `.0` behind a whole one.
func numberText(_ value: Double) -> String {
    if let whole = Int(exactly: value), whole != 0 || value.sign == .plus { return "\(whole)" }
    return "\(value)"
}
