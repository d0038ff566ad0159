import ApusCore
import Synchronization

/// The work that all searches share: choose candidates, try them on the folds, rank them.
package struct SearchEngine: Sendable {
    /// The ranked candidates of a search, and the best.
    package struct Table: Sendable {
        /// The candidates in the order in which they were tried.
        package let candidates: [SearchCandidate]
        /// The place of the best one.
        package let bestIndex: Int
    }

    let problem: SearchProblem
    let options: SearchOptions

    /// An engine.
    package init(_ problem: SearchProblem, _ options: SearchOptions) {
        self.problem = problem
        self.options = options
    }

    /// Runs a search.
    ///
    /// - Throws: `ApusError` for an unknown parameter or an illegal value before anything is fitted, when every candidate
    ///   fails or no score is defined, and what the journal throws; `CancellationError`.
    package func run(
        _ space: SearchSpace, _ strategy: SearchStrategy, _ progress: ProgressHandler?
    ) throws -> Table {
        for constraint in options.constraints where !problem.scores.contains(constraint.score) {
            throw ApusError(
                .unknownName,
                "A constraint is on the score \(constraint.score), which is not among "
                    + "\(problem.scores.joined(separator: ", ")).")
        }
        let trials = SearchTrials(problem, options, progress)
        let candidates: [SearchCandidate]
        switch strategy {
        case .grid:
            let points = try space.grid().map { SearchPoint($0) }
            try begin(space, strategy, points)
            trials.total = points.count * problem.splits.count
            candidates = try trials.run(points)
        case .random(let nIter, let seed):
            let points = try space.sample(nIter, seed: seed).map { SearchPoint($0) }
            try begin(space, strategy, points)
            trials.total = points.count * problem.splits.count
            candidates = try trials.run(points)
        case .halvingGrid(let halving):
            let rounds = try HalvingRounds(halving, grid: space, problem)
            try begin(space, strategy, rounds.points)
            candidates = try rounds.run(trials)
        case .halvingRandom(let halving, let count):
            let rounds = try HalvingRounds(halving, count: count, of: space, problem)
            try begin(space, strategy, rounds.points)
            candidates = try rounds.run(trials)
        case .tpe(let settings):
            var search = try TPESearch(space, settings)
            try begin(space, strategy, try search.extremes().map { SearchPoint($0) })
            candidates = try search.run(trials)
        }
        return try finished(SearchCandidate.ranked(candidates))
    }

    /// Checks candidates and tells the journal what is searched.
    private func begin(_ space: SearchSpace, _ strategy: SearchStrategy, _ points: [SearchPoint]) throws {
        var seen = Set<[String: JSONValue]>()
        for point in points where seen.insert(point.parameters).inserted { try problem.check(point.parameters) }
        guard let journal = options.journal else { return }
        var parts = problem.identity
        parts["space"] = space.identity
        parts["scoring"] = problem.scores.joined(separator: ", ")
        parts["cv"] = "\(problem.splits.count) folds, \(Fingerprint(problem.splits))"
        parts.merge(strategy.identity) { $1 }
        try journal.begin(
            SearchIdentity(
                parts: parts, scores: problem.scores, folds: problem.splits.count, strategy: strategy.name,
                constraints: options.constraints))
    }

    private func finished(_ candidates: [SearchCandidate]) throws -> Table {
        if let failure = candidates.first?.failure, candidates.allSatisfy({ $0.failure != nil }) {
            throw ApusError(
                .invalidParameter, "Every one of the \(candidates.count) candidates failed; the first: \(failure)")
        }
        if candidates.allSatisfy({ $0.score == nil }) {
            let note = candidates.lazy.compactMap { $0.failure ?? $0.note }.first
            throw ApusError(
                .undefined,
                "The score \(problem.scores[0]) is not defined on every fold for any of the \(candidates.count) "
                    + "candidates\(note.map { ": " + $0 } ?? "."); choose other folds or another score.")
        }
        let last = candidates.map(\.point.iteration).max() ?? 0
        let finalists = candidates.indices.filter { candidates[$0].point.iteration == last }
        let foremost = finalists.map { candidates[$0].rank }.min()
        var best = finalists.first { candidates[$0].rank == foremost } ?? 0
        if let choose = options.choose {
            best = choose(candidates.map(\.meanScores), candidates.map(\.deviations))
            guard candidates.indices.contains(best) else {
                throw ApusError(
                    .invalidParameter, "The refit rule chose candidate \(best) of \(candidates.count); count from 0.")
            }
        }
        return Table(candidates: candidates, bestIndex: best)
    }
}

