import ApusCore

/// Shapley values of any model, estimated by adding the features of a row one by one in random orders, forwards and
/// backwards.
///
/// Each order alone adds up to the output less the base, so that the estimate does too; it is exact for models without
/// interactions of more than two features. Orders are those of the reference for the same seed.
public struct PermutationExplainer: Sendable {
    private let masked: MaskedModel
    /// How many coalitions of a row the model is asked about at most, at least one order's; default 500.
    public let maxEvaluations: Int
    /// The seed of the orders.
    public let seed: UInt32

    /// An explainer of a model.
    ///
    /// - Parameters:
    ///   - model: What the model answers.
    ///   - background: Rows that stand for what is not known.
    ///   - groups: The columns of each feature, which are known or not known together; default nil: each column is one.
    ///   - featureNames: A name for each feature; default nil for x0, x1, ….
    ///   - maxEvaluations: How many coalitions of a row the model is asked about at most; default 500.
    ///   - seed: The seed of the orders.
    /// - Throws: `ApusError` for a background or groups that do not fit, or what the model throws.
    public init(
        _ model: ModelFunction, background: Background, groups: [[Int]]? = nil, featureNames: [String]? = nil,
        maxEvaluations: Int = 500, seed: UInt32 = 0
    ) throws {
        masked = try MaskedModel(model, background: background, groups: groups, featureNames: featureNames)
        self.maxEvaluations = maxEvaluations
        self.seed = seed
    }

    /// What each feature adds to the outputs of some rows.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `invalidParameter` when `maxEvaluations` is too low for one order.
    /// - Complexity: O(n · `maxEvaluations` · background rows) answers of the model.
    public func explain(_ x: Matrix) throws -> Explanation {
        let outputs = try masked.function(x)
        var random = RandomState(seed: seed)
        var plans: [(features: [Int], orders: [[Int]])] = []
        for row in 0..<x.rows {
            var features = masked.varying(x.row(row))
            let varying = features
            let count = maxEvaluations / (2 * features.count + 1)
            guard count > 0 || features.isEmpty else {
                throw ApusError(
                    .invalidParameter,
                    "\(maxEvaluations) evaluations are too few for \(features.count) features; allow at least "
                        + "\(2 * features.count + 1).")
            }
            var orders: [[Int]] = []
            if !features.isEmpty {
                for _ in 0..<count {
                    random.shuffle(&features)
                    orders.append(features)
                }
            }
            plans.append((varying, orders))
        }
        let values = try Parallel.tryMap(x.rows) { [plans] row in
            try explain(x.row(row), plans[row].features, plans[row].orders)
        }
        return try masked.explanation(
            values, outputs: outputs, method: "permutation SHAP against \(masked.background.rows.rows) rows")
    }

    private func explain(_ row: [Double], _ features: [Int], _ orders: [[Int]]) throws -> [Double] {
        let (width, count, m) = (masked.base.count, masked.groups.count, features.count)
        var phi = [Double](repeating: 0, count: width * count)
        if orders.isEmpty { return phi }
        // Coalition i of an order has its first i features for i ≤ m and lacks its first i - m ones beyond.
        let ranks = orders.map { order in
            features.map { feature in order.firstIndex(of: feature) ?? 0 }
        }
        let answers = try masked.outputs(row, coalitions: orders.count * 2 * m, of: features) { coalition, k in
            let (order, step) = (coalition / (2 * m), coalition % (2 * m))
            let rank = ranks[order][k]
            return step <= m ? rank < step : rank >= step - m
        }
        for (place, order) in orders.enumerated() {
            let start = place * 2 * m
            for (step, feature) in order.enumerated() {
                for k in 0..<width {
                    // The last coalition of an order is its first again: the one without any feature.
                    let last = step + 1 == m ? start : start + m + step + 1
                    phi[k * count + feature] += answers[start + step + 1, k] - answers[start + step, k]
                    phi[k * count + feature] += answers[start + m + step, k] - answers[last, k]
                }
            }
        }
        return phi.map { $0 / Double(2 * orders.count) }
    }
}
