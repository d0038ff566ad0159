import ApusCore

/// Which form of its problem a linear support-vector machine solves.
public enum LinearSupportDual: Sendable, Hashable, Codable, CaseIterable {
    /// The dual when there are fewer rows than features and it can be had, or when there is no other.
    case auto
    /// The dual, by coordinate descent over the rows.
    case dual
    /// The primal, by Newton steps or by coordinate descent over the features.
    case primal

    /// What is legal as a parameter: `auto`, true for the dual or false for the primal.
    public static let legalValues = LegalValues.either([.choice(["auto"]), .flag])
}

extension LinearSupportDual: ParameterConvertible {
    /// `auto`, or whether the dual is solved.
    public var parameterValue: JSONValue {
        switch self {
        case .auto: "auto"
        case .dual: true
        case .primal: false
        }
    }

    /// The form that a JSON value stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case "auto": self = .auto
        case true: self = .dual
        case false: self = .primal
        default: return nil
        }
    }
}
