import ApusCore

/// How scores change with the number of rows trained on, or with a parameter.
public struct ScoreCurve<Value: Sendable>: Sendable {
    /// The number of training rows, or the parameter's value, of each point.
    public let values: [Value]
    /// The score on the rows trained on: a list for each point, an entry for each fold; nil where it is not defined.
    public let trainScores: [[Double?]]
    /// The score on the rows tested on, in the same form.
    public let testScores: [[Double?]]

    /// A curve from its points.
    public init(values: [Value], trainScores: [[Double?]], testScores: [[Double?]]) {
        self.values = values
        self.trainScores = trainScores
        self.testScores = testScores
    }

    /// The mean over the folds of each point's test score; nil where it is not defined in a fold.
    public var meanTestScores: [Double?] { testScores.map(Self.mean) }
    /// The mean over the folds of each point's training score; nil where it is not defined in a fold.
    public var meanTrainScores: [Double?] { trainScores.map(Self.mean) }

    private static func mean(_ scores: [Double?]) -> Double? {
        let defined = scores.compactMap(\.self)
        return defined.count == scores.count && !defined.isEmpty ? defined.reduce(0, +) / Double(defined.count) : nil
    }
}

/// The sizes of scikit-learn's learning curve: five shares of the training rows, from a tenth to all.
public let standardTrainSizes: [HoldoutSize] = [0.1, 0.325, 0.55, 0.775, .fraction(1)]

/// How a classifier's scores change with the number of rows it is trained on.
///
/// - Parameters:
///   - estimator: A classifier.
///   - x: n × d, one sample a row.
///   - y: n labels.
///   - trainSizes: Shares (above 0, at most 1) or numbers of the rows that the first fold trains on.
///   - cv: How rows are split; default nil: five stratified folds in order.
///   - scoring: What is scored; default nil: accuracy.
///   - shuffle: Whether the training rows of each fold are shuffled before the first ones are taken; default false.
///   - seed: The seed of the shuffle; default 0.
///   - groups: The group of each row, for splitters that keep groups together.
///   - progress: Called after each wave of fits.
/// - Throws: `ApusError` for illegal sizes or data, or when all fits fail.
public func learningCurve(
    _ estimator: some Classifier, _ x: Matrix, _ y: Labels, trainSizes: [HoldoutSize] = standardTrainSizes,
    cv: (any CrossValidator)? = nil, scoring: Scorer? = nil, shuffle: Bool = false, seed: UInt32 = 0,
    groups: Labels? = nil, progress: ProgressHandler? = nil
) throws -> ScoreCurve<Int> {
    try Learner.classifier(estimator, x, y, weights: nil).learningCurve(
        trainSizes, cv, scoring, shuffle ? seed : nil, groups, progress)
}

/// How a regressor's scores change with the number of rows it is trained on.
///
/// - Parameters: As for a classifier; `y` holds n numbers, and the defaults are five folds in order and R².
/// - Throws: As for a classifier.
public func learningCurve(
    _ estimator: some Regressor, _ x: Matrix, _ y: [Double], trainSizes: [HoldoutSize] = standardTrainSizes,
    cv: (any CrossValidator)? = nil, scoring: Scorer? = nil, shuffle: Bool = false, seed: UInt32 = 0,
    groups: Labels? = nil, progress: ProgressHandler? = nil
) throws -> ScoreCurve<Int> {
    try Learner.regressor(estimator, x, y, weights: nil).learningCurve(
        trainSizes, cv, scoring, shuffle ? seed : nil, groups, progress)
}

/// How a classifier's scores change with one of its parameters.
///
///     try validationCurve(DecisionTreeClassifier(), \.maxDepth, [1, 2, 4, 8], x, y)
///
/// - Parameters:
///   - estimator: A classifier; its other parameters stay as they are.
///   - parameter: The key path of the parameter.
///   - values: The values to try.
///   - x: n × d, one sample a row.
///   - y: n labels.
///   - cv: How rows are split; default nil: five stratified folds in order.
///   - scoring: What is scored; default nil: accuracy.
///   - groups: The group of each row, for splitters that keep groups together.
///   - progress: Called after each wave of fits.
/// - Throws: `ApusError` for illegal values or data, or when all fits fail.
public func validationCurve<Kind: Classifier, Value: Sendable>(
    _ estimator: Kind, _ parameter: WritableKeyPath<Kind, Value>, _ values: [Value], _ x: Matrix, _ y: Labels,
    cv: (any CrossValidator)? = nil, scoring: Scorer? = nil, groups: Labels? = nil, progress: ProgressHandler? = nil
) throws -> ScoreCurve<Value> {
    let learners = try values.map { value in
        var changed = estimator
        changed[keyPath: parameter] = value
        return try Learner.classifier(changed, x, y, weights: nil)
    }
    return try scoreCurve(values, learners, cv, scoring, groups, progress)
}

