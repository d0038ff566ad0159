import ApusCore
import ApusLearn

/// Exact Shapley values of a linear model with features taken as independent: `wⱼ (xⱼ - mean of feature j)`.
///
/// For two classes they explain the score of the second, which is the log-odds for a logistic regression; for more, the
/// score of each class.
public struct LinearExplainer: Sendable {
    private let linear: LinearOutputs
    private let means: [Double]
    private let backgroundRows: Int
    /// The names of the features.
    public let featureNames: [String]

    /// An explainer of a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - background: Rows whose mean stands for what is not known, m × d.
    ///   - featureNames: d names; default nil for x0, x1, ….
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput` for a background that does not fit.
    public init(_ model: some LinearOutputModel, background: Matrix, featureNames: [String]? = nil) throws {
        linear = model.linearOutputs
        self.featureNames = try checkedNames(featureNames, count: linear.coefficients.columns)
        try checkBackground(background, features: linear.coefficients.columns)
        try background.checkUsable()
        means = (0..<background.columns).map { meanOf(background.column($0)) }
        backgroundRows = background.rows
    }

    /// What each feature adds to the outputs of some rows.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    /// - Complexity: O(n · d)
    public func explain(_ x: Matrix) throws -> Explanation {
        let outputs = try linear.outputs(x)
        let (d, count) = (x.columns, linear.coefficients.rows)
        let base = (0..<count).map { k in
            (0..<d).reduce(linear.intercepts[k]) { $0 + linear.coefficients[k, $1] * means[$1] }
        }
        var values: [Double] = []
        values.reserveCapacity(x.rows * count * d)
        for row in 0..<x.rows {
            for k in 0..<count {
                for j in 0..<d { values.append(linear.coefficients[k, j] * (x[row, j] - means[j])) }
            }
        }
        return try Explanation(
            featureNames: featureNames, outputNames: linear.outputNames, unit: linear.unit,
            method: "linear SHAP against the mean of \(backgroundRows) rows", bases: sameRows(base, rows: x.rows),
            outputs: outputs, values: values)
    }
}

/// The outputs of a linear model as explanations take them.
public struct LinearOutputs: Sendable {
    /// Outputs × features.
    let coefficients: Matrix
    let intercepts: [Double]
    let outputNames: [String]
    let unit: Explanation.Unit
    let outputs: @Sendable (Matrix) throws -> Matrix

    init(
        _ coefficients: [Double], _ intercept: Double, outputs: @escaping @Sendable (Matrix) throws -> [Double]
    ) {
        self.coefficients = Matrix(rows: 1, columns: coefficients.count, values: coefficients)
        intercepts = [intercept]
        outputNames = ["prediction"]
        unit = .prediction
        self.outputs = { Matrix(column: try outputs($0)) }
    }

    init(
        _ coefficients: Matrix, _ intercepts: [Double], _ classes: Labels.Classes, unit: Explanation.Unit,
        outputs: @escaping @Sendable (Matrix) throws -> Matrix
    ) {
        self.coefficients = coefficients
        self.intercepts = intercepts
        outputNames = coefficients.rows == 1 ? [classes.names.last ?? "score"] : classes.names
        self.unit = coefficients.rows == 1 ? unit : .score
        self.outputs = outputs
    }
}

/// A fitted model whose outputs are weighted sums of the features.
public protocol LinearOutputModel: FittedModel {
    /// Its weights, as explanations take them.
    var linearOutputs: LinearOutputs { get }
}

extension LinearRegression.Model: LinearOutputModel {
    /// The prediction.
    public var linearOutputs: LinearOutputs { LinearOutputs(coefficients, intercept) { try predict($0) } }
}

extension Ridge.Model: LinearOutputModel {
    /// The prediction.
    public var linearOutputs: LinearOutputs { LinearOutputs(coefficients, intercept) { try predict($0) } }
}

extension Lasso.Model: LinearOutputModel {
    /// The prediction.
    public var linearOutputs: LinearOutputs { LinearOutputs(coefficients, intercept) { try predict($0) } }
}

extension ElasticNet.Model: LinearOutputModel {
    /// The prediction.
    public var linearOutputs: LinearOutputs { LinearOutputs(coefficients, intercept) { try predict($0) } }
}

extension LinearSVR.Model: LinearOutputModel {
    /// The prediction.
    public var linearOutputs: LinearOutputs { LinearOutputs(coefficients, intercept) { try predict($0) } }
}

extension LogisticRegression.Model: LinearOutputModel {
    /// The log-odds of the second of two classes, or the score of each class.
    public var linearOutputs: LinearOutputs {
        LinearOutputs(coefficients, intercepts, classes, unit: .logOdds) { try decisionFunction($0) }
    }
}

extension RidgeClassifier.Model: LinearOutputModel {
    /// The decision values.
    public var linearOutputs: LinearOutputs {
        LinearOutputs(coefficients, intercepts, classes, unit: .score) { try decisionFunction($0) }
    }
}

extension LinearSVC.Model: LinearOutputModel {
    /// The decision values.
    public var linearOutputs: LinearOutputs {
        LinearOutputs(coefficients, intercepts, classes, unit: .score) { try decisionFunction($0) }
    }
}
