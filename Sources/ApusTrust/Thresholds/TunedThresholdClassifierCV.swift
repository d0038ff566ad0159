import ApusCore
import ApusEvaluation
import ApusLearn

/// A classifier of two classes with the threshold that scores best in cross-validation.
///
///     let model = try TunedThresholdClassifierCV(LogisticRegression(), scoring: "f1").fit(x, y)
///     model.threshold          // 0.27, say, and not 0.5
///
/// The classifier is fitted on all folds but one and scored on that one at `thresholds` thresholds evenly spaced from its
/// least to its greatest score. The curves of the folds, interpolated to common thresholds, are averaged; the first
/// threshold with the greatest mean wins. For the same folds it is scikit-learn's.
public struct TunedThresholdClassifierCV<Base: Classifier>: Classifier {
    /// `tuned-threshold-classifier-cv`
    public static var catalogName: String { "tuned-threshold-classifier-cv" }
    /// Those of the classifier; but two classes are needed.
    public static var traits: EstimatorTraits { Base.traits.forTwoClasses }

    /// The classifier.
    public var estimator: Base
    /// The score to make as large as can be, by its name in scikit-learn: one of labels; default balanced accuracy.
    public var scoring: String
    /// What the threshold is put on; default probabilities where there are some.
    public var responseMethod: ScoreSource
    /// How many thresholds are tried, at least 2; default 100.
    public var thresholds: Int
    /// The number of stratified folds, at least 2; default 5.
    public var cv: Int
    /// The share of rows to hold out once instead of folding; default nil.
    public var holdout: Double?
    /// Whether the classifier is fitted on all rows in the end; default true. Without it the one fitted beside the rows held
    /// out is kept, which needs a `holdout`.
    public var refit: Bool
    /// The seed of the rows held out; default 0. Folds keep the order of the rows.
    public var seed: UInt32

    /// A classifier whose threshold is to be tuned.
    public init(
        _ estimator: Base, scoring: String = "balanced_accuracy", responseMethod: ScoreSource = .auto,
        thresholds: Int = 100, cv: Int = 5, holdout: Double? = nil, refit: Bool = true, seed: UInt32 = 0
    ) {
        self.estimator = estimator
        self.scoring = scoring
        self.responseMethod = responseMethod
        self.thresholds = thresholds
        self.cv = cv
        self.holdout = holdout
        self.refit = refit
        self.seed = seed
    }

    /// The classifier with its defaults.
    public init() { self.init(Base()) }

    /// Its own parameters, and those of the classifier as `estimator.parameter`.
    public static var parameters: [Parameter<TunedThresholdClassifierCV>] {
        [
            Parameter("scoring", \.scoring, .text, "The score of labels to make as large as can be."),
            Parameter(
                "responseMethod", \.responseMethod, .choice(ScoreSource.allCases.map(\.rawValue)),
                "What the threshold is put on."),
            Parameter("thresholds", \.thresholds, .integer(2...1_000_000), "How many thresholds are tried."),
            Parameter("cv", \.cv, .atLeast(2), "The number of stratified folds."),
            Parameter(
                "holdout", \.holdout, .optional(.number(from: 0, to: 1, openLower: true, openUpper: true)),
                "The share of rows to hold out once instead of folding."),
            Parameter("refit", \.refit, .flag, "Whether the classifier is fitted on all rows in the end."),
            Parameter("seed", \.seed, .seed, "The seed of the rows held out."),
        ]
            + Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \TunedThresholdClassifierCV.estimator) }
    }

    /// Fits the classifier and tunes the threshold by the score called `scoring`.
    ///
    /// - Throws: `ApusError` with code `invalidInput` for other than two classes, for scores that are all the same, and when
    ///   the score is not defined at a threshold; `unknownName` for a score that is not there; what the classifier throws.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> ThresholdClassifierModel<Base.Model> {
        try fit(x, y, scorer: Scorer.named(scoring), weights: weights, progress: progress)
    }

    /// Fits the classifier and tunes the threshold by a score of your own.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - y: n labels of two classes.
    ///   - scorer: A score of labels; more is better.
    ///   - posLabel: The class that scores are about; default nil: the second one.
    ///   - splits: The rows to fit on and those to score; default nil: as `cv` and `holdout` say.
    ///   - weights: n sample weights for the fits; nil for equal ones. Scores count every row the same, as in scikit-learn.
    ///   - progress: Called after each fold.
    /// - Throws: As above.
    public func fit(
        _ x: Matrix, _ y: Labels, scorer: Scorer, posLabel: String? = nil, splits: [Split]? = nil,
        weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> ThresholdClassifierModel<Base.Model> {
        try validateParameters()
        let positive = try y.positive(posLabel, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        let search = try ThresholdFolds<Base.Model>(
            scorer: scorer, responseMethod: responseMethod, thresholds: thresholds, positive: positive)
        let y = y.compacted
        let folds = try splits ?? self.folds(y)
        guard refit || folds.count == 1, !folds.isEmpty else {
            throw ApusError(
                .invalidParameter, "refit is false, but there are \(folds.count) folds; refit or hold rows out once.")
        }
        return try search.fit(x, y, splits: folds, refit: refit, progress: progress) { rows in
            guard let rows else { return try estimator.fit(x, y, weights: weights, progress: nil) }
            return try estimator.fit(
                x.selecting(rows: rows), y.selecting(rows: rows),
                weights: weights.map { weights in rows.map { weights[$0] } }, progress: nil)
        }
    }

    private func folds(_ y: Labels) throws -> [Split] {
        guard let holdout else {
            return try StratifiedKFold(nSplits: cv).split(rows: y.count, labels: y, groups: nil)
        }
        return try StratifiedShuffleSplit(nSplits: 1, testSize: .fraction(holdout), seed: seed).split(y)
    }
}
