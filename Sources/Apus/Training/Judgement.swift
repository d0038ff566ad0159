import ApusCore
import ApusEvaluation

/// Predictions beside the truth, and how good they are.
public struct Judgement: Sendable {
    /// What was predicted.
    public let prediction: Prediction
    /// What is right.
    public let truth: Truth
    /// The scores in the order in which they are reported.
    public let scores: [TrainingSummary.Score]

    /// Judges predictions.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when there are as many classes as numbers, so to say.
    public init(of prediction: Prediction, truth: Truth) throws {
        self.prediction = prediction
        self.truth = truth
        switch (prediction.values, truth) {
        case (.labels(let predicted), .labels(let known)):
            scores = try ClassificationScores(
                known, predicted, probabilities: prediction.probabilities, decisions: prediction.decisions,
                classes: predicted.classes
            ).ordered.map { TrainingSummary.Score(name: $0.name, value: $0.value) }
        case (.numbers(let predicted), .numbers(let known)):
            scores = try RegressionScores(known, predicted).ordered.map {
                TrainingSummary.Score(name: $0.name, value: $0.value)
            }
        default:
            throw ApusError(
                .shapeMismatch, "Classes cannot be judged against numbers; use a target of the kind that was learned.")
        }
    }
}
