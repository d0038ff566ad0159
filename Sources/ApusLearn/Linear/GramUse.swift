import ApusCore

/// Whether coordinate descent works on the products of the columns (the Gram matrix) instead of the columns themselves.
///
/// Both take the same steps; which is faster depends on the shape of the data. Sparse rows are always worked on directly.
public enum GramUse: Sendable, Hashable, Codable {
    /// Products where there are more rows than columns and the tolerance is not too fine for them.
    case auto
    /// Always.
    case always
    /// Never.
    case never

    /// What is legal as a parameter: auto, true, false.
    static let legalValues = LegalValues.either([.flag, .choice(["auto"])])

    /// Whether to use the products of d columns over n rows.
    func decided(rows n: Int, columns d: Int, tolerance: Double) -> Bool {
        switch self {
        // The duality gap is known to some 1e-13 of its scale from products.
        case .auto: n > d && d <= 4096 && tolerance >= 1e-9
        case .always: true
        case .never: false
        }
    }
}

extension GramUse: ParameterConvertible {
    /// `auto`, true or false.
    public var parameterValue: JSONValue {
        switch self {
        case .auto: "auto"
        case .always: true
        case .never: false
        }
    }

    /// The use that a JSON value stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case "auto": self = .auto
        case true: self = .always
        case false: self = .never
        default: return nil
        }
    }
}
