import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A tree-structured Parzen estimator at work: draws candidates and learns from those that were tried.
///
/// The better tenth of the candidates so far makes one mixture of bells (for choices: of histograms), the rest another; of 24
/// candidates drawn from the first, the one is taken where the first is greatest in relation to the second: for all
/// parameters together, or for each by itself. All draws follow from the seed and from what was found, so that a search
/// that goes on draws what it would have drawn.
package struct TPESearch {
    /// A candidate that was tried.
    struct Trial {
        var parameters: [String: JSONValue]
        /// The mean score; nil where it was given up.
        var value: Double?
        /// The running mean of the score after each fold.
        var steps: [Double]
        /// By how much it breaks the constraints.
        var violation: Double
    }

    private let settings: TPESettings
    private let dimensions: [(name: String, distribution: ParameterDistribution)]
    private var random: RandomState
    private var startup: RandomState
    private var history: [Trial] = []

    /// A search that has tried nothing yet.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`.
    package init(_ space: SearchSpace, _ settings: TPESettings) throws {
        try space.check()
        guard space.parts.count == 1 else {
            throw ApusError(
                .invalidParameter,
                "A Parzen estimator searches one space, not \(space.parts.count) side by side; search each for itself, or at "
                    + "random.")
        }
        for (name, count, least) in [
            ("nIter", settings.nIter, 1), ("nStartupTrials", settings.nStartupTrials, 0),
            ("nEICandidates", settings.nEICandidates, 1), ("nPruningStartupTrials", settings.nPruningStartupTrials, 0),
        ] where count < least {
            throw ApusError(.invalidParameter, "\(name) is \(count), but it must be at least \(least).")
        }
        self.settings = settings
        dimensions = SearchSpace.ordered(space.parts[0])
        random = RandomState(seed: settings.seed)
        startup = RandomState(seed: settings.seed)
    }

    /// Candidates with the extreme values of every parameter, so that an illegal one is found before anything is fitted.
    func extremes() throws -> [[String: JSONValue]] {
        var all = [Dictionary(uniqueKeysWithValues: dimensions.map { ($0.name, $0.distribution.extremes[0]) })]
        for (name, distribution) in dimensions {
            for value in distribution.extremes.dropFirst() {
                var point = all[0]
                point[name] = value
                all.append(point)
            }
        }
        return all
    }

    /// Draws and tries candidates.
    mutating func run(_ trials: SearchTrials) throws -> [SearchCandidate] {
        trials.total = settings.nIter * trials.problem.splits.count
        var candidates: [SearchCandidate] = []
        while candidates.count < settings.nIter {
            let point = SearchPoint(next())
            let candidate: SearchCandidate
            if settings.prunes {
                candidate = try trials.run(point) { isHopeless(Self.steps($0.map { $0.scores.first ?? nil })) }
            } else {
                candidate = try trials.run([point])[0]
            }
            candidates.append(candidate)
            let means = Dictionary(
                zip(trials.problem.scores, candidate.meanScores), uniquingKeysWith: { first, _ in first })
            learn(
                candidate,
                violation: trials.options.constraints.reduce(0) {
                    $0 + (candidate.prunedAfter == nil ? $1.violation(means[$1.score] ?? nil) : 0)
                })
        }
        return candidates
    }

    /// The parameters to try next.
    package mutating func next() -> [String: JSONValue] {
        var point: [String: JSONValue] = [:]
        for (name, distribution) in dimensions { point[name] = distribution.single }
        let open = dimensions.filter { $0.distribution.single == nil }
        guard history.count >= settings.nStartupTrials else {
            for (name, distribution) in open { point[name] = distribution.drawEvenly(&startup) }
            return point
        }
        let (below, above) = split(max: min(25, Int((0.1 * Double(history.count)).rounded(.up))))
        if settings.multivariate {
            take(open, from: below, and: above, into: &point)
        } else {
            for dimension in open { take([dimension], from: below, and: above, into: &point) }
        }
        return point
    }

    /// Draws parameters together and takes those that speak most for the better candidates.
    private mutating func take(
        _ dimensions: [(name: String, distribution: ParameterDistribution)], from below: [Trial], and above: [Trial],
        into point: inout [String: JSONValue]
    ) {
        guard !dimensions.isEmpty else { return }
        let distributions = dimensions.map(\.distribution)
        func values(_ trials: [Trial]) -> [[JSONValue]] {
            trials.map { trial in dimensions.map { trial.parameters[$0.name] ?? .null } }
        }
        let good = ParzenEstimator(distributions, values(below))
        let rest = ParzenEstimator(distributions, values(above))
        let drawn = good.draw(settings.nEICandidates, &random)
        let gains = zip(good.logDensities(drawn), rest.logDensities(drawn)).map { $0 - $1 }
        // Without a greatest one (NaN) the first is as good as any.
        var best = 0
        for (place, gain) in gains.enumerated() where gain > gains[best] { best = place }
        for (place, (name, distribution)) in dimensions.enumerated() {
            point[name] = distribution.value(drawn[best, place])
        }
    }

    /// Takes in what a candidate scored, to be used from outside of a search.
    package mutating func learn(_ parameters: [String: JSONValue], score: Double) {
        history.append(Trial(parameters: parameters, value: score, steps: [score], violation: 0))
    }

    private mutating func learn(_ candidate: SearchCandidate, violation: Double) {
        let steps = Self.steps(candidate.foldScores.first ?? [])
        // What failed or is not defined teaches nothing.
        guard candidate.failure == nil, candidate.prunedAfter.map({ $0 == steps.count }) ?? (candidate.score != nil)
        else { return }
        history.append(
            Trial(parameters: candidate.parameters, value: candidate.score, steps: steps, violation: violation))
    }

    /// The running means, up to the first score that is not defined.
    private static func steps(_ scores: [Double?]) -> [Double] {
        var (sum, means) = (0.0, [Double]())
        for case let score? in scores.prefix(while: { $0.map { !$0.isNaN } ?? false }) {
            sum += score
            means.append(sum / Double(means.count + 1))
        }
        return means
    }

    /// Whether the best of the running means is below the median of the others after as many folds.
    private func isHopeless(_ steps: [Double]) -> Bool {
        let whole = history.filter { $0.value != nil }
        guard whole.count >= settings.nPruningStartupTrials, let best = steps.max() else { return false }
        let others = whole.compactMap { steps.count <= $0.steps.count ? $0.steps[steps.count - 1] : nil }.sorted()
        guard !others.isEmpty else { return false }
        let middle = others.count / 2
        let median = others.count % 2 == 1 ? others[middle] : (others[middle - 1] + others[middle]) / 2
        return best < median
    }

    /// The best candidates and the rest, each in the order in which they were tried.
    private func split(max most: Int) -> (below: [Trial], above: [Trial]) {
        func sorted(_ places: [Int], _ precedes: (Trial, Trial) -> Bool?) -> [Int] {
            places.sorted { a, b in precedes(history[a], history[b]) ?? (a < b) }
        }
        let feasible = history.indices.filter { history[$0].violation == 0 }
        let complete = sorted(feasible.filter { history[$0].value != nil }) { a, b in
            let (left, right) = (a.value ?? 0, b.value ?? 0)
            return left == right ? nil : left > right
        }
        let pruned = sorted(feasible.filter { history[$0].value == nil }) { a, b in
            if a.steps.count != b.steps.count { return a.steps.count > b.steps.count }
            let (left, right) = (a.steps.last ?? 0, b.steps.last ?? 0)
            return left == right ? nil : left > right
        }
        let broken = sorted(history.indices.filter { history[$0].violation > 0 }) { a, b in
            a.violation == b.violation ? nil : a.violation < b.violation
        }
        let chosen = Set((complete + pruned + broken).prefix(most))
        return (
            history.indices.filter(chosen.contains).map { history[$0] },
            history.indices.filter { !chosen.contains($0) }.map { history[$0] }
        )
    }
}

