import ApusCore

/// Replaces missing values (NaN) of each feature by one number: its mean, median or most frequent value, or a constant.
///
/// A feature that is missing in every row of `fit` has no such number and is dropped, unless it is to be kept; then it
/// is filled with 0, or with the constant. Sample weights have no influence, as in scikit-learn.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `strategy` | mean | mean, median, mostFrequent, constant | what replaces missing values |
/// | `fillValue` | none | a number | the constant; 0 when there is none |
/// | `keepEmptyFeatures` | false | true, false | whether features without any value are kept |
/// | `addIndicator` | false | true, false | whether a 0/1 column follows for each feature with missing values |
public struct SimpleImputer: Transformer {
    /// What replaces a missing value.
    public enum Strategy: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// The mean of the feature.
        case mean
        /// The middle value of the feature, or the mean of the two middle ones.
        case median
        /// The value that occurs most often; of several the smallest.
        case mostFrequent
        /// `fillValue`.
        case constant
    }

    /// `simple-imputer`
    public static let catalogName = "simple-imputer"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// `strategy`, `fillValue`, `keepEmptyFeatures`, `addIndicator`.
    public static let parameters: [Parameter<SimpleImputer>] = [
        Parameter(
            "strategy", \.strategy, .choice(Strategy.allCases.map(\.rawValue)), "What replaces missing values."),
        Parameter(
            "fillValue", \.fillValue, .optional(.anyNumber), "The constant of the strategy constant; none means 0."),
        Parameter("keepEmptyFeatures", \.keepEmptyFeatures, .flag, "Whether features without any value are kept."),
        Parameter(
            "addIndicator", \.addIndicator, .flag, "Whether 0/1 columns tell afterwards where values were missing."),
    ]

    /// What replaces missing values; default `.mean`.
    public var strategy: Strategy
    /// The constant of the strategy `.constant`; default nil, which means 0.
    public var fillValue: Double?
    /// Whether features without any value are kept; default false.
    public var keepEmptyFeatures: Bool
    /// Whether a 0/1 column is appended for each feature that had missing values in `fit`; default false.
    public var addIndicator: Bool

    /// The defaults.
    public init() { self.init(strategy: .mean) }

    /// An imputer with the given parameters.
    public init(
        strategy: Strategy = .mean, fillValue: Double? = nil, keepEmptyFeatures: Bool = false,
        addIndicator: Bool = false
    ) {
        self.strategy = strategy
        self.fillValue = fillValue
        self.keepEmptyFeatures = keepEmptyFeatures
        self.addIndicator = addIndicator
    }

    /// Learns what replaces the missing values of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Not used, but checked.
    /// - Throws: `ApusError` for illegal parameters or data, or when no feature is left.
    /// - Complexity: O(n d), O(n d log n) for the most frequent value.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try checkSampleWeights(weights, rows: x.rows)
        let counts = ColumnKernel.counts(x)
        let kept = counts.indices.filter { keepEmptyFeatures || counts[$0] > 0 }
        let indicated = addIndicator ? counts.indices.filter { counts[$0] < Double(x.rows) } : []
        guard !kept.isEmpty || !indicated.isEmpty else {
            throw ApusError(
                .invalidInput,
                "Every value of x is missing, so there is nothing to learn; keep empty features or "
                    + "take a column that has values.")
        }
        let fills = statistics(x, counts)
        guard kept.allSatisfy({ fills[$0].isFinite }) else {
            throw ApusError(.numericalFailure, "The sum of a column overflows; scale the columns down.")
        }
        return Model(
            featureCount: x.columns, keptFeatures: kept, fills: kept.map { fills[$0] }, indicatedFeatures: indicated)
    }

    private func statistics(_ x: Matrix, _ counts: [Double]) -> [Double] {
        switch strategy {
        case .constant:
            return [Double](repeating: fillValue ?? 0, count: x.columns)
        case .mean:
            return zip(ColumnKernel.sums(x), counts).map { $1 == 0 ? 0 : $0 / $1 }
        case .median:
            return Parallel.map(x.columns) { j in
                var values = x.column(j).filter { !$0.isNaN }
                return OrderKernel.median(&values) ?? 0
            }
        case .mostFrequent:
            return Parallel.map(x.columns) { j in
                let values = x.column(j).filter { !$0.isNaN }.sorted()
                var (best, longest, start) = (0.0, 0, 0)
                for end in values.indices where end + 1 == values.count || values[end + 1] != values[end] {
                    if end + 1 - start > longest { (best, longest) = (values[start], end + 1 - start) }
                    start = end + 1
                }
                return best
            }
        }
    }
}

