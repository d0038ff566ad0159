import ApusCore

/// What happens while a search runs, for those who watch it.
public enum SearchEvent: Sendable, Hashable {
    /// How far the search has come.
    public struct State: Sendable, Hashable {
        /// The folds that are done, or given up, over all candidates.
        public var completed: Int
        /// The folds that there are over all candidates.
        public var total: Int
        /// The mean deciding score of the best candidate so far that keeps the constraints; nil before there is one.
        public var bestScore: Double?
    }

    /// A candidate was scored on a fold, or was found to have been before.
    case fold(candidate: Int, fold: Int, FoldOutcome, wasKnown: Bool, State)
    /// A candidate has been tried on all its folds, or was given up.
    case candidate(Int, SearchCandidate, State)
}

/// Receives events, one at a time, on whatever thread the work runs.
public typealias SearchEventHandler = @Sendable (SearchEvent) -> Void
