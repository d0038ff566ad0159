/// The scores that a regression model is reported with.
public struct RegressionScores: Sendable, Hashable {
    /// R², the share of variation explained.
    public let r2: MetricValue
    /// The mean absolute error.
    public let meanAbsoluteError: Double
    /// The square root of the mean squared error.
    public let rootMeanSquaredError: Double

    /// Compares predictions with the truth.
    ///
    /// - Parameters:
    ///   - truth: n true values.
    ///   - prediction: n predicted values.
    ///   - weights: n sample weights; default nil for equal ones.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public init(_ truth: [Double], _ prediction: [Double], weights: [Double]? = nil) throws {
        r2 = try r2Score(truth, prediction, weights: weights)
        meanAbsoluteError = try ApusEvaluation.meanAbsoluteError(truth, prediction, weights: weights)
        rootMeanSquaredError = try ApusEvaluation.rootMeanSquaredError(truth, prediction, weights: weights)
    }

    /// Names and values in the order in which they are reported: `r2`, `mae`, `rmse`; nil where a value is not defined.
    public var ordered: [(name: String, value: Double?)] { detailed.map { ($0.name, $0.score.value) } }

    /// The same with notes about what is not defined or rests on a convention.
    public var detailed: [(name: String, score: MetricValue)] {
        [("r2", r2), ("mae", MetricValue(meanAbsoluteError)), ("rmse", MetricValue(rootMeanSquaredError))]
    }
}
