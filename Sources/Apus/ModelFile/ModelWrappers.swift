import ApusCore
import ApusTrust

/// Classifiers around classifiers in model files: the file names the estimator inside by its catalog name, and what is
/// around it by theirs, from the inside out.
enum ModelWrappers {
    /// What is around the innermost classifier.
    static func names(of model: any ClassifierModel) -> [String] {
        var names: [String] = []
        var inner: any ClassifierModel.Type = type(of: model)
        while let wrapper = inner as? any WrappingModel.Type {
            names.insert(wrapper.catalogName, at: 0)
            inner = wrapper.wrapped
        }
        return names
    }

    /// The archive of the innermost classifier.
    ///
    /// - Parameters:
    ///   - names: What is around it, from the inside out.
    ///   - archive: The archive of the outermost.
    static func innermost(_ names: [Substring], in archive: ModelArchive) -> ModelArchive {
        names.reversed().reduce(archive) { $0.part($1 == "threshold-classifier" ? "estimator" : "member0") }
    }

    /// A model with what is around it.
    ///
    /// - Parameters:
    ///   - type: The innermost model's type.
    ///   - names: What is around it, from the inside out; each at most once.
    ///   - archive: The archive of the outermost.
    /// - Throws: `ApusError` with code `unreadableModel`.
    static func read<Model: ClassifierModel>(
        _ type: Model.Type, _ names: ArraySlice<Substring>, from archive: ModelArchive
    ) throws -> any ClassifierModel {
        guard let name = names.first else { return try Model(from: archive) }
        let rest = names.dropFirst()
        guard !rest.contains(name) else { throw archive.damaged("it is wrapped in “\(name)” twice") }
        switch name {
        case "calibrated-classifier-cv":
            return try read(CalibratedClassifierModel<Model>.self, rest, from: archive)
        case "threshold-classifier":
            return try read(ThresholdClassifierModel<Model>.self, rest, from: archive)
        default: throw archive.damaged("it is wrapped in “\(name)”, which this version of Apus does not know")
        }
    }
}
