import ApusCore

/// Divides each feature by its largest magnitude, so that it lies between -1 and 1 and zeros stay zeros.
///
/// A feature that is zero throughout stays as it is. NaN stands for a missing value: it is left out and stays NaN.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `clip` | false | true, false | whether later values beyond those seen are cut to -1 and 1 |
public struct MaxAbsScaler: Transformer {
    /// `max-abs-scaler`
    public static let catalogName = "max-abs-scaler"
    /// NaN is a missing value; sample weights have no use.
    public static let traits = EstimatorTraits(allowsMissing: true, usesWeights: false)

    /// `clip`.
    public static let parameters: [Parameter<MaxAbsScaler>] = [
        Parameter("clip", \.clip, .flag, "Whether later values beyond those seen are cut to -1 and 1.")
    ]

    /// Whether later values beyond those seen are cut to -1 and 1; default false.
    public var clip: Bool

    /// The defaults.
    public init() { self.init(clip: false) }

    /// A scaler with the given parameters.
    public init(clip: Bool) { self.clip = clip }

    /// Learns the largest magnitude of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: O(n d).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "MaxAbsScaler")
        try x.checkUsable(allowsNaN: true)
        var largest = [Double](repeating: .nan, count: x.columns)
        for i in 0..<x.rows {
            for j in 0..<x.columns {
                let magnitude = x.values[i * x.columns + j].magnitude
                if magnitude > largest[j] || largest[j].isNaN { largest[j] = magnitude }
            }
        }
        return Model(largestMagnitudes: largest, clip: clip)
    }
}

extension MaxAbsScaler {
    /// A fitted scaler.
    public struct Model: TransformerModel {
        /// `max-abs-scaler`
        public static let catalogName = MaxAbsScaler.catalogName

        /// The largest magnitude of each feature; NaN for one that was missing in every row.
        public let largestMagnitudes: [Double]
        /// What each feature is divided by.
        public var scales: [Double] { largestMagnitudes.map { $0 < 10 * Double.ulpOfOne ? 1 : $0 } }
        /// Whether values beyond those seen are cut.
        public let clip: Bool

        /// Number of features.
        public var featureCount: Int { largestMagnitudes.count }

        /// The rows with every feature scaled.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "MaxAbsScaler")
            try x.checkUsable(allowsNaN: true)
            var changed = ColumnKernel.standardized(x, shift: nil, scale: scales)
            if clip {
                changed.withMutableValues { values in
                    for k in values.indices where values[k].magnitude > 1 { values[k] = values[k] < 0 ? -1 : 1 }
                }
            }
            return changed
        }

        /// The rows as they were before `transform`.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "MaxAbsScaler")
            try x.checkUsable(allowsNaN: true)
            return ColumnKernel.scaled(x, factor: scales, offset: [Double](repeating: 0, count: featureCount))
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }
    }
}

extension MaxAbsScaler.Model {
    /// Whether both have the same statistics, where a missing one equals a missing one.
    public static func == (a: Self, b: Self) -> Bool {
        a.clip == b.clip && sameBits(a.largestMagnitudes, b.largestMagnitudes)
    }

    /// Puts the statistics into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(largestMagnitudes, as: "largestMagnitudes")
        archive.store(.bool(clip), as: "clip")
    }

    /// Takes the statistics out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let largest = try archive.doubles("largestMagnitudes", allowsNonFinite: true)
        guard !largest.isEmpty else { throw archive.damaged("there are no features") }
        guard largest.allSatisfy({ $0.isNaN || $0.isFinite && $0 >= 0 }) else {
            throw archive.damaged("a magnitude is negative or infinite")
        }
        self.init(largestMagnitudes: largest, clip: try archive.bool("clip"))
    }
}
