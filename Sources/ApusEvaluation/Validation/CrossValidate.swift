import ApusCore

/// Fits a classifier on all folds but one and scores it on that one, for each fold in turn.
///
///     let result = try crossValidate(RandomForestClassifier(seed: 42), x, y)
///     try result.testScores()        // the accuracy of each of five folds
///
/// A fold that fails is reported in the result; only when all fail is an error thrown.
///
/// - Parameters:
///   - estimator: A classifier.
///   - x: n × d, one sample a row.
///   - y: n labels.
///   - options: Splits, scores, groups, weights and what to keep.
///   - progress: Called after each wave of folds.
/// - Throws: `ApusError` when rows cannot be split, a score does not suit, or every fold failed; `CancellationError`.
public func crossValidate<Kind: Classifier>(
    _ estimator: Kind, _ x: Matrix, _ y: Labels, _ options: ValidationOptions = ValidationOptions(),
    progress: ProgressHandler? = nil
) throws -> CrossValidation<Kind.Model> {
    try Learner.classifier(estimator, x, y, weights: options.weights, sensitive: options.compared)
        .crossValidate(options, progress)
}

/// Fits a regressor on all folds but one and scores it on that one, for each fold in turn.
///
/// - Parameters: As for a classifier; `y` holds n numbers.
/// - Throws: As for a classifier.
public func crossValidate<Kind: Regressor>(
    _ estimator: Kind, _ x: Matrix, _ y: [Double], _ options: ValidationOptions = ValidationOptions(),
    progress: ProgressHandler? = nil
) throws -> CrossValidation<Kind.Model> {
    try Learner.regressor(estimator, x, y, weights: options.weights, sensitive: options.compared)
        .crossValidate(options, progress)
}

/// The score of a classifier on each fold.
///
///     try crossValScore(LogisticRegression(), x, y)      // five accuracies
///
/// - Parameters:
///   - estimator: A classifier.
///   - x: n × d, one sample a row.
///   - y: n labels.
///   - cv: How rows are split; default nil: five stratified folds in order.
///   - scoring: What is scored; default nil: accuracy.
///   - groups: The group of each row, for splitters that keep groups together.
/// - Throws: `ApusError`, also when a fold fails or its score is not defined.
public func crossValScore(
    _ estimator: some Classifier, _ x: Matrix, _ y: Labels, cv: (any CrossValidator)? = nil, scoring: Scorer? = nil,
    groups: Labels? = nil
) throws -> [Double] {
    let options = ValidationOptions(cv: cv, scoring: scoring.map { [$0] } ?? [], groups: groups)
    return try crossValidate(estimator, x, y, options).definedScores()
}

/// The score of a regressor on each fold.
///
/// - Parameters: As for a classifier; `y` holds n numbers, and the defaults are five folds in order and R².
/// - Throws: As for a classifier.
public func crossValScore(
    _ estimator: some Regressor, _ x: Matrix, _ y: [Double], cv: (any CrossValidator)? = nil, scoring: Scorer? = nil,
    groups: Labels? = nil
) throws -> [Double] {
    let options = ValidationOptions(cv: cv, scoring: scoring.map { [$0] } ?? [], groups: groups)
    return try crossValidate(estimator, x, y, options).definedScores()
}

extension CrossValidation {
    fileprivate func definedScores() throws -> [Double] {
        try folds.map { fold in
            if let failure = fold.failure { throw failure }
            return try fold.testScores[0].get()
        }
    }
}