extension SimpleImputer: CategoricalStep {
    /// The most frequent of codes is a code; a mean of codes has no meaning.
    public var categoryUse: CategoryUse { strategy == .mostFrequent && !addIndicator ? .keeps : .calculates }
}

extension SimpleImputer {
    /// A fitted imputer.
    public struct Model: CategoricalTransformerModel, InvertibleTransformerModel {
        /// `simple-imputer`
        public static let catalogName = SimpleImputer.catalogName

        /// The number of columns that it was fitted on and expects again.
        public let featureCount: Int
        /// The features that come out, ascending.
        public let keptFeatures: [Int]
        /// What replaces the missing values of each kept feature.
        public let fills: [Double]
        /// The features whose missing values are told in columns of their own, ascending.
        public let indicatedFeatures: [Int]

        /// The rows with every missing value replaced.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "SimpleImputer")
            try x.checkUsable(allowsNaN: true)
            let width = keptFeatures.count + indicatedFeatures.count
            return Matrix(rows: x.rows, columns: width) { out in
                var k = 0
                for i in 0..<x.rows {
                    let row = i * featureCount
                    for (place, feature) in keptFeatures.enumerated() {
                        let value = x.values[row + feature]
                        out[k + place] = value.isNaN ? fills[place] : value
                    }
                    k += keptFeatures.count
                    for feature in indicatedFeatures {
                        out[k] = x.values[row + feature].isNaN ? 1 : 0
                        k += 1
                    }
                }
            }
        }

        /// The rows with values missing again where the indicators say so, which have to be there.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput`, or `unavailable` when there are no indicators
        ///   for features with missing values.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            guard !indicatedFeatures.isEmpty else {
                throw ApusError(
                    .unavailable, "Filled values cannot be told from others; set addIndicator to true before fitting.")
            }
            try x.checkColumns(keptFeatures.count + indicatedFeatures.count, of: "The inverse of SimpleImputer")
            try x.checkUsable()
            // A feature that was left out had no value.
            var out = Matrix(repeating: .nan, rows: x.rows, columns: featureCount)
            for i in 0..<x.rows {
                for (place, feature) in keptFeatures.enumerated() { out[i, feature] = x[i, place] }
                for (place, feature) in indicatedFeatures.enumerated() where x[i, keptFeatures.count + place] != 0 {
                    out[i, feature] = .nan
                }
            }
            return out
        }

        /// The kept features as they went in, then the indicators.
        public func outputFeatures(for inputs: [NamedFeature]) -> [NamedFeature] {
            keptFeatures.compactMap { $0 < inputs.count ? inputs[$0] : nil }
                + outputNames(for: inputs.map(\.name)).suffix(indicatedFeatures.count).map { NamedFeature($0) }
        }

        /// The names of the kept features, then `missingindicator_NAME` for each indicator.
        public func outputNames(for inputNames: [String]) -> [String] {
            keptFeatures.compactMap { $0 < inputNames.count ? inputNames[$0] : nil }
                + indicatedFeatures.compactMap { $0 < inputNames.count ? "missingindicator_" + inputNames[$0] : nil }
        }
    }
}

extension SimpleImputer.Model {
    /// Puts the replacements into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(.int(featureCount), as: "featureCount")
        archive.store(keptFeatures, as: "keptFeatures")
        archive.store(fills, as: "fills")
        archive.store(indicatedFeatures, as: "indicatedFeatures")
    }

    /// Takes the replacements out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let count = try archive.int("featureCount", in: 1...mostOutputColumns)
        featureCount = count
        keptFeatures = try archive.ints("keptFeatures", in: 0...count - 1)
        fills = try archive.doubles("fills", count: keptFeatures.count)
        indicatedFeatures = try archive.ints("indicatedFeatures", in: 0...count - 1)
        for features in [keptFeatures, indicatedFeatures]
        where !zip(features, features.dropFirst()).allSatisfy({ $0 < $1 }) {
            throw archive.damaged("the features are not in ascending order")
        }
        guard !(keptFeatures.isEmpty && indicatedFeatures.isEmpty) else {
            throw archive.damaged("no feature is left")
        }
    }
}
