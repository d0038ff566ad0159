import ApusCore
import ApusEvaluation
import ApusFrame

/// How the parameters of a plan are searched.
///
///     var search = TrainingSearch(["maxDepth": .integers(1..<20)], .random(nIter: 50, seed: 0))
///     search.constraints = [try SearchConstraint(text: "demographicParityDifference < 0.05")]
///     let found = try plan.search(search, on: frame)
///
/// Names are those of the estimator's parameters, or `preparation.scale` and the like for the columns' preparation.
public struct TrainingSearch: Sendable {
    /// The values to try for each parameter.
    public var space: SearchSpace
    /// How candidates are chosen.
    public var strategy: SearchStrategy
    /// How rows are split; default nil: five folds in order, stratified for classification.
    public var cv: (any CrossValidator)?
    /// The names of the scores; the first decides. Default none: accuracy for classification, R² for regression. With
    /// sensitive columns also `demographic_parity_difference`, `equalized_odds_ratio` and the like.
    public var scoring: [String] = []
    /// Bounds on scores; candidates that break one are ranked below all that keep them.
    public var constraints: [SearchConstraint] = []
    /// The score by which the candidate is chosen that is fitted at the end; default nil: the first.
    public var refitScore: String?
    /// Whether the best candidate is fitted on all rows at the end.
    public var refit = true
    /// Remembers outcomes, such as a study; default nil.
    public var journal: (any SearchJournal)?
    /// Told of every fold and candidate as it is done; default nil.
    public var events: SearchEventHandler?

    /// A search of a space.
    public init(_ space: SearchSpace, _ strategy: SearchStrategy) {
        self.space = space
        self.strategy = strategy
    }

    /// What a search found.
    public struct Result: Sendable {
        /// The estimator's name in the catalog.
        public let catalogName: String
        /// The column that is predicted.
        public let target: String
        /// Classification or regression.
        public let task: LearningTask
        /// Why, in half a sentence.
        public let taskReason: String
        /// Number of rows.
        public let rows: Int
        /// Number of folds.
        public let folds: Int
        /// How candidates were chosen.
        public let strategy: SearchStrategy
        /// What candidates were to keep.
        public let constraints: [SearchConstraint]
        /// The names of the scores; the first decides.
        public let scores: [String]
        /// The candidates in the order in which they were tried.
        public let candidates: [SearchCandidate]
        /// The place of the best candidate.
        public let bestIndex: Int
        /// The best candidate trained on all rows; nil when no refit was asked for.
        public let refit: TrainingPlan.Result?

        /// The best candidate.
        public var best: SearchCandidate { candidates[bestIndex] }
    }
}

extension TrainingPlan {
    /// Tries candidates for the plan's parameters by cross-validation and trains the best on all rows.
    ///
    /// Imputation, encoding and scaling are learned anew in each fold, from its training rows alone.
    ///
    /// - Parameters:
    ///   - search: What to try, and how.
    ///   - frame: The table.
    ///   - progress: Called after each fold.
    /// - Throws: `ApusError`, naming the column, parameter or row that stands in the way, or when every candidate fails;
    ///   what the journal throws; `CancellationError`.
    public func search(
        _ search: TrainingSearch, on frame: DataFrame, progress: ProgressHandler? = nil
    ) throws -> TrainingSearch.Result {
        let folds = try SearchFolds(self, search, frame)
        var options = SearchOptions(
            constraints: try search.constraints.map {
                var constraint = $0
                constraint.score = try folds.scoreName($0.score)
                return constraint
            }, journal: search.journal, events: search.events)
        if let wanted = try search.refitScore.map(folds.scoreName) {
            guard let place = folds.problem.scores.firstIndex(of: wanted) else {
                throw ApusError(
                    .unknownName, "The refit is by \(wanted), which is not among the scores; add it to them.")
            }
            let sign = folds.lessIsBetter.contains(wanted) ? -1.0 : 1.0
            options.choose = { means, _ in
                means.indices.max { a, b in
                    let (left, right) = (means[a][place], means[b][place])
                    // Of equal ones the first, and whatever is defined before what is not.
                    return (left.map { $0 * sign } ?? -.infinity, b) < (right.map { $0 * sign } ?? -.infinity, a)
                } ?? 0
            }
        }
        let table = try SearchEngine(folds.problem, options).run(folds.space, search.strategy, progress)
        var trained: TrainingPlan.Result?
        if search.refit {
            var plan = self
            plan.found = SearchParameters.values(table.candidates[table.bestIndex].parameters)
            plan.testSize = nil
            trained = try plan.run(on: frame, progress: nil)
        }
        return TrainingSearch.Result(
            catalogName: folds.entry.name, target: target, task: folds.task, taskReason: folds.reason,
            rows: folds.problem.rows, folds: folds.problem.splits.count, strategy: search.strategy,
            constraints: options.constraints, scores: folds.problem.scores, candidates: table.candidates,
            bestIndex: table.bestIndex, refit: trained)
    }

    /// How the scores of a candidate change with the number of rows it is trained on: the rows of each fold, shuffled.
    ///
    /// - Parameters:
    ///   - search: The search that found the candidate.
    ///   - candidate: Its parameters.
    ///   - frame: The table.
    ///   - shares: Shares of the training rows, above 0 and at most 1.
    /// - Throws: `ApusError`, as `search`.
    public func learningCurve(
        _ search: TrainingSearch, of candidate: SearchCandidate, on frame: DataFrame,
        shares: [Double] = [0.1, 0.325, 0.55, 0.775, 1]
    ) throws -> ScoreCurve<Int> {
        let folds = try SearchFolds(self, search, frame)
        let (problem, seed) = (folds.problem, seed)
        let counts = shares.map { max(1, Int($0 * Double(problem.splits[0].train.count))) }
        let jobs = counts.count * problem.splits.count
        let found = Parallel.map(jobs) { index -> (train: Double?, test: Double?) in
            let fold = index % problem.splits.count
            let split = problem.splits[fold]
            var random = RandomState(seed: seed)
            let train = Array(
                random.permutation(split.train.count).prefix(counts[index / problem.splits.count])
                    .map { split.train[$0] })
            func score(_ test: [Int]) -> Double? {
                // A share without all classes has no score, which is what the curve then shows.
                let rows = SearchProblem.Fold(place: fold, split: Split(train: train, test: test), isWhole: false)
                return try? problem.evaluate(candidate.parameters, rows).scores[0].value
            }
            return (score(train), score(split.test))
        }
        let each = problem.splits.count
        return ScoreCurve(
            values: counts,
            trainScores: counts.indices.map { k in (0..<each).map { found[k * each + $0].train } },
            testScores: counts.indices.map { k in (0..<each).map { found[k * each + $0].test } })
    }
}
