import ApusCore

/// The monotonic function closest to the data by least squares.
///
/// minimise Σ wᵢ (yᵢ - ŷᵢ)² subject to ŷᵢ ≤ ŷⱼ wherever xᵢ ≤ xⱼ (or ≥, for a decreasing function)
///
///     let model = try IsotonicRegression(outOfBounds: .clip).fit([1, 2, 3, 4], [1, 3, 2, 4])
///     try model.predict([2.5])     // [2.5]
///
/// It is fitted by pooling neighbours that violate the order. Between the data it is interpolated linearly; rows with the
/// same x are averaged beforehand. The numbers are scikit-learn's.
///
/// Source: F. M. T. A. Busing, "Monotone regression: a simple and fast O(n) PAVA implementation" (2022).
public struct IsotonicRegression: Regressor {
    /// Which way the function goes.
    public enum Direction: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// Up.
        case increasing
        /// Down.
        case decreasing
        /// Up where Spearman's rank correlation is at least 0, else down.
        case auto
    }

    /// What becomes of an x outside of those fitted on.
    public enum OutOfBounds: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// The answer is NaN.
        case nan
        /// The answer is that of the nearest x fitted on.
        case clip
        /// It is refused.
        case raise
    }

    /// `isotonic-regression`
    public static let catalogName = "isotonic-regression"

    /// The least value to predict; default nil: no bound.
    public var yMin: Double?
    /// The greatest value to predict; default nil: no bound.
    public var yMax: Double?
    /// Which way the function goes; default up.
    public var increasing: Direction
    /// What becomes of an x outside of those fitted on; default NaN.
    public var outOfBounds: OutOfBounds

    /// A regression with the given bounds and direction.
    public init(
        yMin: Double? = nil, yMax: Double? = nil, increasing: Direction = .increasing, outOfBounds: OutOfBounds = .nan
    ) {
        self.yMin = yMin
        self.yMax = yMax
        self.increasing = increasing
        self.outOfBounds = outOfBounds
    }

    /// A regression upwards without bounds.
    public init() { self.init(yMin: nil) }

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<IsotonicRegression>] = [
        Parameter("yMin", \.yMin, .optional(.anyNumber), "The least value to predict."),
        Parameter("yMax", \.yMax, .optional(.anyNumber), "The greatest value to predict."),
        Parameter(
            "increasing", \.increasing, .choice(Direction.allCases.map(\.rawValue)), "Which way the function goes."),
        Parameter(
            "outOfBounds", \.outOfBounds, .choice(OutOfBounds.allCases.map(\.rawValue)),
            "What becomes of an x outside of those fitted on."),
    ]

    /// Fits one column.
    ///
    /// - Parameters:
    ///   - x: n × 1.
    ///   - y: n numbers.
    ///   - weights: n sample weights, at least 0; nil for equal ones. Rows of weight 0 are left out.
    ///   - progress: Not called; it is fast.
    /// - Throws: `ApusError` with code `invalidParameter`, `shapeMismatch` or `invalidInput`.
    /// - Complexity: O(n·log n).
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        guard x.columns == 1 || x.rows == 0 else {
            throw ApusError(
                .shapeMismatch, "x has \(x.columns) columns, but isotonic regression is a function of one; pass one.")
        }
        try x.checkUsable()
        return try fit(x.values, y, weights: weights)
    }

    /// Fits numbers.
    ///
    /// - Parameters:
    ///   - x: n numbers.
    ///   - y: n numbers.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    /// - Throws: `ApusError` with code `invalidParameter`, `shapeMismatch` or `invalidInput`.
    public func fit(_ x: [Double], _ y: [Double], weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        if let yMin, let yMax, yMin > yMax {
            throw ApusError(.invalidParameter, "yMin is \(yMin), above yMax, which is \(yMax); exchange them.")
        }
        try Matrix(column: x).checkUsable()
        try checkTargets(y, rows: x.count)
        try checkSampleWeights(weights, rows: x.count)
        let isIncreasing =
            switch increasing {
            case .increasing: true
            case .decreasing: false
            case .auto: Self.rises(x, y)
            }
        let kept = x.indices.filter { (weights?[$0] ?? 1) > 0 }.sorted { (x[$0], y[$0], $0) < (x[$1], y[$1], $1) }
        let pooled = Self.averaged(kept.map { (x[$0], y[$0], weights?[$0] ?? 1) })
        var values = Self.monotonic(pooled.y, pooled.weights, isIncreasing: isIncreasing)
        for place in values.indices { values[place] = min(max(values[place], yMin ?? -.infinity), yMax ?? .infinity) }
        guard values.allSatisfy(\.isFinite) else {
            throw ApusError(.numericalFailure, "The numbers of y are too large to add up; scale them down first.")
        }
        // Points on a level stretch say nothing that its ends do not.
        let last = values.count - 1
        let needed = values.indices.filter { place in
            place == 0 || place == last || values[place] != values[place - 1] || values[place] != values[place + 1]
        }
        return Model(
            xThresholds: needed.map { pooled.x[$0] }, yThresholds: needed.map { values[$0] },
            isIncreasing: isIncreasing, outOfBounds: outOfBounds)
    }

    /// The mean of y wherever x is the same, or nearly so.
    private static func averaged(
        _ rows: [(x: Double, y: Double, weight: Double)]
    ) -> (x: [Double], y: [Double], weights: [Double]) {
        var result: (x: [Double], y: [Double], weights: [Double]) = ([], [], [])
        var (sum, weight) = (0.0, 0.0)
        for (place, row) in rows.enumerated() {
            if place > 0, row.x - result.x[result.x.count - 1] < 1e-15 {
                weight += row.weight
                sum += row.y * row.weight
            } else {
                result.x.append(row.x)
                result.y.append(0)
                result.weights.append(0)
                (sum, weight) = (row.y * row.weight, row.weight)
            }
            result.y[result.y.count - 1] = sum / weight
            result.weights[result.weights.count - 1] = weight
        }
        return result
    }

    /// The monotonic numbers nearest to `y`.
    private static func monotonic(_ y: [Double], _ weights: [Double], isIncreasing: Bool) -> [Double] {
        var y = isIncreasing ? y : y.reversed()
        var weights = isIncreasing ? weights : weights.reversed()
        // Blocks of equal answers: block b holds the rows from starts[b] up to starts[b + 1].
        var starts = [0, 1]
        var block = 0
        var row = 1
        while row < y.count {
            block += 1
            var (value, weight) = (y[row], weights[row])
            if y[block - 1] >= value {
                block -= 1
                var sum = weights[block] * y[block] + weight * value
                weight += weights[block]
                value = sum / weight
                while row + 1 < y.count, value >= y[row + 1] {
                    row += 1
                    sum += weights[row] * y[row]
                    weight += weights[row]
                    value = sum / weight
                }
                while block > 0, y[block - 1] >= value {
                    block -= 1
                    sum += weights[block] * y[block]
                    weight += weights[block]
                    value = sum / weight
                }
            }
            (y[block], weights[block]) = (value, weight)
            starts.removeSubrange((block + 1)...)
            starts.append(row + 1)
            row += 1
        }
        let result = (0...block).flatMap { repeatElement(y[$0], count: starts[$0 + 1] - starts[$0]) }
        return isIncreasing ? result : result.reversed()
    }

    /// Whether Spearman's rank correlation is at least 0, or not defined.
    private static func rises(_ x: [Double], _ y: [Double]) -> Bool {
        let (a, b) = (ranks(x), ranks(y))
        let middle = Double(x.count + 1) / 2
        let covariance = zip(a, b).reduce(0) { $0 + ($1.0 - middle) * ($1.1 - middle) }
        return covariance >= 0
    }

    /// Ranks from 1, equal numbers sharing the mean of theirs.
    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var end = first + 1
            while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
            for place in first..<end { ranks[order[place]] = Double(first + end + 1) / 2 }
            first = end
        }
        return ranks
    }
}
