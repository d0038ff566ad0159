import ApusCore
import ApusEvaluation
import ApusFrame

extension TrainingPlan {
    /// What cross-validation of a plan found.
    public struct Validation: Sendable {
        /// One fold.
        public struct Fold: Sendable, Hashable {
            /// Rows trained on.
            public let trainRows: Int
            /// Rows tested on.
            public let testRows: Int
            /// The scores in the order of `scores`; empty where the fold failed.
            public let scores: [MetricValue]
            /// The scores of each group of the sensitive columns; empty without any, and where the fold failed.
            public var groups: [GroupScores] = []
            /// How long preparing and fitting took, in seconds.
            public let fitSeconds: Double
            /// What went wrong; nil where nothing did.
            public let failure: String?
            /// How the classes of the rows trained on were balanced; nil where they were not.
            public var balance: TrainingSummary.Balance?
        }

        /// The estimator's name in the catalog.
        public let catalogName: String
        /// The estimator's hyper-parameters.
        public let parameters: [String: JSONValue]
        /// Classification or regression.
        public let task: LearningTask
        /// Why, in half a sentence.
        public let taskReason: String
        /// Number of rows.
        public let rows: Int
        /// What split the rows: `StratifiedKFold`.
        public let splitter: String
        /// The names of the scores.
        public let scores: [String]
        /// The folds in order.
        public let folds: [Fold]

        /// The mean of a score over the folds, and its standard deviation (ddof 0); nil when it is not defined in a fold.
        public func summary(of score: Int) -> (mean: Double, deviation: Double)? {
            let values = folds.compactMap { score < $0.scores.count ? $0.scores[score].value : nil }
            guard values.count == folds.count, !values.isEmpty else { return nil }
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.map { ($0 - mean) * ($0 - mean) }
            return (mean, (squares.reduce(0, +) / Double(values.count)).squareRoot())
        }
    }

    /// Fits the plan on all folds but one and scores it on that one, for each fold in turn. Imputation, encoding and
    /// scaling are learned from the rows trained on alone.
    ///
    /// - Parameters:
    ///   - frame: The table.
    ///   - cv: How rows are split; default nil: five folds in order, stratified for classification.
    ///   - scoring: What is scored; default none: accuracy for classification, R² for regression.
    ///   - progress: Called after each fold.
    /// - Throws: `ApusError`, naming the column, parameter or row that stands in the way, or when every fold fails.
    public func validate(
        on frame: DataFrame, cv: (any CrossValidator)? = nil, scoring: [Scorer] = [], progress: ProgressHandler? = nil
    ) throws -> Validation {
        try checkColumns(of: frame)
        let (entry, task, reason) = try chooseModel(for: frame)
        let features = featureColumns(of: frame)
        guard !features.isEmpty else {
            throw ApusError(
                .invalidSchema, "No column is left to predict \(target) from; keep at least one besides the target.")
        }
        let truth = try Truth(target, task, in: frame)
        try checkVariation(of: truth)
        let scorers =
            try scoring.isEmpty ? [Scorer.named(task == .classification ? "accuracy" : "r2")] : scoring
        for scorer in scorers where scorer.isForClassification != (task == .classification) {
            throw ApusError(
                .invalidParameter,
                "\(scorer.name) is not a score of \(task.rawValue); choose another one, or --task.")
        }
        let groups = try fairGroups(in: frame, task) ?? sensitiveGroups(in: frame)
        for scorer in scorers { try scorer.checkSensitive(groups) }
        var labels: Labels?
        if case .labels(let known) = truth { labels = known }
        let rule: any CrossValidator = cv ?? (labels == nil ? KFold() : StratifiedKFold())
        let splits = try rule.split(rows: truth.count, labels: labels, groups: splitGroups(in: frame))
        let roles = try marked(frame)
        // As many folds at once as there are threads, unless their copies of the rows would crowd the memory.
        let copy = Double(frame.rowCount) * Double(features.count) * 8 * 4
        let wave = copy * Double(Parallel.threads) < Double(Memory.size) / 8 ? Parallel.threads : 1
        var done: [(fold: Validation.Fold, parameters: [String: JSONValue]?)] = []
        while done.count < splits.count {
            try checkCancellation()
            let first = done.count
            done += try Parallel.tryMap(min(wave, splits.count - first)) { place in
                try validated(splits[first + place], entry, task, roles, features, truth, scorers, groups)
            }
            progress?(ProgressUpdate(stage: "folds", completed: done.count, total: splits.count))
        }
        let folds = done.map(\.fold)
        if let failure = folds.first?.failure, folds.allSatisfy({ $0.failure != nil }) {
            throw ApusError(.invalidInput, "All \(folds.count) folds failed; the first: \(failure)")
        }
        return Validation(
            catalogName: fair?.kind ?? entry.name, parameters: done.lazy.compactMap(\.parameters).last ?? [:],
            task: task,
            taskReason: reason, rows: truth.count, splitter: "\(type(of: rule))", scores: scorers.map(\.name),
            folds: folds)
    }

