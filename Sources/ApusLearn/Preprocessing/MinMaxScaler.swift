import ApusCore

/// Scales each feature linearly so that its smallest value becomes `rangeLower` and its largest `rangeUpper`.
///
/// A feature that does not vary becomes `rangeLower`. NaN stands for a missing value: it is left out and stays NaN.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `rangeLower` | 0 | below `rangeUpper` | what the smallest value becomes |
/// | `rangeUpper` | 1 | above `rangeLower` | what the largest value becomes |
/// | `clip` | false | true, false | whether later values beyond those seen are cut to the range |
public struct MinMaxScaler: Transformer {
    /// `min-max-scaler`
    public static let catalogName = "min-max-scaler"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// `rangeLower`, `rangeUpper`, `clip`.
    public static let parameters: [Parameter<MinMaxScaler>] = [
        Parameter("rangeLower", \.rangeLower, .anyNumber, "What the smallest value becomes."),
        Parameter("rangeUpper", \.rangeUpper, .anyNumber, "What the largest value becomes."),
        Parameter("clip", \.clip, .flag, "Whether later values beyond those seen are cut to the range."),
    ]

    /// What the smallest value of each feature becomes; default 0.
    public var rangeLower: Double
    /// What the largest value of each feature becomes; default 1.
    public var rangeUpper: Double
    /// Whether later values beyond those seen are cut to the range; default false.
    public var clip: Bool

    /// The defaults.
    public init() { self.init(rangeLower: 0) }

    /// A scaler with the given parameters.
    public init(rangeLower: Double = 0, rangeUpper: Double = 1, clip: Bool = false) {
        self.rangeLower = rangeLower
        self.rangeUpper = rangeUpper
        self.clip = clip
    }

    /// Learns the smallest and the largest value of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Not used, but checked.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: O(n d).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        guard rangeLower < rangeUpper else {
            throw ApusError(
                .invalidParameter, "rangeLower is \(rangeLower), but it must be below rangeUpper, \(rangeUpper).")
        }
        try x.checkUsable(allowsNaN: true)
        try checkSampleWeights(weights, rows: x.rows)
        var minima = [Double](repeating: .nan, count: x.columns)
        var maxima = minima
        for i in 0..<x.rows {
            for j in 0..<x.columns {
                let value = x.values[i * x.columns + j]
                if value < minima[j] || minima[j].isNaN { minima[j] = value }
                if value > maxima[j] || maxima[j].isNaN { maxima[j] = value }
            }
        }
        guard zip(minima, maxima).allSatisfy({ $0.isNaN || ($1 - $0).isFinite }) else {
            throw ApusError(.numericalFailure, "The range of a column overflows; scale the columns down.")
        }
        return Model(minima: minima, maxima: maxima, rangeLower: rangeLower, rangeUpper: rangeUpper, clip: clip)
    }
}

extension MinMaxScaler {
    /// A fitted scaler.
    public struct Model: TransformerModel {
        /// `min-max-scaler`
        public static let catalogName = MinMaxScaler.catalogName

        /// The smallest value of each feature; NaN for one that was missing in every row.
        public let minima: [Double]
        /// The largest value of each feature; NaN for one that was missing in every row.
        public let maxima: [Double]
        /// What each feature is multiplied by.
        public let factors: [Double]
        /// What is added to the product.
        public let offsets: [Double]
        package let rangeLower: Double
        package let rangeUpper: Double
        package let clip: Bool

        init(minima: [Double], maxima: [Double], rangeLower: Double, rangeUpper: Double, clip: Bool) {
            self.minima = minima
            self.maxima = maxima
            self.rangeLower = rangeLower
            self.rangeUpper = rangeUpper
            self.clip = clip
            let factors = zip(minima, maxima).map { low, high in
                let range = high - low
                return (rangeUpper - rangeLower) / (range < 10 * Double.ulpOfOne ? 1 : range)
            }
            self.factors = factors
            offsets = zip(minima, factors).map { rangeLower - $0 * $1 }
        }

        /// Number of features.
        public var featureCount: Int { minima.count }

        /// The rows with every feature scaled to the range.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "MinMaxScaler")
            try x.checkUsable(allowsNaN: true)
            var scaled = ColumnKernel.scaled(x, factor: factors, offset: offsets)
            if clip {
                scaled.withMutableValues { values in
                    for k in values.indices where !values[k].isNaN {
                        values[k] = min(max(values[k], rangeLower), rangeUpper)
                    }
                }
            }
            return scaled
        }

        /// The rows as they were before `transform`, where that did not clip them.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "MinMaxScaler")
            try x.checkUsable(allowsNaN: true)
            return ColumnKernel.standardized(x, shift: offsets, scale: factors)
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }
    }
}

extension MinMaxScaler.Model {
    /// Whether both scale alike, where a missing statistic equals a missing one.
    public static func == (a: Self, b: Self) -> Bool {
        sameBits(a.minima, b.minima) && sameBits(a.maxima, b.maxima) && a.rangeLower == b.rangeLower
            && a.rangeUpper == b.rangeUpper && a.clip == b.clip
    }

    /// Puts the ranges into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(minima, as: "minima")
        archive.store(maxima, as: "maxima")
        archive.store([rangeLower, rangeUpper], as: "range")
        archive.store(.bool(clip), as: "clip")
    }

    /// Takes the ranges out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let minima = try archive.doubles("minima", allowsNonFinite: true)
        let maxima = try archive.doubles("maxima", count: minima.count, allowsNonFinite: true)
        let range = try archive.doubles("range", count: 2)
        let sound = zip(minima, maxima).allSatisfy { low, high in
            low.isNaN ? high.isNaN : low <= high && (high - low).isFinite
        }
        guard !minima.isEmpty, sound, range[0] < range[1] else {
            throw archive.damaged("the ranges of the features are not those of any data")
        }
        self.init(
            minima: minima, maxima: maxima, rangeLower: range[0], rangeUpper: range[1], clip: try archive.bool("clip"))
    }
}
