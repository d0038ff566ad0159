import ApusCore
import ApusFrame
import ApusTrust

/// A model with everything that belongs to it: how a table becomes a matrix, what predicts, and what is known of its
/// training. This is what a model file holds and what the server serves.
public struct TrainedModel: Sendable {
    /// What predicts.
    public enum Predictor: Sendable {
        /// Tells classes apart.
        case classifier(any ClassifierModel)
        /// Predicts a number.
        case regressor(any RegressorModel)
    }

    /// The estimator's name in the catalog.
    public let catalogName: String
    /// The estimator's hyper-parameters.
    public let parameters: [String: JSONValue]
    /// The column that is predicted.
    public let target: String
    /// How rows of a table become rows of a matrix.
    public let encoder: any FittedPreparation
    /// What predicts.
    public let predictor: Predictor
    /// What is known of the training.
    public let summary: TrainingSummary

    /// A model from its parts.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the predictor was fitted on another number of features than
    ///   the encoder makes.
    public init(
        catalogName: String, parameters: [String: JSONValue], target: String, encoder: any FittedPreparation,
        predictor: Predictor, summary: TrainingSummary
    ) throws {
        let expected =
            switch predictor {
            case .classifier(let model): model.featureCount
            case .regressor(let model): model.featureCount
            }
        guard expected == encoder.featureCount else {
            throw ApusError(
                .shapeMismatch,
                "The model expects \(expected) features, but its preparation makes \(encoder.featureCount).")
        }
        self.catalogName = catalogName
        self.parameters = parameters
        self.target = target
        self.encoder = encoder
        self.predictor = predictor
        self.summary = summary
    }

    /// Whether it predicts classes or numbers.
    public var task: LearningTask {
        switch predictor {
        case .classifier: .classification
        case .regressor: .regression
        }
    }

    /// The classes it can answer, or nil for a regressor.
    public var classes: Labels.Classes? {
        guard case .classifier(let model) = predictor else { return nil }
        return model.classes
    }

    /// Whether it can say how probable each class is.
    public var givesProbabilities: Bool {
        guard case .classifier(let model) = predictor else { return false }
        return model.givesProbabilities
    }

    /// The sensitive columns that the model does not predict from: a monitor needs them beside the inputs to watch groups.
    public var watchedColumns: [GroupRule] {
        let inputs = Set(encoder.inputColumns.map(\.schema.name))
        return (summary.groupRules ?? []).filter { !inputs.contains($0.column) }
    }

    /// Predicts each row of a table that has the columns the model was trained on, in any order.
    ///
    /// - Parameters:
    ///   - frame: A table; columns the model does not know are ignored.
    ///   - probabilities: Whether to compute the probability of each class too.
    /// - Throws: `ApusError`, naming the column that is missing or the value that cannot be used.
    public func predict(_ frame: DataFrame, probabilities: Bool = false) throws -> Prediction {
        try predict(encoder.prepare(frame), probabilities: probabilities)
    }

    /// Predicts rows of cells in the order of `encoder.inputColumns`.
    public func predict(rows: [[Cell]], probabilities: Bool = false) throws -> Prediction {
        try predict(encoder.prepare(rows: rows), probabilities: probabilities)
    }

    /// Predicts rows that are encoded already.
    public func predict(_ x: Matrix, probabilities: Bool = false) throws -> Prediction {
        try predictor.predict(x, probabilities: probabilities)
    }

    /// Predicts rows that are prepared already, sparse ones as such where the model can, otherwise some at a time with their
    /// zeros written out.
    public func predict(_ x: PreparedRows, probabilities: Bool = false) throws -> Prediction {
        try predictor.predict(x, probabilities: probabilities)
    }

    /// Predicts rows with all that scores can use: probabilities where the model gives them, otherwise the decision
    /// values of two classes.
    func predictForScores(_ x: PreparedRows) throws -> Prediction { try predictor.predictForScores(x) }
}

/// What a model answers for some rows.
public struct Prediction: Sendable, Hashable {
    /// Classes or numbers, one for each row.
    public enum Values: Sendable, Hashable {
        /// The class of each row.
        case labels(Labels)
        /// The number of each row.
        case numbers([Double])
    }

    /// Classes or numbers, one for each row.
    public let values: Values
    /// The probability of each class for each row, n × K, where asked for.
    public let probabilities: Matrix?
    /// The decision value of each row, greater for the second of two classes; only where scores need it because the model
    /// gives no probabilities.
    let decisions: [Double]?

    init(_ values: Values, probabilities: Matrix? = nil, decisions: [Double]? = nil) {
        self.values = values
        self.probabilities = probabilities
        self.decisions = decisions
    }

    /// The predicted classes; nil where numbers are predicted.
    public var labels: Labels? {
        guard case .labels(let labels) = values else { return nil }
        return labels
    }

    /// The predicted numbers; nil where classes are predicted.
    public var numbers: [Double]? {
        guard case .numbers(let numbers) = values else { return nil }
        return numbers
    }

    /// Number of rows.
    public var count: Int {
        switch values {
        case .labels(let labels): labels.count
        case .numbers(let numbers): numbers.count
        }
    }

    /// The part of the answer for some rows.
    ///
    /// - Parameters:
    ///   - range: Rows within the answer.
    ///   - probabilities: Whether to keep the probabilities, if there are any.
    public func rows(_ range: Range<Int>, probabilities: Bool = true) -> Prediction {
        let part: Values =
            switch values {
            case .labels(let labels): .labels(labels.selecting(rows: Array(range)))
            case .numbers(let numbers): .numbers(Array(numbers[range]))
            }
        return Prediction(part, probabilities: probabilities ? self.probabilities?.selecting(rows: Array(range)) : nil)
    }
}
