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
        guard scorer.isForClassification, !scorer.needsProbabilities else {
            throw ApusError(
                .invalidParameter,
                "\(scorer.name) does not look at predicted classes, which are all that a threshold changes; choose a score "
                    + "such as balanced_accuracy or f1.")
        }
        let y = y.compacted
        let folds = try splits ?? self.folds(y)
        guard refit || folds.count == 1, !folds.isEmpty else {
            throw ApusError(
                .invalidParameter, "refit is false, but there are \(folds.count) folds; refit or hold rows out once.")
        }
        var curves: [(thresholds: [Double], scores: [Double])] = []
        var kept: Base.Model?
        for (fold, split) in folds.enumerated() {
            try checkCancellation()
            let model = try estimator.fit(
                x.selecting(rows: split.train), y.selecting(rows: split.train),
                weights: weights.map(split.apply)?.train, progress: nil)
            guard model.classes == y.classes else {
                throw ApusError(
                    .invalidInput,
                    "The training rows of fold \(fold + 1) lack a class; use fewer folds, or stratified ones.")
            }
            let scores = try responseMethod.scores(model, x.selecting(rows: split.test), positive: positive)
            curves.append(
                try curve(scores, y.selecting(rows: split.test), scorer, positive, fold: fold))
            kept = model
            progress?(ProgressUpdate(stage: "folds", completed: fold + 1, total: folds.count))
        }
        let model = try refit ? estimator.fit(x, y, weights: weights, progress: nil) : kept
        guard let model else { throw ApusError(.invalidParameter, "There is no fold to tune the threshold on.") }
        return try best(curves, model, positive)
    }

    /// The threshold with the greatest mean score.
    private func best(
        _ curves: [(thresholds: [Double], scores: [Double])], _ model: Base.Model, _ positive: Int
    ) throws -> ThresholdClassifierModel<Base.Model> {
        let low = curves.map { $0.thresholds[0] }.min() ?? 0
        let high = curves.map { $0.thresholds[thresholds - 1] }.max() ?? 0
        let common = Self.spaced(from: low, to: high, count: thresholds)
        var means = [Double](repeating: 0, count: thresholds)
        for curve in curves {
            let line = PiecewiseLine(curve.thresholds, curve.scores)
            for place in means.indices { means[place] += line.value(at: common[place]) }
        }
        for place in means.indices { means[place] /= Double(curves.count) }
        let winner = means.indices.reduce(0) { means[$1] > means[$0] ? $1 : $0 }
        return ThresholdClassifierModel(
            estimator: model, threshold: common[winner], source: try responseMethod.resolved(for: model),
            positive: positive, bestScore: means[winner],
            curve: ThresholdClassifierModel<Base.Model>.Curve(thresholds: common, scores: means))
    }

    private func curve(
        _ scores: [Double], _ truth: Labels, _ scorer: Scorer, _ positive: Int, fold: Int
    ) throws -> (thresholds: [Double], scores: [Double]) {
        guard let low = scores.min(), let high = scores.max(), low.isFinite, high.isFinite,
            (low - high).magnitude > 1e-8 + 1e-5 * high.magnitude
        else {
            throw ApusError(
                .invalidInput,
                "The classifier gives all rows of fold \(fold + 1) the same score, so no threshold tells them apart; choose "
                    + "another classifier or other features.")
        }
        let tried = Self.spaced(from: low, to: high, count: thresholds)
        let values = try tried.map { threshold in
            let predicted = Labels.thresholded(scores, at: threshold, positive: positive, classes: truth.classes)
            let value = try scorer.score(truth, predicted)
            guard let number = value.value else {
                throw ApusError(
                    .invalidInput,
                    "\(scorer.name) is not defined in fold \(fold + 1) at the threshold \(threshold): "
                        + "\(value.note ?? "no reason is known"); choose another score.")
            }
            return number
        }
        return (tried, values)
    }

    private func folds(_ y: Labels) throws -> [Split] {
        guard let holdout else {
            return try StratifiedKFold(nSplits: cv).split(rows: y.count, labels: y, groups: nil)
        }
        return try StratifiedShuffleSplit(nSplits: 1, testSize: .fraction(holdout), seed: seed).split(y)
    }

    /// Numbers at equal distances, both ends included, computed as NumPy's `linspace` does.
    private static func spaced(from low: Double, to high: Double, count: Int) -> [Double] {
        let step = (high - low) / Double(count - 1)
        return (0..<count).map { $0 == count - 1 ? high : Double($0) * step + low }
    }
}
