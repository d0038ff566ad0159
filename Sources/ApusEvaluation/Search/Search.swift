import ApusCore

/// The work that all searches share: fit and score each candidate on each fold, rank, refit.
struct Search<Model: FittedModel>: Sendable {
    let options: SearchOptions
    let scorers: [Scorer]
    let splits: [Split]
    /// The data with the estimator that some parameters make.
    let learner: @Sendable ([String: JSONValue]) throws -> Learner<Model>

    /// - Parameters:
    ///   - candidates: All that will be tried, checked before anything is fitted.
    ///   - plain: The learner with the estimator as it is, for splits and scorers.
    init(
        _ candidates: [[String: JSONValue]], plain: Learner<Model>, _ options: SearchOptions,
        learner: @escaping @Sendable ([String: JSONValue]) throws -> Learner<Model>
    ) throws {
        self.options = options
        self.learner = learner
        scorers = try plain.scorers(options.scoring)
        splits = try plain.splits(options.cv, groups: options.groups)
        let names = scorers.map(\.name)
        for constraint in options.constraints where !names.contains(constraint.score) {
            throw ApusError(
                .unknownName,
                "A constraint is on the score \(constraint.score), which is not among \(names.joined(separator: ", "))."
            )
        }
        for candidate in candidates { _ = try learner(candidate) }
    }

    /// Tries all candidates on all folds.
    func run(_ candidates: [[String: JSONValue]], _ progress: ProgressHandler?) throws -> SearchResult<Model> {
        let outcomes = try inWaves(candidates.count * splits.count, "fits", progress) { index in
            try outcome(of: candidates[index / splits.count], at: index / splits.count, fold: index % splits.count)
        }
        let judged = candidates.enumerated().map { place, parameters in
            judge(parameters, Array(outcomes[place * splits.count..<(place + 1) * splits.count]))
        }
        return try finish(ranked(judged))
    }

    private func outcome(of parameters: [String: JSONValue], at place: Int, fold: Int) throws -> FoldOutcome {
        if let known = try options.journal?.outcome(candidate: place, fold: fold),
            known.failure != nil || known.scores.count == scorers.count
        {
            return known
        }
        let learner = try learner(parameters)
        let clock = ContinuousClock()
        let start = clock.now
        let found: FoldOutcome
        do {
            let model = try learner.fit(splits[fold].train)
            let taken = seconds(clock.now - start)
            let scores = try learner.score(model, splits[fold].test, scorers)
            found = FoldOutcome(scores: scores.map(\.value), fitSeconds: taken)
        } catch let error as ApusError {
            found = FoldOutcome(scores: [], fitSeconds: seconds(clock.now - start), failure: error.message)
        }
        try options.journal?.record(found, candidate: place, fold: fold)
        return found
    }

    func judge(_ parameters: [String: JSONValue], _ outcomes: [FoldOutcome]) -> SearchResult<Model>.Candidate {
        let folds = scorers.indices.map { k in outcomes.map { k < $0.scores.count ? $0.scores[k] : nil } }
        let means = folds.map { scores in
            let defined = scores.compactMap(\.self)
            return defined.count == scores.count ? defined.reduce(0, +) / Double(defined.count) : nil
        }
        let deviations = zip(folds, means).map { scores, mean in
            mean.map { mean in
                let squares = scores.map { (($0 ?? 0) - mean) * (($0 ?? 0) - mean) }
                return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
            }
        }
        let byName = Dictionary(zip(scorers.map(\.name), means), uniquingKeysWith: { first, _ in first })
        return SearchResult<Model>.Candidate(
            parameters: parameters, foldScores: folds, meanScores: means, deviations: deviations,
            meanFitSeconds: outcomes.reduce(0) { $0 + $1.fitSeconds } / Double(max(1, outcomes.count)),
            isFeasible: options.constraints.allSatisfy { $0.allows(byName[$0.score] ?? nil) }, rank: 1,
            failure: outcomes.lazy.compactMap(\.failure).first)
    }

    /// Candidates with their places: those that keep the constraints first, then by score, what is not defined last.
    func ranked(_ candidates: [SearchResult<Model>.Candidate]) -> [SearchResult<Model>.Candidate] {
        func key(_ candidate: SearchResult<Model>.Candidate) -> (Int, Double) {
            let score = candidate.meanScores.first ?? nil
            guard let score, !score.isNaN else { return (candidate.isFeasible ? 2 : 3, 0) }
            return (candidate.isFeasible ? 0 : 1, -score)
        }
        let keys = candidates.map(key)
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

    func finish(_ candidates: [SearchResult<Model>.Candidate]) throws -> SearchResult<Model> {
        if let failure = candidates.first?.failure, candidates.allSatisfy({ $0.failure != nil }) {
            throw ApusError(
                .invalidParameter, "Every one of the \(candidates.count) candidates failed; the first: \(failure)")
        }
        var best = candidates.firstIndex { $0.rank == 1 } ?? 0
        if let choose = options.choose {
            best = choose(candidates.map(\.meanScores), candidates.map(\.deviations))
            guard candidates.indices.contains(best) else {
                throw ApusError(
                    .invalidParameter, "The refit rule chose candidate \(best) of \(candidates.count); count from 0.")
            }
        }
        let clock = ContinuousClock()
        let start = clock.now
        var model: Model?
        if options.refit {
            let learner = try learner(candidates[best].parameters)
            model = try learner.fit(Array(0..<learner.rows))
        }
        return SearchResult(
            scores: scorers.map(\.name), candidates: candidates, bestIndex: best, model: model,
            refitSeconds: options.refit ? seconds(clock.now - start) : nil)
    }
}

extension Estimator {
    /// This estimator with some parameters changed.
    func changed(_ values: [String: JSONValue]) throws -> Self {
        var estimator = self
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            try Self.parameter(named: name).set(value, in: &estimator)
        }
        try estimator.validateParameters()
        return estimator
    }
}
