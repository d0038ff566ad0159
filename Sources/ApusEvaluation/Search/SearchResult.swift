import ApusCore

/// What a search found.
public struct SearchResult<Model: FittedModel>: Sendable {
    /// One candidate.
    public struct Candidate: Sendable, Hashable {
        /// The parameters that it sets.
        public let parameters: [String: JSONValue]
        /// The score of each scorer on each fold; nil where it is not defined or the fold failed.
        public let foldScores: [[Double?]]
        /// The mean of each scorer over the folds; nil where it is not defined in one of them.
        public let meanScores: [Double?]
        /// The standard deviation of each scorer over the folds (ddof 0); nil where the mean is.
        public let deviations: [Double?]
        /// The mean time of a fit, in seconds.
        public let meanFitSeconds: Double
        /// Whether it keeps every constraint.
        public let isFeasible: Bool
        /// Its place by the deciding score, from 1; candidates of equal score share the better place.
        public internal(set) var rank: Int
        /// What went wrong in its first failing fold; nil where nothing did.
        public let failure: String?
    }

    /// The names of the scores; the first decides.
    public let scores: [String]
    /// The candidates in the order in which they were tried.
    public let candidates: [Candidate]
    /// The place of the best candidate: the first of rank 1, or the one that a refit rule chose.
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

    /// A bound on a score.
    public init(_ score: String, atLeast: Double? = nil, atMost: Double? = nil) {
        self.score = score
        self.atLeast = atLeast
        self.atMost = atMost
    }

    func allows(_ value: Double?) -> Bool {
        guard let value, !value.isNaN else { return false }
        return value >= (atLeast ?? -.infinity) && value <= (atMost ?? .infinity)
    }
}

/// What one candidate scored on one fold.
public struct FoldOutcome: Sendable, Hashable, Codable {
    /// The score of each scorer; nil where it is not defined. Empty when the fold failed.
    public var scores: [Double?]
    /// How long fitting took, in seconds.
    public var fitSeconds: Double
    /// What went wrong; nil where nothing did.
    public var failure: String?

    /// An outcome.
    public init(scores: [Double?], fitSeconds: Double, failure: String? = nil) {
        self.scores = scores
        self.fitSeconds = fitSeconds
        self.failure = failure
    }
}

/// Remembers outcomes, so that a search that was cut off goes on where it stopped.
public protocol SearchJournal: Sendable {
    /// What the candidate at a place scored on a fold, or nil when that is not known yet.
    func outcome(candidate: Int, fold: Int) throws -> FoldOutcome?
    /// Keeps what the candidate at a place scored on a fold. Called from several threads.
    func record(_ outcome: FoldOutcome, candidate: Int, fold: Int) throws
}
