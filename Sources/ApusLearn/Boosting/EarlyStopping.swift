import ApusCore

/// Whether boosting holds rows out and stops when they gain no more.
///
///     HistGradientBoostingClassifier(earlyStopping: false)
public enum EarlyStopping: Sendable, Hashable, Codable {
    /// Yes if there are more than 10,000 rows.
    case auto
    /// Yes.
    case yes
    /// No: all iterations are done.
    case no

    /// Whether it applies to so many rows.
    func applies(to rows: Int) -> Bool {
        switch self {
        case .auto: rows > 10_000
        case .yes: true
        case .no: false
        }
    }
}

extension EarlyStopping: ExpressibleByBooleanLiteral {
    /// Yes or no.
    public init(booleanLiteral value: Bool) { self = value ? .yes : .no }
}

extension EarlyStopping: ParameterConvertible {
    /// `auto`, true or false.
    public var parameterValue: JSONValue {
        switch self {
        case .auto: "auto"
        case .yes: .bool(true)
        case .no: .bool(false)
        }
    }

    /// `auto`, true or false.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case "auto": self = .auto
        case .bool(let flag): self = flag ? .yes : .no
        default: return nil
        }
    }
}
