import ApusCore

/// Turns texts into weighed counts: a `CountVectorizer` followed by a `TfidfTransformer`.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `stripAccents` … `binary` | | | as for `CountVectorizer` |
/// | `norm` | l2 | l2, l1, none | what each row is divided by |
/// | `useIdf` | true | true, false | whether rare terms weigh more |
/// | `smoothIdf` | true | true, false | whether one more document with every term is thought of |
/// | `sublinearTf` | false | true, false | whether a count c becomes 1 + ln c |
public struct TfidfVectorizer: TextVectorizer {
    /// `tfidf-vectorizer`
    public static let catalogName = "tfidf-vectorizer"
    /// Weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// Those of `CountVectorizer`, then those of `TfidfTransformer`.
    public static let parameters: [Parameter<TfidfVectorizer>] =
        CountVectorizer.parameters.map { Parameter($0.name, $0, of: \.counting) }
        + TfidfTransformer.parameters.map { Parameter($0.name, $0, of: \.weighting) }

    /// How texts become counts.
    public var counting: CountVectorizer
    /// How counts are weighed.
    public var weighting: TfidfTransformer

    /// The defaults.
    public init() { self.init(counting: CountVectorizer()) }

    /// Counting and weighing with the given parameters.
    public init(counting: CountVectorizer, weighting: TfidfTransformer = TfidfTransformer()) {
        self.counting = counting
        self.weighting = weighting
    }

    /// A vectorizer with the given parameters.
    public init(
        stripAccents: TextAnalysis.StripAccents = .none, lowercase: Bool = true,
        stopWords: TextAnalysis.StopWords = .none, tokenPattern: String = TextAnalysis.standardTokenPattern,
        ngramRange: ClosedRange<Int> = 1...1, analyzer: TextAnalysis.Analyzer = .word, maxDf: DocumentFrequency = 1.0,
        minDf: DocumentFrequency = 1, maxFeatures: Int? = nil, vocabulary: [String]? = nil, binary: Bool = false,
        norm: RowNorm = .l2, useIdf: Bool = true, smoothIdf: Bool = true, sublinearTf: Bool = false
    ) {
        counting = CountVectorizer(
            stripAccents: stripAccents, lowercase: lowercase, stopWords: stopWords, tokenPattern: tokenPattern,
            ngramRange: ngramRange, analyzer: analyzer, maxDf: maxDf, minDf: minDf, maxFeatures: maxFeatures,
            vocabulary: vocabulary, binary: binary)
        weighting = TfidfTransformer(norm: norm, useIdf: useIdf, smoothIdf: smoothIdf, sublinearTf: sublinearTf)
    }

    /// Learns the vocabulary and how rare its terms are.
    ///
    /// - Parameters:
    ///   - documents: The texts, one a row.
    ///   - progress: Called now and then during long work.
    /// - Throws: As `CountVectorizer.fit` and `TfidfTransformer.fit`.
    public func fit(_ documents: [String], progress: ProgressHandler? = nil) throws -> Model {
        try validateParameters()
        let (counting, counts) = try counting.fitTransform(documents, progress: progress)
        return Model(counting: counting, weighting: try weighting.fit(counts))
    }

    /// Learns and weighs, reading the documents once.
    ///
    /// - Throws: As `fit`.
    public func fitTransform(
        _ documents: [String], progress: ProgressHandler? = nil
    ) throws -> (model: Model, rows: SparseMatrix) {
        try validateParameters()
        let (counting, counts) = try counting.fitTransform(documents, progress: progress)
        let model = Model(counting: counting, weighting: try weighting.fit(counts))
        return (model, try model.weighting.weighted(counts))
    }
}

extension TfidfVectorizer {
    /// A fitted vectorizer: a vocabulary and the weights of its terms.
    public struct Model: VocabularyModel {
        /// `tfidf-vectorizer`
        public static let catalogName = TfidfVectorizer.catalogName

        /// How texts become counts.
        public let counting: CountVectorizer.Model
        /// How counts are weighed.
        public let weighting: TfidfTransformer.Model
        /// The terms in the order of the columns.
        public var vocabulary: [String] { counting.vocabulary }
        /// How many columns come out: one for each term.
        public var outputCount: Int { counting.outputCount }
        /// What the counts of each term are multiplied by, or nil where they are not.
        public var idf: [Double]? { weighting.idf }

        init(counting: CountVectorizer.Model, weighting: TfidfTransformer.Model) {
            self.counting = counting
            self.weighting = weighting
        }

        /// The weighed counts of each document: n × terms.
        ///
        /// - Throws: `ApusError` with code `invalidInput` when there are no documents, or more terms than can be held.
        public func transform(_ documents: [String]) throws -> SparseMatrix {
            try weighting.weighted(counting.transform(documents))
        }
    }
}

extension TfidfVectorizer.Model {
    /// Puts vocabulary and weights into an archive.
    public func encode(into archive: inout ModelArchive) {
        var (first, second) = (ModelArchive(), ModelArchive())
        counting.encode(into: &first)
        weighting.encode(into: &second)
        archive.store(first, under: "counting")
        archive.store(second, under: "weighting")
    }

    /// Takes vocabulary and weights out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        counting = try CountVectorizer.Model(from: archive.part("counting"))
        weighting = try TfidfTransformer.Model(from: archive.part("weighting"))
        guard weighting.featureCount == counting.outputCount else {
            throw archive.damaged("there are not as many weights as terms")
        }
    }
}
