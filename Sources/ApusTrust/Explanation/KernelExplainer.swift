import ApusCore

/// Shapley values of any model as the coefficients of a weighted linear fit to what it says of coalitions of features.
///
/// Coalitions of the smallest and greatest sizes are asked about in full as long as there is room, the others at random;
/// where all 2ᵐ fit, the values are exact. Coalitions are those of the reference for the same seed (without its selection
/// of features). Contributions add up to the output less the base, by a constraint of the fit.
///
/// S. M. Lundberg and S.-I. Lee, *A unified approach to interpreting model predictions*, NIPS 30 (2017).
public struct KernelExplainer: Sendable {
    private let masked: MaskedModel
    /// How many coalitions of a row the model is asked about; nil for 2m + 2,048.
    public let sampleCount: Int?
    /// The seed of the coalitions.
    public let seed: UInt32

    /// An explainer of a model.
    ///
    /// - Parameters:
    ///   - model: What the model answers.
    ///   - background: Rows that stand for what is not known; `summarized(by:)` makes few of many.
    ///   - groups: The columns of each feature, which are known or not known together; default nil: each column is one.
    ///   - featureNames: A name for each feature; default nil for x0, x1, ….
    ///   - sampleCount: How many coalitions of a row the model is asked about; default nil for 2m + 2,048 with m features
    ///     that differ from the background.
    ///   - seed: The seed of the coalitions.
    /// - Throws: `ApusError` for a background or groups that do not fit, or what the model throws.
    public init(
        _ model: ModelFunction, background: Background, groups: [[Int]]? = nil, featureNames: [String]? = nil,
        sampleCount: Int? = nil, seed: UInt32 = 0
    ) throws {
        masked = try MaskedModel(model, background: background, groups: groups, featureNames: featureNames)
        if let sampleCount, sampleCount < 1 {
            throw ApusError(.invalidParameter, "\(sampleCount) coalitions are none; ask about at least one.")
        }
        self.sampleCount = sampleCount
        self.seed = seed
    }

    /// What each feature adds to the outputs of some rows.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `numericalFailure` when there are too few coalitions to tell the features apart.
    /// - Complexity: O(n · coalitions · background rows) answers of the model.
    public func explain(_ x: Matrix) throws -> Explanation {
        let outputs = try masked.function(x)
        var random = RandomState(seed: seed)
        // Coalitions of all features in full are the same for all rows.
        var full: [Int: Coalitions] = [:]
        var plans: [(features: [Int], coalitions: Coalitions)] = []
        for row in 0..<x.rows {
            let features = masked.varying(x.row(row))
            if let known = full[features.count] {
                plans.append((features, known))
                continue
            }
            let coalitions = Coalitions(features: features.count, samples: sampleCount, random: &random)
            if coalitions.isComplete { full[features.count] = coalitions }
            plans.append((features, coalitions))
        }
        let values = try Parallel.tryMap(x.rows) { [plans] row in
            try explain(x.row(row), outputs.row(row), plans[row].features, plans[row].coalitions)
        }
        return try masked.explanation(
            values, outputs: outputs, method: "kernel SHAP against \(masked.background.rows.rows) rows")
    }

    private func explain(
        _ row: [Double], _ output: [Double], _ features: [Int], _ coalitions: Coalitions
    ) throws -> [Double] {
        let (width, count, m) = (masked.base.count, masked.groups.count, features.count)
        var phi = [Double](repeating: 0, count: width * count)
        if m == 0 { return phi }
        let totals = zip(output, masked.base).map { $0 - $1 }
        if m == 1 {
            for k in 0..<width { phi[k * count + features[0]] = totals[k] }
            return phi
        }
        let masks = coalitions.masks
        let answers = try masked.outputs(row, coalitions: coalitions.count, of: features) { masks[$0 * m + $1] }
        // The last feature gets what the others leave, which puts the constraint into the fit.
        let roots = coalitions.weights.map { $0.squareRoot() }
        let design = Matrix(rows: coalitions.count, columns: m - 1) { values in
            for i in 0..<coalitions.count {
                let last = masks[i * m + m - 1] ? 1.0 : 0
                for k in 0..<m - 1 { values[i * (m - 1) + k] = roots[i] * ((masks[i * m + k] ? 1 : 0) - last) }
            }
        }
        let factor = LAPACK.Cholesky(BLAS.gram(design))
        for output in 0..<width {
            let target = (0..<coalitions.count).map { i in
                let last = masks[i * m + m - 1] ? totals[output] : 0
                return roots[i] * (answers[i, output] - masked.base[output] - last)
            }
            let solution: [Double]
            if let factor, factor.reciprocalCondition > 1e-12 {
                solution = factor.solve(try BLAS.product(transposed: design, target))
            } else {
                let fit = try LAPACK.leastSquares(design, Matrix(column: target), tolerance: 1e-12)
                guard fit.rank == m - 1 else {
                    throw ApusError(
                        .numericalFailure,
                        "\(coalitions.count) coalitions do not tell \(m) features apart; ask about more.")
                }
                solution = fit.solution.values
            }
            for k in 0..<m - 1 { phi[output * count + features[k]] = solution[k] }
            phi[output * count + features[m - 1]] = totals[output] - solution.reduce(0, +)
        }
        return phi
    }
}
