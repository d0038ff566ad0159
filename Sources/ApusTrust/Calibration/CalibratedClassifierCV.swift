import ApusCore
import ApusEvaluation
import ApusLearn

/// A classifier whose probabilities mean what they say: of the rows given 0.8, eight in ten belong to the class.
///
///     let model = try CalibratedClassifierCV(LinearSVC(), method: .isotonic).fit(x, y)
///     let probabilities = try model.predictProba(x)
///
/// The classifier is fitted on all folds but one, and a calibrator on its scores for that one, so that no row calibrates a
/// model that has seen it. As an ensemble, every fold keeps its classifier and calibrator and the probabilities are
/// averaged; otherwise the scores of all folds make one calibrator for a classifier fitted on all rows. Scores are decision
/// values where the classifier has some, and probabilities otherwise. Several classes are calibrated one against the rest
/// and divided by their sum.
///
/// The numbers are scikit-learn's, except that the sigmoid is fitted by Newton's method to the end.
///
/// It stands in ApusTrust because it needs splits and calibrators at once, which layers below do not see together.
///
/// Sources: J. Platt, "Probabilistic outputs for support vector machines" (1999); B. Zadrozny, C. Elkan, "Transforming
/// classifier scores into accurate multiclass probability estimates" (2002); C. Guo et al., "On calibration of modern neural
/// networks" (2017).
public struct CalibratedClassifierCV<Base: Classifier>: Classifier {
    /// `calibrated-classifier-cv`
    public static var catalogName: String { "calibrated-classifier-cv" }
    /// Those of the classifier; but two classes are needed.
    public static var traits: EstimatorTraits {
        var traits = Base.traits
        traits.acceptsOneClass = false
        return traits
    }

    /// The classifier to calibrate.
    public var estimator: Base
    /// How scores become probabilities; default by a sigmoid.
    public var method: CalibrationMethod
    /// The number of stratified folds, at least 2; default 5. No class may have fewer rows.
    public var cv: Int
    /// Whether every fold's classifier is kept and asked; default true.
    public var ensemble: Bool

    /// A classifier to calibrate.
    public init(_ estimator: Base, method: CalibrationMethod = .sigmoid, cv: Int = 5, ensemble: Bool = true) {
        self.estimator = estimator
        self.method = method
        self.cv = cv
        self.ensemble = ensemble
    }

    /// The classifier with its defaults, to be calibrated by a sigmoid.
    public init() { self.init(Base()) }

