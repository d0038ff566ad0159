import ApusCore

/// How many features a tree tries at each node.
///
/// At least one, and more as long as none of those that were tried could split the node.
public enum MaxFeatures: Sendable, Hashable {
    /// All features.
    case all
    /// The square root of the number of features, rounded down.
    case sqrt
    /// The binary logarithm of the number of features, rounded down.
    case log2
    /// A number of features, at least 1.
    case count(Int)
    /// A part of the features, above 0 and at most 1, rounded down.
    case fraction(Double)

    /// The values that are legal for a parameter of this type.
    static let legal = LegalValues.optional(
        .either([
            .choice(["sqrt", "log2", "1.0"]), .atLeast(1),
            .number(from: 0, to: 1, openLower: true, openUpper: false),
        ]))

    /// How many features that are, out of `features`: at least 1.
    func resolved(features: Int) -> Int {
        switch self {
        case .all: features
        case .sqrt: max(1, Int(Double(features).squareRoot()))
        case .log2: max(1, Int.bitWidth - 1 - max(1, features).leadingZeroBitCount)
        case .count(let count): max(1, count)
        case .fraction(let part): max(1, Int(min(1, max(0, part)) * Double(features)))
        }
    }
}

extension MaxFeatures: ParameterConvertible {
    /// Null for all, the word, the number or the fraction.
    public var parameterValue: JSONValue {
        switch self {
        case .all: .null
        case .sqrt: "sqrt"
        case .log2: "log2"
        case .count(let count): .int(count)
        // A word, because JSON does not tell the fraction 1.0 from the number 1.
        case .fraction(1): "1.0"
        case .fraction(let part): .double(part)
        }
    }

    /// Null, a word, a whole number or a fraction.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .all
        case .string("sqrt"): self = .sqrt
        case .string("log2"): self = .log2
        case .string("1.0"): self = .fraction(1)
        case .int(let count): self = .count(count)
        case .double(let part): self = .fraction(part)
        default: return nil
        }
    }
}

extension MaxFeatures: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = MaxFeatures(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is not a number of features.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
