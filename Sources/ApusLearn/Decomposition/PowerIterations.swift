import ApusCore

/// How often the randomized solver applies the matrix and its transpose.
public enum PowerIterations: Sendable, Hashable {
    /// 7 times, or 4 times when at least a tenth of all components are asked for.
    case auto
    /// As often as it says, at least 0.
    case count(Int)

    /// The values that are legal for a parameter of this type.
    static let legal = LegalValues.either([.choice(["auto"]), .integer(0...1_000_000)])
}

extension PowerIterations: ParameterConvertible, ExpressibleByIntegerLiteral {
    /// As often as the number says.
    public init(integerLiteral value: Int) { self = .count(value) }

    /// The number, or `auto`.
    public var parameterValue: JSONValue {
        switch self {
        case .auto: "auto"
        case .count(let count): .int(count)
        }
    }

    /// What a number or `auto` stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case "auto": self = .auto
        case .int(let count): self = .count(count)
        default: return nil
        }
    }
}

extension PowerIterations: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = PowerIterations(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is not a number of iterations.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
