import ApusCore

/// How much each feature alone tells about what is to be predicted.
///
///     let tests = try FeatureScores.fClassif(x, y)
///     tests.scores     // larger: tells more
///     tests.pValues    // how probable so large a score is if the feature told nothing
public struct FeatureScores: Sendable, Hashable {
    /// A score for each feature; NaN where it is not defined, as for a feature that does not vary.
    public let scores: [Double]
    /// For each feature the probability of so large a score by chance; nil where that is not known.
    public let pValues: [Double]?

    /// The F statistic of an analysis of variance: how much the means of the classes differ, set against the variance within
    /// them.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels of at least two classes.
    /// - Throws: `ApusError` for illegal data.
    public static func fClassif(_ x: Matrix, _ y: Labels) throws -> FeatureScores {
        let labels = y.compacted
        try x.checkUsable()
        try labels.check(rows: x.rows, minimumClasses: 2)
        let (classes, d, n) = (labels.classes.count, x.columns, Double(x.rows))
        var sums = Matrix(rows: classes, columns: d)
        var squares = Matrix(rows: classes, columns: d)
        for (i, code) in labels.codes.enumerated() {
            for j in 0..<d {
                let value = x.values[i * d + j]
                sums[code, j] += value
                squares[code, j] += value * value
            }
        }
        let counts = labels.counts.map(Double.init)
        let (between, within) = (Double(classes - 1), n - Double(classes))
        let statistics = (0..<d).map { j -> Double in
            let total = (0..<classes).reduce(0.0) { $0 + sums[$1, j] }
            let correction = total * total / n
            let all = (0..<classes).reduce(0.0) { $0 + squares[$1, j] } - correction
            var explained = 0.0
            for k in 0..<classes { explained += sums[k, j] * sums[k, j] / counts[k] }
            explained -= correction
            return (explained / between) / ((all - explained) / within)
        }
        return FeatureScores(
            scores: statistics, pValues: statistics.map { TailProbabilities.f($0, between, within) })
    }

    /// The F statistic of a straight line through each feature and the target: r² / (1 - r²) · (n - 2).
    ///
    /// 0 for a feature that does not vary, and the largest number for one that tells the target exactly.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n numbers.
    /// - Throws: `ApusError` for illegal data.
    public static func fRegression(_ x: Matrix, _ y: [Double]) throws -> FeatureScores {
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        let (n, d) = (Double(x.rows), x.columns)
        let mean = pairwiseSum(y.indices) { y[$0] } / n
        let centred = y.map { $0 - mean }
        let length = pairwiseSum(centred.indices) { centred[$0] * centred[$0] }.squareRoot()
        let freedom = n - 2
        var (statistics, pValues) = ([Double](), [Double]())
        for j in 0..<d {
            let column = x.column(j)
            let average = pairwiseSum(column.indices) { column[$0] } / n
            let norm = (pairwiseSum(column.indices) { column[$0] * column[$0] } - n * average * average).squareRoot()
            var correlation = pairwiseSum(column.indices) { column[$0] * centred[$0] } / norm / length
            if correlation.isNaN { correlation = 0 }
            let square = correlation * correlation
            var statistic = square / (1 - square) * freedom
            var p = TailProbabilities.f(statistic, 1, freedom)
            if statistic.isInfinite { statistic = statistic < 0 ? statistic : .greatestFiniteMagnitude }
            if statistic.isNaN { (statistic, p) = (0, 1) }
            statistics.append(statistic)
            pValues.append(p)
        }
        return FeatureScores(scores: statistics, pValues: pValues)
    }

    /// The χ² statistic between each feature, taken as counts, and the classes.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, nothing below 0.
    ///   - y: n labels of at least two classes.
    /// - Throws: `ApusError` for illegal data.
    public static func chi2(_ x: Matrix, _ y: Labels) throws -> FeatureScores {
        try x.checkUsable()
        try x.checkNotNegative(for: "chi2")
        let d = x.columns
        return try chi2(y, rows: x.rows, columns: d) { add in
            for (k, value) in x.values.enumerated() where value != 0 { add(k / d, k % d, value) }
        }
    }

    /// The same for sparse rows, such as counts of words.
    ///
    /// - Parameters: As for dense rows.
    /// - Throws: As for dense rows.
    public static func chi2(_ x: SparseMatrix, _ y: Labels) throws -> FeatureScores {
        try x.checkUsable()
        try x.checkNotNegative(for: "chi2")
        return try chi2(y, rows: x.rows, columns: x.columns) { add in
            for i in 0..<x.rows {
                for k in x.rowOffsets[i]..<x.rowOffsets[i + 1] { add(i, Int(x.columnIndices[k]), x.values[k]) }
            }
        }
    }

    private static func chi2(
        _ y: Labels, rows: Int, columns: Int, _ each: ((Int, Int, Double) -> Void) -> Void
    ) throws -> FeatureScores {
        let labels = y.compacted
        try labels.check(rows: rows, minimumClasses: 2)
        let classes = labels.classes.count
        var observed = [Double](repeating: 0, count: classes * columns)
        var totals = [Double](repeating: 0, count: columns)
        let codes = labels.codes
        each { row, column, value in
            observed[codes[row] * columns + column] += value
            totals[column] += value
        }
        let shares = labels.counts.map { Double($0) / Double(rows) }
        var scores = [Double](repeating: 0, count: columns)
        for k in 0..<classes {
            for j in 0..<columns {
                let expected = shares[k] * totals[j]
                let difference = observed[k * columns + j] - expected
                scores[j] += difference * difference / expected
            }
        }
        return FeatureScores(
            scores: scores, pValues: scores.map { TailProbabilities.chiSquare($0, Double(classes - 1)) })
    }
}
