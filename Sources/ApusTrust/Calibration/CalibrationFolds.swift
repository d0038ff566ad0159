import ApusCore
import ApusEvaluation

/// Calibration over folds, whatever it is that is fitted on the rows of a fold.
package struct CalibrationFolds<Model: ClassifierModel> {
    private let method: CalibrationMethod
    private let ensemble: Bool
    private let keepsDecisions: Bool

    /// - Parameters:
    ///   - method: How scores become probabilities.
    ///   - ensemble: Whether every fold's model is kept and asked.
    ///   - keepsDecisions: Whether classes stay those of the model; only without an ensemble.
    package init(method: CalibrationMethod, ensemble: Bool, keepsDecisions: Bool) {
        self.method = method
        self.ensemble = ensemble
        self.keepsDecisions = keepsDecisions
    }

    /// Stratified folds in the order of the rows.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when a class has fewer rows than there are folds.
    package static func stratified(_ y: Labels, count: Int) throws -> [Split] {
        if let (rare, rows) = zip(y.classes.names, y.counts).min(by: { $0.1 < $1.1 }), rows < count {
            throw ApusError(
                .invalidInput,
                "Class \(rare) has \(rows) row\(rows == 1 ? "" : "s"), but calibration over \(count) folds needs one in each; "
                    + "lower cv to \(max(rows, 2)) at most or take more rows of the class.")
        }
        return try StratifiedKFold(nSplits: count).split(rows: y.count, labels: y, groups: nil)
    }

    /// Fits models and calibrators on the given splits.
    ///
    /// - Parameters:
    ///   - x: n × d, what models are asked about.
    ///   - y: n labels without classes that do not occur.
    ///   - splits: The rows to fit on and those to calibrate on; without an ensemble every row is held out once.
    ///   - weights: n weights of the calibrators; nil for equal ones.
    ///   - progress: Called after each fold.
    ///   - fitting: The model of some rows; nil stands for all.
    /// - Throws: `ApusError` for illegal splits or scores; what fitting throws.
    package func fit(
        _ x: Matrix, _ y: Labels, splits: [Split], weights: [Double]?, progress: ProgressHandler?,
        _ fitting: (_ rows: [Int]?) throws -> Model
    ) throws -> CalibratedClassifierModel<Model> {
        try check(splits, rows: x.rows)
        var members: [CalibratedClassifierModel<Model>.Member] = []
        var gathered: (scores: Matrix, areProbabilities: Bool)?
        for (fold, split) in splits.enumerated() {
            try checkCancellation()
            let model = try fitting(split.train)
            guard model.classes == y.classes else {
                throw ApusError(
                    .invalidInput,
                    "The training rows of fold \(fold + 1) lack a class; use fewer folds, or stratified ones.")
            }
            let held = try ScoreSource.forCalibration(model, x.selecting(rows: split.test))
            if ensemble {
                members.append(
                    try member(model, held, y.selecting(rows: split.test), weights.map(split.apply)?.test))
            } else {
                var all = gathered?.scores ?? Matrix(rows: x.rows, columns: held.scores.columns)
                for (place, row) in split.test.enumerated() {
                    for j in 0..<all.columns { all[row, j] = held.scores[place, j] }
                }
                gathered = (all, held.areProbabilities)
            }
            progress?(ProgressUpdate(stage: "folds", completed: fold + 1, total: splits.count))
        }
        if let gathered {
            members.append(try member(fitting(nil), gathered, y, weights))
        }
        return CalibratedClassifierModel(classes: y.classes, members: members, keepsDecisions: keepsDecisions)
    }

    /// A model with the calibrators of its scores for some rows.
    func member(
        _ model: Model, _ held: (scores: Matrix, areProbabilities: Bool), _ y: Labels, _ weights: [Double]?
    ) throws -> CalibratedClassifierModel<Model>.Member {
        try checkSampleWeights(weights, rows: y.count)
        guard held.scores.values.allSatisfy(\.isFinite) else {
            throw ApusError(.numericalFailure, "The classifier's scores are not finite; scale the features first.")
        }
        if method == .temperature {
            let scores = CalibratedClassifierModel<Model>.Member.bothClasses(held)
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
