/// Puts colours on Swift in a page: keywords, texts, numbers, types and comments.
///
/// It knows the shape of words, not the grammar: enough to make an example easier to read, and never able to lose a
/// character of it.
enum SwiftMarkup {
    private static let keywords: Set<String> = [
        "as", "async", "await", "case", "catch", "defer", "do", "else", "enum", "extension", "false", "for", "func",
        "guard", "if", "import", "in", "inout", "let", "mutating", "nil", "private", "public", "return", "self", "some",
        "any", "static", "struct", "switch", "throw", "throws", "true", "try", "var", "where", "while",
    ]

    /// The text as HTML with `span`s of the classes `k`, `s`, `n`, `t` and `c`.
    static func html(_ text: String) -> String {
        var html = ""
        var rest = Substring(text)
        var before: Character = " "
        while let first = rest.first {
            let (length, kind) = token(rest, after: before)
            let token = rest.prefix(length)
            let escaped = HTMLPage.escape(String(token))
            html += kind.map { "<span class=\"\($0)\">\(escaped)</span>" } ?? escaped
            before = token.last ?? first
            rest = rest.dropFirst(length)
        }
        return html
    }

    /// The length in characters of what `rest` begins with, and its class.
    private static func token(_ rest: Substring, after before: Character) -> (length: Int, kind: String?) {
        guard let first = rest.first else { return (0, nil) }
        if rest.hasPrefix("//") { return (rest.prefix { $0 != "\n" }.count, "c") }
        if rest.hasPrefix("#\"") { return (rawTextLength(rest), "s") }
        if first == "\"" { return (textLength(rest), "s") }
        if first.isNumber, !isWord(before) {
            return (numberLength(rest), "n")
        }
        guard isWord(first) else { return (1, nil) }
        let word = rest.prefix(while: isWord)
        if before != ".", keywords.contains(String(word)) { return (word.count, "k") }
        return (word.count, first.isUppercase ? "t" : nil)
    }

    /// Digits, and a point that a digit follows: `0..<2` begins with a number of one character.
    private static func numberLength(_ rest: Substring) -> Int {
        let characters = Array(rest.prefix(40))
        return characters.indices.first { i in
            let isPoint = characters[i] == "." && i + 1 < characters.count && characters[i + 1].isNumber
            return !(isWord(characters[i]) || isPoint)
        } ?? characters.count
    }

    private static func textLength(_ rest: Substring) -> Int {
        var length = 1
        var isEscaped = false
        for character in rest.dropFirst() {
            if character == "\n" { break }
            length += 1
            if character == "\"", !isEscaped { break }
            isEscaped = character == "\\" && !isEscaped
        }
        return length
    }

    /// A text between `#"` and `"#`, or to the end of its line.
    private static func rawTextLength(_ rest: Substring) -> Int {
        let line = rest.prefix { $0 != "\n" }
        guard let end = line.dropFirst(2).firstRange(of: "\"#") else { return line.count }
        return line[..<end.upperBound].count
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
