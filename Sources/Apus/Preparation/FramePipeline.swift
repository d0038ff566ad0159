import ApusCore
import ApusFrame
import ApusTrust

/// A preparation of columns and what is fitted on what it makes, as one estimator of tables.
///
///     let pipeline = ColumnTransformer()
///         .adding("num", .numbers, SimpleImputer().then(StandardScaler()))
///         .adding("cat", .texts, OneHotEncoder(handleUnknown: .ignore))
///         .then(LogisticRegression())
///     let model = try pipeline.fit(loans, target: "paid")
///     try model.predict(others)                               // a class for each row
///     try model.trained().write(to: "loans.apus")             // what `apus serve` takes
///
/// The columns that branches choose from are those with the role `feature`, the target left out. Sparse rows reach estimators
/// that take them as they are. `TrainingPlan` with a `columnTransformer` does the same by names of the catalog, and holds rows
/// out, cross-validates and searches.
public struct FramePipeline<Last: Estimator>: Sendable {
    /// How columns become numbers.
    public var preparation: ColumnTransformer
    /// What is fitted on these.
    public var estimator: Last

    /// `preparation`, then `estimator`.
    public init(_ preparation: ColumnTransformer, _ estimator: Last) {
        self.preparation = preparation
        self.estimator = estimator
    }

    /// The table prepared.
    private func prepared(
        _ frame: DataFrame, _ target: String, _ truth: Truth
    ) throws -> (preparation: FittedColumnTransformer, rows: PreparedRows) {
        try estimator.validateParameters()
        let known: Target =
            switch truth {
            case .labels(let labels): .labels(labels)
            case .numbers(let numbers): .numbers(numbers)
            }
        let (preparation, rows) = try preparation.fitTransform(
            frame, features: features(frame, target), target: known)
        return (preparation, rows)
    }

    private func features(_ frame: DataFrame, _ target: String) -> [String] {
        frame.columnNames(in: .feature).filter { $0 != target }
    }

    private func fitted<Model: FittedModel>(
        _ model: Model, _ preparation: FittedColumnTransformer, _ frame: DataFrame, _ target: String
    ) throws -> FramePipelineModel<Model> {
        let texts = Set(preparation.textColumns)
        let shown = preparation.inputColumns.map(\.schema.name).filter { !texts.contains($0) }
        var summary = TrainingSummary(trainRows: frame.rowCount, testRows: 0, seed: 0)
        summary.references = try TrainingSummary.Reference.all(of: frame, columns: shown)
        if texts.isEmpty {
            summary.sample = try TrainingSample(of: frame, columns: shown, rows: TrainingSample.mostRows, seed: 0)
        }
        return FramePipelineModel(
            preparation: preparation, model: model, target: target, catalogName: Last.catalogName,
            parameters: estimator.parameterValues, summary: summary)
    }
}

extension ColumnTransformer {
    /// A pipeline of this and what is fitted on the columns that it makes.
    public func then<Next: Estimator>(_ next: Next) -> FramePipeline<Next> { FramePipeline(self, next) }
}

extension FramePipeline where Last: Classifier {
    /// Learns to tell the classes of a column from the others.
    ///
    /// - Parameters:
    ///   - frame: At least one row.
    ///   - target: The column of classes: text, truth values or whole numbers.
    ///   - weights: A weight for each row, for the estimator alone; default nil for equal ones.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError`, naming the column, the branch or the parameter that stands in the way.
    public func fit(
        _ frame: DataFrame, target: String, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> FramePipelineModel<Last.Model> {
        let labels = try frame.labels(of: target).compacted
        let (preparation, rows) = try prepared(frame, target, .labels(labels))
        if case .sparse(let matrix) = rows, let sparse = estimator as? any SparseClassifier,
            let model = try sparse.anyFit(matrix, labels, weights, progress) as? Last.Model
        {
            return try fitted(model, preparation, frame, target)
        }
        let model = try estimator.fit(rows.written(), labels, weights: weights, progress: progress)
        return try fitted(model, preparation, frame, target)
    }
}

extension FramePipeline where Last: Regressor {
    /// Learns to predict a column of numbers from the others.
    ///
    /// - Parameters: As for classes; `target` is a column of numbers.
    /// - Throws: As for classes.
    public func fit(
        _ frame: DataFrame, target: String, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> FramePipelineModel<Last.Model> {
        let numbers = try frame.numbers(of: target)
        let (preparation, rows) = try prepared(frame, target, .numbers(numbers))
        if case .sparse(let matrix) = rows, let sparse = estimator as? any SparseRegressor,
            let model = try sparse.anyFit(matrix, numbers, weights, progress) as? Last.Model
        {
            return try fitted(model, preparation, frame, target)
        }
        let model = try estimator.fit(rows.written(), numbers, weights: weights, progress: progress)
        return try fitted(model, preparation, frame, target)
    }
}

extension FramePipeline where Last: FairClassifier, Last.Model: ClassifierModel {
    /// Learns to tell the classes of a column from the others while treating groups alike.
    ///
    /// - Parameters:
    ///   - frame: At least one row.
    ///   - target: The column of two classes.
    ///   - sensitive: The columns whose values make groups, all of them together; they are features where a branch takes them.
    ///   - weights: A weight for each row, for the estimator alone; default nil for equal ones.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError`, naming the column, the branch or the parameter that stands in the way.
    public func fit(
        _ frame: DataFrame, target: String, sensitive: [String], weights: [Double]? = nil,
        progress: ProgressHandler? = nil
    ) throws -> FramePipelineModel<Last.Model> {
        let labels = try frame.labels(of: target).compacted
        let rules = try sensitive.map { try GroupRule(of: frame[$0]) }
        let groups = try GroupRule.groups(of: rules, in: frame)
        let (preparation, rows) = try prepared(frame, target, .labels(labels))
        let model = try estimator.fit(
            rows.written(), labels, sensitive: groups, weights: weights, progress: progress)
        var fitted = try fitted(model, preparation, frame, target)
        fitted.summary.groupRules = rules
        return fitted
    }
}

extension SparseClassifier {
    fileprivate func anyFit(
        _ x: SparseMatrix, _ y: Labels, _ weights: [Double]?, _ progress: ProgressHandler?
    ) throws -> any ClassifierModel { try fit(x, y, weights: weights, progress: progress) }
}

extension SparseRegressor {
    fileprivate func anyFit(
        _ x: SparseMatrix, _ y: [Double], _ weights: [Double]?, _ progress: ProgressHandler?
    ) throws -> any RegressorModel { try fit(x, y, weights: weights, progress: progress) }
}
