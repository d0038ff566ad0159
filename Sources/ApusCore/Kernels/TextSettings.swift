/// How documents become terms.
@_documentation(visibility: internal)
public struct TextSettings: Sendable {
    /// What terms are made of.
    public enum Unit: Sendable, Hashable {
        /// Runs of word characters, of at least so many.
        case words(shortest: Int)
        /// What a regular expression finds, or its only group.
        case matches(of: String)
        /// Characters, whatever they are.
        case characters
        /// Characters within words that have a space at either side.
        case charactersInWords
    }

    /// What becomes of accents.
    public enum Accents: Sendable, Hashable {
        /// They stay.
        case keep
        /// Characters are decomposed (NFKD) and combining marks left out.
        case leaveOutMarks
        /// Characters are decomposed (NFKD) and what is not ASCII left out.
        case leaveOutAllButASCII
    }

    /// Whether text is put in lower case.
    public var lowercase: Bool
    /// What becomes of accents, after that.
    public var accents: Accents
    /// What terms are made of.
    public var unit: Unit
    /// How many neighbouring units make a term.
    public var lengths: ClosedRange<Int>
    /// Words that are passed over.
    public var stopWords: TermTable?

    /// Settings.
    public init(
        lowercase: Bool, accents: Accents, unit: Unit, lengths: ClosedRange<Int>, stopWords: TermTable?
    ) {
        self.lowercase = lowercase
        self.accents = accents
        self.unit = unit
        self.lengths = lengths
        self.stopWords = stopWords
    }

    /// A bound of the number of terms that documents may give.
    public func mostTerms(_ documents: [String]) -> Double {
        let perUnit = Double(lengths.count)
        return documents.reduce(0) { sum, document in
            let size = Double(document.utf8.count + 2)
            return sum + min(perUnit, size) * (unit == .characters || unit == .charactersInWords ? 2 * size : size / 2)
        }
    }
}

/// What is known of characters, as Python's `str` methods and regular expressions see them.
enum TextCharacters {
    /// Whether the first 65,536 code points are word characters.
    private static let words: [UInt64] = {
        var bits = [UInt64](repeating: 0, count: 1024)
        for code in UInt32(0)..<0x10000 where looksLikeWord(code) { bits[Int(code >> 6)] |= 1 << UInt64(code & 63) }
        return bits
    }()

    private static func looksLikeWord(_ code: UInt32) -> Bool {
        if code == 0x5f { return true }
        guard let scalar = Unicode.Scalar(code) else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    /// Whether a character belongs to words: a letter, a number or an underscore.
    static func isWord(_ code: UInt32) -> Bool {
        code < 0x10000 ? words[Int(code >> 6)] >> UInt64(code & 63) & 1 != 0 : looksLikeWord(code)
    }

    /// Whether a character is white space.
    static func isSpace(_ code: UInt32) -> Bool {
        switch code {
        case 0x09...0x0d, 0x1c...0x20, 0x85, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000: true
        default: false
        }
    }

    /// Text in lower case: each character by itself, but for a capital sigma, which is ς at the end of a word.
    static func lowercased(_ text: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        for (place, code) in text.enumerated() {
            if code < 0x80 {
                result.append(code >= 0x41 && code <= 0x5a ? code + 32 : code)
            } else if code == 0x3a3 {
                result.append(endsWord(text, place) ? 0x3c2 : 0x3c3)
            } else if let scalar = Unicode.Scalar(code) {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars { result.append(lower.value) }
            }
        }
        return result
    }

    /// Whether there is a letter with case before a place and none after it, whatever case ignores left out.
    private static func endsWord(_ text: [UInt32], _ place: Int) -> Bool {
        func nextCased(_ places: some Sequence<Int>) -> Bool {
            for other in places {
                guard let properties = Unicode.Scalar(text[other])?.properties else { return false }
                if !properties.isCaseIgnorable { return properties.isCased }
            }
            return false
        }
        return nextCased((0..<place).reversed()) && !nextCased(place + 1..<text.count)
    }
}

extension TextSettings {
    /// Whether a text is a regular expression with at most one group that captures.
    public static func canRead(pattern: String) -> Bool {
        guard TextScratch.regex(pattern) != nil else { return false }
        var groups = 0
        var isEscaped = false
        var isInClass = false
        var previousOpens = false
        for character in pattern.hasPrefix("(?u)") ? pattern.dropFirst(4) : pattern[...] {
            if previousOpens, character != "?" { groups += 1 }
            previousOpens = !isEscaped && !isInClass && character == "("
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "[" {
                isInClass = true
            } else if character == "]" {
                isInClass = false
            }
        }
        return groups <= 1
    }
}
