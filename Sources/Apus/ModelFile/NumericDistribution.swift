/// How numbers are distributed: counts and means in bins that hold equal shares of them.
///
/// Two of them can be compared bin by bin, and counts of later numbers in the same bins can be added up over any span.
public struct NumericDistribution: Sendable, Hashable, Codable {
    /// The inner bounds of the bins, ascending; a number belongs to the first bin whose bound is not below it.
    public let bounds: [Double]
    /// How many numbers each bin holds: one more than there are bounds.
    public let counts: [Int]
    /// The mean of the numbers in each bin; 0 for an empty one.
    public let means: [Double]
    /// The mean of all numbers; 0 without any.
    public let mean: Double
    /// Their standard deviation, divided by their number.
    public let standardDeviation: Double

    /// The distribution of ascending numbers without NaN.
    ///
    /// - Parameters:
    ///   - values: The numbers, ascending.
    ///   - bins: The most bins. Equal numbers stay in one bin, so there may be fewer. The bounds of n bins are also bounds
    ///     of any multiple of n bins.
    /// - Complexity: O(n).
    init(sorted values: [Double], bins: Int) {
        var bounds: [Double] = []
        for k in 1..<max(bins, 1) where !values.isEmpty {
            let bound = values[min(values.count - 1, values.count * k / bins)]
            if bound > (bounds.last ?? -.infinity), bound < values[values.count - 1] { bounds.append(bound) }
        }
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        var means = [Double](repeating: 0, count: bounds.count + 1)
        var bin = 0
        for value in values {
            while bin < bounds.count, value > bounds[bin] { bin += 1 }
            counts[bin] += 1
            // Running means keep huge numbers from overflowing a sum.
            means[bin] += (value - means[bin]) / Double(counts[bin])
        }
        let n = Double(max(values.count, 1))
        let mean = zip(counts, means).reduce(0) { $0 + $1.1 * (Double($1.0) / n) }
        let spread = values.reduce(0) { $0 + ($1 - mean) / n * ($1 - mean) }
        self.bounds = bounds
        self.counts = counts
        self.means = means.map { $0.isFinite ? $0 : 0 }
        self.mean = mean.isFinite ? mean : 0
        standardDeviation = spread.isFinite ? spread.squareRoot() : 0
    }

    /// The bin of a number, by binary search; NaN goes to the last.
    public static func bin(of value: Double, in bounds: [Double]) -> Int {
        var (low, high) = (0, bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
