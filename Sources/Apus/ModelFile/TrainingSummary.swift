import ApusCore
import ApusTrust

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
        /// A finer picture of a numeric column, whose bins divide those of `bounds`; nil for other columns, for tables of
        /// more than 256 columns, and in older files.
        public var detail: NumericDistribution?
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
        /// Rows of the group with the last class as their true label; nil for numbers.
        public var positives: Int?
        /// Rows of the group for which the last class was predicted; nil for numbers.
        public var selected: Int?
        /// Rows that are both; nil for numbers.
        public var truePositives: Int?
        /// Rows for which the last class was predicted wrongly; nil for numbers.
        public var falsePositives: Int?
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
    /// What the model predicted for the rows it was judged on; nil in older files.
    public var predictions: PredictionReference?
    /// How values of each sensitive column make groups, so that a monitor makes the same; nil without any.
    public var groupRules: [GroupRule]?
    /// The fairness metrics of each sensitive column, and of several together; nil without any.
    public var disparities: [Disparity]?
    /// What a mitigation was asked for and did; nil without one.
    public var fairness: Fairness?
    /// Iterations until the optimiser stopped, for models that iterate.
    public var iterations: Int?
    /// Whether the optimiser reached its tolerance, for models that iterate.
    public var converged: Bool?
    /// Some training rows, for explanations to compare with; nil where none were kept.
    public var sample: TrainingSample?
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