/// Candidates being tried on folds: by all threads, with journal, events and the best so far.
final class SearchTrials: Sendable {
    let problem: SearchProblem
    let options: SearchOptions
    private let progress: ProgressHandler?
    private let state = Mutex(State())

    private struct State {
        var completed = 0
        var total = 0
        var best: (Int, Double)?
        var place = 0
    }

    init(_ problem: SearchProblem, _ options: SearchOptions, _ progress: ProgressHandler?) {
        self.problem = problem
        self.options = options
        self.progress = progress
    }

    /// The folds that there are over all candidates.
    var total: Int {
        get { state.withLock { $0.total } }
        set { state.withLock { $0.total = newValue } }
    }

    /// Tries candidates on all folds.
    ///
    /// - Parameter splits: The rows of each fold; nil for all of them.
    func run(_ points: [SearchPoint], splits: [Split]? = nil) throws -> [SearchCandidate] {
        let folds = problem.splits.count
        let first = try prepare(points)
        let left = Mutex([Int](repeating: folds, count: points.count))
        let found = Mutex([FoldOutcome?](repeating: nil, count: points.count * folds))
        let pool = SearchPool(count: points.count * folds)
        try pool.run { index in
            let (place, fold) = (index / folds, index % folds)
            guard let outcome = try self.outcome(points[place], at: first + place, fold: fold, splits) else {
                return false
            }
            found.withLock { $0[index] = outcome }
            let isLast = left.withLock { left in
                left[place] -= 1
                return left[place] == 0
            }
            if isLast {
                let outcomes = found.withLock { Array($0[place * folds..<(place + 1) * folds]) }
                self.announce(self.judged(points[place], outcomes.compactMap(\.self)), at: first + place)
            }
            return true
        }
        let outcomes = found.withLock { $0.compactMap(\.self) }
        return points.indices.map { judged(points[$0], Array(outcomes[$0 * folds..<($0 + 1) * folds])) }
    }

    /// Tries one candidate fold after fold, until a rule gives it up. As many folds as there are threads are worked on
    /// at once, but the rule sees them in order, so that what it decides does not depend on the number of threads.
    ///
    /// - Parameter givesUp: Whether the candidate is given up, knowing the outcomes of its first folds.
    func run(_ point: SearchPoint, until givesUp: ([FoldOutcome]) -> Bool) throws -> SearchCandidate {
        let folds = problem.splits.count
        let first = try prepare([point])
        var outcomes: [FoldOutcome] = []
        while outcomes.count < folds {
            let start = outcomes.count
            let count = min(Parallel.threads, folds - start)
            let found = Mutex([FoldOutcome?](repeating: nil, count: count))
            try SearchPool(count: count).run { index in
                guard let outcome = try self.outcome(point, at: first, fold: start + index, nil) else { return false }
                found.withLock { $0[index] = outcome }
                return true
            }
            for outcome in found.withLock({ $0.compactMap(\.self) }) {
                outcomes.append(outcome)
                if outcomes.count < folds, givesUp(outcomes) {
                    let candidate = judged(point, outcomes)
                    skip(folds - start - count)
                    announce(candidate, at: first)
                    return candidate
                }
            }
        }
        let candidate = judged(point, outcomes)
        announce(candidate, at: first)
        return candidate
    }

    private func prepare(_ points: [SearchPoint]) throws -> Int {
        let first = state.withLock { state in
            defer { state.place += points.count }
            return state.place
        }
        try options.journal?.prepare(points, from: first)
        return first
    }

