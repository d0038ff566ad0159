import ApusCore

/// Turns texts into counts: a column for each term of the vocabulary, ascending by code point.
///
///     let (model, rows) = try CountVectorizer(ngramRange: 1...2, minDf: 2).fitTransform(reviews)
///     let judge = try MultinomialNB().fit(rows, labels)
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `stripAccents` | none | none, unicode, ascii | what becomes of accents |
/// | `lowercase` | true | true, false | whether text is put in lower case |
/// | `stopWords` | none | none, english, words | words that are passed over |
/// | `tokenPattern` | `(?u)\b\w\w+\b` | a regular expression | what a word is |
/// | `ngramRange` | 1-1 | from and to, at least 1 | how many neighbouring units make a term |
/// | `analyzer` | word | word, char, charWb | what terms are made of |
/// | `maxDf` | 1.0 | count or share | terms in more documents are left out |
/// | `minDf` | 1 | count or share | terms in fewer documents are left out |
/// | `maxFeatures` | none | none, at least 1 | how many terms are kept: the most frequent |
/// | `binary` | false | true, false | whether a term counts once a document |
///
/// Tokens and vocabulary are those of the reference on any text, up to characters that Unicode has added since its
/// version of Python. Where `maxFeatures` has to choose among equally frequent terms, the first by code point stay; the
/// reference leaves that to chance.
public struct CountVectorizer: TextVectorizer {
    /// `count-vectorizer`
    public static let catalogName = "count-vectorizer"
    /// Weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// Those of `TextAnalysis`, then `maxDf`, `minDf`, `maxFeatures`, `binary`.
    public static let parameters: [Parameter<CountVectorizer>] =
        TextAnalysis.parameters.map { Parameter($0.name, $0, of: \.analysis) } + [
            Parameter(
                "maxDf", \.maxDf, DocumentFrequency.legalValues,
                "Terms in more documents, a whole number, or in a larger share of them are left out."),
            Parameter(
                "minDf", \.minDf, DocumentFrequency.legalValues,
                "Terms in fewer documents, a whole number, or in a smaller share of them are left out."),
            Parameter(
                "maxFeatures", \.maxFeatures, .optional(.atLeast(1)), "How many terms are kept: the most frequent."),
            Parameter("binary", \.binary, .flag, "Whether a term counts once a document, however often it occurs."),
        ]

    /// How texts become terms.
    public var analysis: TextAnalysis
    /// Terms in more documents are left out; default 1.0, the share of all.
    public var maxDf: DocumentFrequency
    /// Terms in fewer documents are left out; default 1.
    public var minDf: DocumentFrequency
    /// How many terms are kept, the most frequent ones; default nil, all.
    public var maxFeatures: Int?
    /// The terms in the order of their columns, instead of those of the documents; default nil.
    public var vocabulary: [String]?
    /// Whether a term counts once a document; default false.
    public var binary: Bool

    /// The defaults.
    public init() { self.init(stripAccents: .none) }

    /// A vectorizer with the given parameters.
    public init(
        stripAccents: TextAnalysis.StripAccents = .none, lowercase: Bool = true,
        stopWords: TextAnalysis.StopWords = .none, tokenPattern: String = TextAnalysis.standardTokenPattern,
        ngramRange: ClosedRange<Int> = 1...1, analyzer: TextAnalysis.Analyzer = .word, maxDf: DocumentFrequency = 1.0,
        minDf: DocumentFrequency = 1, maxFeatures: Int? = nil, vocabulary: [String]? = nil, binary: Bool = false
    ) {
        analysis = TextAnalysis(
            stripAccents: stripAccents, lowercase: lowercase, stopWords: stopWords, tokenPattern: tokenPattern,
            ngramRange: ngramRange, analyzer: analyzer)
        self.maxDf = maxDf
        self.minDf = minDf
        self.maxFeatures = maxFeatures
        self.vocabulary = vocabulary
        self.binary = binary
    }

    /// Learns the vocabulary.
    ///
    /// - Parameters:
    ///   - documents: The texts, one a row.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError` for illegal parameters, or `invalidInput` when no terms are found or remain;
    ///   `CancellationError` when the task is cancelled.
    /// - Complexity: O(characters + v log v) for v different terms.
    public func fit(_ documents: [String], progress: ProgressHandler? = nil) throws -> Model {
        try fitTransform(documents, progress: progress).model
    }

    /// Learns the vocabulary and counts, reading the documents once.
    ///
    /// - Throws: As `fit`.
    public func fitTransform(
        _ documents: [String], progress: ProgressHandler? = nil
    ) throws -> (model: Model, rows: SparseMatrix) {
        try validateParameters()
        let settings = try analysis.settings()
        try checkDocuments(documents, settings)
        if let vocabulary {
            let model = Model(analysis: analysis, terms: try table(vocabulary), binary: binary)
            return (model, try model.transform(documents, progress: progress))
        }
        let total = documents.count
        let (fewest, most) = (minDf.documents(of: total), maxDf.documents(of: total))
        guard most >= fewest else {
            throw ApusError(
                .invalidParameter,
                "maxDf stands for \(most) documents, fewer than the \(fewest) of minDf; make it larger.")
        }
        let found = try TextKernel.collect(
            documents, settings,
            selecting: { _ in
                TextKernel.Selection(fewestDocuments: fewest, mostDocuments: most, limit: maxFeatures)
            }, step: { try reportDocuments($0, of: total, progress) })
        guard found.terms.count > 0 else {
            throw ApusError(
                .invalidInput,
                "No terms are left: the documents are empty, hold only stop words, or minDf and maxDf leave all out.")
        }
        let model = Model(analysis: analysis, terms: found.terms, binary: binary)
        return (model, try found.counts.matrix(columns: found.terms.count, binary: binary))
    }

    private func table(_ vocabulary: [String]) throws -> TermTable {
        guard !vocabulary.isEmpty, vocabulary.count < Int(Int32.max) else {
            throw ApusError(.invalidParameter, "The vocabulary has \(vocabulary.count) terms; give at least one.")
        }
        guard let table = TermTable(vocabulary) else {
            throw ApusError(.invalidParameter, "The vocabulary names a term twice; name each once.")
        }
        return table
    }
}

/// Reports how many documents are done, and throws when the task was cancelled.
func reportDocuments(_ done: Int, of total: Int, _ progress: ProgressHandler?) throws {
    progress?(ProgressUpdate(stage: "documents", completed: done, total: total))
    try checkCancellation()
}

extension TextKernel.Counts {
    /// The counts as a matrix, or 1 for each that is not 0.
    func matrix(columns count: Int, binary: Bool) throws -> SparseMatrix {
        try SparseMatrix(
            rows: offsets.count - 1, columns: count, rowOffsets: offsets, columnIndices: columns,
            values: binary ? [Double](repeating: 1, count: counts.count) : counts.map { Double($0) })
    }
}
