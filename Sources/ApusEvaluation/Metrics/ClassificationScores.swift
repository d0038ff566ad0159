import ApusCore

/// The scores that a classifier is reported with.
///
///     let scores = try ClassificationScores(y, model.predict(x), probabilities: model.predictProba(x), classes: model.classes)
///     for (name, value) in scores.ordered { print(name, value.map { "\($0)" } ?? "undefined") }
public struct ClassificationScores: Sendable, Hashable {
    /// The positive class, when there are two classes; precision, recall and F1 are then those of this class.
    public let positive: String?
    /// The share of rows predicted rightly.
    public let accuracy: Double
    /// The mean recall of the classes.
    public let balancedAccuracy: Double
    /// The precision of the positive class, or the plain mean over more than two classes.
    public let precision: MetricValue
    /// The recall of the positive class, or the plain mean over more than two classes.
    public let recall: MetricValue
    /// F1 of the positive class, or the plain mean over more than two classes.
    public let f1: MetricValue
    /// The mean of F1 over the classes, weighted by their support.
    public let f1Weighted: MetricValue
    /// The area under the ROC curve; over more than two classes the plain mean of each against the rest.
    public let rocAUC: MetricValue
    /// The average precision; over more than two classes the plain mean of each against the rest.
    public let averagePrecision: MetricValue
    /// The mean of -ln p of the true class.
    public let logLoss: MetricValue

    /// Compares predictions with the truth.
    ///
    /// - Parameters:
    ///   - truth: n true labels.
    ///   - prediction: n predicted labels.
    ///   - probabilities: n × K probabilities; nil when the model gives none.
    ///   - decisions: n decision values, greater for the second of two classes; used for the areas under the curves when
    ///     there are no probabilities.
    ///   - classes: The model's classes, which the columns stand for; of two, the second is positive.
    ///   - weights: n sample weights; default nil for equal ones.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public init(
        _ truth: Labels, _ prediction: Labels, probabilities: Matrix? = nil, decisions: [Double]? = nil,
        classes: Labels.Classes, weights: [Double]? = nil
    ) throws {
        let all = try LabelAlignment.union(classes, truth.compacted.classes)
        positive = all.count == 2 ? all.names[1] : nil
        let average: Average = all.count == 2 ? .binary(positive: positive) : .macro
        accuracy = try accuracyScore(truth, prediction, weights: weights)
        balancedAccuracy = try balancedAccuracyScore(truth, prediction, weights: weights)
        precision = try precisionScore(truth, prediction, average: average, weights: weights)
        recall = try recallScore(truth, prediction, average: average, weights: weights)
        f1 = try f1Score(truth, prediction, average: average, weights: weights)
        f1Weighted = try f1Score(truth, prediction, average: .weighted, weights: weights)
        if probabilities == nil, let decisions, all == classes, let positive {
            guard decisions.count == truth.count else {
                throw ApusError(
                    .shapeMismatch, "There are \(decisions.count) decision values for \(truth.count) labels.")
            }
            let isPositive = Labels(truth.strings.map { $0 == positive })
            rocAUC = try rocAUCScore(isPositive, scores: decisions, weights: weights)
            averagePrecision = try averagePrecisionScore(isPositive, scores: decisions, weights: weights)
            logLoss = MetricValue(undefined: Self.reason(nil, all, classes))
            return
        }
        guard let probabilities, all == classes, classes.count > 1 else {
            let missing = MetricValue(undefined: Self.reason(probabilities, all, classes))
            (rocAUC, averagePrecision, logLoss) = (missing, missing, missing)
            return
        }
        rocAUC = try rocAUCScore(truth, probabilities: probabilities, classes: classes, weights: weights)
        averagePrecision = try averagePrecisionScore(
            truth, probabilities: probabilities, classes: classes, weights: weights)
        logLoss = MetricValue(
            try ApusEvaluation.logLoss(truth, probabilities: probabilities, classes: classes, weights: weights))
    }

    /// Names and values in the order in which they are reported; nil where a value is not defined.
    ///
    /// With two classes the names are `accuracy`, `balanced_accuracy`, `precision`, `recall`, `f1`, `roc_auc`,
    /// `average_precision` and `log_loss`; with more, those of averages are `precision_macro`, `recall_macro`, `f1_macro`,
    /// `f1_weighted`, `roc_auc_ovr` and `average_precision_macro`.
    public var ordered: [(name: String, value: Double?)] { detailed.map { ($0.name, $0.score.value) } }

    /// The same with notes about what is not defined or rests on a convention.
    public var detailed: [(name: String, score: MetricValue)] {
        let mean = positive == nil ? "_macro" : ""
        var list: [(name: String, score: MetricValue)] = [
            ("accuracy", MetricValue(accuracy)), ("balanced_accuracy", MetricValue(balancedAccuracy)),
            ("precision" + mean, precision), ("recall" + mean, recall), ("f1" + mean, f1),
        ]
        if positive == nil { list.append(("f1_weighted", f1Weighted)) }
        list.append((positive == nil ? "roc_auc_ovr" : "roc_auc", rocAUC))
        list.append(("average_precision" + mean, averagePrecision))
        list.append(("log_loss", logLoss))
        return list
    }

    private static func reason(
        _ probabilities: Matrix?, _ all: Labels.Classes, _ classes: Labels.Classes
    ) -> String {
        if probabilities == nil { return "The model gives no probabilities." }
        let known = Set(classes.names)
        guard let unknown = all.names.first(where: { !known.contains($0) }) else { return "There is only one class." }
        return "The model does not know the class “\(unknown)”, so it gives no probability of it."
    }
}
