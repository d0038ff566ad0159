/// A fitted transformer whose outputs may stand for categories: 0/1 columns of one feature, or codes.
package protocol CategoryOutputs {
    /// For each feature that goes in, how many columns stand for its categories; nil where outputs are plain numbers.
    var categoryWidths: [Int]? { get }
}

extension OneHotEncoder.Model: CategoryOutputs {
    /// The number of 0/1 columns of each feature.
    package var categoryWidths: [Int]? { outputWidths }
}

extension OrdinalEncoder.Model: CategoryOutputs {
    /// One column of codes for each feature.
    package var categoryWidths: [Int]? { [Int](repeating: 1, count: featureCount) }
}

extension PipelineModel: CategoryOutputs {
    /// Those of the last step.
    package var categoryWidths: [Int]? { (last as? any CategoryOutputs)?.categoryWidths }
}
