import ApusCore
import ApusLearn
import ApusTrust

/// Fair models in model files: around any classifier of the catalog, which is found by its name in the file.
enum FairModels {
    /// The type of the fair model in an archive, or nil when the kind is not one of them.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    static func type(_ kind: String, _ archive: ModelArchive) throws -> (any ClassifierModel.Type)? {
        switch kind {
        case ExponentiatedGradient<LogisticRegression>.catalogName,
            ReductionGridSearch<LogisticRegression>.catalogName:
            return mixture(of: try classifier(archive.string("member"), archive))
        case ThresholdOptimizer<LogisticRegression>.catalogName:
            let inner = archive.part("model")
            return thresholds(on: try classifier(inner.string("member"), inner))
        case AdversarialDebiasing.catalogName: return AdversarialDebiasing.Model.self
        case CorrelationRemover.catalogName:
            guard let kinds = try archive.attribute("kinds").arrayValue, kinds.count == 2,
                let name = kinds[1].stringValue
            else { throw archive.damaged("attribute “kinds” is not a list of two names") }
            return pipeline(to: try classifier(name, archive))
        default: return nil
        }
    }

    /// The type of the fair regressor in an archive, or nil when the kind is not one.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    static func regressorType(_ kind: String, _ archive: ModelArchive) throws -> (any RegressorModel.Type)? {
        guard kind == GroupLossRegressor<LinearRegression>.catalogName else { return nil }
        let name = try archive.string("member")
        guard let type = Catalog.entries.first(where: { $0.name == name })?.regressor else {
            throw archive.damaged("there is no regressor “\(name)”")
        }
        return regressorMixture(of: type)
    }

    private static func regressorMixture<Base: Regressor>(of type: Base.Type) -> any RegressorModel.Type {
        RegressorMixture<Base.Model>.self
    }

    private static func classifier(_ name: String, _ archive: ModelArchive) throws -> any Classifier.Type {
        guard let type = Catalog.entries.first(where: { $0.name == name })?.classifier else {
            throw archive.damaged("there is no classifier “\(name)”")
        }
        return type
    }

    private static func mixture<Base: Classifier>(of type: Base.Type) -> any ClassifierModel.Type {
        MixtureModel<Base.Model>.self
    }

    private static func thresholds<Base: Classifier>(on type: Base.Type) -> any ClassifierModel.Type {
        Routed<ThresholdOptimizer<Base>>.Model.self
    }

    private static func pipeline<Base: Classifier>(to type: Base.Type) -> any ClassifierModel.Type {
        PipelineModel<CorrelationRemover.Model, Base.Model>.self
    }
}
