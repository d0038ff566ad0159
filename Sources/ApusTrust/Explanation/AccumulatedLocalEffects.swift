import ApusCore

/// How a model's answers change with a feature, from the differences that small steps of it make to the rows near them.
///
/// Unlike partial dependence no row takes values far from its own, so that features that go together do not mislead.
/// Effects are centred: their mean over the rows is 0.
///
/// D. W. Apley and J. Zhu, *Visualizing the effects of predictor variables in black box supervised learning models*,
/// Journal of the Royal Statistical Society B 82 (2020).
public struct AccumulatedLocalEffects: Sendable, Hashable {
    /// The feature.
    public let featureName: String
    /// The bounds of the intervals that steps go across, ascending: quantiles of the rows.
    public let bounds: [Double]
    /// How many rows each interval has, one fewer than there are bounds.
    public let counts: [Int]
    /// The outputs.
    public let outputNames: [String]
    /// The effect at each bound: outputs × bounds.
    public let effects: Matrix

    /// The effects of a numeric feature.
    ///
    /// - Parameters:
    ///   - model: What the model answers.
    ///   - x: n × d; rows without a value of the feature are left out.
    ///   - feature: The column.
    ///   - featureName: How it is called; default nil for x and its number.
    ///   - intervals: How many intervals of about equally many rows there are at most; default 20.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` for fewer than two values, or what the model throws.
    /// - Complexity: O(n) answers of the model.
    public init(
        of model: ModelFunction, _ x: Matrix, feature: Int, featureName: String? = nil, intervals: Int = 20
    ) throws {
        guard (0..<x.columns).contains(feature), intervals >= 1 else {
            throw ApusError(
                .invalidParameter,
                "There is no column \(feature) of \(x.columns), or \(intervals) intervals are too few.")
        }
        let rows = (0..<x.rows).filter { !x[$0, feature].isNaN }
        let values = rows.map { x[$0, feature] }
        let sorted = values.sorted()
        guard let least = sorted.first, let greatest = sorted.last, least < greatest else {
            throw ApusError(
                .invalidInput, "Column \(feature) has fewer than two values, so it has no steps to go across.")
        }
        var bounds = [least]
        for k in 1...intervals {
            let bound = sorted[max(0, (sorted.count * k + intervals - 1) / intervals - 1)]
            if bound > bounds[bounds.count - 1] { bounds.append(bound) }
        }
        // A value belongs to the interval that ends at it or above, the least one to the first.
        let places = values.map { value in max(0, (bounds.firstIndex { $0 >= value } ?? 1) - 1) }
        func answers(_ offset: Int) throws -> Matrix {
            var moved = x.selecting(rows: rows)
            moved.withMutableValues { numbers in
                for (k, place) in places.enumerated() { numbers[k * x.columns + feature] = bounds[place + offset] }
            }
            return try model(moved)
        }
        let (low, high) = (try answers(0), try answers(1))
        var counts = [Int](repeating: 0, count: bounds.count - 1)
        for place in places { counts[place] += 1 }
        let width = model.outputNames.count
        let edges = bounds.count
        effects = Matrix(rows: width, columns: edges) { effects in
            for output in 0..<width {
                var sums = [Double](repeating: 0, count: edges - 1)
                for (k, place) in places.enumerated() { sums[place] += high[k, output] - low[k, output] }
                var (height, centre) = (0.0, 0.0)
                for k in 0..<edges - 1 {
                    let step = counts[k] > 0 ? sums[k] / Double(counts[k]) : 0
                    centre += Double(counts[k]) * (height + step / 2)
                    height += step
                    effects[output * edges + k + 1] = height
                }
                centre /= Double(rows.count)
                for k in 0..<edges { effects[output * edges + k] -= centre }
            }
        }
        self.bounds = bounds
        self.counts = counts
        self.featureName = featureName ?? "x\(feature)"
        outputNames = model.outputNames
    }
}
