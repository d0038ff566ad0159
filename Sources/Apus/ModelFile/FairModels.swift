import ApusCore
import ApusLearn
import ApusTrust

/// Fair models in model files: around any classifier of the catalog, which is found by its name in the file.
enum FairModels {
    /// The fair model in an archive, or nil when the kind is not one of them.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    static func read(_ kind: String, _ archive: ModelArchive) throws -> (any ClassifierModel)? {
        switch kind {
        case ExponentiatedGradient<LogisticRegression>.catalogName,
            ReductionGridSearch<LogisticRegression>.catalogName:
            return try mixture(of: classifier(archive.string("member"), archive), archive)
        case ThresholdOptimizer<LogisticRegression>.catalogName:
            let inner = archive.part("model")
            return try thresholds(on: classifier(inner.string("member"), inner), archive)
        case AdversarialDebiasing.catalogName: return try AdversarialDebiasing.Model(from: archive)
        case CorrelationRemover.catalogName:
            guard let kinds = try archive.attribute("kinds").arrayValue, kinds.count == 2,
                let name = kinds[1].stringValue
            else { throw archive.damaged("attribute “kinds” is not a list of two names") }
            return try pipeline(to: classifier(name, archive), archive)
        default: return nil
        }
    }

    private static func classifier(_ name: String, _ archive: ModelArchive) throws -> any Classifier.Type {
        guard let type = Catalog.entries.first(where: { $0.name == name })?.classifier else {
            throw archive.damaged("there is no classifier “\(name)”")
        }
        return type
    }

    private static func mixture<Base: Classifier>(
        of type: Base.Type, _ archive: ModelArchive
    ) throws -> any ClassifierModel { try MixtureModel<Base.Model>(from: archive) }

    private static func thresholds<Base: Classifier>(
        on type: Base.Type, _ archive: ModelArchive
    ) throws -> any ClassifierModel { try Routed<ThresholdOptimizer<Base>>.Model(from: archive) }

    private static func pipeline<Base: Classifier>(
        to type: Base.Type, _ archive: ModelArchive
    ) throws -> any ClassifierModel { try PipelineModel<CorrelationRemover.Model, Base.Model>(from: archive) }
}
