import ApusCore

// Operations on text run once for each distinct text where texts repeat; missing values stay missing.
extension Column {
    /// The texts changed by `body`; categories become text.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for a column without text, and what `body` throws.
    public func mapText(_ body: (String) throws -> String) throws -> Column {
        switch try textValues().storage {
        case .dictionary(let codes, let levels):
            // Different texts may become the same.
            let (all, places) = TextValues.union([], try levels.map(body))
            return Column(
                name: name,
                values: .string(
                    TextValues(.dictionary(codes: codes.map { $0 < 0 ? -1 : places[Int($0)] }, levels: all))),
                missing: missing)
        case .plain(let buffer): return Column(name, try (0..<count).map { missing[$0] ? nil : try body(buffer[$0]) })
        }
    }

    /// The texts in lower case.
    public func lowercased() throws -> Column { try mapText { $0.lowercased() } }

    /// The texts in upper case.
    public func uppercased() throws -> Column { try mapText { $0.uppercased() } }

    /// The texts without white space at their beginning and end.
    public func trimmed() throws -> Column {
        try mapText { text in
            let kept = text.drop(while: \.isWhitespace)
            return String(kept.reversed().drop(while: \.isWhitespace).reversed())
        }
    }

    /// The texts with another in place of each occurrence of `old`.
    public func replacing(_ old: String, with new: String) throws -> Column {
        try mapText { old.isEmpty ? $0 : $0.replacing(old, with: new) }
    }

    /// The texts with another in place of each match of a regular expression.
    public func replacing(_ pattern: Regex<AnyRegexOutput>, with new: String) throws -> Column {
        try mapText { $0.replacing(pattern, with: new) }
    }

    /// How many characters each text has, as readers count them.
    public func lengths() throws -> Column { try numbers { $0.count } }

    /// Where the text contains another.
    public func contains(_ part: String) throws -> RowCondition { try compareText { $0.contains(part) } }

    /// Where a regular expression matches a part of the text.
    public func contains(_ pattern: Regex<AnyRegexOutput>) throws -> RowCondition {
        try compareText { $0.contains(pattern) }
    }

    /// Where the text begins with another.
    public func hasPrefix(_ part: String) throws -> RowCondition { try compareText { $0.hasPrefix(part) } }

    /// Where the text ends with another.
    public func hasSuffix(_ part: String) throws -> RowCondition { try compareText { $0.hasSuffix(part) } }

    /// The parts between separators as columns `name_0`, `name_1`, …; missing where a text has fewer of them.
    ///
    /// - Parameters:
    ///   - separator: What is between the parts.
    ///   - limit: The most parts; the last one holds the rest. As many as there are when nil.
    /// - Throws: `ApusError` with code `invalidSchema` for a column without text, `invalidParameter` for an empty
    ///   separator, and `invalidInput` when there would be more than 10,000 columns.
    public func split(_ separator: String, limit: Int? = nil) throws -> DataFrame {
        guard !separator.isEmpty, limit ?? 1 >= 1 else {
            throw ApusError(
                .invalidParameter, "Text is split at a separator of at least one character into at least one part.")
        }
        let parts = try textValues().map { Column.parts($0, separator, limit) }
        // One column at least, so that rows without any text stay rows.
        let width = parts.indices.lazy.map { missing[$0] ? 1 : parts[$0].count }.max() ?? 0
        guard width <= 10_000 else {
            throw ApusError(
                .invalidInput, "A text of column “\(name)” has \(width) parts; give a limit of at most 10,000.")
        }
        return try DataFrame(
            columns: (0..<width).map { place in
                Column(
                    "\(name)_\(place)",
                    parts.indices.map { missing[$0] || place >= parts[$0].count ? nil : parts[$0][place] })
            })
    }

    private static func parts(_ text: String, _ separator: String, _ limit: Int?) -> [String] {
        var parts: [String] = []
        var rest = text[...]
        while parts.count + 1 < limit ?? .max, let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }

    /// What the groups of a regular expression match first in each text, as columns `name_0`, `name_1`, …, or called as
    /// the groups are; missing where it does not match.
    ///
    ///     try frame["code"].extracting(#"(?<letter>[a-z])(\d+)"#)     // columns letter, code_1
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when the expression cannot be understood or has no group, and
    ///   `invalidSchema` for a column without text.
    public func extracting(_ pattern: String) throws -> DataFrame {
        let regex: Regex<AnyRegexOutput>
        do {
            regex = try Regex(pattern)
        } catch {
            throw ApusError(
                .invalidParameter, "The regular expression \(pattern) cannot be understood; correct it.", cause: error)
        }
        var names: [String?]?
        let found = try textValues().map { text -> [String?]? in
            guard let match = text.firstMatch(of: regex) else { return nil }
            let groups = match.output.dropFirst()
            if names == nil { names = groups.map(\.name) }
            return groups.map { $0.substring.map(String.init) }
        }
        let groups = names ?? Column.groupNames(regex, pattern)
        guard !groups.isEmpty else {
            throw ApusError(
                .invalidParameter, "The regular expression \(pattern) has no group; put what is wanted in parentheses.")
        }
        return try DataFrame(
            columns: groups.enumerated().map { place, group in
                Column(
                    group ?? "\(name)_\(place)",
                    found.indices.map { row in missing[row] ? nil : found[row]?[place] })
            })
    }

    /// The groups of an expression that matched nothing: it is tried with an alternative that always does.
    private static func groupNames(_ regex: Regex<AnyRegexOutput>, _ pattern: String) -> [String?] {
        guard let open = try? Regex("(?:\(pattern))|"), let match = "".firstMatch(of: open) else { return [] }
        return match.output.dropFirst().map(\.name)
    }

    private func numbers(_ body: (String) -> Int) throws -> Column {
        let counts = try textValues().map(body)
        return Column(
            name: name, values: .int(missing.isComplete ? counts : counts.indices.map { missing[$0] ? 0 : counts[$0] }),
            missing: missing)
    }

    private func textValues() throws -> TextValues {
        switch values {
        case .string(let texts): return texts
        case .categorical(let codes, let levels): return TextValues(.dictionary(codes: codes, levels: levels))
        default:
            if missingCount == count { return TextValues([String?](repeating: nil, count: count)) }
            throw ApusError(
                .invalidSchema, "Column “\(name)” holds \(type.name)s, not text; cast it to string first.")
        }
    }
}
