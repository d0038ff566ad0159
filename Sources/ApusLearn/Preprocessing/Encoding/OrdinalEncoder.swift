import ApusCore

/// Replaces each feature, taken as a category, by the number of its category: 0, 1, … in ascending order.
///
/// For trees and for `CategoricalNB`, which read such numbers as categories; a weighted sum of them has no meaning.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `handleUnknown` | error | error, useEncodedValue | what a category that `fit` has not seen does in `transform` |
/// | `unknownValue` | none | a whole number, nan | the number of such a category |
/// | `encodedMissingValue` | nan | a whole number, nan | the number of a missing value |
/// | `minFrequency` | none | at least 1, or between 0 and 1 | the rows, or the share of them, below which a category is rare |
/// | `maxCategories` | none | at least 1 | the most numbers of a feature, that of rare categories included |
public struct OrdinalEncoder: Transformer {
    /// What a category does that was not there in `fit`.
    public enum HandleUnknown: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// It is an error.
        case error
        /// It becomes `unknownValue`.
        case useEncodedValue
    }

    /// `ordinal-encoder`
    public static let catalogName = "ordinal-encoder"
    /// NaN is a missing value; sample weights have no use.
    public static let traits = EstimatorTraits(allowsMissing: true, usesWeights: false)

    /// `handleUnknown`, `unknownValue`, `encodedMissingValue`, `minFrequency`, `maxCategories`.
    public static let parameters: [Parameter<OrdinalEncoder>] = [
        Parameter(
            "handleUnknown", \.handleUnknown, .choice(HandleUnknown.allCases.map(\.rawValue)),
            "What a category does that was not there in training."),
        Parameter(
            "unknownValue", \.unknownValue, .optional(EncodedValue.legalValues),
            "The number of a category that was not there in training: whole, or nan."),
        Parameter(
            "encodedMissingValue", \.encodedMissingValue, EncodedValue.legalValues,
            "The number of a missing value: whole, or nan."),
        Parameter(
            "minFrequency", \.minFrequency, .optional(SampleCount.legal(from: 1)),
            "The rows, or the share of them, below which a category is rare; none for no category."),
        Parameter(
            "maxCategories", \.maxCategories, .optional(.atLeast(1)),
            "The most numbers of a feature, that of rare categories included; none for no bound."),
    ]

    /// What a category that `fit` has not seen does in `transform`; default `.error`.
    public var handleUnknown: HandleUnknown
    /// The number of such a category; default nil, and needed when `handleUnknown` is `.useEncodedValue`.
    public var unknownValue: EncodedValue?
    /// The number of a missing value; default `.nan`.
    public var encodedMissingValue: EncodedValue
    /// The rows, or the share of them, below which a category is rare; default nil.
    public var minFrequency: SampleCount?
    /// The most numbers of a feature, that of rare categories included; default nil.
    public var maxCategories: Int?

    /// The defaults.
    public init() { self.init(handleUnknown: .error) }

    /// An encoder with the given parameters.
    public init(
        handleUnknown: HandleUnknown = .error, unknownValue: EncodedValue? = nil,
        encodedMissingValue: EncodedValue = .nan, minFrequency: SampleCount? = nil, maxCategories: Int? = nil
    ) {
        self.handleUnknown = handleUnknown
        self.unknownValue = unknownValue
        self.encodedMissingValue = encodedMissingValue
        self.minFrequency = minFrequency
        self.maxCategories = maxCategories
    }

    /// Learns the categories of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data, or when a number would stand for two things.
    /// - Complexity: O(n d log n).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "OrdinalEncoder")
        try x.checkUsable(allowsNaN: true)
        guard (handleUnknown == .useEncodedValue) == (unknownValue != nil) else {
            throw ApusError(
                .invalidParameter,
                handleUnknown == .error
                    ? "unknownValue is set, but handleUnknown is error; set it to useEncodedValue."
                    : "handleUnknown is useEncodedValue, but no unknownValue says which; set it to a whole number or nan."
            )
        }
        let limits = CategoryLimits(minFrequency: minFrequency, maxCategories: maxCategories)
        let table = FeatureCategories(x, limits, missingIsApart: true)
        let model = Model(
            table: table, unknownValue: unknownValue?.value, encodedMissingValue: encodedMissingValue.value)
        if let clash = model.clash {
            throw ApusError(.invalidParameter, clash)
        }
        return model
    }
}

extension OrdinalEncoder: CategoricalStep {
    /// Codes become numbers in the same order.
    public var categoryUse: CategoryUse { .encodes }
}

/// The number that stands for a special value among codes: whole, or NaN.
public struct EncodedValue: Sendable, Hashable, ExpressibleByIntegerLiteral {
    /// The whole number; nil for NaN.
    public let number: Int?

    /// NaN.
    public static let nan = EncodedValue(number: nil)

    /// A whole number, or NaN for nil.
    public init(number: Int?) { self.number = number }
    /// A whole number.
    public init(integerLiteral value: Int) { number = value }

    static let legalValues = LegalValues.either([.choice(["nan"]), .integer(-(1 << 53)...1 << 53)])

    var value: Double { number.map { Double($0) } ?? .nan }
}

extension EncodedValue: ParameterConvertible {
    /// The number, or `nan`.
    public var parameterValue: JSONValue { number.map { .int($0) } ?? "nan" }

    /// A whole number, or `nan`.
    public init?(parameterValue: JSONValue) {
        if parameterValue == "nan" {
            number = nil
        } else {
            guard let value = parameterValue.intValue else { return nil }
            number = value
        }
    }
}

extension EncodedValue: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = Self(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is neither a whole number nor nan.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
