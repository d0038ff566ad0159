import ApusCore

/// A point of a search space that is to be tried.
public struct SearchPoint: Sendable, Hashable, Codable {
    /// The parameters that it sets.
    public var parameters: [String: JSONValue]
    /// The rows that it may use of all, or the value of the parameter that stands for effort; nil where there is no limit.
    public var resources: Int?
    /// The round of successive halving that tries it, from 0; 0 for other searches.
    public var iteration: Int

    /// A point.
    public init(_ parameters: [String: JSONValue], resources: Int? = nil, iteration: Int = 0) {
        self.parameters = parameters
        self.resources = resources
        self.iteration = iteration
    }
}

/// A candidate of a search with its scores.
public struct SearchCandidate: Sendable, Hashable {
    /// The parameters that it sets, and the share of the resources that it was given.
    public let point: SearchPoint
    /// The score of each scorer on each fold; nil where it is not defined, the fold failed, or it was not tried.
    public let foldScores: [[Double?]]
    /// The mean of each scorer over the folds; nil where it is not defined in one of them.
    public let meanScores: [Double?]
    /// The standard deviation of each scorer over the folds (ddof 0); nil where the mean is.
    public let deviations: [Double?]
    /// The mean time of a fit, in seconds.
    public let meanFitSeconds: Double
    /// Whether it keeps every constraint.
    public let isFeasible: Bool
    /// The number of folds after which it was given up as hopeless; nil where all were tried.
    public let prunedAfter: Int?
    /// Its place by the deciding score, from 1; candidates of equal score share the better place.
    public internal(set) var rank: Int
    /// What went wrong in its first failing fold; nil where nothing did.
    public let failure: String?
    /// Why the first score that is not defined is not; nil where all are.
    public let note: String?

    /// The parameters that it sets.
    public var parameters: [String: JSONValue] { point.parameters }
    /// The mean deciding score; nil where it is not defined.
    public var score: Double? { meanScores.first ?? nil }
}

extension SearchCandidate {
    /// A candidate judged by what it scored on the folds that it was tried on.
    ///
    /// - Parameters:
    ///   - point: Its parameters.
    ///   - outcomes: What each fold gave, in order; fewer than `folds` where it was given up.
    ///   - folds: How many folds there are.
    ///   - scores: The names of the scores.
    ///   - constraints: What it is to keep.
    public init(
        _ point: SearchPoint, _ outcomes: [FoldOutcome], folds: Int, scores: [String],
        constraints: [SearchConstraint] = []
    ) {
        let byScore = scores.indices.map { k in
            (0..<folds).map { fold in
                fold < outcomes.count && k < outcomes[fold].scores.count ? outcomes[fold].scores[k] : nil
            }
        }
        let means = byScore.map(Self.mean)
        let byName = Dictionary(zip(scores, means), uniquingKeysWith: { first, _ in first })
        self.point = point
        foldScores = byScore
        meanScores = means
        deviations = zip(byScore, means).map { scores, mean in
            mean.map { mean in
                let squares = scores.map { (($0 ?? 0) - mean) * (($0 ?? 0) - mean) }
                return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
            }
        }
        meanFitSeconds = outcomes.reduce(0) { $0 + $1.fitSeconds } / Double(max(1, outcomes.count))
        isFeasible = constraints.allSatisfy { $0.allows(byName[$0.score] ?? nil) }
        prunedAfter = outcomes.count < folds ? outcomes.count : nil
        rank = 1
        failure = outcomes.lazy.compactMap(\.failure).first
        note = outcomes.lazy.compactMap(\.note).first
    }

    static func mean(_ scores: [Double?]) -> Double? {
        let defined = scores.compactMap(\.self)
        return defined.count == scores.count && !defined.isEmpty
            ? defined.reduce(0, +) / Double(defined.count) : nil
    }

    /// How good it is, smaller being better: those that keep the constraints first, then by score, then what was given
    /// up or is not defined.
    var standing: (Int, Double) {
        guard let score, !score.isNaN else { return (isFeasible ? 2 : 3, 0) }
        return (isFeasible ? 0 : 1, -score)
    }

    /// The same candidates with their ranks.
    public static func ranked(_ candidates: [SearchCandidate]) -> [SearchCandidate] {
        let keys = candidates.map(\.standing)
        let sorted = keys.sorted { $0 < $1 }
        return zip(candidates, keys).map { candidate, key in
            var candidate = candidate
            // The place before all that are as good: how many are strictly better.
            var (low, high) = (0, sorted.count)
            while low < high {
                let middle = (low + high) / 2
                if sorted[middle] < key { low = middle + 1 } else { high = middle }
            }
            candidate.rank = low + 1
            return candidate
        }
    }
}
