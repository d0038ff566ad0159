import ApusCore
import ApusEvaluation

/// How much a model's score falls when a column is shuffled: what the model would lose without it.
///
/// Columns that carry the same information stand in for each other, so that each of them looks unimportant. Shuffles are
/// those of scikit-learn for the same seed.
///
/// L. Breiman, *Random forests*, Machine Learning 45 (2001).
public struct PermutationImportance: Sendable, Hashable {
    /// The features.
    public let featureNames: [String]
    /// The score of the rows as they are.
    public let baseline: Double
    /// By how much the score fell at each shuffle: features × repeats.
    public let importances: Matrix

    /// The mean fall of each feature.
    public var means: [Double] { featureNames.indices.map { meanOf(importances.row($0)) } }

    /// The standard deviation of the fall of each feature over the shuffles.
    public var deviations: [Double] {
        zip(featureNames.indices, means).map { feature, centre in
            meanOf(importances.row(feature).map { ($0 - centre) * ($0 - centre) }).squareRoot()
        }
    }

    /// The importance of each column for a score of your own.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - repeats: How often each column is shuffled; default 5.
    ///   - seed: The seed of the shuffles.
    ///   - groups: The columns of each feature, which are shuffled together; default nil: each column is one.
    ///   - featureNames: A name for each feature; default nil for x0, x1, ….
    ///   - score: The score of rows of which some columns are shuffled; more is better. Called from several threads.
    /// - Throws: `ApusError` with code `invalidInput` or `invalidParameter`, or what `score` throws.
    /// - Complexity: O(features · repeats) scores.
    public init(
        of x: Matrix, repeats: Int = 5, seed: UInt32 = 0, groups: [[Int]]? = nil, featureNames: [String]? = nil,
        score: @Sendable (Matrix) throws -> Double
    ) throws {
        guard x.rows > 0 else { throw ApusError(.invalidInput, "There are no rows to shuffle.") }
        guard repeats >= 1 else {
            throw ApusError(.invalidParameter, "\(repeats) repeats are none; shuffle each column at least once.")
        }
        let groups = groups ?? (0..<x.columns).map { [$0] }
        guard groups.joined().allSatisfy({ (0..<x.columns).contains($0) }) else {
            throw ApusError(.invalidParameter, "A group names a column that is not one of the \(x.columns).")
        }
        self.featureNames = try checkedNames(featureNames, count: groups.count)
        let baseline = try score(x)
        self.baseline = baseline
        var random = RandomState(seed: seed)
        let shuffles = UInt32(random.integer(in: 0..<1 << 31))
        let falls = try Parallel.tryMap(groups.count) { feature -> [Double] in
            var random = RandomState(seed: shuffles)
            var order = Array(0..<x.rows)
            var shuffled = x
            return try (0..<repeats).map { _ in
                random.shuffle(&order)
                let before = shuffled
                shuffled.withMutableValues { values in
                    for column in groups[feature] {
                        for row in 0..<before.rows {
                            values[row * before.columns + column] =
                                before.values[order[row] * before.columns + column]
                        }
                    }
                }
                return try baseline - score(shuffled)
            }
        }
        importances = Matrix(rows: groups.count, columns: repeats, values: falls.flatMap(\.self))
    }

    /// The importance of each column to a classifier.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - x: n × d.
    ///   - y: n true labels.
    ///   - scorer: What falls; default nil for the accuracy.
    ///   - repeats: How often each column is shuffled; default 5.
    ///   - seed: The seed of the shuffles.
    ///   - featureNames: d names; default nil for x0, x1, ….
    /// - Throws: As the first initialiser; `undefined` when the score is not defined for the rows.
    public init(
        of model: some ClassifierModel, _ x: Matrix, _ y: Labels, scorer: Scorer? = nil, repeats: Int = 5,
        seed: UInt32 = 0, featureNames: [String]? = nil
    ) throws {
        let scorer = try scorer ?? Scorer.named("accuracy")
        try y.check(rows: x.rows)
        try self.init(of: x, repeats: repeats, seed: seed, featureNames: featureNames) { x in
            guard scorer.needsProbabilities else {
                return try Self.value(scorer.score(y, model.predict(x)), scorer.name)
            }
            let answers = try model.predictWithProbabilities(x)
            return try Self.value(
                scorer.score(y, answers.labels, probabilities: answers.probabilities, classes: model.classes),
                scorer.name)
        }
    }

    /// The importance of each column to a regressor.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - x: n × d.
    ///   - y: n true numbers.
    ///   - scorer: What falls; default nil for R².
    ///   - repeats: How often each column is shuffled; default 5.
    ///   - seed: The seed of the shuffles.
    ///   - featureNames: d names; default nil for x0, x1, ….
    /// - Throws: As for classifiers.
    public init(
        of model: some RegressorModel, _ x: Matrix, _ y: [Double], scorer: Scorer? = nil, repeats: Int = 5,
        seed: UInt32 = 0, featureNames: [String]? = nil
    ) throws {
        let scorer = try scorer ?? Scorer.named("r2")
        try checkTargets(y, rows: x.rows)
        try self.init(of: x, repeats: repeats, seed: seed, featureNames: featureNames) { x in
            try Self.value(scorer.score(y, model.predict(x)), scorer.name)
        }
    }

    private static func value(_ value: MetricValue, _ name: String) throws -> Double {
        guard let number = value.value else {
            throw ApusError(.undefined, "\(name) is not defined for these rows, so nothing can fall.")
        }
        return number
    }
}
