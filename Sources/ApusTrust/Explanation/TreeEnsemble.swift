import ApusCore
import Foundation

/// The trees of a fitted model as explanations take them: what each leaf adds to which output.
public struct TreeEnsemble: Sendable {
    /// How scores become what the model answers.
    enum Link: Sendable {
        case identity
        case logistic
        case softmax
        case exponential

        func callAsFunction(_ score: Double) -> Double {
            switch self {
            case .identity, .softmax: score
            case .logistic: 1 / (1 + exp(-score))
            case .exponential: exp(score)
            }
        }
    }

    let trees: [TreeShapKernel.Tree]
    let featureCount: Int
    /// The classes, or one name for a number.
    let outputNames: [String]
    let unit: Explanation.Unit
    /// What is added to the trees' outputs.
    let offsets: [Double]
    let link: Link
    /// Whether values are compared as 32-bit numbers.
    let isSingle: Bool
    /// Whether the trees only tell the second of two outputs that add up to 1.
    let isMirrored: Bool
    /// The outputs that the trees add up to, for rows in the form that the model takes.
    let outputs: @Sendable (Matrix) throws -> Matrix
    /// Rows in the form that the trees take.
    let encoded: @Sendable (Matrix) -> Matrix

    /// How many outputs the trees themselves have.
    var width: Int { isMirrored ? 1 : outputNames.count }

    /// What the trees say on average over the training rows, for each output of theirs.
    var expectation: [Double] {
        var sums = [Double](repeating: 0, count: width)
        for (place, tree) in trees.enumerated() {
            // Boosted trees belong to one output each, in turn.
            let first = tree.expectation.count == width ? 0 : place % width
            for (k, value) in tree.expectation.enumerated() { sums[first + k] += value }
        }
        return sums
    }

    /// What the trees say on average over the training rows where one column has a value: a number for each output.
    func expectation(where column: Int, is value: Double) -> [Double] {
        let value = isSingle ? Double(Float(value)) : value
        var sums = offsets
        for (place, tree) in trees.enumerated() {
            let known = tree.expectation(where: column, is: value)
            let first = known.count == width ? 0 : place % width
            for (k, number) in known.enumerated() { sums[first + k] += number }
        }
        return isMirrored ? [1 - sums[0], sums[0]] : sums
    }
}

/// A fitted model that is made of trees.
public protocol TreeBasedModel: FittedModel {
    /// Its trees, as explanations take them.
    var treeEnsemble: TreeEnsemble { get }
}
