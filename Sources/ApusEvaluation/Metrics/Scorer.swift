import ApusCore

/// A metric by its name in scikit-learn, turned so that more is better: what validation and search ask for.
///
///     let scorer = try Scorer.named("neg_log_loss")
///     let value = try scorer.score(truth, prediction, probabilities: probabilities, classes: model.classes)
public struct Scorer: Sendable {
    /// What a classifier gave for some rows, beside the truth.
    struct Answer {
        let truth: Labels
        let prediction: Labels
        let probabilities: Matrix?
        /// Decision values of two classes, where there are no probabilities.
        let decisions: [Double]?
        let classes: Labels.Classes?
        let weights: [Double]?
        /// The group of each row.
        var sensitive: Labels?
    }

    enum Metric: Sendable {
        case classification(@Sendable (Answer) throws -> MetricValue)
        case regression(@Sendable ([Double], [Double], [Double]?, Labels?) throws -> MetricValue)
    }

    /// The name, as scikit-learn spells it: `f1_macro`, `neg_mean_squared_error`.
    public let name: String
    /// Whether it needs probabilities and not only labels.
    public let needsProbabilities: Bool
    /// Whether it compares groups, and so needs the group of each row.
    public private(set) var needsSensitive = false
    /// Whether less is better, which is so for differences between groups under their plain names: they are for
    /// constraints, `demographicParityDifference < 0.05`. What is to be maximised must not be one of them; the same with
    /// `neg_` before it may.
    public private(set) var isLoss = false
    let metric: Metric

    /// Whether it scores classifiers; if not, it scores regression models.
    public var isForClassification: Bool { if case .classification = metric { true } else { false } }

    /// A score of your own for classifiers; more must be better.
    ///
    /// - Parameters:
    ///   - name: How it is called in results.
    ///   - needsProbabilities: Whether `metric` uses the probabilities.
    ///   - metric: Takes truth, prediction and, where the model gives them, probabilities with a column for each class of
    ///     the prediction.
    public init(
        name: String, needsProbabilities: Bool = false,
        classification metric:
            @escaping @Sendable (_ truth: Labels, _ prediction: Labels, _ probabilities: Matrix?) throws ->
            MetricValue
    ) {
        self.init(
            name: name, needsProbabilities: needsProbabilities,
            metric: .classification { try metric($0.truth, $0.prediction, $0.probabilities) })
    }

    /// A score of your own for regression models; more must be better.
    ///
    /// - Parameters:
    ///   - name: How it is called in results.
    ///   - metric: Takes truth, prediction and sample weights, nil for equal ones.
    public init(
        name: String,
        regression metric:
            @escaping @Sendable (_ truth: [Double], _ prediction: [Double], _ weights: [Double]?) throws ->
            MetricValue
    ) {
        self.init(
            name: name, needsProbabilities: false,
            metric: .regression { truth, prediction, weights, _ in try metric(truth, prediction, weights) })
    }

    init(name: String, needsProbabilities: Bool, metric: Metric) {
        self.name = name
        self.needsProbabilities = needsProbabilities
        self.metric = metric
    }

    /// A score that compares groups.
    init(name: String, isLoss: Bool, comparing metric: Metric) {
        self.init(name: name, needsProbabilities: false, metric: metric)
        needsSensitive = true
        self.isLoss = isLoss
    }

    /// Throws unless the groups are known where they are needed.
    ///
    /// - Parameter sensitive: The group of each row, or nil.
    /// - Throws: `ApusError` with code `invalidParameter`.
    public func checkSensitive(_ sensitive: Labels?) throws {
        guard needsSensitive, sensitive == nil else { return }
        throw ApusError(
            .invalidParameter,
            "\(name) compares groups, but no sensitive column is named; name one (--sensitive COLUMN).")
    }

    /// Scores a classifier's answers.
    ///
    /// - Parameters:
    ///   - truth: n true labels.
    ///   - prediction: n predicted labels.
    ///   - probabilities: n × K probabilities; needed where `needsProbabilities` is true.
    ///   - decisions: n decision values, greater for the second of two classes; areas under curves take them where there
    ///     are no probabilities.
    ///   - classes: The classes of the columns of `probabilities`; default nil: those of `truth`.
    ///   - weights: n sample weights; default nil for equal ones.
    ///   - sensitive: The group of each row; needed where `needsSensitive` is true.
    /// - Throws: `ApusError` with code `invalidParameter` when this scorer is for regression or lacks probabilities or
    ///   groups; otherwise as the metric does.
    public func score(
        _ truth: Labels, _ prediction: Labels, probabilities: Matrix? = nil, decisions: [Double]? = nil,
        classes: Labels.Classes? = nil, weights: [Double]? = nil, sensitive: Labels? = nil
    ) throws -> MetricValue {
        guard case .classification(let metric) = metric else {
            throw ApusError(
                .invalidParameter, "\(name) scores predicted numbers, not classes; choose a score for classification.")
        }
        try checkSensitive(sensitive)
        return try metric(
            Answer(
                truth: truth, prediction: prediction, probabilities: probabilities, decisions: decisions,
                classes: classes, weights: weights, sensitive: sensitive))
    }

    /// Scores a regression model's answers.
    ///
    /// - Parameters:
    ///   - truth: n true values.
    ///   - prediction: n predicted values.
    ///   - weights: n sample weights; default nil for equal ones.
    ///   - sensitive: The group of each row; needed where `needsSensitive` is true.
    /// - Throws: `ApusError` with code `invalidParameter` when this scorer is for classification or lacks groups;
    ///   otherwise as the metric does.
    public func score(
        _ truth: [Double], _ prediction: [Double], weights: [Double]? = nil, sensitive: Labels? = nil
    ) throws -> MetricValue {
        guard case .regression(let metric) = metric else {
            throw ApusError(
                .invalidParameter, "\(name) scores predicted classes, not numbers; choose a score for regression.")
        }
        try checkSensitive(sensitive)
        return try metric(truth, prediction, weights, sensitive)
    }

    /// The scorer with a name; those of fairness are found by their Swift names too, `demographicParityDifference`.
    ///
    /// - Throws: `ApusError` with code `unknownName`, listing the names there are.
    public static func named(_ name: String) throws -> Scorer {
        if let scorer = all.first(where: { $0.name == name || ($0.needsSensitive && $0.name == snakeCase(name)) }) {
            return scorer
        }
        let near = nearestName(to: snakeCase(name), among: all.map(\.name)).map { ", did you mean \($0)?" } ?? "."
        throw ApusError(
            .unknownName, "There is no score “\(name)”\(near) There are \(all.map(\.name).joined(separator: ", ")).")
    }
}
