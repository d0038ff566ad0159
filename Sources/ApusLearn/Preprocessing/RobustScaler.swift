import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Shifts each feature by its median and divides it by the distance between two of its quantiles, which outliers hardly
/// move: `(x - median) / (upper - lower)`.
///
/// A feature whose quantiles coincide is shifted only. NaN stands for a missing value: it is left out and stays NaN.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `withCentering` | true | true, false | whether the median is subtracted |
/// | `withScaling` | true | true, false | whether the distance between the quantiles is divided by |
/// | `quantileLower` | 25 | 0 to 100, at most `quantileUpper` | the lower quantile in percent |
/// | `quantileUpper` | 75 | 0 to 100 | the upper quantile in percent |
/// | `unitVariance` | false | true, false | whether normally distributed features get variance 1 |
public struct RobustScaler: Transformer {
    /// `robust-scaler`
    public static let catalogName = "robust-scaler"
    /// NaN is a missing value; sample weights have no use.
    public static let traits = EstimatorTraits(allowsMissing: true, usesWeights: false)

    /// `withCentering`, `withScaling`, `quantileLower`, `quantileUpper`, `unitVariance`.
    public static let parameters: [Parameter<RobustScaler>] = [
        Parameter("withCentering", \.withCentering, .flag, "Whether the median is subtracted."),
        Parameter("withScaling", \.withScaling, .flag, "Whether the distance between the quantiles is divided by."),
        Parameter(
            "quantileLower", \.quantileLower, .number(from: 0, to: 100, openLower: false, openUpper: false),
            "The lower quantile in percent."),
        Parameter(
            "quantileUpper", \.quantileUpper, .number(from: 0, to: 100, openLower: false, openUpper: false),
            "The upper quantile in percent."),
        Parameter("unitVariance", \.unitVariance, .flag, "Whether normally distributed features get variance 1."),
    ]

    /// Whether the median is subtracted; default true.
    public var withCentering: Bool
    /// Whether the distance between the quantiles is divided by; default true.
    public var withScaling: Bool
    /// The lower quantile in percent; default 25.
    public var quantileLower: Double
    /// The upper quantile in percent; default 75.
    public var quantileUpper: Double
    /// Whether normally distributed features get variance 1; default false.
    public var unitVariance: Bool

    /// The defaults.
    public init() { self.init(withCentering: true) }

    /// A scaler with the given parameters.
    public init(
        withCentering: Bool = true, withScaling: Bool = true, quantileLower: Double = 25, quantileUpper: Double = 75,
        unitVariance: Bool = false
    ) {
        self.withCentering = withCentering
        self.withScaling = withScaling
        self.quantileLower = quantileLower
        self.quantileUpper = quantileUpper
        self.unitVariance = unitVariance
    }

