import ApusCore
import ApusLearn

/// Learns to tell two classes apart while treating groups alike.
///
///     let fair = ExponentiatedGradient(LogisticRegression(), constraint: .demographicParity)
///     let model = try fair.fit(x, y, sensitive: sex)
///
/// The sensitive column is not part of `x`, unless the model may learn from it too. Where the group must be known at
/// prediction time as well, `needsSensitiveToPredict` says so. ``Routed`` makes an ordinary classifier of it, which takes
/// the groups from columns of `x`: that is how it cross-validates, is searched, saved and served.
public protocol FairClassifier: Estimator {
    /// The fitted model.
    associatedtype Model: FittedModel

    /// Whether predicting needs the group of each row.
    static var needsSensitiveToPredict: Bool { get }

    /// Learns from labelled rows of known groups.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels of two classes.
    ///   - sensitive: The group of each row, at least two groups.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError` for illegal parameters or data; `CancellationError` when the task is cancelled.
    func fit(
        _ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]?, progress: ProgressHandler?
    ) throws -> Model

    /// The classes that a model can answer.
    static func classes(of model: Model) -> Labels.Classes

    /// Whether a model gives probabilities.
    static func givesProbabilities(_ model: Model) -> Bool

    /// The class of each row and, where the model gives them, the probability of each class.
    ///
    /// - Parameters:
    ///   - model: A fitted model.
    ///   - x: n × d, one sample a row.
    ///   - sensitive: The group of each row; nil is refused where it is needed.
    static func answers(
        of model: Model, _ x: Matrix, sensitive: Labels?
    ) throws -> (labels: Labels, probabilities: Matrix?)
}

extension FairClassifier {
    /// Learns from labelled rows of known groups and equal weight.
    public func fit(_ x: Matrix, _ y: Labels, sensitive: Labels) throws -> Model {
        try fit(x, y, sensitive: sensitive, weights: nil, progress: nil)
    }
    /// Learns from labelled, weighted rows of known groups.
    public func fit(_ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]?) throws -> Model {
        try fit(x, y, sensitive: sensitive, weights: weights, progress: nil)
    }
}

extension FairClassifier where Model: ClassifierModel {
    /// False: the model answers without knowing the group.
    public static var needsSensitiveToPredict: Bool { false }
    /// The classes that the model can answer.
    public static func classes(of model: Model) -> Labels.Classes { model.classes }
    /// Whether the model gives probabilities.
    public static func givesProbabilities(_ model: Model) -> Bool { model.givesProbabilities }
    /// The model's own answers; groups are not looked at.
    public static func answers(
        of model: Model, _ x: Matrix, sensitive: Labels?
    ) throws -> (labels: Labels, probabilities: Matrix?) {
        guard model.givesProbabilities else { return (try model.predict(x), nil) }
        let both = try model.predictWithProbabilities(x)
        return (both.labels, both.probabilities)
    }
}

/// The steps before a fair classifier learn without the groups; the last step gets them.
extension Pipeline: FairClassifier where Last: FairClassifier {
    /// Whether the last step needs groups to predict.
    public static var needsSensitiveToPredict: Bool { Last.needsSensitiveToPredict }

    /// Fits each step on what the steps before it make of the labelled rows.
    ///
    /// - Throws: What a step throws.
    public func fit(
        _ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> PipelineModel<First.Model, Last.Model> {
        try validateParameters()
        try checkCancellation()
        let (head, changed) = try first.fitTransform(x, .labels(y), weights: weights)
        let tail = try last.fit(changed, y, sensitive: sensitive, weights: weights, progress: progress)
        return PipelineModel(first: head, last: tail)
    }

    /// The classes of the last step.
    public static func classes(of model: PipelineModel<First.Model, Last.Model>) -> Labels.Classes {
        Last.classes(of: model.last)
    }

    /// Whether the last step gives probabilities.
    public static func givesProbabilities(_ model: PipelineModel<First.Model, Last.Model>) -> Bool {
        Last.givesProbabilities(model.last)
    }

    /// The answers of the last step for the rows changed by the others.
    public static func answers(
        of model: PipelineModel<First.Model, Last.Model>, _ x: Matrix, sensitive: Labels?
    ) throws -> (labels: Labels, probabilities: Matrix?) {
        try Last.answers(of: model.last, model.first.transform(x), sensitive: sensitive)
    }
}

/// What a fair fit is about, checked: two classes as 0 and 1, groups, weights.
struct FairTask {
    /// Whether each row is of the second class.
    let isPositive: [Bool]
    let classes: Labels.Classes
    /// The groups that occur, one for each row.
    let groups: Labels
    let weights: [Double]?
    let rows: Int

    init(_ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]?, of name: String) throws {
        guard x.rows > 0 else { throw ApusError(.invalidInput, "x has no rows; at least one sample is needed.") }
        try y.check(rows: x.rows, minimumClasses: 2)
        try checkSampleWeights(weights, rows: x.rows)
        let labels = y.compacted
        guard labels.classes.count == 2 else {
            throw ApusError(
                .invalidInput,
                "\(name) needs two classes, but y has \(labels.classes.count); "
                    + "make one class of interest of them and let the rest be the other.")
        }
        guard sensitive.count == x.rows else {
            throw ApusError(
                .shapeMismatch, "There are \(sensitive.count) groups for \(x.rows) rows; give one for each row.")
        }
        let groups = sensitive.compacted
        guard groups.classes.count >= 2 else {
            throw ApusError(
                .invalidInput,
                "All rows are of one group (“\(groups.classes.names.first ?? "")”), so there is nothing to treat alike; "
                    + "choose another sensitive column or rows of more groups.")
        }
        guard groups.classes.count <= GroupRule.mostGroups else {
            throw ApusError(
                .invalidInput,
                "There are \(groups.classes.count) groups, too many to treat alike; "
                    + "group the sensitive values first, to at most \(GroupRule.mostGroups).")
        }
        self.groups = groups
        self.weights = weights
        isPositive = labels.codes.map { $0 == 1 }
        classes = labels.classes
        rows = x.rows
    }

    /// The name of the class that counts as positive.
    var positive: String { classes.names[1] }

    func weight(_ row: Int) -> Double { weights?[row] ?? 1 }
}
