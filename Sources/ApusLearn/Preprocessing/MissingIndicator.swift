import ApusCore

/// Tells where values are missing: a 0/1 column for each feature.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `features` | missingOnly | missingOnly, all | columns for features with missing values in `fit`, or for all |
/// | `errorOnNew` | true | true, false | whether a feature that had none in `fit` and has some later is an error |
public struct MissingIndicator: Transformer {
    /// Which features get a column.
    public enum Features: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// Those that had missing values in `fit`.
        case missingOnly
        /// All.
        case all
    }

    /// `missing-indicator`
    public static let catalogName = "missing-indicator"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// `features`, `errorOnNew`.
    public static let parameters: [Parameter<MissingIndicator>] = [
        Parameter(
            "features", \.features, .choice(Features.allCases.map(\.rawValue)),
            "Columns for features with missing values in training, or for all."),
        Parameter(
            "errorOnNew", \.errorOnNew, .flag,
            "Whether a feature that had no missing value in training and has one later is an error."),
    ]

    /// Which features get a column; default `.missingOnly`.
    public var features: Features
    /// Whether a feature that had no missing value in `fit` and has one later is an error; heeded for `.missingOnly`; default
    /// true.
    public var errorOnNew: Bool

    /// The defaults.
    public init() { self.init(features: .missingOnly) }

    /// An indicator with the given parameters.
    public init(features: Features = .missingOnly, errorOnNew: Bool = true) {
        self.features = features
        self.errorOnNew = errorOnNew
    }

    /// Learns which features have missing values.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Not used, but checked.
    /// - Throws: `ApusError` for illegal parameters or data.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try checkSampleWeights(weights, rows: x.rows)
        let counts = ColumnKernel.counts(x)
        let missing = counts.indices.filter { counts[$0] < Double(x.rows) }
        return Model(
            featureCount: x.columns, indicatedFeatures: features == .all ? Array(0..<x.columns) : missing,
            refusesNew: features == .missingOnly && errorOnNew)
    }
}

extension MissingIndicator: CategoricalStep {
    /// What comes out tells only what is missing.
    public var categoryUse: CategoryUse { .encodes }
}

extension MissingIndicator {
    /// The features whose missing values are told.
    public struct Model: CategoricalTransformerModel {
        /// `missing-indicator`
        public static let catalogName = MissingIndicator.catalogName

        /// The number of columns that it was fitted on and expects again.
        public let featureCount: Int
        /// The features that get a column, ascending; none when no value was missing.
        public let indicatedFeatures: [Int]
        /// Whether missing values in other features are an error.
        public let refusesNew: Bool

        /// 1 where a value is missing, else 0.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for missing values where there were none in
        ///   training, if that is an error.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "MissingIndicator")
            try x.checkUsable(allowsNaN: true)
            if refusesNew {
                let known = Set(indicatedFeatures)
                let counts = ColumnKernel.counts(x)
                if let j = counts.indices.first(where: { counts[$0] < Double(x.rows) && !known.contains($0) }) {
                    throw ApusError(
                        .invalidInput,
                        "Column \(j) has missing values but had none in training; set errorOnNew to false to ignore them."
                    )
                }
            }
            return Matrix(rows: x.rows, columns: indicatedFeatures.count) { out in
                var k = 0
                for i in 0..<x.rows {
                    for feature in indicatedFeatures {
                        out[k] = x.values[i * featureCount + feature].isNaN ? 1 : 0
                        k += 1
                    }
                }
            }
        }

        /// `missingindicator_NAME` for each column.
        public func outputNames(for inputNames: [String]) -> [String] {
            indicatedFeatures.compactMap { $0 < inputNames.count ? "missingindicator_" + inputNames[$0] : nil }
        }

        /// The same names; what comes out is numbers.
        public func outputFeatures(for inputs: [NamedFeature]) -> [NamedFeature] {
            outputNames(for: inputs.map(\.name)).map { NamedFeature($0) }
        }

        /// Puts the features into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(.int(featureCount), as: "featureCount")
            archive.store(indicatedFeatures, as: "indicatedFeatures")
            archive.store(.bool(refusesNew), as: "refusesNew")
        }
    }
}

extension MissingIndicator.Model {
    /// Takes the features out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let count = try archive.int("featureCount", in: 1...mostOutputColumns)
        let features = try archive.ints("indicatedFeatures", in: 0...count - 1)
        guard zip(features, features.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw archive.damaged("the features are not in ascending order")
        }
        featureCount = count
        indicatedFeatures = features
        refusesNew = try archive.bool("refusesNew")
    }
}
