import ApusCore

/// Replaces each feature, taken as a category, by one 0/1 column for each of its categories.
///
/// The categories of a feature are the distinct numbers it has in `fit`, ascending; NaN is a category too, the last one.
/// Categories of few rows can be taken together: they share one column after the others.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `handleUnknown` | error | error, ignore, infrequentIfExist | what a category that `fit` has not seen does in `transform` |
/// | `drop` | none | none, first, ifBinary, a category for each feature | which columns are left out because the others tell them |
/// | `minFrequency` | none | at least 1, or between 0 and 1 | the rows, or the share of them, below which a category is rare |
/// | `maxCategories` | none | at least 1 | the most columns of a feature, that of rare categories included |
public struct OneHotEncoder: Transformer {
    /// What a category does that was not there in `fit`.
    public enum HandleUnknown: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// It is an error.
        case error
        /// All columns of its feature are 0.
        case ignore
        /// It counts as rare where its feature has rare categories; elsewhere all columns of its feature are 0.
        case infrequentIfExist
    }

    /// `one-hot-encoder`
    public static let catalogName = "one-hot-encoder"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// `handleUnknown`, `drop`, `minFrequency`, `maxCategories`.
    public static let parameters: [Parameter<OneHotEncoder>] = [
        Parameter(
            "handleUnknown", \.handleUnknown, .choice(HandleUnknown.allCases.map(\.rawValue)),
            "What a category does that was not there in training."),
        Parameter(
            "drop", \.drop, Drop.legalValues,
            "Which columns are left out as redundant: none, first, ifBinary, or a category for each feature."),
        Parameter(
            "minFrequency", \.minFrequency, .optional(SampleCount.legal(from: 1)),
            "The rows, or the share of them, below which a category is rare; none for no category."),
        Parameter(
            "maxCategories", \.maxCategories, .optional(.atLeast(1)),
            "The most columns of a feature, that of rare categories included; none for no bound."),
    ]

    /// What a category that `fit` has not seen does in `transform`; default `.error`.
    public var handleUnknown: HandleUnknown
    /// Which columns are left out because the others tell them; default `.none`.
    public var drop: Drop
    /// The rows, or the share of them, below which a category is rare; default nil.
    public var minFrequency: SampleCount?
    /// The most columns of a feature, that of rare categories included; default nil.
    public var maxCategories: Int?

    /// The defaults.
    public init() { self.init(handleUnknown: .error) }

    /// An encoder with the given parameters.
    public init(
        handleUnknown: HandleUnknown = .error, drop: Drop = .none, minFrequency: SampleCount? = nil,
        maxCategories: Int? = nil
    ) {
        self.handleUnknown = handleUnknown
        self.drop = drop
        self.minFrequency = minFrequency
        self.maxCategories = maxCategories
    }

    /// Learns the categories of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is a category.
    ///   - weights: Not used, but checked.
    /// - Throws: `ApusError` for illegal parameters or data, or when the features have more categories than can be held.
    /// - Complexity: O(n d log n).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try checkSampleWeights(weights, rows: x.rows)
        let limits = CategoryLimits(minFrequency: minFrequency, maxCategories: maxCategories)
        let categories = FeatureCategories(x, limits)
        let model = Model(categories: categories, dropped: try dropped(categories), handleUnknown: handleUnknown)
        let widest = categories.counts.indices.max { categories.counts[$0] < categories.counts[$1] } ?? 0
        try checkOutputSize(
            rows: x.rows, columns: model.outputCount,
            remedy:
                "column \(widest) alone has \(categories.counts[widest]) different values: leave it out or group them")
        return model
    }

    /// The group of each feature that gets no column, or -1.
    private func dropped(_ categories: FeatureCategories) throws -> [Int] {
        switch drop {
        case .none: return categories.counts.map { _ in -1 }
        case .first: return categories.counts.map { _ in 0 }
        case .ifBinary: return categories.groupCounts.map { $0 == 2 ? 0 : -1 }
        case .given(let values):
            guard values.count == categories.featureCount else {
                throw ApusError(
                    .invalidParameter,
                    "drop names \(values.count) categories, but there are \(categories.featureCount) features; "
                        + "name one for each.")
            }
            return try values.enumerated().map { feature, value in
                guard let group = categories.group(of: value, in: feature) else {
                    throw ApusError(
                        .invalidParameter,
                        "drop names \(value) for feature \(feature), which has no such category in training.")
                }
                guard !categories.hasRare[feature] || group < categories.groupCounts[feature] - 1 else {
                    throw ApusError(
                        .invalidParameter,
                        "drop names \(value) for feature \(feature), which is one of its rare categories; name a "
                            + "frequent one.")
                }
                return group
            }
        }
    }
}

extension OneHotEncoder: CategoricalStep {
    /// Codes become columns of 0 and 1.
    public var categoryUse: CategoryUse { .encodes }
}
