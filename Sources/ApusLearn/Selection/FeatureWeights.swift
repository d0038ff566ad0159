import ApusCore

/// A fitted model that says how much it makes of each feature.
public protocol FeatureWeighingModel: FittedModel {
    /// The coefficients of the features, a row for each function, or a single row of importances; nil where it has none, as
    /// behind a kernel.
    var featureWeights: Matrix? { get }
}

private func row(_ values: [Double]) -> Matrix { Matrix(rows: 1, columns: values.count, values: values) }

extension LinearRegression.Model: FeatureWeighingModel {
    /// The coefficients.
    public var featureWeights: Matrix? { row(coefficients) }
}
extension Ridge.Model: FeatureWeighingModel {
    /// The coefficients.
    public var featureWeights: Matrix? { row(coefficients) }
}
extension Lasso.Model: FeatureWeighingModel {
    /// The coefficients.
    public var featureWeights: Matrix? { row(coefficients) }
}
extension ElasticNet.Model: FeatureWeighingModel {
    /// The coefficients.
    public var featureWeights: Matrix? { row(coefficients) }
}
extension LinearSVR.Model: FeatureWeighingModel {
    /// The coefficients.
    public var featureWeights: Matrix? { row(coefficients) }
}
extension LogisticRegression.Model: FeatureWeighingModel {
    /// The coefficients.
    public var featureWeights: Matrix? { coefficients }
}
extension RidgeClassifier.Model: FeatureWeighingModel {
    /// The coefficients.
    public var featureWeights: Matrix? { coefficients }
}
extension LinearSVC.Model: FeatureWeighingModel {
    /// The coefficients.
    public var featureWeights: Matrix? { coefficients }
}
extension SVC.Model: FeatureWeighingModel {
    /// The coefficients of a straight margin.
    public var featureWeights: Matrix? { coefficients }
}
extension SVR.Model: FeatureWeighingModel {
    /// The coefficients of a straight tube.
    public var featureWeights: Matrix? { coefficients.map { row($0) } }
}
extension DecisionTreeClassifier.Model: FeatureWeighingModel {
    /// The importances.
    public var featureWeights: Matrix? { row(featureImportances) }
}
extension DecisionTreeRegressor.Model: FeatureWeighingModel {
    /// The importances.
    public var featureWeights: Matrix? { row(featureImportances) }
}
extension RandomForestClassifier.Model: FeatureWeighingModel {
    /// The importances.
    public var featureWeights: Matrix? { row(featureImportances) }
}
extension RandomForestRegressor.Model: FeatureWeighingModel {
    /// The importances.
    public var featureWeights: Matrix? { row(featureImportances) }
}
extension ExtraTreesClassifier.Model: FeatureWeighingModel {
    /// The importances.
    public var featureWeights: Matrix? { row(featureImportances) }
}
extension ExtraTreesRegressor.Model: FeatureWeighingModel {
    /// The importances.
    public var featureWeights: Matrix? { row(featureImportances) }
}

/// A model fitted by an estimator whose kind is only known when it runs, with what it makes of the features.
struct WeighedFit {
    let model: any FittedModel
    let weights: Matrix

    /// Fits a classifier or regressor.
    init(_ estimator: any Estimator, _ x: Matrix, _ y: Target, weights: [Double]?) throws {
        switch y {
        case .labels(let labels):
            guard let classifier = estimator as? any Classifier else { throw Self.unfit(estimator, "classes") }
            model = try Self.fit(classifier, x, labels, weights)
        case .numbers(let numbers):
            guard let regressor = estimator as? any Regressor else { throw Self.unfit(estimator, "numbers") }
            model = try Self.fit(regressor, x, numbers, weights)
        }
        guard let found = (model as? any FeatureWeighingModel)?.featureWeights, found.columns == x.columns else {
            throw ApusError(
                .unavailable,
                "\(type(of: estimator).catalogName) does not say how much it makes of each feature; take a linear model or a "
                    + "forest.")
        }
        self.weights = found
    }

    private static func fit<Kind: Classifier>(
        _ estimator: Kind, _ x: Matrix, _ y: Labels, _ weights: [Double]?
    ) throws -> any FittedModel { try estimator.fit(x, y, weights: weights, progress: nil) }

    private static func fit<Kind: Regressor>(
        _ estimator: Kind, _ x: Matrix, _ y: [Double], _ weights: [Double]?
    ) throws -> any FittedModel { try estimator.fit(x, y, weights: weights, progress: nil) }

    private static func unfit(_ estimator: any Estimator, _ what: String) -> ApusError {
        ApusError(.invalidInput, "\(type(of: estimator).catalogName) does not predict \(what), which y holds.")
    }

    /// For each feature the sum of the magnitudes of its weights.
    var magnitudes: [Double] {
        (0..<weights.columns).map { j in (0..<weights.rows).reduce(0.0) { $0 + weights[$1, j].magnitude } }
    }

    /// For each feature the sum of the squares of its weights.
    var squares: [Double] {
        (0..<weights.columns).map { j in (0..<weights.rows).reduce(0.0) { $0 + weights[$1, j] * weights[$1, j] } }
    }
}
