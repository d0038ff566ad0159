import ApusCore

extension CountVectorizer {
    /// A fitted vectorizer: a vocabulary.
    public struct Model: VocabularyModel {
        /// `count-vectorizer`
        public static let catalogName = CountVectorizer.catalogName

        /// How texts become terms.
        public let analysis: TextAnalysis
        /// Whether a term counts once a document.
        public let binary: Bool
        /// The terms in the order of the columns.
        public var vocabulary: [String] { terms.terms }
        /// How many columns come out: one for each term.
        public var outputCount: Int { terms.count }

        let terms: TermTable

        init(analysis: TextAnalysis, terms: TermTable, binary: Bool) {
            self.analysis = analysis
            self.terms = terms
            self.binary = binary
        }

        /// The column of a term, or nil where it is not in the vocabulary.
        public func column(of term: String) -> Int? { terms.place(of: term) }

        /// How often each term of the vocabulary occurs in each document: n × terms.
        ///
        /// - Throws: `ApusError` with code `invalidInput` when there are no documents, or more terms than can be held.
        public func transform(_ documents: [String]) throws -> SparseMatrix {
            try transform(documents, progress: nil)
        }

        func transform(_ documents: [String], progress: ProgressHandler?) throws -> SparseMatrix {
            let settings = try analysis.settings()
            try checkDocuments(documents, settings)
            return try TextKernel.count(
                documents, settings, terms: terms,
                step: { try reportDocuments($0, of: documents.count, progress) }
            ).matrix(columns: terms.count, binary: binary)
        }
    }
}

extension CountVectorizer.Model {
    /// Puts the vocabulary into an archive.
    public func encode(into archive: inout ModelArchive) {
        analysis.encode(into: &archive)
        archive.store(terms.bytes, as: "terms")
        archive.store(terms.ends, as: "termEnds")
        archive.store(.bool(binary), as: "binary")
    }

    /// Takes the vocabulary out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        analysis = try TextAnalysis(from: archive)
        binary = try archive.bool("binary")
        let bytes = try archive.bytes("terms")
        let ends = try archive.ints("termEnds", in: 0...bytes.count)
        guard !ends.isEmpty, ends.count < Int(Int32.max), ends.last == bytes.count,
            zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }), String(validating: bytes, as: UTF8.self) != nil,
            let terms = TermTable(bytes: bytes, ends: ends)
        else { throw archive.damaged("the vocabulary is not a list of different terms") }
        self.terms = terms
    }
}

extension TextAnalysis {
    func encode(into archive: inout ModelArchive) {
        archive.store(stripAccents.parameterValue, as: "stripAccents")
        archive.store(.bool(lowercase), as: "lowercase")
        archive.store(
            {
                switch stopWords {
                case .none: .null
                case .english: "english"
                case .words(let words): .array(words.map { .string($0) })
                }
            }(), as: "stopWords")
        archive.store(.string(tokenPattern), as: "tokenPattern")
        archive.store(.array([.int(ngramRange.lowerBound), .int(ngramRange.upperBound)]), as: "ngramRange")
        archive.store(analyzer.parameterValue, as: "analyzer")
    }

    init(from archive: ModelArchive) throws {
        guard let accents = StripAccents(parameterValue: try archive.attribute("stripAccents")),
            let analyzer = Analyzer(parameterValue: try archive.attribute("analyzer"))
        else { throw archive.damaged("an option of the text analysis is unknown") }
        let stopWords: StopWords
        switch try archive.attribute("stopWords") {
        case .null: stopWords = .none
        case "english": stopWords = .english
        case .array(let values):
            let words = values.compactMap(\.stringValue)
            guard words.count == values.count else { throw archive.damaged("a stop word is not text") }
            stopWords = .words(words)
        default: throw archive.damaged("the stop words are not words")
        }
        let lengths = try archive.attribute("ngramRange").arrayValue?.compactMap(\.intValue) ?? []
        guard lengths.count == 2, lengths[0] >= 1, lengths[0] <= lengths[1] else {
            throw archive.damaged("attribute “ngramRange” is not a range of lengths")
        }
        self.init(
            stripAccents: accents, lowercase: try archive.bool("lowercase"), stopWords: stopWords,
            tokenPattern: try archive.string("tokenPattern"), ngramRange: lengths[0]...lengths[1], analyzer: analyzer)
        do {
            _ = try settings()
        } catch let error as ApusError {
            throw archive.damaged(error.message)
        }
    }
}