    /// Learns the median and the quantiles of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: O(n d).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        guard quantileLower <= quantileUpper else {
            throw ApusError(
                .invalidParameter,
                "quantileLower is \(quantileLower), but it must be at most quantileUpper, \(quantileUpper).")
        }
        let adjustment = try normalRange()
        try refuseWeights(weights, of: "RobustScaler")
        try x.checkUsable(allowsNaN: true)
        let shares = [quantileLower / 100, quantileUpper / 100]
        let columns = Parallel.map(x.columns) { j -> (centre: Double, scale: Double) in
            var values = x.column(j).filter { !$0.isNaN }
            guard let median = OrderKernel.median(&values) else { return (.nan, .nan) }
            let quantiles = OrderKernel.quantiles(&values, at: shares)
            let range = quantiles[1] - quantiles[0]
            return (median, (range < 10 * Double.ulpOfOne ? 1 : range) / adjustment)
        }
        guard columns.allSatisfy({ $0.centre.isNaN || $0.centre.isFinite && $0.scale.isFinite }) else {
            throw ApusError(.numericalFailure, "The range of a column overflows; scale the columns down.")
        }
        return Model(
            centres: columns.map(\.centre), scales: columns.map(\.scale), withCentering: withCentering,
            withScaling: withScaling)
    }

    /// How far the quantiles of a standard normal distribution lie apart; 1 unless the variance is to be 1.
    private func normalRange() throws -> Double {
        guard unitVariance, withScaling else { return 1 }
        guard quantileLower > 0, quantileLower < quantileUpper, quantileUpper < 100 else {
            throw ApusError(
                .invalidParameter,
                "unitVariance needs different quantiles between 0 and 100 percent, not \(quantileLower) and "
                    + "\(quantileUpper).")
        }
        return Self.normalQuantile(quantileUpper / 100) - Self.normalQuantile(quantileLower / 100)
    }

    /// The quantile of the standard normal distribution, by Newton's method on its distribution function.
    ///
    /// - Parameter share: Above 0 and below 1.
    private static func normalQuantile(_ share: Double) -> Double {
        if share > 0.5 { return -normalQuantile(1 - share) }
        // From 0 downwards the function is convex, so the steps approach from one side.
        var quantile = 0.0
        for _ in 0..<500 {
            let excess = 0.5 * erfc(-quantile / 2.0.squareRoot()) - share
            let step = excess * (2 * Double.pi).squareRoot() * exp(quantile * quantile / 2)
            quantile -= step
            if step.magnitude <= 1e-15 * quantile.magnitude { break }
        }
        return quantile
    }
}

extension RobustScaler {
    /// A fitted scaler.
    public struct Model: TransformerModel {
        /// `robust-scaler`
        public static let catalogName = RobustScaler.catalogName

        /// The median of each feature; NaN for one that was missing in every row.
        public let centres: [Double]
        /// What each feature is divided by; NaN for one that was missing in every row.
        public let scales: [Double]
        /// Whether the median is subtracted.
        public let withCentering: Bool
        /// Whether the scale is divided by.
        public let withScaling: Bool

        /// Number of features.
        public var featureCount: Int { centres.count }

        /// The rows with every feature shifted and scaled.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "RobustScaler")
            try x.checkUsable(allowsNaN: true)
            return ColumnKernel.standardized(
                x, shift: withCentering ? centres : nil, scale: withScaling ? scales : nil)
        }

        /// The rows as they were before `transform`.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "RobustScaler")
            try x.checkUsable(allowsNaN: true)
            let (one, zero) = ([Double](repeating: 1, count: featureCount), [Double](repeating: 0, count: featureCount))
            return ColumnKernel.scaled(x, factor: withScaling ? scales : one, offset: withCentering ? centres : zero)
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }
    }
}

extension RobustScaler.Model {
    /// Whether both have the same statistics, where a missing one equals a missing one.
    public static func == (a: Self, b: Self) -> Bool {
        a.withCentering == b.withCentering && a.withScaling == b.withScaling && sameBits(a.centres, b.centres)
            && sameBits(a.scales, b.scales)
    }

    /// Puts the statistics into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(centres, as: "centres")
        archive.store(scales, as: "scales")
        archive.store(.bool(withCentering), as: "withCentering")
        archive.store(.bool(withScaling), as: "withScaling")
    }

    /// Takes the statistics out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let centres = try archive.doubles("centres", allowsNonFinite: true)
        let scales = try archive.doubles("scales", count: centres.count, allowsNonFinite: true)
        guard !centres.isEmpty else { throw archive.damaged("there are no features") }
        let sound = zip(centres, scales).allSatisfy { centre, scale in
            centre.isNaN ? scale.isNaN : centre.isFinite && scale > 0 && scale.isFinite
        }
        guard sound else { throw archive.damaged("the statistics of a feature are not those of any data") }
        self.init(
            centres: centres, scales: scales, withCentering: try archive.bool("withCentering"),
            withScaling: try archive.bool("withScaling"))
    }
}
