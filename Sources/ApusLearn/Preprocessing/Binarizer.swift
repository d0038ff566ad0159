import ApusCore

/// Makes each value 1 if it is above a threshold and 0 otherwise.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `threshold` | 0 | any number | values above it become 1 |
public struct Binarizer: Transformer {
    /// `binarizer`
    public static let catalogName = "binarizer"
    /// Sample weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// `threshold`.
    public static let parameters: [Parameter<Binarizer>] = [
        Parameter("threshold", \.threshold, .anyNumber, "Values above it become 1, all others 0.")
    ]

    /// Values above it become 1; default 0.
    public var threshold: Double

    /// The defaults.
    public init() { self.init(threshold: 0) }

    /// A binarizer with the given parameters.
    public init(threshold: Double) { self.threshold = threshold }

    /// Checks the data; there is nothing to learn.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "Binarizer")
        try x.checkUsable()
        return Model(featureCount: x.columns, threshold: threshold)
    }
}

extension Binarizer {
    /// A binarizer for rows of some length.
    public struct Model: TransformerModel {
        /// `binarizer`
        public static let catalogName = Binarizer.catalogName

        /// Number of features.
        public let featureCount: Int
        /// Values above it become 1.
        public let threshold: Double

        /// The rows as ones and zeros.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "Binarizer")
            try x.checkUsable()
            return Matrix(rows: x.rows, columns: x.columns, values: x.values.map { $0 > threshold ? 1 : 0 })
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }

        /// Puts the parameters into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(.int(featureCount), as: "featureCount")
            archive.store(.double(threshold), as: "threshold")
        }
    }
}

extension Binarizer.Model {
    /// Takes the parameters out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        self.init(
            featureCount: try archive.int("featureCount", in: 1...Int.max), threshold: try archive.double("threshold"))
    }
}
