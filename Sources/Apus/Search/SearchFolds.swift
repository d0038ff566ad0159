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
        let features = frame.columnNames.filter { $0 != plan.target && !plan.dropped.contains($0) }
        guard !features.isEmpty else {
            throw ApusError(
                .invalidSchema,
                "No column is left to predict \(plan.target) from; keep at least one besides the target.")
        }
        let truth = try Truth(plan.target, task, in: frame)
        try plan.checkVariation(of: truth)
        let type = try Self.estimator(entry, task)
        space = try SearchParameters(type).resolved(search.space)
        let scores = try Self.scores(search, task, plan, frame)
        lessIsBetter = Set(scores.compactMap { $0.group.map { $0.moreIsBetter ? nil : $0.name } ?? nil })
        var labels: Labels?
        if case .labels(let known) = truth { labels = known }
        let rule: any CrossValidator = search.cv ?? (labels == nil ? KFold() : StratifiedKFold())
        let splits = try rule.split(rows: truth.count, labels: labels, groups: nil)
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
            let fitted = try changed.fit(entry, task, data.train, data.trainTruth, nil)
            let taken = (clock.now - start).components
            let model = try TrainedModel(
                catalogName: entry.name, parameters: fitted.parameters, target: plan.target, encoder: data.encoder,
                predictor: fitted.predictor,
                summary: TrainingSummary(
                    trainRows: fold.split.train.count, testRows: fold.split.test.count, seed: plan.seed))
            let answer = try model.predictForScores(data.test)
            let values = try scores.map { score in
                if let scorer = score.scorer {
                    return try TrainingPlan.score(scorer, answer, data.testTruth, model.classes)
                }
                guard let group = score.group, case .labels(let predicted) = answer.values,
                    case .labels(let known) = data.testTruth
                else { throw ApusError(.shapeMismatch, "Groups are compared by classes only.") }
                return group.score(known, predicted, rows: fold.split.test)
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

    /// A score by its name: one of the common list, or one of groups.
    private struct Score: Sendable {
        let name: String
        let scorer: Scorer?
        let group: GroupScore?
    }

    /// The name of a score in the spelling of the search.
    func scoreName(_ name: String) throws -> String {
        problem.scores.contains(name) ? name : snakeCase(name)
    }

    /// The scores asked for, then those that only constraints and the refit name.
    private static func scores(
        _ search: TrainingSearch, _ task: LearningTask, _ plan: TrainingPlan, _ frame: DataFrame
    ) throws -> [Score] {
        let deciding = search.scoring.isEmpty ? [task == .classification ? "accuracy" : "r2"] : search.scoring
        var scores: [Score] = []
        for name in deciding + search.constraints.map(\.score) + [search.refitScore].compactMap(\.self) {
            let score = try score(snakeCase(name), task, plan, frame)
            if !scores.contains(where: { $0.name == score.name }) { scores.append(score) }
        }
        if let first = scores.first, let group = first.group, !group.moreIsBetter {
            throw ApusError(
                .invalidParameter,
                "\(group.name) cannot decide, because less of it is better; make it a constraint, or let the ratio decide."
            )
        }
        return scores
    }

    private static func score(
        _ name: String, _ task: LearningTask, _ plan: TrainingPlan, _ frame: DataFrame
    ) throws -> Score {
        if GroupScore.names.contains(name) {
            guard task == .classification else {
                throw ApusError(.invalidParameter, "\(name) compares classes; choose another score for regression.")
            }
            guard !plan.sensitive.isEmpty else {
                throw ApusError(
                    .invalidParameter, "\(name) compares groups; say with --sensitive which column makes them.")
            }
            let (groups, names) = try crossed(plan.sensitive, frame)
            return Score(name: name, scorer: nil, group: GroupScore(name, groups: groups, groupNames: names))
        }
        guard let scorer = Scorer.all.first(where: { $0.name == name }) else {
            let known = Scorer.all.map(\.name) + GroupScore.names
            throw ApusError(
                .unknownName,
                "There is no score “\(name)”\(suggestion(for: name, among: known)); there are "
                    + "\(known.joined(separator: ", ")).")
        }
        guard scorer.isForClassification == (task == .classification) else {
            throw ApusError(
                .invalidParameter, "\(scorer.name) is not a score of \(task.rawValue); choose another one, or --task.")
        }
        return Score(name: name, scorer: scorer, group: nil)
    }

    /// The group of each row; several columns make a group for each combination that occurs.
    private static func crossed(_ columns: [String], _ frame: DataFrame) throws -> (groups: [Int], names: [String]) {
        var texts = [String](repeating: "", count: frame.rowCount)
        for name in columns {
            let column: Column = try frame[name]
            let (groups, names) = try TrainingSummary.Group.membership(column)
            for row in texts.indices { texts[row] += (texts[row].isEmpty ? "" : ", ") + names[groups[row]] }
        }
        let names = Set(texts).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(names, 0...))
        return (texts.map { places[$0, default: 0] }, names)
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
        return [
            "data": data.description, "target": "\(plan.target) (\(task.rawValue))",
            "features": features.joined(separator: ", "), "sensitive columns": plan.sensitive.joined(separator: ", "),
            "model": try other.identity(type), "scaling": "\(plan.scale)", "seed": "\(plan.seed)",
        ]
    }
}

extension TrainingPlan {
    /// Throws unless the estimator and the preparation can be had with the parameters found.
    fileprivate func check<Kind: Estimator>(_ type: Kind.Type) throws {
        try configured(type).validateParameters()
        let encoder = try preparation()
        for parameter in FrameEncoder.parameters { try parameter.validate(encoder) }
    }

    fileprivate func identity<Kind: Estimator>(_ type: Kind.Type) throws -> String { try configured(type).identity }
}

/// The rows of each fold as matrices. They are kept while all folds fit well into memory, for they are the same for all
/// candidates that prepare alike.
private final class EncodedFolds: Sendable {
    struct Fold: Sendable {
        let encoder: FittedFrameEncoder
        let train: Matrix
        let trainTruth: Truth
        let test: Matrix
        let testTruth: Truth
    }

    private struct Key: Hashable {
        let place: Int
        let preparation: [String: JSONValue]
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
        let key = Key(place: fold.place, preparation: plan.found.preparation)
        let keeps = keepsFolds && fold.isWhole
        if keeps, let known = kept.withLock({ $0[key] }) { return known }
        let train = try frame.selecting(rows: fold.split.train)
        let encoder = try plan.preparation().fit(train, features: features)
        let encoded = Fold(
            encoder: encoder, train: try encoder.encode(train), trainTruth: truth.selecting(rows: fold.split.train),
            test: try encoder.encode(frame.selecting(rows: fold.split.test)),
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
