import ApusCore

extension OneHotEncoder {
    /// Which columns are left out because the others tell them.
    public enum Drop: Sendable, Hashable {
        /// None.
        case none
        /// The first of each feature.
        case first
        /// The first of each feature with exactly two categories.
        case ifBinary
        /// That of the given category, one for each feature; NaN for the missing value.
        case given([Double])

        static let legalValues = LegalValues.either([.choice(["none", "first", "ifBinary"]), .text])
    }
}

extension OneHotEncoder.Drop: ParameterConvertible {
    /// The word, or the given categories between commas.
    public var parameterValue: JSONValue {
        switch self {
        case .none: "none"
        case .first: "first"
        case .ifBinary: "ifBinary"
        case .given(let values): .string(values.map { "\($0)" }.joined(separator: ","))
        }
    }

    /// A word, or numbers between commas.
    public init?(parameterValue: JSONValue) {
        guard let text = parameterValue.stringValue else { return nil }
        switch text {
        case "none": self = .none
        case "first": self = .first
        case "ifBinary": self = .ifBinary
        default:
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let values = parts.compactMap { Double($0.drop { $0 == " " }) }
            guard values.count == parts.count, values.allSatisfy({ !$0.isInfinite }) else { return nil }
            self = .given(values)
        }
    }
}

extension OneHotEncoder.Drop: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let drop = Self(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) does not say which columns to leave out.")
        }
        self = drop
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
