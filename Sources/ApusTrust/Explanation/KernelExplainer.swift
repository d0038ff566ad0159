import ApusCore

/// Shapley values of any model as the coefficients of a weighted linear fit to what it says of coalitions of features.
///
/// Coalitions of the smallest and greatest sizes are asked about in full as long as there is room, the others at random;
/// where all 2ᵐ fit, the values are exact. Coalitions, and the features that a `selection` keeps, are those of the reference
/// for the same seed. Contributions add up to the output less the base, by a constraint of the fit.
///
/// S. M. Lundberg and S.-I. Lee, *A unified approach to interpreting model predictions*, NIPS 30 (2017).
public struct KernelExplainer: Sendable {
    private let masked: MaskedModel
    /// What the model says of the background, linked.
    private let base: [Double]
    /// How many coalitions of a row the model is asked about; nil for 2m + 2,048.
    public let sampleCount: Int?
    /// The seed of the coalitions.
    public let seed: UInt32
    /// What is added up: the answers, or the logarithm of their odds.
    public let link: ExplanationLink
    /// Which features get a part.
    public let selection: KernelSelection

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
    ///   - link: What is added up; default the answers. With `.logit` the answers must be probabilities above 0 and below 1,
    ///     and contributions are log-odds.
    ///   - selection: Which features get a part; default `.none`: all of them.
    /// - Throws: `ApusError` for a background, groups or a selection that do not fit, or what the model throws.
    public init(
        _ model: ModelFunction, background: Background, groups: [[Int]]? = nil, featureNames: [String]? = nil,
        sampleCount: Int? = nil, seed: UInt32 = 0, link: ExplanationLink = .identity,
        selection: KernelSelection = .none
    ) throws {
        try selection.check()
        masked = try MaskedModel(model, background: background, groups: groups, featureNames: featureNames)
        if let sampleCount, sampleCount < 1 {
            throw ApusError(.invalidParameter, "\(sampleCount) coalitions are none; ask about at least one.")
        }
        self.sampleCount = sampleCount
        self.seed = seed
        self.link = link
        self.selection = selection
        base = try masked.base.map(link.callAsFunction)
    }

    /// What each feature adds to the outputs of some rows.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `numericalFailure` when there are too few coalitions to tell the features apart.
    /// - Complexity: O(n · coalitions · background rows) answers of the model.
    public func explain(_ x: Matrix) throws -> Explanation {
        let answers = try masked.function(x)
        let outputs = Matrix(
            rows: answers.rows, columns: answers.columns, values: try answers.values.map(link.callAsFunction))
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
        return try Explanation(
            featureNames: masked.featureNames, outputNames: masked.function.outputNames,
            unit: link == .logit ? .logOdds : masked.function.unit,
            method: "kernel SHAP against \(masked.background.rows.rows) rows", bases: sameRows(base, rows: x.rows),
            outputs: outputs, values: values.flatMap(\.self))
    }

    private func explain(
        _ row: [Double], _ output: [Double], _ features: [Int], _ coalitions: Coalitions
    ) throws -> [Double] {
        let (width, count, m) = (masked.base.count, masked.groups.count, features.count)
        var phi = [Double](repeating: 0, count: width * count)
        if m == 0 { return phi }
        let totals = zip(output, base).map { $0 - $1 }
        if m == 1 {
            for k in 0..<width { phi[k * count + features[0]] = totals[k] }
            return phi
        }
        let known = coalitions.masks
        let answers = try masked.outputs(row, coalitions: coalitions.count, of: features) { known[$0 * m + $1] }
        let masks = Matrix(rows: coalitions.count, columns: m, values: known.map { $0 ? 1 : 0 })
        let share = m <= 30 ? Double(coalitions.count) / Double((1 << m) - 2) : 0
        let selects = selection.applies(share)
        // Without a selection all outputs have the same system.
        let whole = selects ? nil : System(masks, coalitions.weights, Array(0..<m))
        for output in 0..<width {
            let gains = try (0..<coalitions.count).map { try link(answers[$0, output]) - base[output] }
            let system =
                try whole
                ?? System(
                    masks, coalitions.weights,
                    selection.selected(masks, weights: coalitions.weights, answers: gains, total: totals[output]))
            for (feature, value) in zip(system.features, try system.solve(gains, total: totals[output])) {
                phi[output * count + features[feature]] = value
            }
        }
        return phi
    }

    /// The weighted fit to coalitions of some features. The last of them gets what the others leave, which puts the constraint
    /// into the fit.
    private struct System {
        let features: [Int]
        private let design: Matrix
        private let roots: [Double]
        private let last: [Double]
        private let factor: LAPACK.Cholesky?

        init(_ masks: Matrix, _ weights: [Double], _ features: [Int]) {
            self.features = features
            roots = weights.map { $0.squareRoot() }
            let (k, end) = (features.count - 1, features[features.count - 1])
            last = masks.column(end)
            design = Matrix(rows: masks.rows, columns: k) { [roots, last] values in
                for i in 0..<masks.rows {
                    for j in 0..<k { values[i * k + j] = roots[i] * (masks[i, features[j]] - last[i]) }
                }
            }
            factor = k > 0 ? LAPACK.Cholesky(BLAS.gram(design)) : nil
        }

        /// The parts of the features.
        func solve(_ gains: [Double], total: Double) throws -> [Double] {
            if features.count == 1 { return [total] }
            let target = gains.indices.map { roots[$0] * (gains[$0] - last[$0] * total) }
            let solution: [Double]
            if let factor, factor.reciprocalCondition > 1e-12 {
                solution = factor.solve(try BLAS.product(transposed: design, target))
            } else {
                let fit = try LAPACK.leastSquares(design, Matrix(column: target), tolerance: 1e-12)
                guard fit.rank == design.columns else {
                    throw ApusError(
                        .numericalFailure,
                        "\(gains.count) coalitions do not tell \(features.count) features apart; ask about more, or select "
                            + "fewer features.")
                }
                solution = fit.solution.values
            }
            return solution + [total - solution.reduce(0, +)]
        }
    }
}
