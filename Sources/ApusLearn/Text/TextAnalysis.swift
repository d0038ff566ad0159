import ApusCore

/// How a text becomes terms: what all text vectorizers have in common.
///
/// Text is put in lower case, freed of accents, cut into units, freed of stop words; then every run of neighbouring units
/// of a length within `ngramRange` is a term. Everything is as in Python: lower case as `str.lower`, a word character
/// as `\w`, white space as `\s`, and code points are the smallest parts of a text.
public struct TextAnalysis: Sendable, Hashable, Codable {
    /// What becomes of accents.
    public enum StripAccents: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// They stay.
        case none
        /// Characters are decomposed (NFKD) and combining marks left out.
        case unicode
        /// Characters are decomposed (NFKD) and what is not ASCII left out.
        case ascii
    }

    /// What terms are made of.
    public enum Analyzer: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// Words, joined by a space.
        case word
        /// Characters, runs of white space counting as one space.
        case char
        /// Characters within words that have a space at either side.
        case charWb
    }

    /// Words that are passed over.
    public enum StopWords: Sendable, Hashable, Codable, ExpressibleByArrayLiteral {
        /// None.
        case none
        /// The 318 English ones of the reference.
        case english
        /// These.
        case words([String])

        /// These words.
        public init(arrayLiteral elements: String...) { self = .words(elements) }
    }

    /// The pattern of words of two or more word characters.
    public static let standardTokenPattern = #"(?u)\b\w\w+\b"#

    /// What becomes of accents; default `.none`.
    public var stripAccents: StripAccents
    /// Whether text is put in lower case; default true.
    public var lowercase: Bool
    /// Words that are passed over, for words only; default `.none`.
    public var stopWords: StopWords
    /// What a word is, a regular expression with at most one group; default `(?u)\b\w\w+\b`.
    ///
    /// The default and `(?u)\b\w+\b` are fast and exactly Python's; other patterns are Swift's regular expressions.
    public var tokenPattern: String
    /// How many neighbouring units make a term, from and to; default `1...1`.
    public var ngramRange: ClosedRange<Int>
    /// What terms are made of; default `.word`.
    public var analyzer: Analyzer

    /// An analysis.
    public init(
        stripAccents: StripAccents = .none, lowercase: Bool = true, stopWords: StopWords = .none,
        tokenPattern: String = standardTokenPattern, ngramRange: ClosedRange<Int> = 1...1, analyzer: Analyzer = .word
    ) {
        self.stripAccents = stripAccents
        self.lowercase = lowercase
        self.stopWords = stopWords
        self.tokenPattern = tokenPattern
        self.ngramRange = ngramRange
        self.analyzer = analyzer
    }

    static let parameters: [Parameter<TextAnalysis>] = [
        Parameter(
            "stripAccents", \.stripAccents, .choice(StripAccents.allCases.map(\.rawValue)), "What becomes of accents."),
        Parameter("lowercase", \.lowercase, .flag, "Whether text is put in lower case."),
        Parameter(
            "stopWords", \.stopWords, .optional(.text),
            "Words that are passed over: english, or words with commas between."),
        Parameter("tokenPattern", \.tokenPattern, .text, "The regular expression that finds words."),
        Parameter(
            "ngramRange", \.ngrams, .text, "How many neighbouring words or characters make a term, such as 1-2."),
        Parameter(
            "analyzer", \.analyzer, .choice(Analyzer.allCases.map(\.rawValue)),
            "Whether terms are words, characters, or characters within words."),
    ]

    /// These settings for the kernel.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`.
    func settings() throws -> TextSettings {
        guard ngramRange.lowerBound >= 1 else {
            throw ApusError(
                .invalidParameter, "ngramRange starts at \(ngramRange.lowerBound), but a term has at least one unit.")
        }
        let accents: TextSettings.Accents =
            switch stripAccents {
            case .none: .keep
            case .unicode: .leaveOutMarks
            case .ascii: .leaveOutAllButASCII
            }
        return TextSettings(
            lowercase: lowercase, accents: accents, unit: try unit(),
            lengths: ngramRange.lowerBound...min(ngramRange.upperBound, max(ngramRange.lowerBound, 1 << 32)),
            stopWords: analyzer == .word ? try stopTable() : nil)
    }

    private func unit() throws -> TextSettings.Unit {
        switch analyzer {
        case .char: return .characters
        case .charWb: return .charactersInWords
        case .word: break
        }
        switch tokenPattern {
        case TextAnalysis.standardTokenPattern, #"\b\w\w+\b"#: return .words(shortest: 2)
        case #"(?u)\b\w+\b"#, #"\b\w+\b"#, #"\w+"#, #"(?u)\w+"#: return .words(shortest: 1)
        default: break
        }
        guard TextSettings.canRead(pattern: tokenPattern) else {
            throw ApusError(
                .invalidParameter,
                "tokenPattern \(tokenPattern) is not a regular expression with at most one group; correct it.")
        }
        return .matches(of: tokenPattern)
    }

    private func stopTable() throws -> TermTable? {
        let words: [String]
        switch stopWords {
        case .none: return nil
        case .english: words = englishStopWords
        case .words(let own): words = own
        }
        // Equal bytes, not canonical equivalence, decide what a word is.
        var seen = Set<[UInt8]>()
        return TermTable(words.filter { seen.insert(Array($0.utf8)).inserted })
    }
}

extension TextAnalysis.StopWords: ParameterConvertible {
    /// Null, `english`, or the words with commas between.
    public var parameterValue: JSONValue {
        switch self {
        case .none: .null
        case .english: "english"
        case .words(let words): .string(words.joined(separator: ","))
        }
    }

    /// The stop words that a JSON value stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .none
        case "english": self = .english
        case .string(let text): self = .words(text.split(separator: ",").map(String.init))
        default: return nil
        }
    }
}

/// A range of lengths as a parameter: `1-2`.
struct NGramLengths: ParameterConvertible {
    var range: ClosedRange<Int>

    var parameterValue: JSONValue { .string("\(range.lowerBound)-\(range.upperBound)") }

    init(range: ClosedRange<Int>) { self.range = range }

    init?(parameterValue: JSONValue) {
        guard let text = parameterValue.stringValue else { return nil }
        let ends = text.split(whereSeparator: { "-, ()".contains($0) }).map { Int($0) }
        switch ends.count {
        case 1:
            guard let only = ends[0], only >= 1 else { return nil }
            range = only...only
        case 2:
            guard let first = ends[0], let last = ends[1], first >= 1, first <= last else { return nil }
            range = first...last
        default: return nil
        }
    }
}

extension TextAnalysis {
    var ngrams: NGramLengths {
        get { NGramLengths(range: ngramRange) }
        set { ngramRange = newValue.range }
    }
}

/// Throws when there is nothing to read, or so much that its terms could not be held.
func checkDocuments(_ documents: [String], _ settings: TextSettings) throws {
    guard !documents.isEmpty else {
        throw ApusError(.invalidInput, "There are no documents; at least one is needed.")
    }
    let most = settings.mostTerms(documents)
    guard most < 0x1p31 else {
        throw ApusError(
            .invalidInput,
            "The documents could have \(Int(min(most, 1e18))) terms, more than can be held; take fewer documents at a time or a "
                + "shorter ngramRange.")
    }
}
