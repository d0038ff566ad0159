import ApusCore

/// Divides each row by its length, so that all rows have length 1. A row of zeros stays as it is.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `norm` | l2 | l1, l2, max | what the length of a row is |
public struct Normalizer: Transformer {
    /// What the length of a row is.
    public enum Norm: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// The sum of the magnitudes.
        case l1
        /// The square root of the sum of squares.
        case l2
        /// The largest magnitude.
        case max
    }

    /// `normalizer`
    public static let catalogName = "normalizer"
    /// Sample weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// `norm`.
    public static let parameters: [Parameter<Normalizer>] = [
        Parameter("norm", \.norm, .choice(Norm.allCases.map(\.rawValue)), "What the length of a row is.")
    ]

    /// What the length of a row is; default `.l2`.
    public var norm: Norm

    /// The defaults.
    public init() { self.init(norm: .l2) }

    /// A normalizer with the given parameters.
    public init(norm: Norm) { self.norm = norm }

    /// Checks the data; there is nothing to learn.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "Normalizer")
        try x.checkUsable()
        return Model(featureCount: x.columns, norm: norm)
    }
}

extension Normalizer {
    /// A normalizer for rows of some length.
    public struct Model: TransformerModel {
        /// `normalizer`
        public static let catalogName = Normalizer.catalogName

        /// Number of features.
        public let featureCount: Int
        /// What the length of a row is.
        public let norm: Norm

        /// The rows, each divided by its length.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`; `numericalFailure` when the length of a row
        ///   overflows.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "Normalizer")
            try x.checkUsable()
            let d = featureCount
            var lengths: [Double]
            switch norm {
            case .l2: lengths = KMeansKernel.squaredNorms(x).map { $0.squareRoot() }
            case .l1:
                lengths = (0..<x.rows).map { i in pairwiseSum(i * d..<(i + 1) * d) { x.values[$0].magnitude } }
            case .max:
                lengths = (0..<x.rows).map { i in
                    (i * d..<(i + 1) * d).reduce(0) { Swift.max($0, x.values[$1].magnitude) }
                }
            }
            guard FiniteKernel.allFinite(lengths) else {
                throw ApusError(.numericalFailure, "The length of a row overflows; scale the columns down.")
            }
            for i in lengths.indices where lengths[i] < 10 * Double.ulpOfOne { lengths[i] = 1 }
            return Matrix(rows: x.rows, columns: d) { out in
                for i in 0..<x.rows {
                    for k in i * d..<(i + 1) * d { out[k] = x.values[k] / lengths[i] }
                }
            }
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }

        /// Puts the parameters into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(.int(featureCount), as: "featureCount")
            archive.store(.string(norm.rawValue), as: "norm")
        }
    }
}

extension Normalizer.Model {
    /// Takes the parameters out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard let norm = Normalizer.Norm(rawValue: try archive.string("norm")) else {
            throw archive.damaged("the norm is unknown")
        }
        self.init(featureCount: try archive.int("featureCount", in: 1...Int.max), norm: norm)
    }
}
