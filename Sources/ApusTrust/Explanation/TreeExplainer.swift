import ApusCore
import Foundation

/// Exact Shapley values of trees, forests and boosted trees.
///
///     let explainer = try TreeExplainer(forest)
///     let explanation = try explainer.explain(x)
///     explanation.bases[0, 1] + explanation.contributions(row: 0, output: 1).reduce(0, +)   // the probability of class 1
///
/// Without a background a feature that is not known is averaged by the training rows on either side of each split (the
/// *path-dependent* values); with one, it is taken from the background's rows (the *interventional* values), and the base
/// is the mean output over the background. Missing values and categories follow the model's own rules.
///
/// S. M. Lundberg et al., *From local explanations to global understanding with explainable AI for trees*, Nature Machine
/// Intelligence 2 (2020). The path-dependent values are found by quadrature, exactly and in O(nodes × points) for a row
/// and tree, points being half the different columns on a path.
public struct TreeExplainer: Sendable {
    /// What is explained.
    public enum Output: Sendable, Hashable {
        /// What the trees add up to: probabilities for trees and forests, predictions, scores for boosted classifiers.
        case raw
        /// The probability of the second of two classes. Boosted classifiers need a background for it.
        case probability
    }

    private let ensemble: TreeEnsemble
    private let background: Matrix?
    private let output: Output
    /// The names of the features.
    public let featureNames: [String]

    /// An explainer of a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - background: Rows that stand for what is not known, m × d; default nil: the splits' own training rows.
    ///   - output: What is explained; default `.raw`.
    ///   - featureNames: d names; default nil for x0, x1, ….
    /// - Throws: `ApusError` with code `shapeMismatch` for a background of other columns, `invalidInput` for one that is
    ///   empty or has values the model cannot take, `unavailable` where probabilities cannot be explained.
    public init(
        _ model: some TreeBasedModel, background: Matrix? = nil, output: Output = .raw, featureNames: [String]? = nil
    ) throws {
        ensemble = model.treeEnsemble
        self.featureNames = try checkedNames(featureNames, count: ensemble.featureCount)
        if output == .probability, ensemble.link == .softmax {
            throw ApusError(
                .unavailable,
                "Trees whose scores of several classes compete can only be explained by their scores; explain the "
                    + "probabilities by permutation or kernel SHAP.")
        }
        if output == .probability, ensemble.unit == .prediction || ensemble.unit == .score {
            throw ApusError(.unavailable, "This model predicts numbers, so it has no probabilities to explain.")
        }
        // Probabilities at the leaves need no transformation.
        self.output = ensemble.unit == .probability ? .raw : output
        if let background {
            _ = try ensemble.outputs(background)
            try checkBackground(background, features: ensemble.featureCount)
            if TreeShapKernel.longestWay(ensemble.trees) > TreeShapKernel.longestWay {
                throw ApusError(
                    .unavailable,
                    "The trees ask about more than \(TreeShapKernel.longestWay) columns on one path, too many to compare "
                        + "with a background; leave it out.")
            }
        } else if self.output == .probability {
            throw ApusError(
                .invalidParameter,
                "The scores of boosted trees become probabilities only row by row; give a background to explain "
                    + "probabilities, or explain the log-odds.")
        }
        self.background = background
    }

    /// What each feature adds to the outputs of some rows.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    /// - Complexity: O(n · nodes · columns on a path) without, O(n · m · nodes visited) with a background of m rows.
    public func explain(_ x: Matrix) throws -> Explanation {
        if output == .probability {
            let link = ensemble.link
            return try transformed(x, unit: .probability) { score, _ in link(score) }
        }
        let outputs = try ensemble.outputs(x)
        let rows = ensemble.encoded(x)
        let values: [Double]
        let base: [Double]
        if let background {
            values = TreeShapKernel.interventional(
                ensemble.trees, rows, background: ensemble.encoded(background), outputs: ensemble.width,
                isSingle: ensemble.isSingle)
            let known = try ensemble.outputs(background)
            base = (0..<known.columns).map { meanOf(known.column($0)) }
        } else {
            values = TreeShapKernel.pathDependent(
                ensemble.trees, rows, outputs: ensemble.width, isSingle: ensemble.isSingle)
            base = mirrored(base: zip(ensemble.expectation, ensemble.offsets).map(+))
        }
        return try Explanation(
            featureNames: featureNames, outputNames: ensemble.outputNames, unit: ensemble.unit, method: method,
            bases: sameRows(base, rows: x.rows), outputs: outputs, values: mirrored(values, size: x.columns))
    }

