import ApusCore

/// The class of each row as predicted by the model that was not trained on it.
///
/// - Parameters:
///   - estimator: A classifier.
///   - x: n × d, one sample a row.
///   - y: n labels.
///   - cv: How rows are split, each tested on exactly once; default nil: five stratified folds in order.
///   - groups: The group of each row, for splitters that keep groups together.
/// - Throws: `ApusError`, also with code `invalidParameter` when the splits test on a row twice or never.
public func crossValPredict(
    _ estimator: some Classifier, _ x: Matrix, _ y: Labels, cv: (any CrossValidator)? = nil, groups: Labels? = nil
) throws -> Labels {
    let learner = try Learner.classifier(estimator, x, y, weights: nil)
    let splits = try partition(learner.splits(cv, groups: groups), rows: x.rows)
    let places = Dictionary(uniqueKeysWithValues: zip(y.classes.names, 0...))
    var codes = [Int](repeating: 0, count: x.rows)
    let answers = try inWaves(splits.count, "folds", nil) { fold in
        try learner.fit(splits[fold].train).predict(x.selecting(rows: splits[fold].test))
    }
    for (split, answer) in zip(splits, answers) {
        let known = answer.classes.names.map { places[$0] ?? 0 }
        for (row, code) in zip(split.test, answer.codes) { codes[row] = known[code] }
    }
    return try Labels(codes: codes, classes: y.classes)
}

/// The number predicted for each row by the model that was not trained on it.
///
/// - Parameters: As for a classifier; `y` holds n numbers, and the default is five folds in order.
/// - Throws: As for a classifier.
public func crossValPredict(
    _ estimator: some Regressor, _ x: Matrix, _ y: [Double], cv: (any CrossValidator)? = nil, groups: Labels? = nil
) throws -> [Double] {
    let learner = try Learner.regressor(estimator, x, y, weights: nil)
    let splits = try partition(learner.splits(cv, groups: groups), rows: x.rows)
    var numbers = [Double](repeating: 0, count: x.rows)
    let answers = try inWaves(splits.count, "folds", nil) { fold in
        try learner.fit(splits[fold].train).predict(x.selecting(rows: splits[fold].test))
    }
    for (split, answer) in zip(splits, answers) {
        for (row, value) in zip(split.test, answer) { numbers[row] = value }
    }
    return numbers
}

/// The probability of each class for each row, from the model that was not trained on it: n × K, columns in the order of
/// the classes of `y`. A class that a fold was not trained on has probability 0 there.
///
/// - Parameters: As for `crossValPredict`.
/// - Throws: As `crossValPredict`, and `unavailable` when the model gives no probabilities.
public func crossValPredictProba(
    _ estimator: some Classifier, _ x: Matrix, _ y: Labels, cv: (any CrossValidator)? = nil, groups: Labels? = nil
) throws -> Matrix {
    let learner = try Learner.classifier(estimator, x, y, weights: nil)
    let splits = try partition(learner.splits(cv, groups: groups), rows: x.rows)
    let places = Dictionary(uniqueKeysWithValues: zip(y.classes.names, 0...))
    var result = Matrix(
        rows: x.rows, columns: y.classes.count, values: [Double](repeating: 0, count: x.rows * y.classes.count))
    let answers = try inWaves(splits.count, "folds", nil) { fold in
        let model = try learner.fit(splits[fold].train)
        return (classes: model.classes, table: try model.predictProba(x.selecting(rows: splits[fold].test)))
    }
    for (split, answer) in zip(splits, answers) {
        let known = answer.classes.names.map { places[$0] ?? 0 }
        for (place, row) in split.test.enumerated() {
            for (k, column) in known.enumerated() { result[row, column] = answer.table[place, k] }
        }
    }
    return result
}

/// The splits, checked to test on each row exactly once.
private func partition(_ splits: [Split], rows: Int) throws -> [Split] {
    var tested = [Int](repeating: 0, count: rows)
    for split in splits { for row in split.test { tested[row] += 1 } }
    guard let row = tested.firstIndex(where: { $0 != 1 }) else { return splits }
    throw ApusError(
        .invalidParameter,
        "The splits test on row \(row) \(tested[row] == 0 ? "never" : "\(tested[row]) times"); predicting every row needs "
            + "splits that test on each once, such as KFold.")
}
