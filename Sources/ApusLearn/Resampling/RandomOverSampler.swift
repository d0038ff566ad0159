import ApusCore
import Foundation

/// Repeats rows of small classes, drawn at random with replacement.
///
/// With a `shrinkage` each repeated row is moved by a little: by a normal number times the column's standard deviation within
/// the class (ddof 0) times shrinkage · (4 / ((d + 2)·n))^(1 / (d + 4)), a smoothed bootstrap. For the same seed the rows are
/// imbalanced-learn's.
///
/// Source: G. Menardi, N. Torelli, "Training and assessing classification rules with imbalanced data" (2014).
public struct RandomOverSampler: Resampler {
    /// `random-over-sampler`.
    public static let catalogName = "random-over-sampler"
    /// Missing values are repeated as they are.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// Which classes get rows, and how many; default: all but the largest, up to its size.
    public var samplingStrategy: SamplingStrategy
    /// How far repeated rows are moved, at least 0; default nil: not at all.
    public var shrinkage: Double?
    /// The seed; default 0.
    public var seed: UInt32

    /// A resampler that repeats rows.
    public init(samplingStrategy: SamplingStrategy = .auto, shrinkage: Double? = nil, seed: UInt32 = 0) {
        self.samplingStrategy = samplingStrategy
        self.shrinkage = shrinkage
        self.seed = seed
    }

    /// A resampler that makes all classes as large as the largest.
    public init() { self.init(shrinkage: nil) }

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<RandomOverSampler>] = [
        Parameter(
            "samplingStrategy", \.samplingStrategy, SamplingStrategy.legalValues,
            "Which classes get rows, and how many."),
        Parameter(
            "shrinkage", \.shrinkage, .optional(.notNegative), "How far repeated rows are moved; none: not at all."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// The rows and repeated ones for small classes.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`.
    /// - Complexity: O(d) for each row that comes out.
    public func fitResample(_ x: Matrix, _ y: Labels) throws -> Resampled {
        try check(x, y)
        if shrinkage != nil { try x.checkUsable() }
        let targets = try samplingStrategy.targets(y, .over)
        var result = try SyntheticRows(x, y, adding: targets)
        var random = RandomState(seed: seed)
        for target in targets {
            try checkCancellation()
            let members = y.rows(of: target.code)
            let drawn = random.choice(members.count, count: target.rows).map { members[$0] }
            var rows = x.selecting(rows: drawn)
            guard let shrinkage else {
                result.add(target.code, rows: rows.values, repeating: drawn)
                continue
            }
            let (n, d) = (Double(x.rows), Double(x.columns))
            let smoothing = pow(4 / ((d + 2) * n), 1 / (d + 4))
            let spread = Self.deviations(x.selecting(rows: members)).map { shrinkage * smoothing * $0 }
            guard spread.allSatisfy(\.isFinite) else {
                throw ApusError(
                    .numericalFailure, "The spread of a column is too large for a number; scale the columns first.")
            }
            rows.withMutableValues { values in
                for k in values.indices { values[k] = random.gaussian() * spread[k % x.columns] + values[k] }
            }
            result.add(target.code, rows: rows.values, repeating: nil)
        }
        return try result.finished()
    }

    /// The standard deviation of each column (ddof 0), summed in NumPy's order.
    private static func deviations(_ x: Matrix) -> [Double] {
        let n = Double(x.rows)
        guard x.columns > 1 else {
            let mean = pairwiseSum(0..<x.rows) { x.values[$0] } / n
            let squares = pairwiseSum(0..<x.rows) { (x.values[$0] - mean) * (x.values[$0] - mean) }
            return [(squares / n).squareRoot()]
        }
        var means = [Double](repeating: 0, count: x.columns)
        var squares = means
        for row in 0..<x.rows { for j in means.indices { means[j] += x[row, j] } }
        for j in means.indices { means[j] /= n }
        for row in 0..<x.rows {
            for j in means.indices {
                let distance = x[row, j] - means[j]
                squares[j] += distance * distance
            }
        }
        return squares.map { ($0 / n).squareRoot() }
    }
}
