import ApusCore
import ApusLearn

/// Shapley values of a linear model.
///
/// For two classes they explain the score of the second, which is the log-odds for a logistic regression; for more, the
/// score of each class. With features taken as independent they are exact: `wⱼ (xⱼ - mean of feature j)`. With
/// ``LinearDependence/correlated(orders:seed:)`` a feature that is not known is what the known ones let expect of it, so that
/// features that go together share what any of them adds.
public struct LinearExplainer: Sendable {
    private let linear: LinearOutputs
    private let means: [Double]
    private let backgroundRows: Int
    private let transforms: CorrelatedTransforms?
    /// The names of the features.
    public let featureNames: [String]

    /// An explainer of a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - background: Rows whose mean, and covariance where that counts, stand for what is not known, m × d.
    ///   - featureNames: d names; default nil for x0, x1, ….
    ///   - dependence: What is made of features that go together; default `.independent`.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput` for a background that does not fit.
    /// - Complexity: O(m · d), and O(orders · d³) for correlated features.
    public init(
        _ model: some LinearOutputModel, background: Matrix, featureNames: [String]? = nil,
        dependence: LinearDependence = .independent
    ) throws {
        linear = model.linearOutputs
        self.featureNames = try checkedNames(featureNames, count: linear.coefficients.columns)
        try checkBackground(background, features: linear.coefficients.columns)
        try background.checkUsable()
        means = (0..<background.columns).map { meanOf(background.column($0)) }
        backgroundRows = background.rows
        switch dependence {
        case .independent: transforms = nil
        case .correlated(let orders, let seed):
            transforms = try CorrelatedTransforms(
                linear.coefficients, background: background, means: means, orders: orders, seed: seed)
        }
    }

    /// What each feature adds to the outputs of some rows.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    /// - Complexity: O(n · d), and O(n · d²) for correlated features.
    public func explain(_ x: Matrix) throws -> Explanation {
        let outputs = try linear.outputs(x)
        let (d, count) = (x.columns, linear.coefficients.rows)
        let base = (0..<count).map { k in
            (0..<d).reduce(linear.intercepts[k]) { $0 + linear.coefficients[k, $1] * means[$1] }
        }
        var values: [Double] = []
        values.reserveCapacity(x.rows * count * d)
        for row in 0..<x.rows {
            let deviations = (0..<d).map { x[row, $0] - means[$0] }
            for k in 0..<count {
                if let transforms {
                    values.append(contentsOf: transforms.contributions(deviations, output: k))
                } else {
                    for j in 0..<d { values.append(linear.coefficients[k, j] * deviations[j]) }
                }
            }
        }
        let kind = transforms == nil ? "linear SHAP against the mean" : "linear SHAP by the correlations"
        return try Explanation(
            featureNames: featureNames, outputNames: linear.outputNames, unit: linear.unit,
            method: "\(kind) of \(backgroundRows) rows", bases: sameRows(base, rows: x.rows),
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
