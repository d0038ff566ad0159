import ApusCore

/// What a search found.
public struct SearchResult<Model: FittedModel>: Sendable {
    /// One candidate.
    public typealias Candidate = SearchCandidate

    /// The names of the scores; the first decides.
    public let scores: [String]
    /// The candidates in the order in which they were tried.
    public let candidates: [Candidate]
    /// The place of the best candidate: the first of rank 1 (after successive halving, the best of the last round), or the
    /// one that a refit rule chose.
    public let bestIndex: Int
    /// The best candidate fitted on all rows; nil when no refit was asked for.
    public let model: Model?
    /// How long the refit took, in seconds; nil without one.
    public let refitSeconds: Double?

    /// The best candidate.
    public var best: Candidate { candidates[bestIndex] }
    /// The parameters of the best candidate.
    public var bestParameters: [String: JSONValue] { best.parameters }
    /// The mean deciding score of the best candidate; nil where every candidate failed a fold.
    public var bestScore: Double? { best.meanScores.first ?? nil }
}

/// A bound on a score that candidates are to keep: those that do not are ranked below all that do.
public struct SearchConstraint: Sendable, Hashable, Codable {
    /// The name of a score of the search.
    public var score: String
    /// The least value; nil for none.
    public var atLeast: Double?
    /// The greatest value; nil for none.
    public var atMost: Double?
    /// Whether the bounds themselves are not allowed.
    public var isStrict: Bool

    /// A bound on a score.
    public init(_ score: String, atLeast: Double? = nil, atMost: Double? = nil, isStrict: Bool = false) {
        self.score = score
        self.atLeast = atLeast
        self.atMost = atMost
        self.isStrict = isStrict
    }

    /// A bound written as text, such as `recall >= 0.9` or `demographicParityDifference < 0.05`.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, showing the form.
    public init(text: String) throws {
        for (sign, isLower, isStrict) in [
            ("<=", false, false), (">=", true, false), ("<", false, true), (">", true, true),
        ] {
            guard let place = text.firstRange(of: sign) else { continue }
            let name = text[..<place.lowerBound].filter { !$0.isWhitespace }
            let bound = Double(text[place.upperBound...].filter { !$0.isWhitespace })
            guard let bound, bound.isFinite, !name.isEmpty else { break }
            self.init(name, atLeast: isLower ? bound : nil, atMost: isLower ? nil : bound, isStrict: isStrict)
            return
        }
        throw ApusError(
            .invalidParameter,
            "“\(text)” is no constraint; write a score, a sign and a number, such as recall >= 0.9 or "
                + "demographicParityDifference < 0.05.")
    }

    /// By how much a value breaks the bound, 0 where it keeps it; a value that is not defined breaks it without limit.
    func violation(_ value: Double?) -> Double {
        guard let value, !value.isNaN else { return .infinity }
        if allows(value) { return 0 }
        let excess = max((atLeast ?? -.infinity) - value, value - (atMost ?? .infinity))
        return max(excess, .leastNonzeroMagnitude)
    }

    /// Whether a value keeps the bound; one that is not defined does not.
    public func allows(_ value: Double?) -> Bool {
        guard let value, !value.isNaN else { return false }
        let (lower, upper) = (atLeast ?? -.infinity, atMost ?? .infinity)
        return isStrict
            ? (atLeast == nil || value > lower) && (atMost == nil || value < upper) : value >= lower && value <= upper
    }
}
