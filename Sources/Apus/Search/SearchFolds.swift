import ApusCore
import ApusEvaluation
import ApusFrame
import Synchronization

/// A plan on the folds of a table, ready to be tried with the parameters of candidates.
struct SearchFolds: Sendable {
    let entry: CatalogEntry
    let task: LearningTask
    let reason: String
    let space: SearchSpace
    let problem: SearchProblem
    /// The scores of which less is better.
    let lessIsBetter: Set<String>

    init(_ plan: TrainingPlan, _ search: TrainingSearch, _ frame: DataFrame) throws {
        try plan.checkColumns(of: frame)
        let (entry, task, reason) = try plan.chooseModel(for: frame)
        (self.entry, self.task, self.reason) = (entry, task, reason)
        let features = plan.featureColumns(of: frame)
        guard !features.isEmpty else {
            throw ApusError(
                .invalidSchema,
                "No column is left to predict \(plan.target) from; keep at least one besides the target.")
        }
        let truth = try Truth(plan.target, task, in: frame)
        try plan.checkVariation(of: truth)
        let type = try Self.estimator(entry, task)
        space = try SearchParameters(type, plan).resolved(search.space)
        let scores = try Self.scores(search, task)
        lessIsBetter = Set(scores.filter(\.isLoss).map(\.name))
        let groups = try plan.fairGroups(in: frame, task) ?? plan.sensitiveGroups(in: frame)
        for scorer in scores { try scorer.checkSensitive(groups) }
        var labels: Labels?
        if case .labels(let known) = truth { labels = known }
        let rule: any CrossValidator = search.cv ?? (labels == nil ? KFold() : StratifiedKFold())
        let splits = try rule.split(rows: truth.count, labels: labels, groups: plan.splitGroups(in: frame))
        let rows = EncodedFolds(try plan.marked(frame), truth, features, plan)
        problem = SearchProblem(
            scores: scores.map(\.name), rows: truth.count, classes: labels.map { $0.compacted.classes.count },
            splits: splits, identity: try Self.identity(plan, frame, type, task, features)
        ) { parameters in
            var changed = plan
            changed.found = SearchParameters.values(parameters)
            try changed.check(type)
        } evaluate: { parameters, fold in
            var changed = plan
            changed.found = SearchParameters.values(parameters)
            let clock = ContinuousClock()
            let start = clock.now
            let data = try rows.fold(fold, changed)
            let fitted = try changed.fit(
                entry, task, data.train, data.trainTruth, groups?.selecting(rows: fold.split.train), data.encoder, nil)
            let taken = (clock.now - start).components
            let model = try TrainedModel(
                catalogName: fitted.kind ?? entry.name, parameters: fitted.parameters, target: plan.target,
                encoder: data.encoder, predictor: fitted.predictor,
                summary: TrainingSummary(
                    trainRows: fold.split.train.count, testRows: fold.split.test.count, seed: plan.seed))
            let answer = try model.predictForScores(data.test)
            let compared = groups?.selecting(rows: fold.split.test)
            let values = try scores.map {
                try TrainingPlan.score($0, answer, data.testTruth, model.classes, compared)
            }
            return (values, Double(taken.seconds) + Double(taken.attoseconds) * 1e-18)
        }
    }

    // MARK: Parts

    private static func estimator(_ entry: CatalogEntry, _ task: LearningTask) throws -> any Estimator.Type {
        let type: (any Estimator.Type)? = task == .classification ? entry.classifier : entry.regressor
        guard let type else { throw ApusError(.invalidParameter, "\(entry.name) is not for \(task.rawValue).") }
        return type
    }

    /// The name of a score in the spelling of the search.
    func scoreName(_ name: String) throws -> String {
        problem.scores.contains(name) ? name : snakeCase(name)
    }