/// How a regressor's scores change with one of its parameters.
///
/// - Parameters: As for a classifier; `y` holds n numbers, and the defaults are five folds in order and R².
/// - Throws: As for a classifier.
public func validationCurve<Kind: Regressor, Value: Sendable>(
    _ estimator: Kind, _ parameter: WritableKeyPath<Kind, Value>, _ values: [Value], _ x: Matrix, _ y: [Double],
    cv: (any CrossValidator)? = nil, scoring: Scorer? = nil, groups: Labels? = nil, progress: ProgressHandler? = nil
) throws -> ScoreCurve<Value> {
    let learners = try values.map { value in
        var changed = estimator
        changed[keyPath: parameter] = value
        return try Learner.regressor(changed, x, y, weights: nil)
    }
    return try scoreCurve(values, learners, cv, scoring, groups, progress)
}

private func scoreCurve<Value: Sendable, Model: FittedModel>(
    _ values: [Value], _ learners: [Learner<Model>], _ cv: (any CrossValidator)?, _ scoring: Scorer?, _ groups: Labels?,
    _ progress: ProgressHandler?
) throws -> ScoreCurve<Value> {
    guard let first = learners.first else {
        throw ApusError(.invalidParameter, "A validation curve needs at least one value of the parameter.")
    }
    let scorers = try first.scorers(scoring.map { [$0] } ?? [])
    let splits = try first.splits(cv, groups: groups)
    let points = try inWaves(values.count * splits.count, "fits", progress) { index in
        try learners[index / splits.count].point(splits[index % splits.count], scorers)
    }
    return try ScoreCurve(values: values, points: points, folds: splits.count)
}

extension Learner {
    /// The scores of one fit, or what went wrong.
    struct Point: Sendable {
        var train: Double?
        var test: Double?
        var failure: ApusError?
    }

    func point(_ split: Split, _ scorers: [Scorer]) throws -> Point {
        do {
            let model = try fit(split.train)
            return Point(
                train: try score(model, split.train, scorers)[0].value,
                test: try score(model, split.test, scorers)[0].value, failure: nil)
        } catch let error as ApusError {
            return Point(train: nil, test: nil, failure: error)
        }
    }

    fileprivate func learningCurve(
        _ sizes: [HoldoutSize], _ cv: (any CrossValidator)?, _ scoring: Scorer?, _ seed: UInt32?, _ groups: Labels?,
        _ progress: ProgressHandler?
    ) throws -> ScoreCurve<Int> {
        let scorers = try scorers(scoring.map { [$0] } ?? [])
        var splits = try splits(cv, groups: groups)
        let counts = try trainCounts(sizes, most: splits[0].train.count)
        if let seed {
            var random = RandomState(seed: seed)
            splits = splits.map { split in
                var train = split.train
                random.shuffle(&train)
                return Split(train: train, test: split.test)
            }
        }
        let shuffled = splits
        let points = try inWaves(counts.count * splits.count, "fits", progress) { index in
            let split = shuffled[index % shuffled.count]
            return try point(
                Split(train: Array(split.train.prefix(counts[index / shuffled.count])), test: split.test), scorers)
        }
        return try ScoreCurve(values: counts, points: points, folds: splits.count)
    }
}

extension ScoreCurve {
    fileprivate init<Model: FittedModel>(values: [Value], points: [Learner<Model>.Point], folds: Int) throws {
        if let failure = points.first?.failure, points.allSatisfy({ $0.failure != nil }) {
            throw ApusError(failure.code, "All \(points.count) fits failed; the first: \(failure.message)")
        }
        self.init(
            values: values,
            trainScores: values.indices.map { point in (0..<folds).map { points[point * folds + $0].train } },
            testScores: values.indices.map { point in (0..<folds).map { points[point * folds + $0].test } })
    }
}

private func trainCounts(_ sizes: [HoldoutSize], most: Int) throws -> [Int] {
    let counts = try sizes.map { size in
        switch size {
        case .fraction(let share):
            guard share > 0, share <= 1 else {
                throw ApusError(
                    .invalidParameter, "A training size is the share \(share); it must be above 0 and at most 1.")
            }
            return max(1, Int(share * Double(most)))
        case .count(let count):
            guard count > 0, count <= most else {
                throw ApusError(
                    .invalidParameter,
                    "A training size is \(count) rows; it must be above 0 and at most the \(most) rows of a fold.")
            }
            return count
        }
    }
    guard !counts.isEmpty else { throw ApusError(.invalidParameter, "A learning curve needs at least one size.") }
    return Set(counts).sorted()
}
