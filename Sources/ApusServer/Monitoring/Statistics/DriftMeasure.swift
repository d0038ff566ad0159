import Foundation

/// How far two distributions over the same bins are apart, and whether chance explains it.
///
/// All of it is made from counts, so that a window over any number of rows costs as much as its bins. Both sides are
/// samples: the training rows are no more the truth than the rows of a window.
enum DriftMeasure {
    /// The population stability index, Σ (qᵢ - pᵢ) ln(qᵢ / pᵢ), of reference shares p and window shares q.
    ///
    /// One row, spread like all rows together, is added to both sides, so that a bin that is empty on one side gives a large
    /// but finite index, and rare levels that happen to be missing from a small window none to speak of. Below 0.1 is
    /// commonly read as stable, above 0.2 as shifted.
    ///
    /// - Returns: Nil where either side is empty.
    static func populationStability(_ reference: [Double], _ window: [Double]) -> Double? {
        guard let (p, q) = smoothed(reference, window) else { return nil }
        return zip(p, q).reduce(0) { $1.0 > 0 && $1.1 > 0 ? $0 + ($1.1 - $1.0) * log($1.1 / $1.0) : $0 }
    }

    /// What the index of n and m rows over k bins is on average when nothing has changed: (k - 1)(1/n + 1/m).
    static func expectedStability(bins: Int, _ reference: Double, _ window: Double) -> Double? {
        guard reference > 0, window > 0, bins > 0 else { return nil }
        return Double(bins - 1) * (1 / reference + 1 / window)
    }

    /// The Jensen-Shannon distance with logarithms of base 2, from 0 (the same) to 1 (nothing in common).
    ///
    /// - Returns: Nil where either side is empty.
    static func jensenShannon(_ reference: [Double], _ window: [Double]) -> Double? {
        guard let (p, q) = shares(reference, window) else { return nil }
        var sum = 0.0
        for (p, q) in zip(p, q) {
            let middle = (p + q) / 2
            if p > 0 { sum += p * log2(p / middle) }
            if q > 0 { sum += q * log2(q / middle) }
        }
        return max(0, sum / 2).squareRoot()
    }

    /// A statistic and how probable one as great is without any change.
    struct Test: Sendable, Hashable {
        /// The statistic: for chi-square the sum, for Kolmogorov-Smirnov the greatest difference.
        let statistic: Double
        /// How probable one as great is when both sides come from one distribution.
        let pValue: Double
    }

    /// Pearson's test that both sides come from one distribution; bins that are empty on both sides do not count.
    ///
    /// - Returns: Nil where either side is empty or only one bin is not.
    static func chiSquare(_ reference: [Double], _ window: [Double]) -> Test? {
        let (n, m) = (reference.reduce(0, +), window.reduce(0, +))
        guard n > 0, m > 0 else { return nil }
        var statistic = 0.0
        var bins = 0
        for (a, b) in zip(reference, window) where a + b > 0 {
            bins += 1
            let (expectedA, expectedB) = ((a + b) * n / (n + m), (a + b) * m / (n + m))
            statistic += (a - expectedA) * (a - expectedA) / expectedA + (b - expectedB) * (b - expectedB) / expectedB
        }
        guard let p = Tails.chiSquare(statistic, degrees: bins - 1) else { return nil }
        return Test(statistic: statistic, pValue: p)
    }

    /// The Kolmogorov-Smirnov test of two samples whose values are known by their bins.
    ///
    /// The greatest difference of the distribution functions is taken at the bins' bounds, so it is at most that of the
    /// values themselves, short of it by at most one bin's share, and the p-value (of the limit distribution) is never too
    /// small.
    ///
    /// - Returns: Nil where either side is empty.
    static func kolmogorovSmirnov(_ reference: [Double], _ window: [Double]) -> Test? {
        guard let (p, q) = shares(reference, window) else { return nil }
        var (a, b, greatest) = (0.0, 0.0, 0.0)
        for (p, q) in zip(p, q) {
            a += p
            b += q
            greatest = max(greatest, (a - b).magnitude)
        }
        let (n, m) = (reference.reduce(0, +), window.reduce(0, +))
        return Test(
            statistic: min(greatest, 1), pValue: Tails.kolmogorov((n * m / (n + m)).squareRoot() * greatest))
    }

    /// The Wasserstein distance of two distributions, the area between their distribution functions: each bin's rows are
    /// taken to stand at their own mean, which differs between the sides.
    ///
    /// - Parameters:
    ///   - reference: Where the rows of each bin stand, and how many there are.
    ///   - window: The same of the other side.
    /// - Returns: Nil where either side is empty.
    static func wasserstein(
        _ reference: [(value: Double, count: Double)], _ window: [(value: Double, count: Double)]
    ) -> Double? {
        let (n, m) = (reference.reduce(0) { $0 + $1.count }, window.reduce(0) { $0 + $1.count })
        guard n > 0, m > 0 else { return nil }
        let steps =
            (reference.map { (at: $0.value, by: $0.count / n) } + window.map { (at: $0.value, by: -$0.count / m) })
            .filter { $0.by != 0 }.sorted { $0.at < $1.at }
        var (area, height) = (0.0, 0.0)
        for (step, next) in zip(steps, steps.dropFirst()) {
            height += step.by
            area += height.magnitude * (next.at - step.at)
        }
        return area.isFinite ? area : nil
    }

    // MARK: Shares

    private static func shares(_ reference: [Double], _ window: [Double]) -> ([Double], [Double])? {
        let (n, m) = (reference.reduce(0, +), window.reduce(0, +))
        guard n > 0, m > 0, reference.count == window.count else { return nil }
        return (reference.map { $0 / n }, window.map { $0 / m })
    }

    private static func smoothed(_ reference: [Double], _ window: [Double]) -> ([Double], [Double])? {
        let all = reference.reduce(0, +) + window.reduce(0, +)
        guard reference.count == window.count, shares(reference, window) != nil else { return nil }
        let prior = zip(reference, window).map { ($0 + $1) / all }
        return shares(zip(reference, prior).map { $0 + $1 }, zip(window, prior).map { $0 + $1 })
    }
}