extension ParameterDistribution {
    /// The value where there is only one.
    fileprivate var single: JSONValue? {
        switch self {
        case .choice(let values): values.count == 1 ? values[0] : nil
        case .integers(let range): range.count == 1 ? .int(range.lowerBound) : nil
        case .uniform, .logUniform: nil
        }
    }

    /// The values whose legality says most about the others.
    fileprivate var extremes: [JSONValue] {
        switch self {
        case .choice(let values): values
        case .integers(let range): [.int(range.lowerBound), .int(range.upperBound - 1)]
        case .uniform(let low, let high): [.double(low + (high - low) * 1e-9), .double(high.nextDown)]
        case .logUniform(let low, let high): [.double(low), .double(high.nextDown)]
        }
    }

    /// A value, drawn as Optuna's random sampler draws it.
    fileprivate func drawEvenly(_ random: inout RandomState) -> JSONValue {
        switch self {
        case .choice(let values):
            let draws = random.uniform(count: values.count)
            var best = 0
            for (place, draw) in draws.enumerated() where draw > draws[best] { best = place }
            return values[best]
        case .integers(let range):
            let (low, high) = (Double(range.lowerBound), Double(range.upperBound - 1))
            let draw = (low - 0.5) + ((high + 0.5) - (low - 0.5)) * random.uniform()
            return value(min(max((draw - low + 0.5).rounded(.down) + low, low), high))
        case .uniform(let low, let high): return .double(min(low + (high - low) * random.uniform(), high.nextDown))
        case .logUniform(let low, let high):
            let draw = exp(log(low) + (log(high) - log(low)) * random.uniform())
            return .double(min(max(draw, low), high.nextDown))
        }
    }

    /// The value that a number of an estimator stands for.
    fileprivate func value(_ number: Double) -> JSONValue {
        switch self {
        case .choice(let values): values[min(max(0, Int(number)), values.count - 1)]
        case .integers(let range):
            .int(min(max(range.lowerBound, Int(exactly: number) ?? range.lowerBound), range.upperBound - 1))
        case .uniform, .logUniform: .double(number)
        }
    }
}
