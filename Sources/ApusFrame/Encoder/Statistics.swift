import ApusCore

/// The sums that imputation and scaling need, in the order of additions that NumPy and scikit-learn use.
enum Statistics {
    /// The sum of `value(i)` for each i of `0..<count`: one after another as in a matrix of several columns, or in pairs
    /// as in a matrix of one.
    private static func sum(_ count: Int, pairwise: Bool, _ value: (Int) -> Double) -> Double {
        if pairwise { return ColumnKernel.pairwise((0..<count).map(value)) }
        var total = 0.0
        for i in 0..<count { total += value(i) }
        return total
    }

    /// The mean of the `count` values that are not NaN.
    static func mean(_ values: [Double], count: Int, pairwise: Bool) -> Double {
        sum(values.count, pairwise: pairwise) { values[$0].isNaN ? 0 : values[$0] } / Double(count)
    }

    /// The median of the values that are not NaN: of an even number, the mean of the middle two.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The most frequent of the values that are not NaN, the smallest of several.
    static func mostFrequent(_ values: [Double]) -> Double {
        var best = (value: Double.nan, count: 0)
        var run = (value: Double.nan, count: 0)
        for value in values.lazy.filter({ !$0.isNaN }).sorted() {
            run = value == run.value ? (value, run.count + 1) : (value, 1)
            if run.count > best.count { best = run }
        }
        return best.value
    }

    /// Mean and standard deviation as scikit-learn's StandardScaler computes them; a deviation of 1 where the values do
    /// not differ by more than rounding.
    static func standardScale(_ values: [Double], pairwise: Bool) -> (mean: Double, scale: Double) {
        let n = Double(values.count)
        let mean = sum(values.count, pairwise: pairwise) { values[$0] } / n
        let correction = sum(values.count, pairwise: pairwise) { values[$0] - mean }
        let squares = sum(values.count, pairwise: pairwise) { (values[$0] - mean) * (values[$0] - mean) }
        let variance = (squares - correction * correction / n) / n
        let epsilon = Double.ulpOfOne
        let bound = n * mean * epsilon
        return (mean, variance <= n * epsilon * variance + bound * bound ? 1 : variance.squareRoot())
    }
}
