import ApusCore

/// What a classifier says about how sure it is: the numbers that calibration and thresholds work on.
public enum ScoreSource: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// What the model gives: for thresholds probabilities where there are some, otherwise decision values.
    case auto
    /// The probability of each class.
    case predictProba = "predict_proba"
    /// How far a row lies from the boundary.
    case decisionFunction = "decision_function"

    /// What a model's own probabilities hide where it has something of the kind, decision values where it has some, otherwise probabilities: what calibration works on.
    ///
    /// - Returns: n × 1 for two classes, for the second of them; else a column for each class. And whether they are
    ///   probabilities.
    static func forCalibration(_ model: some ClassifierModel, _ x: Matrix) throws -> (
        scores: Matrix, areProbabilities: Bool
    ) {
        if let own = model as? any UnderlyingScores { return try own.underlyingScores(x) }
        if let deciding = model as? any DecisionModel {
            let decisions = try deciding.decisionFunction(x)
            guard decisions.columns == (model.classes.count == 2 ? 1 : model.classes.count) else {
                throw ApusError(
                    .invalidParameter,
                    "\(type(of: model).catalogName) has a decision value for each pair of classes, but calibration needs one "
                        + "for each class; set its decision function to one-vs-rest.")
            }
            return (decisions, false)
        }
        let table = try model.predictProba(x)
        return (table.columns == 2 ? table.selecting(columns: [1]) : table, true)
    }

    /// The source that `auto` stands for.
    func resolved(for model: some ClassifierModel) throws -> ScoreSource {
        switch self {
        case .auto: return model.givesProbabilities ? .predictProba : .decisionFunction
        case .predictProba:
            guard model.givesProbabilities else {
                throw ApusError(
                    .invalidParameter,
                    "responseMethod is predict_proba, but \(type(of: model).catalogName) gives no probabilities; use auto."
                )
            }
        case .decisionFunction: break
        }
        return self
    }

    /// The score of each row for one of two classes.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when the model has no such scores; what the model throws.
    func scores(_ model: some ClassifierModel, _ x: Matrix, positive: Int) throws -> [Double] {
        switch try resolved(for: model) {
        case .predictProba, .auto: return try model.predictProba(x).column(positive)
        case .decisionFunction:
            guard let deciding = model as? any DecisionModel else {
                throw ApusError(
                    .invalidParameter,
                    "\(type(of: model).catalogName) has no decision values, and no threshold can be put on them; use "
                        + "probabilities.")
            }
            let decisions = try deciding.decisionFunction(x).column(0)
            return positive == 1 ? decisions : decisions.map { -$0 }
        }
    }
}
