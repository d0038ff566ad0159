import ApusCore

/// Shifts and scales each feature to mean 0 and variance 1: `(x - mean) / √variance`.
///
/// The variance is that of the population (divided by n). A feature that does not vary, to within rounding, is shifted
/// only. NaN stands for a missing value: it is left out of the statistics and stays NaN.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `withMean` | true | true, false | whether the mean is subtracted |
/// | `withStd` | true | true, false | whether the standard deviation is divided by |
public struct StandardScaler: Transformer {
    /// `standard-scaler`
    public static let catalogName = "standard-scaler"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// `withMean`, `withStd`.
    public static let parameters: [Parameter<StandardScaler>] = [
        Parameter("withMean", \.withMean, .flag, "Whether the mean is subtracted."),
        Parameter("withStd", \.withStd, .flag, "Whether the standard deviation is divided by."),
    ]

    /// Whether the mean is subtracted; default true.
    public var withMean: Bool
    /// Whether the standard deviation is divided by; default true.
    public var withStd: Bool

    /// The defaults.
    public init() { self.init(withMean: true) }

    /// A scaler with the given parameters.
    public init(withMean: Bool = true, withStd: Bool = true) {
        self.withMean = withMean
        self.withStd = withStd
    }

    /// Learns the mean and the variance of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: O(n d).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try checkSampleWeights(weights, rows: x.rows)
        let counts = ColumnKernel.counts(x, weights: weights)
        let means = zip(ColumnKernel.sums(x, weights: weights), counts).map { $0 / $1 }
        // The second pass is about the mean as rounded; the sum of deviations from it mends what rounding left.
        let corrections = ColumnKernel.sums(x, shift: means, weights: weights)
        let squares = ColumnKernel.sums(x, shift: means, squared: true, weights: weights)
        let variances = counts.indices.map { j in
            (squares[j] - corrections[j] * corrections[j] / counts[j]) / counts[j]
        }
        guard zip(counts, zip(means, variances)).allSatisfy({ $0 == 0 || $1.0.isFinite && $1.1.isFinite }) else {
            throw ApusError(
                .numericalFailure, "The data are so large that sums of their squares overflow; scale the columns down.")
        }
        return Model(means: means, variances: variances, counts: counts, withMean: withMean, withStd: withStd)
    }
}

extension StandardScaler {
    /// A fitted scaler.
    public struct Model: TransformerModel {
        /// `standard-scaler`
        public static let catalogName = StandardScaler.catalogName

        /// The mean of each feature; NaN for one that was missing in every row.
        public let means: [Double]
        /// The variance of each feature; NaN for one that was missing in every row.
        public let variances: [Double]
        /// What each feature is divided by: the standard deviation, or 1 for a feature that does not vary.
        public let scales: [Double]
        /// How many rows (or how much weight) each feature's statistics come from.
        public let counts: [Double]
        /// Whether the mean is subtracted.
        public let withMean: Bool
        /// Whether the standard deviation is divided by.
        public let withStd: Bool

        init(means: [Double], variances: [Double], counts: [Double], withMean: Bool, withStd: Bool) {
            self.means = means
            self.variances = variances
            self.counts = counts
            self.withMean = withMean
            self.withStd = withStd
            // The bound on the error of a two-pass variance: T. Chan, G. Golub and R. LeVeque, "Algorithms for
            // computing the sample variance", The American Statistician 37 (1983).
            scales = means.indices.map { j in
                let meanError = counts[j] * means[j] * Double.ulpOfOne
                let bound = counts[j] * Double.ulpOfOne * variances[j] + meanError * meanError
                return variances[j] <= bound ? 1 : variances[j].squareRoot()
            }
        }

        /// Number of features.
        public var featureCount: Int { means.count }

        /// The rows with every feature shifted and scaled.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "StandardScaler")
            try x.checkUsable(allowsNaN: true)
            return ColumnKernel.standardized(x, shift: withMean ? means : nil, scale: withStd ? scales : nil)
        }

        /// The rows as they were before `transform`.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "StandardScaler")
            try x.checkUsable(allowsNaN: true)
            let (one, zero) = ([Double](repeating: 1, count: featureCount), [Double](repeating: 0, count: featureCount))
            return ColumnKernel.scaled(x, factor: withStd ? scales : one, offset: withMean ? means : zero)
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }
    }
}

extension StandardScaler.Model {
    /// Whether both have the same statistics, where a missing one equals a missing one.
    public static func == (a: Self, b: Self) -> Bool {
        a.withMean == b.withMean && a.withStd == b.withStd && sameBits(a.means, b.means)
            && sameBits(a.variances, b.variances) && sameBits(a.counts, b.counts)
    }

    /// Puts the statistics into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(means, as: "means")
        archive.store(variances, as: "variances")
        archive.store(counts, as: "counts")
        archive.store(.bool(withMean), as: "withMean")
        archive.store(.bool(withStd), as: "withStd")
    }

    /// Takes the statistics out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let means = try archive.doubles("means", allowsNonFinite: true)
        let variances = try archive.doubles("variances", count: means.count, allowsNonFinite: true)
        let counts = try archive.doubles("counts", count: means.count)
        guard !means.isEmpty else { throw archive.damaged("there are no features") }
        let sound = means.indices.allSatisfy { j in
            counts[j] == 0
                ? means[j].isNaN && variances[j].isNaN
                : counts[j] > 0 && means[j].isFinite && variances[j].isFinite
        }
        guard sound else { throw archive.damaged("the statistics of a feature are not those of any data") }
        self.init(
            means: means, variances: variances, counts: counts, withMean: try archive.bool("withMean"),
            withStd: try archive.bool("withStd"))
    }
}