    /// What each feature adds to the loss of some rows whose truth is known: the log loss of two classes, or the squared
    /// error of numbers. Negative contributions make the model better.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - truth: n numbers, or for classes 1 where the second is true and 0 where the first is.
    /// - Throws: `ApusError` with code `unavailable` without a background or for a model of another kind, `shapeMismatch`
    ///   or `invalidInput`.
    public func explainLoss(_ x: Matrix, truth: [Double]) throws -> Explanation {
        guard background != nil else {
            throw ApusError(.invalidParameter, "A loss is explained against a background; give some rows.")
        }
        guard truth.count == x.rows else {
            throw ApusError(.shapeMismatch, "There are \(x.rows) rows but \(truth.count) true values.")
        }
        switch (ensemble.unit, ensemble.link) {
        case (.logOdds, _):
            guard truth.allSatisfy({ $0 == 0 || $0 == 1 }) else {
                throw ApusError(.invalidInput, "The truth of two classes is 0 or 1.")
            }
            return try transformed(x, unit: .loss, truth: truth) { log1p(exp(-$0.magnitude)) + max($0, 0) - $1 * $0 }
        case (.prediction, _):
            return try transformed(x, unit: .loss, truth: truth) { ($1 - $0) * ($1 - $0) }
        default:
            throw ApusError(
                .unavailable,
                "Losses are explained for boosted classifiers of two classes and for models that predict numbers.")
        }
    }

    /// How pairs of features work together: contributions of single features on the diagonal, half of what a pair adds
    /// beyond them on either side of it; all of a row's numbers for an output add up to the output less the base.
    ///
    /// - Parameter x: n × d.
    /// - Returns: For each row and output, row after row, a d × d matrix.
    /// - Throws: `ApusError` with code `unavailable` with a background, `shapeMismatch` or `invalidInput`.
    /// - Complexity: O(n · leaves · columns on a path³)
    public func interactions(_ x: Matrix) throws -> [Matrix] {
        guard background == nil else {
            throw ApusError(
                .unavailable, "Interactions are found from the splits' own training rows; leave out the background.")
        }
        let single = try explain(x)
        let (d, names) = (x.columns, ensemble.outputNames.count)
        let size = d.multipliedReportingOverflow(by: d)
        guard !size.overflow, Double(size.partialValue) * Double(x.rows * names) < 2e9 / 8 else {
            throw ApusError(
                .invalidInput, "Interactions of \(d) features for \(x.rows) rows need too much memory; take fewer rows."
            )
        }
        let upper = mirrored(
            TreeShapKernel.interactions(
                ensemble.trees, ensemble.encoded(x), outputs: ensemble.width, isSingle: ensemble.isSingle),
            size: d * d)
        return Parallel.map(x.rows * names) { k in
            var values = Array(upper[k * d * d..<(k + 1) * d * d])
            for i in 0..<d {
                for j in 0..<i { values[i * d + j] = values[j * d + i] }
            }
            for i in 0..<d {
                let others = (0..<d).reduce(0) { $1 == i ? $0 : $0 + values[i * d + $1] }
                values[i * d + i] = single.values[k * d + i] - others
            }
            return Matrix(rows: d, columns: d, values: values)
        }
    }

    private var method: String {
        background.map { "tree SHAP against \($0.rows) rows" } ?? "tree SHAP along the paths"
    }

    /// Values of outputs that are transformed: those of each pair of rows are stretched to the difference of the
    /// transformed outputs.
    private func transformed(
        _ x: Matrix, unit: Explanation.Unit, truth: [Double]? = nil, _ link: (Double, Double) -> Double
    ) throws -> Explanation {
        guard let background else { throw ApusError(.invalidParameter, "Give a background.") }
        let own = try ensemble.outputs(x).values
        let other = try ensemble.outputs(background).values
        var factors: [Double] = []
        factors.reserveCapacity(own.count * other.count)
        var bases: [Double] = []
        var outputs: [Double] = []
        for (row, score) in own.enumerated() {
            let known = truth?[row] ?? 0
            let answer = link(score, known)
            var sum = 0.0
            for theirs in other {
                let base = link(theirs, known)
                sum += base
                factors.append(score == theirs ? 1 : (answer - base) / (score - theirs))
            }
            outputs.append(answer)
            bases.append(sum / Double(other.count))
        }
        let values = TreeShapKernel.interventional(
            ensemble.trees, ensemble.encoded(x), background: ensemble.encoded(background), outputs: 1,
            isSingle: ensemble.isSingle, factors: factors)
        return try Explanation(
            featureNames: featureNames, outputNames: unit == .loss ? ["loss"] : ensemble.outputNames, unit: unit,
            method: method, bases: Matrix(column: bases), outputs: Matrix(column: outputs), values: values)
    }

    /// The base of both classes from that of the second.
    private func mirrored(base: [Double]) -> [Double] { ensemble.isMirrored ? [1 - base[0], base[0]] : base }

    /// The values of both classes from those of the second, `size` numbers a row.
    private func mirrored(_ values: [Double], size: Int) -> [Double] {
        guard ensemble.isMirrored else { return values }
        var both: [Double] = []
        both.reserveCapacity(2 * values.count)
        for start in stride(from: 0, to: values.count, by: max(1, size)) {
            let row = values[start..<start + size]
            both.append(contentsOf: row.lazy.map { -$0 })
            both.append(contentsOf: row)
        }
        return both
    }
}
