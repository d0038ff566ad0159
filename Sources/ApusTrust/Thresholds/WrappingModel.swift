import ApusCore

/// A fitted classifier around another one, which a model file names by its own catalog name and that of what is inside.
package protocol WrappingModel: ClassifierModel {
    /// What is inside.
    static var wrapped: any ClassifierModel.Type { get }
    /// The fitted classifier inside; of several the first.
    var inside: any ClassifierModel { get }
}

extension ClassifierModel {
    /// The classifier within all that is around it.
    package var innermost: any ClassifierModel {
        var model: any ClassifierModel = self
        while let wrapper = model as? any WrappingModel { model = wrapper.inside }
        return model
    }
}

extension CalibratedClassifierModel: WrappingModel {
    package static var wrapped: any ClassifierModel.Type { Base.self }
    package var inside: any ClassifierModel { members[0].model }
}

extension ThresholdClassifierModel: WrappingModel {
    package static var wrapped: any ClassifierModel.Type { Base.self }
    package var inside: any ClassifierModel { estimator }
}