    private func judged(_ point: SearchPoint, _ outcomes: [FoldOutcome]) -> SearchCandidate {
        SearchCandidate(
            point, outcomes, folds: problem.splits.count, scores: problem.scores, constraints: options.constraints)
    }

    /// What a fold gave; nil when another process works on it.
    private func outcome(
        _ point: SearchPoint, at place: Int, fold: Int, _ splits: [Split]?
    ) throws -> FoldOutcome? {
        switch try options.journal?.claim(candidate: place, fold: fold) {
        case .taken: return nil
        case .known(let outcome):
            announce(outcome, at: place, fold: fold, wasKnown: true)
            return outcome
        case .free, nil: break
        }
        let clock = ContinuousClock()
        let start = clock.now
        let found: FoldOutcome
        do {
            let rows = SearchProblem.Fold(
                place: fold, split: (splits ?? problem.splits)[fold], isWhole: splits == nil)
            let (scores, taken) = try problem.evaluate(point.parameters, rows)
            found = FoldOutcome(
                scores: scores.map(\.value), fitSeconds: taken,
                note: scores.first { $0.value == nil }.map { $0.note ?? "it is not defined" })
        } catch let error as ApusError {
            found = FoldOutcome(scores: [], fitSeconds: seconds(clock.now - start), failure: error.message)
        }
        try options.journal?.record(found, candidate: place, fold: fold)
        announce(found, at: place, fold: fold, wasKnown: false)
        return found
    }

    private func announce(_ outcome: FoldOutcome, at place: Int, fold: Int, wasKnown: Bool) {
        guard options.events != nil || progress != nil else { return }
        state.withLock { state in
            state.completed += 1
            progress?(ProgressUpdate(stage: "fits", completed: state.completed, total: state.total))
            options.events?(
                .fold(candidate: place, fold: fold, outcome, wasKnown: wasKnown, Self.seen(state)))
        }
    }

    private func announce(_ candidate: SearchCandidate, at place: Int) {
        guard options.events != nil else { return }
        state.withLock { state in
            let standing = candidate.standing
            if standing.0 == 0, state.best.map({ standing < $0 }) ?? true { state.best = standing }
            options.events?(.candidate(place, candidate, Self.seen(state)))
        }
    }

    private func skip(_ folds: Int) { state.withLock { $0.completed += folds } }

    private static func seen(_ state: State) -> SearchEvent.State {
        SearchEvent.State(completed: state.completed, total: state.total, bestScore: state.best.map { -$0.1 })
    }
}

/// Pieces of work that threads take one after another; those that another process works on are asked for again.
struct SearchPool {
    let count: Int

    private struct Queue {
        var next = 0
        var waiting: [Int] = []
        var failure: (index: Int, error: any Error)?
    }

    /// Does all the work.
    ///
    /// - Parameter work: Does a piece; false when it is to be asked for again later.
    /// - Throws: What `work` throws, of the lowest index where several do; `CancellationError`.
    func run(_ work: @Sendable (Int) throws -> Bool) throws {
        try checkCancellation()
        let queue = Mutex(Queue())
        let count = count
        Parallel.forEach(min(count, Parallel.threads)) { _ in
            while true {
                let piece: (index: Int, again: Bool)? = queue.withLock { queue in
                    guard queue.failure == nil else { return nil }
                    if queue.next < count {
                        queue.next += 1
                        return (queue.next - 1, false)
                    }
                    return queue.waiting.isEmpty ? nil : (queue.waiting.removeFirst(), true)
                }
                guard let piece else { return }
                do {
                    // The task is known on the thread that the caller gave; from there all threads learn of its end.
                    try checkCancellation()
                    if piece.again { pause() }
                    if try !work(piece.index) { queue.withLock { $0.waiting.append(piece.index) } }
                } catch {
                    queue.withLock { queue in
                        if queue.failure.map({ piece.index < $0.index }) ?? true {
                            queue.failure = (piece.index, error)
                        }
                    }
                    return
                }
            }
        }
        if let failure = queue.withLock({ $0.failure }) { throw failure.error }
    }
}
