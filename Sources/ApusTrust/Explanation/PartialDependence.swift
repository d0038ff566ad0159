import ApusCore

/// What a model answers on average when a feature is set to each of some values, and what it answers for each row
/// (individual conditional expectation).
///
/// Rows take values they may never have beside their others; where features go together, `AccumulatedLocalEffects` keeps to
/// values that occur. Values and averages are scikit-learn's, of its method `brute` or, for trees, `recursion`.
///
/// J. H. Friedman, *Greedy function approximation: a gradient boosting machine*, Annals of Statistics 29 (2001).
public struct PartialDependence: Sendable, Hashable {
    /// The feature.
    public let featureName: String
    /// The values that it is set to, ascending.
    public let grid: [Double]
    /// The outputs.
    public let outputNames: [String]
    /// The mean answer: outputs × values.
    public let average: Matrix
    /// For each output the answers for each row: n × values; empty where trees were asked without rows.
    public let individual: [Matrix]

    /// The dependence of a model's answers on a feature.
    ///
    /// - Parameters:
    ///   - model: What the model answers.
    ///   - x: n × d, the rows that the feature is set in.
    ///   - feature: The column.
    ///   - featureName: How it is called; default nil for x and its number.
    ///   - gridResolution: How many values are tried: all that occur where these are fewer; default 100.
    ///   - percentiles: The shares of the rows between which values are tried; default 5 % and 95 %.
    ///   - isCategorical: Whether all values that occur are tried.
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`, or what the model throws.
    /// - Complexity: O(n · values) answers of the model.
    public init(
        of model: ModelFunction, _ x: Matrix, feature: Int, featureName: String? = nil, gridResolution: Int = 100,
        percentiles: (Double, Double) = (0.05, 0.95), isCategorical: Bool = false
    ) throws {
        let grid = try Self.grid(
            x, feature, resolution: gridResolution, percentiles: percentiles, isCategorical: isCategorical)
        self.grid = grid
        self.featureName = featureName ?? "x\(feature)"
        outputNames = model.outputNames
        let answers = try Parallel.tryMap(grid.count) { k in
            var set = x
            set.withMutableValues { values in
                for row in 0..<x.rows { values[row * x.columns + feature] = grid[k] }
            }
            return try model(set)
        }
        individual = model.outputNames.indices.map { output in
            Matrix(rows: x.rows, columns: grid.count) { values in
                for k in grid.indices {
                    for row in 0..<x.rows { values[row * grid.count + k] = answers[k][row, output] }
                }
            }
        }
        average = Matrix(rows: model.outputNames.count, columns: grid.count) { values in
            for output in model.outputNames.indices {
                for k in grid.indices {
                    let sum = pairwiseSum(0..<x.rows) { answers[k][$0, output] }
                    values[output * grid.count + k] = sum / Double(x.rows)
                }
            }
        }
    }

    /// The dependence of trees' outputs on a feature, from their splits alone (scikit-learn's method `recursion`): at splits on
    /// the feature its side is taken, at others both, by the shares of the training rows. It needs no answers of the model, and
    /// leaves out how the feature goes together with others less than `brute` does.
    ///
    /// Outputs are those of ``TreeExplainer``: probabilities of forests, the log-odds or scores of boosted trees, with the
    /// constant that boosting begins with, which scikit-learn leaves out.
    ///
    /// - Parameters:
    ///   - model: The trees.
    ///   - x: n × d, rows that say which values are tried.
    ///   - feature: The column.
    ///   - featureName: How it is called; default nil for x and its number.
    ///   - gridResolution: How many values are tried: all that occur where these are fewer; default 100.
    ///   - percentiles: The shares of the rows between which values are tried; default 5 % and 95 %.
    ///   - isCategorical: Whether all values that occur are tried.
    /// - Throws: `ApusError` with code `shapeMismatch`, `invalidParameter` or `invalidInput`.
    /// - Complexity: O(values · nodes)
    public init(
        recursing model: some TreeBasedModel, _ x: Matrix, feature: Int, featureName: String? = nil,
        gridResolution: Int = 100, percentiles: (Double, Double) = (0.05, 0.95), isCategorical: Bool = false
    ) throws {
        let ensemble = model.treeEnsemble
        try x.checkColumns(ensemble.featureCount, of: "The model")
        let grid = try Self.grid(
            x, feature, resolution: gridResolution, percentiles: percentiles, isCategorical: isCategorical)
        self.grid = grid
        self.featureName = featureName ?? "x\(feature)"
        outputNames = ensemble.outputNames
        let set = Matrix(rows: grid.count, columns: x.columns) { values in
            for k in grid.indices { values[k * x.columns + feature] = grid[k] }
        }
        let codes = ensemble.encoded(set).column(feature)
        let answers = Parallel.map(grid.count) { k in ensemble.expectation(where: feature, is: codes[k]) }
        individual = []
        average = Matrix(rows: outputNames.count, columns: grid.count) { values in
            for k in grid.indices {
                for output in answers[k].indices { values[output * grid.count + k] = answers[k][output] }
            }
        }
    }

    private static func grid(
        _ x: Matrix, _ feature: Int, resolution: Int, percentiles: (Double, Double), isCategorical: Bool
    ) throws -> [Double] {
        guard (0..<x.columns).contains(feature) else {
            throw ApusError(.invalidParameter, "There is no column \(feature); there are \(x.columns), counted from 0.")
        }
        guard resolution >= 2, percentiles.0 >= 0, percentiles.0 < percentiles.1, percentiles.1 <= 1 else {
            throw ApusError(
                .invalidParameter,
                "A grid needs at least 2 values and percentiles from 0 to 1, the lower one first.")
        }
        let values = x.column(feature).filter { !$0.isNaN }.sorted()
        guard let first = values.first else {
            throw ApusError(.invalidInput, "Column \(feature) has no values, so there is nothing to set it to.")
        }
        var distinct = [first]
        for value in values where value != distinct[distinct.count - 1] { distinct.append(value) }
        if isCategorical || distinct.count < resolution { return distinct }
        let (low, high) = (quantile(values, percentiles.0), quantile(values, percentiles.1))
        guard (low - high).magnitude > 1e-8 + 1e-5 * high.magnitude else {
            throw ApusError(
                .invalidInput, "The percentiles of column \(feature) are the same; choose some that are further apart.")
        }
        let step = (high - low) / Double(resolution - 1)
        return (0..<resolution).map { $0 == resolution - 1 ? high : low + Double($0) * step }
    }

    /// The quantile of sorted values that is nearly unbiased for most distributions (Cunnane's).
    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        let n = Double(values.count)
        if values.count == 1 { return values[0] }
        let place = n * share + 0.4 + share * 0.2
        let k = min(max(place, 1), n - 1).rounded(.down)
        let part = min(max(place - k, 0), 1)
        return (1 - part) * values[Int(k) - 1] + part * values[Int(k)]
    }
}
