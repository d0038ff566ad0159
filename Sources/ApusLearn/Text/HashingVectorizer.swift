import ApusCore

/// Turns texts into counts without a vocabulary: a term's column is its hash.
///
/// Nothing is learned and nothing kept, so documents may come in parts without end; two terms may share a column, and no
/// column can be named. The hash is MurmurHash3 (32 bits, seed 0) of the term's UTF-8 bytes, h: column `|h| mod nFeatures`,
/// sign that of h.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `stripAccents` … `analyzer` | | | as for `CountVectorizer` |
/// | `nFeatures` | 2²⁰ | 1 to 2³¹ - 1 | how many columns come out |
/// | `binary` | false | true, false | whether each count that is held is 1 |
/// | `norm` | l2 | l2, l1, none | what each row is divided by |
/// | `alternateSign` | true | true, false | whether half of the terms subtract, so that clashes cancel on average |
public struct HashingVectorizer: TextVectorizer {
    /// `hashing-vectorizer`
    public static let catalogName = "hashing-vectorizer"
    /// Weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// Those of `TextAnalysis`, then `nFeatures`, `binary`, `norm`, `alternateSign`.
    public static let parameters: [Parameter<HashingVectorizer>] =
        TextAnalysis.parameters.map { Parameter($0.name, $0, of: \.analysis) } + [
            Parameter("nFeatures", \.nFeatures, .integer(1...Int(Int32.max)), "How many columns come out."),
            Parameter("binary", \.binary, .flag, "Whether each count that is held is 1."),
            Parameter("norm", \.norm, RowNorm.legalValues, "What each row is divided by."),
            Parameter(
                "alternateSign", \.alternateSign, .flag,
                "Whether half of the terms subtract, so that terms that share a column cancel on average."),
        ]

    /// How texts become terms.
    public var analysis: TextAnalysis
    /// How many columns come out, 1 to 2³¹ - 1; default 2²⁰.
    public var nFeatures: Int
    /// Whether each count that is held is 1; default false.
    public var binary: Bool
    /// What each row is divided by; default `.l2`.
    public var norm: RowNorm
    /// Whether half of the terms subtract; default true.
    public var alternateSign: Bool

    /// The defaults.
    public init() { self.init(stripAccents: .none) }

    /// A vectorizer with the given parameters.
    public init(
        stripAccents: TextAnalysis.StripAccents = .none, lowercase: Bool = true,
        stopWords: TextAnalysis.StopWords = .none, tokenPattern: String = TextAnalysis.standardTokenPattern,
        ngramRange: ClosedRange<Int> = 1...1, analyzer: TextAnalysis.Analyzer = .word, nFeatures: Int = 1 << 20,
        binary: Bool = false, norm: RowNorm = .l2, alternateSign: Bool = true
    ) {
        analysis = TextAnalysis(
            stripAccents: stripAccents, lowercase: lowercase, stopWords: stopWords, tokenPattern: tokenPattern,
            ngramRange: ngramRange, analyzer: analyzer)
        self.nFeatures = nFeatures
        self.binary = binary
        self.norm = norm
        self.alternateSign = alternateSign
    }

    /// Checks the parameters: there is nothing to learn.
    ///
    /// - Throws: `ApusError` for illegal parameters or when there are no documents.
    public func fit(_ documents: [String], progress: ProgressHandler? = nil) throws -> Model {
        try validateParameters()
        try checkDocuments(documents, analysis.settings())
        return Model(vectorizer: self)
    }

    /// Turns documents into rows.
    ///
    /// - Throws: As `fit`.
    public func fitTransform(
        _ documents: [String], progress: ProgressHandler? = nil
    ) throws -> (model: Model, rows: SparseMatrix) {
        let model = try fit(documents, progress: progress)
        return (model, try model.transform(documents, progress: progress))
    }
}

extension HashingVectorizer {
    /// A vectorizer whose parameters are known to be legal.
    public struct Model: TextVectorizerModel {
        /// `hashing-vectorizer`
        public static let catalogName = HashingVectorizer.catalogName

        /// The parameters.
        public let vectorizer: HashingVectorizer
        /// How many columns come out.
        public var outputCount: Int { vectorizer.nFeatures }

        init(vectorizer: HashingVectorizer) { self.vectorizer = vectorizer }

        /// A row for each document: n × `nFeatures`.
        ///
        /// - Throws: `ApusError` with code `invalidInput` when there are no documents, or more terms than can be held.
        public func transform(_ documents: [String]) throws -> SparseMatrix {
            try transform(documents, progress: nil)
        }

        func transform(_ documents: [String], progress: ProgressHandler?) throws -> SparseMatrix {
            let settings = try vectorizer.analysis.settings()
            try checkDocuments(documents, settings)
            let counts = try TextKernel.hash(
                documents, settings, columns: vectorizer.nFeatures, signed: vectorizer.alternateSign,
                step: { try reportDocuments($0, of: documents.count, progress) })
            return try vectorizer.norm.applied(
                to: counts.matrix(columns: vectorizer.nFeatures, binary: vectorizer.binary))
        }
    }
}

extension HashingVectorizer.Model {
    /// Puts the parameters into an archive.
    public func encode(into archive: inout ModelArchive) {
        vectorizer.analysis.encode(into: &archive)
        archive.store(.int(vectorizer.nFeatures), as: "nFeatures")
        archive.store(.bool(vectorizer.binary), as: "binary")
        archive.store(vectorizer.norm.parameterValue, as: "norm")
        archive.store(.bool(vectorizer.alternateSign), as: "alternateSign")
    }

    /// Takes the parameters out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        var vectorizer = HashingVectorizer()
        vectorizer.analysis = try TextAnalysis(from: archive)
        vectorizer.nFeatures = try archive.int("nFeatures", in: 1...Int(Int32.max))
        vectorizer.binary = try archive.bool("binary")
        vectorizer.norm = try RowNorm(from: archive)
        vectorizer.alternateSign = try archive.bool("alternateSign")
        self.vectorizer = vectorizer
    }
}
