import ApusCore

/// What is known of a model's training: it travels in the model file to the server and its monitor.
public struct TrainingSummary: Sendable, Hashable, Codable {
    /// A score and its value; nil where it is not defined for the data.
    public struct Score: Sendable, Hashable, Codable {
        /// The score's name, such as `accuracy`.
        public let name: String
        /// Its value, or nil where it is not defined.
        public let value: Double?

        /// A score.
        public init(name: String, value: Double?) {
            self.name = name
            self.value = value
        }
    }

    /// How the values of one input column were distributed in the training rows.
    public struct Reference: Sendable, Hashable, Codable {
        /// The column.
        public let column: String
        /// Training rows without a value.
        public let missing: Int
        /// The inner bounds of the bins of a numeric column, ascending; a value belongs to the first bin whose bound is not
        /// below it. Empty for other columns.
        public let bounds: [Double]
        /// The levels of a categorical column. Empty for numeric columns.
        public let levels: [String]
        /// Training rows in each bin or of each level.
        public let counts: [Int]
    }

    /// How one group of a sensitive column fared in the rows held out (or, without any, in the training rows).
    public struct Group: Sendable, Hashable, Codable {
        /// The sensitive column.
        public let column: String
        /// The group: a value of the column.
        public let group: String
        /// Rows of the group.
        public let rows: Int
        /// The share of the group with the last class as its true label (classification), or the mean of the target.
        public let baseRate: Double?
        /// The share of the group for which the last class was predicted, or the mean prediction.
        public let selectionRate: Double?
        /// The accuracy within the group, or the mean absolute error.
        public let performance: Double?
    }

    /// Rows the model was fitted on.
    public var trainRows: Int
    /// Rows held out for the test scores.
    public var testRows: Int
    /// The seed of the split.
    public var seed: UInt32
    /// Scores on the training rows.
    public var trainScores: [Score]
    /// Scores on the rows held out; empty without any.
    public var testScores: [Score]
    /// The distribution of each input column.
    public var references: [Reference]
    /// The groups of each sensitive column.
    public var groups: [Group]
    /// Iterations until the optimiser stopped, for models that iterate.
    public var iterations: Int?
    /// Whether the optimiser reached its tolerance, for models that iterate.
    public var converged: Bool?
    /// How the classes of the training rows were balanced; nil where they were not. Scores, references and groups are those
    /// of the rows as they were.
    public var balance: Balance?
    /// How probabilities were calibrated and a threshold tuned; nil where neither was.
    public var decision: Decision?

    /// A summary of which only the size is known yet.
    init(trainRows: Int, testRows: Int, seed: UInt32) {
        self.trainRows = trainRows
        self.testRows = testRows
        self.seed = seed
        trainScores = []
        testScores = []
        references = []
        groups = []
    }
}
