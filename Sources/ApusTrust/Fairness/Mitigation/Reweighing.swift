import ApusCore
import ApusLearn

/// A classifier fitted on weights under which label and group are independent: each row counts
/// `P(group) P(label) / P(group, label)`.
///
///     let model = try Reweighing(LogisticRegression()).fit(x, y, sensitive: sex)
///
/// The model is the classifier's own; it takes no groups to predict. It works on what the classifier learns from, and so
/// bounds nothing: look at the disparity afterwards.
///
/// F. Kamiran, T. Calders, "Data preprocessing techniques for classification without discrimination", KAIS 33 (2012).
public struct Reweighing<Base: Classifier>: FairClassifier {
    /// `reweighing`
    public static var catalogName: String { "reweighing" }

    /// The parameters of the classifier within, each called `estimator.parameter`.
    public static var parameters: [Parameter<Self>] {
        Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \Self.estimator) }
    }

    /// The classifier that is fitted on the weights.
    public var estimator: Base

    /// The default classifier.
    public init() { self.init(Base()) }

    /// Why a classifier without a use for sample weights is refused.
    package static var refusal: ApusError {
        ApusError(
            .invalidParameter,
            "\(Base.catalogName) has no use for sample weights, which reweighing is; choose another classifier.")
    }

    /// Weights for `estimator`.
    public init(_ estimator: Base) { self.estimator = estimator }

    /// Fits the classifier.
    ///
    /// - Parameters: As for ``ExponentiatedGradient``.
    /// - Throws: `ApusError` for illegal parameters or data, or what the classifier throws.
    public func fit(
        _ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Base.Model {
        guard Base.traits.usesWeights else { throw Self.refusal }
        let own = try reweighing(y, sensitive: sensitive, weights: weights)
        return try estimator.fit(x, y, weights: own, progress: progress)
    }
}

/// The weights under which labels and groups are independent: `P(group) P(label) / P(group, label)`, times the weights that
/// rows have already.
///
/// - Parameters:
///   - y: n labels of any number of classes.
///   - sensitive: The group of each row, at least two groups.
///   - weights: n sample weights; default nil for equal ones.
/// - Returns: n weights, which add up to what they did before.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
public func reweighing(_ y: Labels, sensitive: Labels, weights: [Double]? = nil) throws -> [Double] {
    guard sensitive.count == y.count else {
        throw ApusError(
            .shapeMismatch, "There are \(sensitive.count) groups for \(y.count) rows; give one for each row.")
    }
    try checkSampleWeights(weights, rows: y.count)
    let groups = sensitive.compacted
    guard groups.classes.count >= 2 else {
        throw ApusError(
            .invalidInput,
            "All rows are of one group (“\(groups.classes.names.first ?? "")”), so there is nothing to balance; "
                + "choose another sensitive column or rows of more groups.")
    }
    let (labels, width) = (y.classes.count, groups.classes.count)
    var cells = [Double](repeating: 0, count: labels * width)
    for row in 0..<y.count { cells[y.codes[row] * width + groups.codes[row]] += weights?[row] ?? 1 }
    let total = cells.reduce(0, +)
    let labelSums = (0..<labels).map { k in cells[k * width..<(k + 1) * width].reduce(0, +) }
    let groupSums = (0..<width).map { g in (0..<labels).reduce(0) { $0 + cells[$1 * width + g] } }
    return (0..<y.count).map { row in
        let (k, g) = (y.codes[row], groups.codes[row])
        let cell = cells[k * width + g]
        // A cell without weight has only rows that weigh nothing.
        return cell > 0 ? (weights?[row] ?? 1) * labelSums[k] * groupSums[g] / (total * cell) : 0
    }
}
