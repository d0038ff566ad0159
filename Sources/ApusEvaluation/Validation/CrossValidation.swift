import ApusCore

/// What cross-validation found: for each fold the scores, the times and, on request, the model.
public struct CrossValidation<Model: FittedModel>: Sendable {
    /// One fold.
    public struct Fold: Sendable {
        /// The rows that were trained and tested on.
        public let split: Split
        /// The score of each scorer on the rows tested on, in the order of the scorers; empty where the fold failed.
        public let testScores: [MetricValue]
        /// The same on the rows trained on; empty unless asked for.
        public let trainScores: [MetricValue]
        /// The scores within each group that the fold tests on, by the group's name; empty unless groups were given.
        public let groupScores: [String: [MetricValue]]
        /// How long fitting took, in seconds.
        public let fitSeconds: Double
        /// How long predicting and scoring the rows tested on took, in seconds.
        public let scoreSeconds: Double
        /// What went wrong; nil where nothing did.
        public let failure: ApusError?
        /// The fitted model; nil unless asked for.
        public let model: Model?
    }

    /// The names of the scores.
    public let scores: [String]
    /// The folds in order.
    public let folds: [Fold]

    /// The score of each fold; nil where it is not defined or the fold failed.
    ///
    /// - Parameter name: A score's name; default nil: the first.
    /// - Throws: `ApusError` with code `unknownName`.
    public func testScores(_ name: String? = nil) throws -> [Double?] {
        let place = try place(of: name)
        return folds.map { place < $0.testScores.count ? $0.testScores[place].value : nil }
    }

    /// The score of each fold on the rows it was trained on; nil where it is not defined or was not asked for.
    ///
    /// - Parameter name: A score's name; default nil: the first.
    /// - Throws: `ApusError` with code `unknownName`.
    public func trainScores(_ name: String? = nil) throws -> [Double?] {
        let place = try place(of: name)
        return folds.map { place < $0.trainScores.count ? $0.trainScores[place].value : nil }
    }

    /// The mean score over all folds; not defined when it is not in one of them.
    ///
    /// - Parameter name: A score's name; default nil: the first.
    /// - Throws: `ApusError` with code `unknownName`.
    public func mean(_ name: String? = nil) throws -> MetricValue {
        let scores = try testScores(name)
        let defined = scores.compactMap(\.self)
        guard defined.count == scores.count, !defined.isEmpty else {
            let fold = scores.firstIndex { $0 == nil } ?? 0
            let place = try place(of: name)
            let note =
                folds.indices.contains(fold)
                ? folds[fold].failure?.message
                    ?? (place < folds[fold].testScores.count ? folds[fold].testScores[place].note : nil) : nil
            return MetricValue(undefined: "Fold \(fold + 1) has no score: \(note ?? "it is not defined")")
        }
        return MetricValue(defined.reduce(0, +) / Double(defined.count))
    }

    /// The standard deviation of the score over the folds (ddof 0); not defined when the mean is not.
    ///
    /// - Parameter name: A score's name; default nil: the first.
    /// - Throws: `ApusError` with code `unknownName`.
    public func standardDeviation(_ name: String? = nil) throws -> MetricValue {
        let mean = try mean(name)
        guard let center = mean.value else { return mean }
        let squares = try testScores(name).map { (($0 ?? 0) - center) * (($0 ?? 0) - center) }
        return MetricValue((squares.reduce(0, +) / Double(squares.count)).squareRoot())
    }

    private func place(of name: String?) throws -> Int {
        guard let name else { return 0 }
        guard let place = scores.firstIndex(of: name) else {
            throw ApusError(
                .unknownName, "There is no score \(name) here; there are \(scores.joined(separator: ", ")).")
        }
        return place
    }
}

/// Settings of a cross-validation besides estimator and data.
public struct ValidationOptions: Sendable {
    /// How rows are split; default nil: five folds in order, stratified for classifiers.
    public var cv: (any CrossValidator)?
    /// What is scored; default none: accuracy for classifiers, R² for regressors.
    public var scoring: [Scorer]
    /// The group of each row, for splitters that keep groups together; default nil.
    public var groups: Labels?
    /// The group of each row by which scores are broken down, such as a sensitive column; default nil.
    public var scoresByGroup: Labels?
    /// The group of each row that scores of fairness compare; default nil: `scoresByGroup`.
    public var sensitive: Labels?
    /// n sample weights, used to fit and to score; default nil.
    public var weights: [Double]?
    /// Whether the rows trained on are scored too; default false.
    public var trainScores: Bool
    /// Whether the fitted models are kept; default false.
    public var keepModels: Bool

