@_spi(Trusted) import ApusCore
import ApusEvaluation

/// Answers of a model beside the truth: what metrics by group are computed from.
public struct Outcomes: Sendable {
    /// Truth and answers, one for each row.
    public enum Values: Sendable {
        /// Classes; probabilities have a column for each class of the prediction.
        case labels(truth: Labels, prediction: Labels, probabilities: Matrix?)
        /// Numbers.
        case numbers(truth: [Double], prediction: [Double])
    }

    /// Truth and answers.
    public let values: Values
    /// n sample weights; nil for equal ones.
    public let weights: [Double]?
    /// The positive class by name; empty for numbers.
    public let positive: String

    /// Answers of a classifier.
    ///
    /// - Parameters:
    ///   - truth: n true labels.
    ///   - prediction: n predicted labels.
    ///   - probabilities: n × K probabilities with a column for each class of `prediction`; default nil.
    ///   - positive: The class that counts as positive; default nil: the last class of the prediction.
    ///   - weights: n sample weights; default nil for equal ones.
    /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or, when no class is called `positive`,
    ///   `unknownName`.
    public init(
        truth: Labels, prediction: Labels, probabilities: Matrix? = nil, positive: String? = nil,
        weights: [Double]? = nil
    ) throws {
        guard prediction.count == truth.count, probabilities.map({ $0.rows == truth.count }) ?? true else {
            throw ApusError(
                .shapeMismatch, "There are \(truth.count) true labels and \(prediction.count) predicted ones.")
        }
        if let table = probabilities, table.columns != prediction.classes.count {
            throw ApusError(
                .shapeMismatch,
                "There are \(table.columns) columns of probabilities for \(prediction.classes.count) classes.")
        }
        try checkSampleWeights(weights, rows: truth.count)
        let names = Set(truth.classes.names + prediction.classes.names)
        if let positive, !names.contains(positive) {
            throw ApusError(
                .unknownName,
                "There is no class “\(positive)”; the classes are \(names.sorted().joined(separator: ", ")).")
        }
        let longer = truth.classes.count > prediction.classes.count ? truth.classes : prediction.classes
        values = .labels(truth: truth, prediction: prediction, probabilities: probabilities)
        self.positive = positive ?? longer.names.last ?? ""
        self.weights = weights
    }

    /// Answers of a regression model.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public init(truth: [Double], prediction: [Double], weights: [Double]? = nil) throws {
        guard prediction.count == truth.count else {
            throw ApusError(
                .shapeMismatch, "There are \(truth.count) true values and \(prediction.count) predicted ones.")
        }
        try checkSampleWeights(weights, rows: truth.count)
        values = .numbers(truth: truth, prediction: prediction)
        positive = ""
        self.weights = weights
    }

    private init(values: Values, weights: [Double]?, positive: String) {
        self.values = values
        self.weights = weights
        self.positive = positive
    }

    /// Number of rows.
    public var count: Int {
        switch values {
        case .labels(let truth, _, _): truth.count
        case .numbers(let truth, _): truth.count
        }
    }

    /// The rows with the given indices, in that order.
    public func selecting(rows: [Int]) -> Outcomes {
        let chosen = weights.map { w in rows.map { w[$0] } }
        switch values {
        case .labels(let truth, let prediction, let probabilities):
            return Outcomes(
                values: .labels(
                    truth: truth.selecting(rows: rows), prediction: prediction.selecting(rows: rows),
                    probabilities: probabilities?.selecting(rows: rows)), weights: chosen, positive: positive)
        case .numbers(let truth, let prediction):
            return Outcomes(
                values: .numbers(truth: rows.map { truth[$0] }, prediction: rows.map { prediction[$0] }),
                weights: chosen, positive: positive)
        }
    }

    /// The probability of the positive class for each row, or nil where there are none.
    public var positiveProbabilities: [Double]? {
        guard case .labels(_, let prediction, let probabilities?) = values,
            let place = prediction.classes.names.firstIndex(of: positive)
        else { return nil }
        return probabilities.column(place)
    }

    /// Whether each row is truly positive; nil for numbers.
    public var isPositive: [Bool]? {
        guard case .labels(let truth, _, _) = values else { return nil }
        let place = truth.classes.names.firstIndex(of: positive) ?? -1
        return truth.codes.map { $0 == place }
    }

    /// The counts of all rows, for classes.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for numbers.
    public func counts() throws -> GroupOutcomes {
        guard case .labels(let truth, let prediction, _) = values else {
            throw ApusError(.invalidParameter, "Rates of two classes need a classifier; choose a metric of numbers.")
        }
        return try GroupOutcomes(truth, prediction, positive: positive, weights: weights)
    }
}
