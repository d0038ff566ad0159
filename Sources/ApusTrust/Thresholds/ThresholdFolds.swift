import ApusCore
import ApusEvaluation
import ApusLearn

/// The search for the threshold that scores best over folds, whatever it is that is fitted on the rows of a fold.
package struct ThresholdFolds<Model: ClassifierModel> {
    private let scorer: Scorer
    private let responseMethod: ScoreSource
    private let thresholds: Int
    private let positive: Int

    /// - Parameters:
    ///   - scorer: A score of labels; more is better.
    ///   - responseMethod: What the threshold is put on.
    ///   - thresholds: How many thresholds are tried, at least 2.
    ///   - positive: The place of the class that scores are about.
    /// - Throws: `ApusError` with code `invalidParameter` for a score that a threshold does not change.
    package init(scorer: Scorer, responseMethod: ScoreSource, thresholds: Int, positive: Int) throws {
        guard scorer.isForClassification, !scorer.needsProbabilities else {
            throw ApusError(
                .invalidParameter,
                "\(scorer.name) does not look at predicted classes, which are all that a threshold changes; choose a score "
                    + "such as balanced_accuracy or f1.")
        }
        self.scorer = scorer
        self.responseMethod = responseMethod
        self.thresholds = thresholds
        self.positive = positive
    }

    /// Fits models on the given splits, and finds the threshold.
    ///
    /// - Parameters:
    ///   - x: n × d, what models are asked about.
    ///   - y: n labels of two classes.
    ///   - splits: The rows to fit on and those to score.
    ///   - refit: Whether the model is fitted on all rows in the end; without it that of the last split is kept.
    ///   - progress: Called after each fold.
    ///   - fitting: The model of some rows; nil stands for all.
    /// - Throws: `ApusError` for scores that are all the same or not defined; what fitting throws.
    package func fit(
        _ x: Matrix, _ y: Labels, splits: [Split], refit: Bool, progress: ProgressHandler?,
        _ fitting: (_ rows: [Int]?) throws -> Model
    ) throws -> ThresholdClassifierModel<Model> {
        var curves: [(thresholds: [Double], scores: [Double])] = []
        var kept: Model?
        for (fold, split) in splits.enumerated() {
            try checkCancellation()
            let model = try fitting(split.train)
            guard model.classes == y.classes else {
                throw ApusError(
                    .invalidInput,
                    "The training rows of fold \(fold + 1) lack a class; use fewer folds, or stratified ones.")
            }
            let scores = try responseMethod.scores(model, x.selecting(rows: split.test), positive: positive)
            curves.append(
                try curve(scores, y.selecting(rows: split.test), scorer, positive, fold: fold))
            kept = model
            progress?(ProgressUpdate(stage: "folds", completed: fold + 1, total: splits.count))
        }
        let model = try refit ? fitting(nil) : kept
        guard let model else { throw ApusError(.invalidParameter, "There is no fold to tune the threshold on.") }
        return try best(curves, model, positive)
    }

    /// The threshold with the greatest mean score.
    private func best(
        _ curves: [(thresholds: [Double], scores: [Double])], _ model: Model, _ positive: Int
    ) throws -> ThresholdClassifierModel<Model> {
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
            curve: ThresholdClassifierModel<Model>.Curve(thresholds: common, scores: means))
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

    /// Numbers at equal distances, both ends included, computed as NumPy's `linspace` does.
    private static func spaced(from low: Double, to high: Double, count: Int) -> [Double] {
        let step = (high - low) / Double(count - 1)
        return (0..<count).map { $0 == count - 1 ? high : Double($0) * step + low }
    }
}
