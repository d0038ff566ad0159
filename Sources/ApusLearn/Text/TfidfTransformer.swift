import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Weighs counts by how much a term tells: the rarer among the documents, the more.
///
/// Element j of a row becomes `tfⱼ · idfⱼ`, divided by the row's norm: tf is the count c, or `1 + ln c`;
/// `idfⱼ = ln((n + 1) / (dfⱼ + 1)) + 1` for n documents of which dfⱼ hold the term, without the two ones in the fraction
/// unless `smoothIdf`.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `norm` | l2 | l2, l1, none | what each row is divided by |
/// | `useIdf` | true | true, false | whether counts are multiplied by idf |
/// | `smoothIdf` | true | true, false | whether one more document with every term is thought of |
/// | `sublinearTf` | false | true, false | whether a count c becomes 1 + ln c |
public struct TfidfTransformer: Transformer {
    /// `tfidf-transformer`
    public static let catalogName = "tfidf-transformer"
    /// Counts cannot be negative.
    public static let traits = EstimatorTraits(requiresNonNegative: true)

    /// `norm`, `useIdf`, `smoothIdf`, `sublinearTf`.
    public static let parameters: [Parameter<TfidfTransformer>] = [
        Parameter("norm", \.norm, RowNorm.legalValues, "What each row is divided by."),
        Parameter("useIdf", \.useIdf, .flag, "Whether rare terms weigh more."),
        Parameter("smoothIdf", \.smoothIdf, .flag, "Whether one more document with every term is thought of."),
        Parameter("sublinearTf", \.sublinearTf, .flag, "Whether a count c becomes 1 + ln c."),
    ]

    /// What each row is divided by; default `.l2`.
    public var norm: RowNorm
    /// Whether counts are multiplied by idf; default true.
    public var useIdf: Bool
    /// Whether one more document with every term is thought of; default true.
    public var smoothIdf: Bool
    /// Whether a count c becomes 1 + ln c; default false.
    public var sublinearTf: Bool

    /// The defaults.
    public init() { self.init(norm: .l2) }

    /// A transformer with the given parameters.
    public init(norm: RowNorm = .l2, useIdf: Bool = true, smoothIdf: Bool = true, sublinearTf: Bool = false) {
        self.norm = norm
        self.useIdf = useIdf
        self.smoothIdf = smoothIdf
        self.sublinearTf = sublinearTf
    }

    /// Counts in how many documents each term occurs.
    ///
    /// - Parameters:
    ///   - x: n × d counts, nothing negative.
    ///   - weights: Not used, but checked.
    /// - Throws: `ApusError` for illegal data, or `invalidInput` for a term without documents unless `smoothIdf`.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        return try fit(SparseMatrix(x))
    }

    /// Counts in how many documents each term occurs.
    ///
    /// - Throws: As for dense rows.
    public func fit(_ x: SparseMatrix) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try x.checkNotNegative(for: "TfidfTransformer")
        guard useIdf else { return Model(transformer: self, featureCount: x.columns, idf: nil) }
        var documents = [Int](repeating: 0, count: x.columns)
        for place in x.values.indices where x.values[place] != 0 { documents[Int(x.columnIndices[place])] += 1 }
        let more = smoothIdf ? 1.0 : 0
        let idf = try documents.enumerated().map { column, count in
            guard count > 0 || smoothIdf else {
                throw ApusError(
                    .invalidInput, "Column \(column) is 0 in every document; set smoothIdf to true or leave it out.")
            }
            return log((Double(x.rows) + more) / (Double(count) + more)) + 1
        }
        return Model(transformer: self, featureCount: x.columns, idf: idf)
    }
}

extension TfidfTransformer {
    /// A fitted transformer.
    public struct Model: TransformerModel {
        /// `tfidf-transformer`
        public static let catalogName = TfidfTransformer.catalogName

        /// The parameters.
        public let transformer: TfidfTransformer
        /// Number of terms.
        public let featureCount: Int
        /// What the counts of each term are multiplied by, or nil where they are not.
        public let idf: [Double]?

        init(transformer: TfidfTransformer, featureCount: Int, idf: [Double]?) {
            self.transformer = transformer
            self.featureCount = featureCount
            self.idf = idf
        }

        /// The weighed rows.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` also for negative counts.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "TfidfTransformer")
            try x.checkUsable()
            return try transform(SparseMatrix(x)).dense
        }

        /// The weighed rows, sparse as before.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` also for negative counts.
        public func transform(_ x: SparseMatrix) throws -> SparseMatrix {
            try x.checkColumns(featureCount, of: "TfidfTransformer")
            try x.checkUsable()
            try x.checkNotNegative(for: "TfidfTransformer")
            return try weighted(x)
        }

        /// The weighed rows of counts that are known to be fit for it.
        func weighted(_ x: SparseMatrix) throws -> SparseMatrix {
            let norm: TextWeightKernel.Norm =
                switch transformer.norm {
                case .l2: .euclidean
                case .l1: .magnitudes
                case .none: .none
                }
            let values = TextWeightKernel.weighted(
                x, sublinear: transformer.sublinearTf, factors: idf, norm: norm)
            return try SparseMatrix(
                rows: x.rows, columns: x.columns, rowOffsets: x.rowOffsets, columnIndices: x.columnIndices,
                values: values)
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }
    }
}

extension TfidfTransformer.Model {
    /// Puts the weights into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(transformer.norm.parameterValue, as: "norm")
        archive.store(.bool(transformer.useIdf), as: "useIdf")
        archive.store(.bool(transformer.smoothIdf), as: "smoothIdf")
        archive.store(.bool(transformer.sublinearTf), as: "sublinearTf")
        archive.store(.int(featureCount), as: "featureCount")
        archive.store(idf ?? [], as: "idf")
    }

    /// Takes the weights out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        transformer = TfidfTransformer(
            norm: try RowNorm(from: archive), useIdf: try archive.bool("useIdf"),
            smoothIdf: try archive.bool("smoothIdf"), sublinearTf: try archive.bool("sublinearTf"))
        featureCount = try archive.int("featureCount", in: 1...Int(Int32.max))
        let idf = try archive.doubles("idf", count: transformer.useIdf ? featureCount : 0)
        guard idf.allSatisfy({ $0 >= 0 }) else { throw archive.damaged("a weight of a term is negative") }
        self.idf = transformer.useIdf ? idf : nil
    }
}
