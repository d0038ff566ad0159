import ApusCore

/// The fairness metrics of regression models, by name.
///
/// Differences are at least 0 and 0 is parity; ratios are from 0 to 1 and 1 is parity, as for classes.
public enum RegressionFairness: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Greatest difference of mean predictions.
    case meanPredictionDifference
    /// Greatest difference of mean residuals `y - ŷ`: who is over- and who is underestimated.
    case meanResidualDifference
    /// Greatest difference of mean absolute errors.
    case meanAbsoluteErrorDifference
    /// Smallest ratio of mean absolute errors.
    case meanAbsoluteErrorRatio
    /// Greatest difference of mean squared errors.
    case meanSquaredErrorDifference
    /// Greatest difference of R².
    case r2Difference

    /// The name as Python spells it.
    public var pythonName: String { snakeCase(rawValue) }

    /// Whether 1 is parity and less is worse; otherwise 0 is, and more is worse.
    public var isRatio: Bool { rawValue.hasSuffix("Ratio") }

    /// What it says, in a few words for a table.
    public var title: String { snakeCase(rawValue).split(separator: "_").joined(separator: " ") }

    /// The metric of some answers.
    ///
    /// - Parameters:
    ///   - truth: n true values.
    ///   - prediction: n predicted values.
    ///   - sensitive: The group of each row.
    ///   - method: What groups are compared with; default each other.
    ///   - weights: n sample weights; default nil for equal ones.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func value(
        _ truth: [Double], _ prediction: [Double], sensitive: Labels, method: DisparityMethod = .betweenGroups,
        weights: [Double]? = nil
    ) throws -> MetricValue {
        guard prediction.count == truth.count, sensitive.count == truth.count else {
            throw ApusError(
                .shapeMismatch,
                "There are \(truth.count) true values, \(prediction.count) predicted ones and \(sensitive.count) groups; "
                    + "give one of each for each row.")
        }
        try checkSampleWeights(weights, rows: truth.count)
        var rows = [[Int]](repeating: [], count: sensitive.classes.count)
        for (row, code) in sensitive.codes.enumerated() { rows[code].append(row) }
        let groups = try zip(sensitive.classes.names, rows).filter { !$1.isEmpty }.map { name, rows in
            (name: name, rows: rows.count, value: try measure(truth, prediction, rows, weights))
        }
        let overall = try measure(truth, prediction, Array(truth.indices), weights)
        return isRatio
            ? Disparity.ratio(groups, overall: overall, method: method)
            : Disparity.difference(groups, overall: overall, method: method)
    }

    private func measure(
        _ truth: [Double], _ prediction: [Double], _ rows: [Int], _ weights: [Double]?
    ) throws -> MetricValue {
        let chosen = weights.map { w in rows.map { w[$0] } }
        let (y, p) = (rows.map { truth[$0] }, rows.map { prediction[$0] })
        if let chosen, chosen.allSatisfy({ $0 == 0 }) { return MetricValue(undefined: "no row has a weight") }
        switch self {
        case .meanPredictionDifference: return MetricValue(mean(p, chosen))
        case .meanResidualDifference: return MetricValue(mean(zip(y, p).map { $0 - $1 }, chosen))
        case .meanAbsoluteErrorDifference, .meanAbsoluteErrorRatio:
            return MetricValue(try meanAbsoluteError(y, p, weights: chosen))
        case .meanSquaredErrorDifference: return MetricValue(try meanSquaredError(y, p, weights: chosen))
        case .r2Difference: return try r2Score(y, p, weights: chosen)
        }
    }

    private func mean(_ values: [Double], _ weights: [Double]?) -> Double {
        guard let weights else { return values.reduce(0, +) / Double(values.count) }
        return BLAS.dot(values, weights) / weights.reduce(0, +)
    }
}
