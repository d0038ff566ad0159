import ApusCore

/// Keeps the features whose variance is above a threshold; by default all that vary.
///
/// The variance is that of the population (divided by n). NaN stands for a missing value: it is left out.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `threshold` | 0 | at least 0 | features with a variance above it are kept |
public struct VarianceThreshold: Transformer {
    /// `variance-threshold`
    public static let catalogName = "variance-threshold"
    /// NaN is a missing value; sample weights have no use.
    public static let traits = EstimatorTraits(allowsMissing: true, usesWeights: false)

    /// `threshold`.
    public static let parameters: [Parameter<VarianceThreshold>] = [
        Parameter("threshold", \.threshold, .notNegative, "Features with a variance above it are kept.")
    ]

    /// Features with a variance above it are kept; at least 0, default 0.
    public var threshold: Double

    /// The defaults.
    public init() { self.init(threshold: 0) }

    /// A selection with the given parameters.
    public init(threshold: Double) { self.threshold = threshold }

    /// Learns the variance of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data, or when no feature is left.
    /// - Complexity: O(n d).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "VarianceThreshold")
        try x.checkUsable(allowsNaN: true)
        let counts = ColumnKernel.counts(x)
        let means = zip(ColumnKernel.sums(x), counts).map { $0 / $1 }
        var variances = zip(ColumnKernel.sums(x, shift: means, squared: true), counts).map { $0 / $1 }
        if threshold == 0 {
            // The range of a constant feature is exactly 0, its variance perhaps not.
            for j in variances.indices {
                let range = Self.range(x, j)
                let isWhole = counts[j] == Double(x.rows)
                if range == 0 || isWhole && range < variances[j] { variances[j] = range }
            }
        }
        guard zip(variances, counts).allSatisfy({ $0.isFinite || $1 == 0 }) else {
            throw ApusError(.numericalFailure, "The variance of a column overflows; scale the columns down.")
        }
        let kept = variances.indices.filter { variances[$0] > threshold }
        guard !kept.isEmpty else {
            throw ApusError(
                .invalidInput,
                "No feature has a variance above \(threshold), so none would be left; lower the threshold or look at the "
                    + "data.")
        }
        return Model(featureCount: x.columns, keptFeatures: kept, variances: variances)
    }

    private static func range(_ x: Matrix, _ column: Int) -> Double {
        var (least, most) = (Double.infinity, -Double.infinity)
        for k in stride(from: column, to: x.values.count, by: x.columns) where !x.values[k].isNaN {
            least = min(least, x.values[k])
            most = max(most, x.values[k])
        }
        return most < least ? .nan : most - least
    }
}

extension VarianceThreshold {
    /// A selection of features.
    public struct Model: TransformerModel {
        /// `variance-threshold`
        public static let catalogName = VarianceThreshold.catalogName

        /// The number of columns that it was fitted on and expects again.
        public let featureCount: Int
        /// The features that are kept, ascending.
        public let keptFeatures: [Int]
        /// The variance of each feature (with the threshold 0: its range, where this is smaller and no value is missing); NaN
        /// for one that was missing in every row.
        public let variances: [Double]

        /// The rows with the kept features only.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "VarianceThreshold")
            try x.checkUsable(allowsNaN: true)
            return x.selecting(columns: keptFeatures)
        }

        /// The rows with zeros in place of the features that were left out.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(keptFeatures.count, of: "The inverse of VarianceThreshold")
            try x.checkUsable(allowsNaN: true)
            try checkOutputSize(rows: x.rows, columns: featureCount, remedy: "pass fewer rows at a time")
            return Matrix(rows: x.rows, columns: featureCount) { out in
                for i in 0..<x.rows {
                    for (place, feature) in keptFeatures.enumerated() { out[i * featureCount + feature] = x[i, place] }
                }
            }
        }

        /// The names of the kept features.
        public func outputNames(for inputNames: [String]) -> [String] {
            keptFeatures.compactMap { $0 < inputNames.count ? inputNames[$0] : nil }
        }
    }
}

extension VarianceThreshold.Model {
    /// Whether both keep the same features by the same variances.
    public static func == (a: Self, b: Self) -> Bool {
        a.keptFeatures == b.keptFeatures && sameBits(a.variances, b.variances)
    }

    /// Puts the selection into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(keptFeatures, as: "keptFeatures")
        archive.store(variances, as: "variances")
    }

    /// Takes the selection out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let variances = try archive.doubles("variances", allowsNonFinite: true)
        guard !variances.isEmpty, variances.allSatisfy({ $0.isNaN || $0.isFinite && $0 >= 0 }) else {
            throw archive.damaged("the variances are not those of any data")
        }
        let kept = try archive.ints("keptFeatures", in: 0...variances.count - 1)
        guard !kept.isEmpty, zip(kept, kept.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw archive.damaged("the kept features are not in ascending order")
        }
        self.init(featureCount: variances.count, keptFeatures: kept, variances: variances)
    }
}