    /// Its own parameters, and those of the classifier as `estimator.parameter`.
    public static var parameters: [Parameter<CalibratedClassifierCV>] {
        [
            Parameter(
                "method", \.method, .choice(CalibrationMethod.allCases.map(\.rawValue)),
                "How scores become probabilities."),
            Parameter("cv", \.cv, .atLeast(2), "The number of stratified folds."),
            Parameter("ensemble", \.ensemble, .flag, "Whether every fold's classifier is kept and asked."),
        ]
            + Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \CalibratedClassifierCV.estimator) }
    }

    /// Fits classifiers and calibrators on stratified folds in the order of the rows.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when a class has fewer rows than there are folds; what the
    ///   classifier throws.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> CalibratedClassifierModel<Base.Model> {
        try validateParameters()
        try x.checkUsable(allowsNaN: Base.traits.allowsMissing)
        try y.check(rows: x.rows, minimumClasses: 2)
        let y = y.compacted
        if let (rare, count) = zip(y.classes.names, y.counts).min(by: { $0.1 < $1.1 }), count < cv {
            throw ApusError(
                .invalidInput,
                "Class \(rare) has \(count) row\(count == 1 ? "" : "s"), but calibration over \(cv) folds needs one in each; "
                    + "lower cv to \(max(count, 2)) at most or take more rows of the class.")
        }
        return try fit(
            x, y, splits: StratifiedKFold(nSplits: cv).split(rows: x.rows, labels: y, groups: nil), weights: weights,
            progress: progress)
    }

    /// Fits classifiers and calibrators on the given splits.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - y: n labels.
    ///   - splits: The rows to fit on and those to calibrate on; without `ensemble` every row must be calibrated on once.
    ///   - weights: n sample weights; nil for equal ones.
    ///   - progress: Called after each fold.
    /// - Throws: `ApusError` for illegal parameters, data or splits; what the classifier throws.
    public func fit(
        _ x: Matrix, _ y: Labels, splits: [Split], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> CalibratedClassifierModel<Base.Model> {
        try validateParameters()
        try y.check(rows: x.rows, minimumClasses: 2)
        try checkSampleWeights(weights, rows: x.rows)
        let y = y.compacted
        try check(splits, rows: x.rows)
        var members: [CalibratedClassifierModel<Base.Model>.Member] = []
        var gathered: Matrix?
        for (fold, split) in splits.enumerated() {
            try checkCancellation()
            let model = try estimator.fit(
                x.selecting(rows: split.train), y.selecting(rows: split.train).compacted,
                weights: weights.map(split.apply)?.train, progress: nil)
            guard model.classes == y.classes else {
                throw ApusError(
                    .invalidInput,
                    "The training rows of fold \(fold + 1) lack a class; use fewer folds, or stratified ones.")
            }
            let held = try ScoreSource.forCalibration(model, x.selecting(rows: split.test))
            if ensemble {
                members.append(
                    try calibrated(
                        model, held, y.selecting(rows: split.test), weights.map(split.apply)?.test))
            } else {
                var all = gathered ?? Matrix(rows: x.rows, columns: held.scores.columns)
                for (place, row) in split.test.enumerated() {
                    for j in 0..<all.columns { all[row, j] = held.scores[place, j] }
                }
                gathered = all
            }
            progress?(ProgressUpdate(stage: "folds", completed: fold + 1, total: splits.count))
        }
        if let gathered {
            let model = try estimator.fit(x, y, weights: weights, progress: nil)
            let areProbabilities = !(model is any DecisionModel)
            members.append(try calibrated(model, (gathered, areProbabilities), y, weights))
        }
        return CalibratedClassifierModel(classes: y.classes, members: members)
    }

    /// Calibrates a model that is fitted already, on rows that it has not seen.
    ///
    /// - Parameters:
    ///   - model: The fitted classifier.
    ///   - x: Rows that it has not been fitted on.
    ///   - y: Their labels; each of the model's classes must occur.
    ///   - weights: Sample weights; nil for equal ones.
    /// - Throws: `ApusError` for illegal data; what the model throws.
    public func calibrate(
        _ model: Base.Model, _ x: Matrix, _ y: Labels, weights: [Double]? = nil
    ) throws -> CalibratedClassifierModel<Base.Model> {
        try validateParameters()
        try y.check(rows: x.rows, minimumClasses: 2)
        try checkSampleWeights(weights, rows: x.rows)
        let y = y.compacted
        guard y.classes == model.classes else {
            throw ApusError(
                .invalidInput,
                "The rows to calibrate on have the classes \(y.classes.names.joined(separator: ", ")), but the model knows "
                    + "\(model.classes.names.joined(separator: ", ")); every class must occur.")
        }
        let member = try calibrated(model, ScoreSource.forCalibration(model, x), y, weights)
        return CalibratedClassifierModel(classes: y.classes, members: [member])
    }

    private func calibrated(
        _ model: Base.Model, _ held: (scores: Matrix, areProbabilities: Bool), _ y: Labels, _ weights: [Double]?
    ) throws -> CalibratedClassifierModel<Base.Model>.Member {
        try checkSampleWeights(weights, rows: y.count)
        guard held.scores.values.allSatisfy(\.isFinite) else {
            throw ApusError(.numericalFailure, "The classifier's scores are not finite; scale the features first.")
        }
        if method == .temperature {
            let scores = CalibratedClassifierModel<Base.Model>.Member.bothClasses(held)
            return .init(model: model, calibrators: [ScoreCalibrator.fitTemperature(scores, y.codes, weights)])
        }
        let calibrators = try (0..<held.scores.columns).map { column in
            let code = held.scores.columns == 1 ? 1 : column
            let (scores, isPositive) = (held.scores.column(column), y.codes.map { $0 == code })
            return method == .sigmoid
                ? ScoreCalibrator.fitSigmoid(scores, isPositive, weights)
                : try ScoreCalibrator.fitIsotonic(scores, isPositive, weights)
        }
        return .init(model: model, calibrators: calibrators)
    }

    private func check(_ splits: [Split], rows: Int) throws {
        guard let first = splits.first else {
            throw ApusError(.invalidParameter, "There is no split to calibrate on; give at least one.")
        }
        guard splits.allSatisfy({ !$0.train.isEmpty && !$0.test.isEmpty }) else {
            throw ApusError(.invalidParameter, "A split has no rows to fit or to calibrate on.")
        }
        let named = splits.flatMap { $0.train + $0.test }
        guard named.allSatisfy({ $0 >= 0 && $0 < rows }) else {
            throw ApusError(.invalidParameter, "A split names a row that is not there; there are \(rows) rows.")
        }
        guard !ensemble, splits.flatMap(\.test).sorted() != Array(0..<rows) else { return }
        throw ApusError(
            .invalidParameter,
            "Without an ensemble every row must be held out once, but the splits hold out \(first.test.count) rows in the "
                + "first and others otherwise; use folds or an ensemble.")
    }
}
