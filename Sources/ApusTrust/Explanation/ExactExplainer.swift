import ApusCore

/// Exact Shapley values of any model, by asking it about every coalition of features.
///
/// Only features in which a row differs from the background count, and of these there may be `mostFeatures`.
public struct ExactExplainer: Sendable {
    /// The most features of a row that may differ from the background: 2¹⁴ coalitions.
    public static let mostFeatures = 14

    private let masked: MaskedModel

    /// An explainer of a model.
    ///
    /// - Parameters:
    ///   - model: What the model answers.
    ///   - background: Rows that stand for what is not known.
    ///   - groups: The columns of each feature, which are known or not known together; default nil: each column is one.
    ///   - featureNames: A name for each feature; default nil for x0, x1, ….
    /// - Throws: `ApusError` for a background or groups that do not fit, or what the model throws.
    public init(
        _ model: ModelFunction, background: Background, groups: [[Int]]? = nil, featureNames: [String]? = nil
    ) throws {
        masked = try MaskedModel(model, background: background, groups: groups, featureNames: featureNames)
    }

    /// What each feature adds to the outputs of some rows.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `unavailable` when too many features differ from the background.
    /// - Complexity: O(n · 2^features · background rows) answers of the model.
    public func explain(_ x: Matrix) throws -> Explanation {
        let outputs = try masked.function(x)
        let values = try Parallel.tryMap(x.rows) { try explain(x.row($0)) }
        return try masked.explanation(
            values, outputs: outputs, method: "exact SHAP against \(masked.background.rows.rows) rows")
    }

    private func explain(_ row: [Double]) throws -> [Double] {
        let features = masked.varying(row)
        let (m, width, count) = (features.count, masked.base.count, masked.groups.count)
        var phi = [Double](repeating: 0, count: width * count)
        guard m <= Self.mostFeatures else {
            throw ApusError(
                .unavailable,
                "\(m) features differ from the background, but exact SHAP asks about all 2^\(m) coalitions and takes at "
                    + "most \(Self.mostFeatures); use permutation or kernel SHAP.")
        }
        if m == 0 { return phi }
        let answers = try masked.outputs(row, coalitions: 1 << m, of: features) { $0 >> $1 & 1 == 1 }
        // |S|! (m - |S| - 1)! / m!
        var weights = [1 / Double(m)]
        for size in 1..<max(1, m) { weights.append(weights[size - 1] * Double(size) / Double(m - size)) }
        for coalition in 0..<1 << m {
            let weight = coalition == (1 << m) - 1 ? 0 : weights[coalition.nonzeroBitCount]
            for k in 0..<m where coalition >> k & 1 == 0 {
                for output in 0..<width {
                    phi[output * count + features[k]] +=
                        weight * (answers[coalition | 1 << k, output] - answers[coalition, output])
                }
            }
        }
        return phi
    }
}