    /// Settings, by default those of scikit-learn.
    public init(
        cv: (any CrossValidator)? = nil, scoring: [Scorer] = [], groups: Labels? = nil, scoresByGroup: Labels? = nil,
        sensitive: Labels? = nil, weights: [Double]? = nil, trainScores: Bool = false, keepModels: Bool = false
    ) {
        self.cv = cv
        self.scoring = scoring
        self.groups = groups
        self.scoresByGroup = scoresByGroup
        self.sensitive = sensitive
        self.weights = weights
        self.trainScores = trainScores
        self.keepModels = keepModels
    }
}

extension ValidationOptions {
    /// The groups that scores of fairness compare.
    var compared: Labels? { sensitive ?? scoresByGroup }
}

extension Learner {
    /// The scorers asked for, checked to suit the kind of learner.
    func scorers(_ wanted: [Scorer]) throws -> [Scorer] {
        let scorers = try wanted.isEmpty ? [Scorer.named(labels == nil ? "r2" : "accuracy")] : wanted
        for scorer in scorers where scorer.isForClassification != (labels != nil) {
            throw ApusError(
                .invalidParameter,
                "\(scorer.name) scores \(scorer.isForClassification ? "classes" : "numbers"), but the model predicts "
                    + "\(labels == nil ? "numbers" : "classes"); choose another score.")
        }
        return scorers
    }

    /// The splits asked for, by default five folds.
    func splits(_ cv: (any CrossValidator)?, groups: Labels?) throws -> [Split] {
        let rule: any CrossValidator = cv ?? (labels == nil ? KFold() : StratifiedKFold())
        let splits = try rule.split(rows: rows, labels: labels, groups: groups)
        guard !splits.isEmpty else { throw ApusError(.invalidParameter, "There is no split to validate on.") }
        return splits
    }

    /// Fits and scores on each split. As many folds run at once as there are threads, so that no more copies of the
    /// rows than that are in memory.
    func crossValidate(_ options: ValidationOptions, _ progress: ProgressHandler?) throws -> CrossValidation<Model> {
        let scorers = try scorers(options.scoring)
        if let groups = options.scoresByGroup, groups.count != rows {
            throw ApusError(.shapeMismatch, "There are \(groups.count) groups to score by for \(rows) rows.")
        }
        for scorer in scorers { try scorer.checkSensitive(sensitive) }
        let splits = try splits(options.cv, groups: options.groups)
        let folds = try inWaves(splits.count, "folds", progress) { index in
            try fold(splits[index], scorers, options)
        }
        if let failure = folds.first?.failure, folds.allSatisfy({ $0.failure != nil }) {
            throw ApusError(failure.code, "All \(folds.count) folds failed; the first: \(failure.message)")
        }
        return CrossValidation(scores: scorers.map(\.name), folds: folds)
    }

    private func fold(
        _ split: Split, _ scorers: [Scorer], _ options: ValidationOptions
    ) throws -> CrossValidation<Model>.Fold {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let model = try fit(split.train)
            let fitted = clock.now
            let test = try score(model, split.test, scorers)
            let scored = clock.now
            var byGroup: [String: [MetricValue]] = [:]
            if let groups = options.scoresByGroup {
                let names = groups.classes.names
                for code in Set(split.test.map { groups.codes[$0] }) {
                    // Within a group there is nothing to compare groups by.
                    byGroup[names[code]] = try score(model, split.test.filter { groups.codes[$0] == code }, scorers)
                }
            }
            return CrossValidation<Model>.Fold(
                split: split, testScores: test,
                trainScores: options.trainScores ? try score(model, split.train, scorers) : [], groupScores: byGroup,
                fitSeconds: seconds(fitted - start), scoreSeconds: seconds(scored - fitted), failure: nil,
                model: options.keepModels ? model : nil)
        } catch let error as ApusError {
            return CrossValidation<Model>.Fold(
                split: split, testScores: [], trainScores: [], groupScores: [:], fitSeconds: seconds(clock.now - start),
                scoreSeconds: 0, failure: error, model: nil)
        }
    }
}

/// Independent pieces of work, as many at once as there are threads. Between waves of a few pieces for each thread the
/// caller's cancellation is honoured.
func inWaves<Result: Sendable>(
    _ count: Int, _ stage: String, _ progress: ProgressHandler?, _ body: @Sendable (Int) throws -> Result
) throws -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(count)
    while results.count < count {
        try checkCancellation()
        let start = results.count
        results += try Parallel.tryMap(min(4 * Parallel.threads, count - start)) { try body(start + $0) }
        progress?(ProgressUpdate(stage: stage, completed: results.count, total: count))
    }
    return results
}

func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}
