import ApusCore

/// A fitted classifier around another one, which a model file names by its own catalog name and that of what is inside.
package protocol WrappingModel: ClassifierModel {
    /// What is inside.
    static var wrapped: any ClassifierModel.Type { get }
}

extension CalibratedClassifierModel: WrappingModel {
    package static var wrapped: any ClassifierModel.Type { Base.self }
}

extension ThresholdClassifierModel: WrappingModel {
    package static var wrapped: any ClassifierModel.Type { Base.self }
}