    /// The scores asked for, then those that only constraints and the refit name.
    private static func scores(_ search: TrainingSearch, _ task: LearningTask) throws -> [Scorer] {
        let deciding = search.scoring.isEmpty ? [task == .classification ? "accuracy" : "r2"] : search.scoring
        var scores: [Scorer] = []
        for name in deciding + search.constraints.map(\.score) + [search.refitScore].compactMap(\.self) {
            let score = try Scorer.named(snakeCase(name))
            guard score.isForClassification == (task == .classification) else {
                throw ApusError(
                    .invalidParameter,
                    "\(score.name) is not a score of \(task.rawValue); choose another one, or --task.")
            }
            if !scores.contains(where: { $0.name == score.name }) { scores.append(score) }
        }
        if let first = scores.first, first.isLoss {
            throw ApusError(
                .invalidParameter,
                "\(first.name) cannot decide, because less of it is better; make it a constraint, or let neg_\(first.name) "
                    + "decide.")
        }
        return scores
    }

    private static func identity(
        _ plan: TrainingPlan, _ frame: DataFrame, _ type: any Estimator.Type, _ task: LearningTask,
        _ features: [String]
    ) throws -> [String: String] {
        var data = Fingerprint()
        for column in frame.columns {
            data.add(column.name)
            data.add(column.type.rawValue)
            if column.type.isNumeric {
                data.add(try column.numbers())
            } else {
                for row in 0..<column.count { data.add(column.missing[row] ? "\u{0}" : column.text(at: row)) }
            }
        }
        var other = plan
        other.found = SearchParameters.Values()
        var parts = [
            "data": data.description, "target": "\(plan.target) (\(task.rawValue))",
            "features": features.joined(separator: ", "), "sensitive columns": plan.sensitive.joined(separator: ", "),
            "model": try other.identity(type), "seed": "\(plan.seed)",
        ]
        parts.merge(try other.preparationIdentity) { $1 }
        return parts
    }
}

extension TrainingPlan {
    /// Throws unless the estimator, the preparation and the balancing can be had with the parameters found.
    fileprivate func check<Kind: Estimator>(_ type: Kind.Type) throws {
        try configured(type).validateParameters()
        try checkPreparation()
        try balance?.checkParameters(found.balance)
    }

    fileprivate func identity<Kind: Estimator>(_ type: Kind.Type) throws -> String { try configured(type).identity }
}

/// The rows of each fold as matrices. They are kept while all folds fit well into memory, for they are the same for all
/// candidates that prepare alike.
private final class EncodedFolds: Sendable {
    struct Fold: Sendable {
        let encoder: any FittedPreparation
        let train: PreparedRows
        let trainTruth: Truth
        let test: PreparedRows
        let testTruth: Truth
    }

    private struct Key: Hashable {
        let place: Int
        let preparation: [String: JSONValue]
        let vectorizer: [String: JSONValue]
    }

    private let frame: DataFrame
    private let truth: Truth
    private let features: [String]
    private let keepsFolds: Bool
    private let kept = Mutex<[Key: Fold]>([:])
    private static let mostKept = 64

    init(_ frame: DataFrame, _ truth: Truth, _ features: [String], _ plan: TrainingPlan) {
        self.frame = frame
        self.truth = truth
        self.features = features
        // Numbers of eight bytes, a few columns for each text, all folds: at most an eighth of the memory.
        keepsFolds = Double(frame.rowCount) * Double(features.count) * 8 * 4 * 10 < Double(Memory.size) / 8
    }

    func fold(_ fold: SearchProblem.Fold, _ plan: TrainingPlan) throws -> Fold {
        let key = Key(
            place: fold.place, preparation: plan.found.preparation, vectorizer: plan.found.vectorizer)
        let keeps = keepsFolds && fold.isWhole
        if keeps, let known = kept.withLock({ $0[key] }) { return known }
        let train = try frame.selecting(rows: fold.split.train)
        let known = truth.selecting(rows: fold.split.train)
        let (encoder, rows) = try plan.prepared(train, features: features, known)
        let encoded = Fold(
            encoder: encoder, train: rows, trainTruth: known,
            test: try encoder.prepare(frame.selecting(rows: fold.split.test)),
            testTruth: truth.selecting(rows: fold.split.test))
        if keeps {
            kept.withLock { kept in
                if kept.count >= Self.mostKept { kept.removeAll() }
                kept[key] = encoded
            }
        }
        return encoded
    }
}
