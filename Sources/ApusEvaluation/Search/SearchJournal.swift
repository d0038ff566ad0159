import ApusCore

/// What one candidate scored on one fold.
public struct FoldOutcome: Sendable, Hashable, Codable {
    /// The score of each scorer; nil where it is not defined. Empty when the fold failed.
    public var scores: [Double?]
    /// How long fitting took, in seconds.
    public var fitSeconds: Double
    /// What went wrong; nil where nothing did.
    public var failure: String?
    /// Why the first score that is not defined is not; nil where all are.
    public var note: String?

    /// An outcome.
    public init(scores: [Double?], fitSeconds: Double, failure: String? = nil, note: String? = nil) {
        self.scores = scores
        self.fitSeconds = fitSeconds
        self.failure = failure
        self.note = note
    }
}

/// What tells one search from another, so that a journal is never continued by a search that it does not belong to.
public struct SearchIdentity: Sendable, Hashable, Codable {
    /// What must not change, by name: `data`, `space`, `seed`, `model`, `cv`, `scoring` and the like, each with a digest or
    /// a description.
    public var parts: [String: String]
    /// The names of the scores; the first decides.
    public var scores: [String]
    /// The number of folds.
    public var folds: Int
    /// How the search goes about it, in a word: `grid`, `random`.
    public var strategy: String
    /// The bounds that candidates are to keep. They may change: they only decide how candidates rank.
    public var constraints: [SearchConstraint]

    /// An identity.
    public init(
        parts: [String: String], scores: [String], folds: Int, strategy: String, constraints: [SearchConstraint] = []
    ) {
        self.parts = parts
        self.scores = scores
        self.folds = folds
        self.strategy = strategy
        self.constraints = constraints
    }
}

/// Whether a fold of a candidate is to be worked on.
public enum SearchClaim: Sendable, Hashable {
    /// The outcome is known.
    case known(FoldOutcome)
    /// Nobody else works on it.
    case free
    /// Another process works on it; ask again later.
    case taken
}

/// Remembers outcomes, so that a search that was cut off goes on where it stopped, and shares work among processes.
///
/// Its methods are called from several threads.
public protocol SearchJournal: Sendable {
    /// Told what is searched, before anything is tried.
    ///
    /// - Throws: `ApusError` when the journal belongs to another search, naming what differs.
    func begin(_ search: SearchIdentity) throws
    /// Told of candidates before they are tried; the first of them has the place `first`.
    func prepare(_ candidates: [SearchPoint], from first: Int) throws
    /// What the candidate at a place scored on a fold, or nil when that is not known yet.
    func outcome(candidate: Int, fold: Int) throws -> FoldOutcome?
    /// Asks to work on the candidate at a place and a fold.
    func claim(candidate: Int, fold: Int) throws -> SearchClaim
    /// Keeps what the candidate at a place scored on a fold.
    func record(_ outcome: FoldOutcome, candidate: Int, fold: Int) throws
}

extension SearchJournal {
    /// Nothing to check.
    public func begin(_ search: SearchIdentity) throws {}
    /// Nothing to prepare.
    public func prepare(_ candidates: [SearchPoint], from first: Int) throws {}
    /// Free unless the outcome is known: for journals of one process.
    public func claim(candidate: Int, fold: Int) throws -> SearchClaim {
        try outcome(candidate: candidate, fold: fold).map { .known($0) } ?? .free
    }
}
