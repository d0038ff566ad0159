import ApusCore
import ApusFrame

/// A fitted ``FramePipeline``: a fitted preparation and the fitted model of what it makes.
public struct FramePipelineModel<Model: FittedModel>: Sendable {
    /// How the columns of a table become numbers.
    public let preparation: FittedColumnTransformer
    /// What predicts from these.
    public let model: Model
    /// The column that is predicted.
    public let target: String
    let catalogName: String
    let parameters: [String: JSONValue]
    var summary: TrainingSummary

    init(
        preparation: FittedColumnTransformer, model: Model, target: String, catalogName: String,
        parameters: [String: JSONValue], summary: TrainingSummary
    ) {
        self.preparation = preparation
        self.model = model
        self.target = target
        self.catalogName = catalogName
        self.parameters = parameters
        self.summary = summary
    }

    private func trained(_ predictor: TrainedModel.Predictor) throws -> TrainedModel {
        guard Catalog.entries.contains(where: { $0.name == catalogName }) else {
            throw ApusError(
                .unavailable,
                "A model file holds estimators of the catalog, and \(catalogName) is none; put what comes before the last step "
                    + "into branches of the ColumnTransformer.")
        }
        return try TrainedModel(
            catalogName: catalogName, parameters: parameters, target: target, encoder: preparation,
            predictor: predictor, summary: summary)
    }
}

extension FramePipelineModel where Model: ClassifierModel {
    /// The classes it can answer, ascending.
    public var classes: Labels.Classes { model.classes }

    /// The most probable class of each row.
    ///
    /// - Parameter frame: A table with the columns that were learned from, in any order.
    /// - Throws: `ApusError`, naming the column that is missing or the value that cannot be used.
    public func predict(_ frame: DataFrame) throws -> Labels {
        let answer = try TrainedModel.Predictor.classifier(model).predict(
            preparation.prepare(frame), probabilities: false)
        guard case .labels(let labels) = answer.values else {
            throw ApusError(.shapeMismatch, "A classifier answered with numbers.")
        }
        return labels
    }

    /// The probability of each class for each row: n × K.
    ///
    /// - Throws: As `predict`; `unavailable` when the model gives none.
    public func predictProba(_ frame: DataFrame) throws -> Matrix {
        switch try preparation.prepare(frame) {
        case .dense(let matrix): return try model.predictProba(matrix)
        case .sparse(let matrix):
            guard let sparse = model as? any SparseClassifierModel else { return try model.predictProba(matrix.dense) }
            return try sparse.predictProba(matrix)
        }
    }

    /// The model with its preparation as a model file holds it and the server serves it.
    ///
    /// - Throws: `ApusError` with code `unavailable` for an estimator that is not of the catalog.
    public func trained() throws -> TrainedModel { try trained(.classifier(model)) }
}

extension FramePipelineModel where Model: RegressorModel {
    /// The predicted number of each row.
    ///
    /// - Parameter frame: A table with the columns that were learned from, in any order.
    /// - Throws: `ApusError`, naming the column that is missing or the value that cannot be used.
    public func predict(_ frame: DataFrame) throws -> [Double] {
        let answer = try TrainedModel.Predictor.regressor(model).predict(
            preparation.prepare(frame), probabilities: false)
        guard case .numbers(let numbers) = answer.values else {
            throw ApusError(.shapeMismatch, "A regressor answered with classes.")
        }
        return numbers
    }

    /// The model with its preparation as a model file holds it and the server serves it.
    ///
    /// - Throws: `ApusError` with code `unavailable` for an estimator that is not of the catalog.
    public func trained() throws -> TrainedModel { try trained(.regressor(model)) }
}
