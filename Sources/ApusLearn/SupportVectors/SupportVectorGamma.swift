import ApusCore

/// The scale of the kernels `rbf`, `poly` and `sigmoid`.
public enum SupportVectorGamma: Sendable, Hashable {
    /// 1 / (d · variance of all elements of x); 1 where they are all the same.
    case scale
    /// 1 / d.
    case auto
    /// A number of at least 0.
    case value(Double)

    static let legalValues = LegalValues.either([.choice(["scale", "auto"]), .notNegative])
    static let help = "The scale of the kernels rbf, poly and sigmoid; scale is 1 / (columns x variance of the data)."

    /// The number for the given rows.
    ///
    /// - Throws: `ApusError` with code `numericalFailure` when the variance overflows.
    func resolved(for x: Matrix) throws -> Double {
        switch self {
        case .value(let value): return value
        case .auto: return 1 / Double(x.columns)
        case .scale:
            let variance = SVMKernel.variance(x)
            guard variance.isFinite else { throw SupportVectorSettings.overflow }
            let scale = 1 / (Double(x.columns) * variance)
            return variance == 0 || !scale.isFinite ? 1 : scale
        }
    }
}

extension SupportVectorGamma: ParameterConvertible {
    /// The word or the number.
    public var parameterValue: JSONValue {
        switch self {
        case .scale: "scale"
        case .auto: "auto"
        case .value(let value): .double(value)
        }
    }

    /// A word or a number.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case "scale": self = .scale
        case "auto": self = .auto
        default:
            guard let value = parameterValue.doubleValue else { return nil }
            self = .value(value)
        }
    }
}

extension SupportVectorGamma: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = SupportVectorGamma(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is not a scale of a kernel.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}

extension SupportVectorGamma: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// A number.
    public init(floatLiteral value: Double) { self = .value(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .value(Double(value)) }
}
