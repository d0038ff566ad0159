import ApusCore

/// What any model answers, as a function: rows in, a matrix with a column for each output out.
///
/// Explanations that need nothing but answers take one of these: of a classifier or a regressor of ours, or of your own:
///
///     let function = ModelFunction(featureCount: 3, outputNames: ["area"]) { x in
///         Matrix(column: (0..<x.rows).map { x[$0, 0] * x[$0, 1] })
///     }
///
/// Trees, forests, extra trees and boosted regressors whose answers are sums over their leaves are asked about coalitions of
/// features without making the rows, which takes a fraction of the time; so give the model itself where you can.
public struct ModelFunction: Sendable {
    /// How many columns the rows have.
    public let featureCount: Int
    /// The outputs.
    public let outputNames: [String]
    /// What the outputs measure.
    public let unit: Explanation.Unit
    private let function: @Sendable (Matrix) throws -> Matrix
    /// Makes the trees that add up to the outputs, where these are all that the model is.
    private var makesTrees: (@Sendable () -> TreeEnsemble)?

    /// A function of your own.
    ///
    /// - Parameters:
    ///   - featureCount: How many columns the rows have.
    ///   - outputNames: The outputs.
    ///   - unit: What they measure; default `.prediction`.
    ///   - function: n × d in, n × outputs out; must give the same for the same row each time.
    public init(
        featureCount: Int, outputNames: [String], unit: Explanation.Unit = .prediction,
        _ function: @escaping @Sendable (Matrix) throws -> Matrix
    ) {
        self.featureCount = featureCount
        self.outputNames = outputNames
        self.unit = unit
        self.function = function
    }

    /// The probabilities of a classifier's classes or, where it gives none, its decision values.
    ///
    /// - Throws: `ApusError` with code `unavailable` for a classifier that gives neither.
    public init(_ model: any ClassifierModel) throws {
        let names = model.classes.names
        if model.givesProbabilities {
            self.init(featureCount: model.featureCount, outputNames: names, unit: .probability) {
                try model.predictProba($0)
            }
            if let trees = model as? any TreeBasedModel { makesTrees = { trees.treeEnsemble } }
        } else if let deciding = model as? any DecisionModel {
            let known = names.count == 2 ? [names[1]] : names
            self.init(featureCount: model.featureCount, outputNames: known, unit: .score) {
                try deciding.decisionFunction($0)
            }
        } else {
            throw ApusError(
                .unavailable,
                "This classifier gives neither probabilities nor decision values, so there is no number to explain.")
        }
    }

    /// The predictions of a regressor.
    public init(_ model: any RegressorModel) {
        self.init(featureCount: model.featureCount, outputNames: ["prediction"]) {
            Matrix(column: try model.predict($0))
        }
        if let trees = model as? any TreeBasedModel { makesTrees = { trees.treeEnsemble } }
    }

    /// The trees that add up to the outputs; nil for models of another kind and where a link comes after the sum.
    var trees: TreeEnsemble? {
        guard let trees = makesTrees?(), trees.link == .identity, trees.outputNames == outputNames else { return nil }
        return trees
    }

    /// The outputs for some rows: n × outputs.
    ///
    /// - Throws: What the model throws; `ApusError` with code `shapeMismatch` or `numericalFailure` for outputs that cannot
    ///   be explained.
    public func callAsFunction(_ x: Matrix) throws -> Matrix {
        try x.checkColumns(featureCount, of: "The model")
        if x.rows == 0 { return Matrix(rows: 0, columns: outputNames.count) }
        let outputs = try function(x)
        guard outputs.rows == x.rows, outputs.columns == outputNames.count else {
            throw ApusError(
                .shapeMismatch,
                "The model answered \(outputs.rows) × \(outputs.columns) numbers for \(x.rows) rows and "
                    + "\(outputNames.count) outputs.")
        }
        guard outputs.values.allSatisfy(\.isFinite) else {
            throw ApusError(
                .numericalFailure, "The model answered a number that is not finite, which cannot be explained.")
        }
        return outputs
    }
}
