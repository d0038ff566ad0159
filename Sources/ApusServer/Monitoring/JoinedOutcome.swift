/// A true label that found its prediction.
struct JoinedOutcome: Sendable, Hashable {
    /// What was predicted and what came true.
    enum Pair: Sendable, Hashable {
        /// Two of the model's classes by their places.
        case classes(predicted: Int, truth: Int)
        /// Two numbers.
        case numbers(predicted: Double, truth: Double)
    }

    /// The model.
    let model: String
    /// Its version.
    let version: String
    /// When the prediction was made, in seconds since 1970.
    let predictedAt: Double
    /// What was predicted and what came true.
    let pair: Pair
    /// The group of the row in each sensitive column that the log may know.
    let groups: [String: String]
}
