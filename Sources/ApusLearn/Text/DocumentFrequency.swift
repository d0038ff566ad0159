import ApusCore

/// A number of documents, as such or as a share of all.
public enum DocumentFrequency: Sendable, Hashable, Codable {
    /// So many documents.
    case count(Int)
    /// This share of the documents, from 0 to 1.
    case share(Double)

    /// What is legal as a parameter: a whole number is a count, a number with a fraction a share, also `1.0`.
    public static let legalValues = LegalValues.either([.choice(["1.0"]), .atLeast(1), .fraction])

    /// The number of documents among `total`, whole or not.
    func documents(of total: Int) -> Double {
        switch self {
        case .count(let count): Double(count)
        case .share(let share): share * Double(total)
        }
    }
}

extension DocumentFrequency: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// So many documents.
    public init(integerLiteral value: Int) { self = .count(value) }
    /// This share of the documents.
    public init(floatLiteral value: Double) { self = .share(value) }
}

extension DocumentFrequency: ParameterConvertible {
    /// The whole number or the share.
    public var parameterValue: JSONValue {
        switch self {
        case .count(let count): .int(count)
        case .share(let share): .double(share)
        }
    }

    /// The frequency that a JSON value stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .int(let count): self = .count(count)
        case .double(let share): self = .share(share)
        case "1.0": self = .share(1)
        default: return nil
        }
    }
}