    /// One fold, and the parameters of its model; nil where it failed.
    private func validated(
        _ split: Split, _ entry: CatalogEntry, _ task: LearningTask, _ roles: DataFrame, _ features: [String],
        _ truth: Truth, _ scorers: [Scorer], _ groups: Labels?
    ) throws -> (fold: Validation.Fold, parameters: [String: JSONValue]?) {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let train = try roles.selecting(rows: split.train)
            let known = truth.selecting(rows: split.train)
            let (encoder, x) = try prepared(train, features: features, known)
            let fitted = try fit(entry, task, x, known, groups?.selecting(rows: split.train), encoder, nil)
            let taken = (clock.now - start).components
            let model = try TrainedModel(
                catalogName: fitted.kind ?? entry.name, parameters: fitted.parameters, target: target, encoder: encoder,
                predictor: fitted.predictor,
                summary: TrainingSummary(trainRows: split.train.count, testRows: split.test.count, seed: seed))
            let answer = try model.predictForScores(encoder.prepare(roles.selecting(rows: split.test)))
            let held = truth.selecting(rows: split.test)
            let compared = groups?.selecting(rows: split.test)
            let fold = Validation.Fold(
                trainRows: split.train.count, testRows: split.test.count,
                scores: try scorers.map { try Self.score($0, answer, held, model.classes, compared) },
                groups: try Self.groupScores(scorers, answer, held, model.classes, compared),
                fitSeconds: Double(taken.seconds) + Double(taken.attoseconds) * 1e-18, failure: nil,
                balance: fitted.balance)
            return (fold, fitted.parameters)
        } catch let error as ApusError {
            let fold = Validation.Fold(
                trainRows: split.train.count, testRows: split.test.count, scores: [], fitSeconds: 0,
                failure: error.message)
            return (fold, nil)
        }
    }

    static func score(
        _ scorer: Scorer, _ answer: Prediction, _ truth: Truth, _ classes: Labels.Classes?, _ sensitive: Labels?
    ) throws -> MetricValue {
        switch (answer.values, truth) {
        case (.labels(let predicted), .labels(let known)):
            try scorer.score(
                known, predicted, probabilities: answer.probabilities, decisions: answer.decisions, classes: classes,
                sensitive: sensitive)
        case (.numbers(let predicted), .numbers(let known)):
            try scorer.score(known, predicted, sensitive: sensitive)
        default: throw ApusError(.shapeMismatch, "Classes cannot be judged against numbers.")
        }
    }
}

extension TrainingPlan.Validation {
    /// What a person reads.
    ///
    /// - Parameters:
    ///   - target: The column that is predicted.
    ///   - data: What the table is called.
    ///   - width: How wide the terminal is.
    public func text(target: String, data: String, width: Int = 100) -> String {
        var table = TextTable(header: ["fold", "trained on", "tested on", "seconds"] + scores)
        let shown = folds.count <= Self.mostShown ? folds.count : Self.mostShown / 2
        for (index, fold) in folds.prefix(shown).enumerated() {
            table.add(
                [
                    "\(index + 1)", TextTable.grouped(fold.trainRows), TextTable.grouped(fold.testRows),
                    TextTable.fixed(fold.fitSeconds, 2),
                ] + scores.indices.map { TextTable.score($0 < fold.scores.count ? fold.scores[$0].value : nil) })
        }
        if shown < folds.count {
            table.add(["… \(folds.count - shown) more"] + [String](repeating: "", count: 3 + scores.count))
        }
        table.add(["mean", "", "", ""] + scores.indices.map { TextTable.score(summary(of: $0)?.mean) })
        table.add(["deviation", "", "", ""] + scores.indices.map { TextTable.score(summary(of: $0)?.deviation) })
        var lines = [
            "\(catalogName) predicts \(target) from \(data): \(task.rawValue), \(taskReason).",
            "\(TextTable.grouped(rows)) rows in \(folds.count) folds by \(splitter).", "", table.fitted(to: width),
        ]
        lines += groupText(width: width)
        lines += balanceText
        var remarks: [String] = []
        for (index, fold) in folds.enumerated() {
            if let failure = fold.failure {
                remarks.append("Fold \(index + 1) failed: \(failure)")
            } else {
                for (name, score) in zip(scores, fold.scores) where score.value == nil {
                    remarks.append("Fold \(index + 1) has no \(name): \(score.note ?? "it is not defined")")
                }
            }
        }
        lines += remarks.prefix(Self.mostShown / 2)
        if remarks.count > Self.mostShown / 2 {
            lines.append("The same or the like holds for \(remarks.count - Self.mostShown / 2) more.")
        }
        return lines.joined(separator: "\n")
    }

    /// How many folds are shown one by one at most; of more, half as many are.
    private static let mostShown = 20

    /// What a program reads.
    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        var results: [String: JSONValue] = [:]
        for (place, name) in scores.enumerated() {
            results[name] = [
                "folds": .array(folds.map { number(place < $0.scores.count ? $0.scores[place].value : nil) }),
                "mean": number(summary(of: place)?.mean), "standard_deviation": number(summary(of: place)?.deviation),
            ]
        }
        var object: [String: JSONValue] = [
            "model": .string(catalogName), "parameters": .object(parameters), "task": .string(task.rawValue),
            "task_reason": .string(taskReason), "rows": .int(rows), "folds": .int(folds.count),
            "splitter": .string(splitter),
            "scores": .object(results),
            "fit_seconds": .array(folds.map { .double($0.fitSeconds) }),
            "failures": .array(folds.map { $0.failure.map { .string($0) } ?? .null }),
        ]
        if let groupJSON { object["groups"] = groupJSON }
        if folds.contains(where: { $0.balance != nil }) {
            object["balance"] = .array(folds.map { $0.balance?.json ?? .null })
        }
        return .object(object)
    }
}
