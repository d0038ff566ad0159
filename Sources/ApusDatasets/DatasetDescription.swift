import ApusFrame

/// The facts about a data set that can be loaded by name.
public struct DatasetDescription: Sendable, Hashable {
    /// The name in commands.
    public let name: String
    /// What the rows are and what is asked, in one sentence.
    public let summary: String
    /// The column to predict; all others are features.
    public let target: String
    /// Whether a class or a number is to be predicted.
    public let task: LearningTask
    /// Number of rows.
    public let rows: Int
    /// Number of features.
    public let features: Int
    /// Who made the data, and when they were published.
    public let source: String
    /// Under what licence they are passed on.
    public let license: String
    /// Where the data are right now.
    public let availability: DatasetAvailability
}
