import ApusCore

/// A number of samples: given as such, or as a part of all samples.
///
///     DecisionTreeClassifier(minSamplesLeaf: 5)        // five rows
///     DecisionTreeClassifier(minSamplesLeaf: 0.01)     // one per cent of the rows
public enum SampleCount: Sendable, Hashable {
    /// A number of samples.
    case count(Int)
    /// A part of all samples, between 0 and 1, rounded up.
    case fraction(Double)

    /// The values that are legal for a parameter of this type whose whole numbers start at `lower`.
    static func legal(from lower: Int) -> LegalValues {
        .either([.atLeast(lower), .number(from: 0, to: 1, openLower: true, openUpper: true)])
    }

    /// How many samples that are, out of `samples`.
    func resolved(samples: Int) -> Int {
        switch self {
        case .count(let count): count
        case .fraction(let part): Int((min(1, max(0, part)) * Double(samples)).rounded(.up))
        }
    }
}

extension SampleCount: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// A number of samples.
    public init(integerLiteral value: Int) { self = .count(value) }
    /// A part of all samples.
    public init(floatLiteral value: Double) { self = .fraction(value) }
}

extension SampleCount: ParameterConvertible {
    /// The whole number or the fraction.
    public var parameterValue: JSONValue {
        switch self {
        case .count(let count): .int(count)
        case .fraction(let part): .double(part)
        }
    }

    /// A whole number or a fraction.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .int(let count): self = .count(count)
        case .double(let part): self = .fraction(part)
        default: return nil
        }
    }
}

extension SampleCount: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = SampleCount(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is not a number of samples.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
