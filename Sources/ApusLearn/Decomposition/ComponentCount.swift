import ApusCore

/// How many components a principal component analysis keeps.
public enum ComponentCount: Sendable, Hashable {
    /// As many as rows or columns allow; one less with the solver arpack.
    case all
    /// A number of them, at least 1.
    case count(Int)
    /// As many as explain more than this share of the variance, above 0 and below 1.
    case varianceShare(Double)
    /// As many as Minka's Bayesian criterion finds likely; there must be at least as many rows as columns.
    case mle

    /// The values that are legal for a parameter of this type.
    static let legal = LegalValues.optional(
        .either([
            .choice(["mle"]), .atLeast(1), .number(from: 0, to: 1, openLower: true, openUpper: true),
        ]))
}

extension ComponentCount: ExpressibleByIntegerLiteral {
    /// A number of components.
    public init(integerLiteral value: Int) { self = .count(value) }
}

extension ComponentCount: ParameterConvertible {
    /// Null for all, the number, the share or `mle`.
    public var parameterValue: JSONValue {
        switch self {
        case .all: .null
        case .count(let count): .int(count)
        case .varianceShare(let share): .double(share)
        case .mle: "mle"
        }
    }

    /// Null, a whole number, a share or `mle`.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .all
        case .int(let count): self = .count(count)
        case .double(let share): self = .varianceShare(share)
        case .string("mle"): self = .mle
        default: return nil
        }
    }
}

extension ComponentCount: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = ComponentCount(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is not a number of components.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
