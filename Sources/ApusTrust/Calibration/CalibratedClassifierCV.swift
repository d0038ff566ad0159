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
    /// Whether classes stay those that the classifier answers, and probabilities alone are calibrated; default false: the most
    /// probable class. It needs one classifier, so no ensemble.
    public var keepsDecisions: Bool

    /// A classifier to calibrate.
    public init(
        _ estimator: Base, method: CalibrationMethod = .sigmoid, cv: Int = 5, ensemble: Bool = true,
        keepsDecisions: Bool = false
    ) {
        self.estimator = estimator
        self.method = method
        self.cv = cv
        self.ensemble = ensemble
        self.keepsDecisions = keepsDecisions
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
            Parameter(
                "keepsDecisions", \.keepsDecisions, .flag,
                "Whether classes stay those of the classifier; for one without ensemble."),
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
        let folds = try CalibrationFolds<Base.Model>.stratified(y, count: cv)
        return try fit(x, y, splits: folds, weights: weights, progress: progress)
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
        let folds = try folds()
        return try folds.fit(x, y, splits: splits, weights: weights, progress: progress) { rows in
            guard let rows else { return try estimator.fit(x, y, weights: weights, progress: nil) }
            return try estimator.fit(
                x.selecting(rows: rows), y.selecting(rows: rows).compacted,
                weights: weights.map { weights in rows.map { weights[$0] } }, progress: nil)
        }
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
        let folds = try folds()
        return CalibratedClassifierModel(
            classes: y.classes, members: [try folds.member(model, ScoreSource.forCalibration(model, x), y, weights)],
            keepsDecisions: keepsDecisions)
    }

    private func folds() throws -> CalibrationFolds<Base.Model> {
        guard !keepsDecisions || !ensemble else {
            throw ApusError(
                .invalidParameter,
                "keepsDecisions is true, but the classifiers of an ensemble may decide differently; set ensemble to false."
            )
        }
        return CalibrationFolds(method: method, ensemble: ensemble, keepsDecisions: keepsDecisions)
    }
}
