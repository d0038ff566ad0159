import CApusKernels

/// Where features are cut into bins.
@_documentation(visibility: internal)
public enum BoostingThresholds {
    /// The thresholds between the bins of each column.
    ///
    /// Halfway between neighbours where a column has at most `maxBins` distinct values, at quantiles (averaged inverse of
    /// the distribution function) otherwise. NaN is left out, and so are rows of weight 0.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - rows: The rows to look at, possibly repeated; nil for all.
    ///   - columns: The columns to cut.
    ///   - weights: A weight for each of `rows`; nil for equal ones.
    ///   - maxBins: 2 to 255.
    /// - Returns: For each of `columns` at most `maxBins - 1` ascending thresholds.
    public static func find(
        _ x: Matrix, rows: [Int]?, columns: [Int], weights: [Double]?, maxBins: Int
    ) -> [[Double]] {
        Parallel.map(columns.count) { k in
            let all = values(x, rows, columns[k])
            if let weights {
                let kept = all.indices.filter { !all[$0].isNaN && weights[$0] != 0 }
                let order = kept.sorted { all[$0] < all[$1] }
                return thresholds(order.map { all[$0] }, weights: order.map { weights[$0] }, maxBins)
            }
            return thresholds(sorted(all.filter { !$0.isNaN }), weights: nil, maxBins)
        }
    }

    /// The distinct values of a column, ascending, NaN left out; nil when there are more than `limit`.
    public static func categories(_ x: Matrix, column: Int, limit: Int) -> [Double]? {
        var found = Set<Double>()
        for i in 0..<x.rows {
            let value = x.values[i * x.columns + column]
            if !value.isNaN, found.insert(value).inserted, found.count > limit { return nil }
        }
        return found.sorted()
    }

    /// Numbers in ascending order; none may be NaN.
    public static func sorted(_ values: [Double]) -> [Double] {
        guard values.count > 256 else { return values.sorted() }
        var values = values
        values.withUnsafeMutableBufferPointer { values in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: values.count) { scratch in
                apus_boosting_sort(values.baseAddress, scratch.baseAddress, values.count)
            }
        }
        return values
    }

    private static func values(_ x: Matrix, _ rows: [Int]?, _ column: Int) -> [Double] {
        let width = x.columns
        let count = rows?.count ?? x.rows
        return [Double](unsafeUninitializedCapacity: count) { out, filled in
            x.values.withUnsafeBufferPointer { values in
                if let rows {
                    for (k, row) in rows.enumerated() { out[k] = values[row * width + column] }
                } else {
                    for i in 0..<count { out[i] = values[i * width + column] }
                }
            }
            filled = count
        }
    }

    private static func thresholds(_ sorted: [Double], weights: [Double]?, _ maxBins: Int) -> [Double] {
        var distinct: [Double] = []
        for value in sorted where distinct.last != value {
            // One more than there may be is enough to know.
            if distinct.count > maxBins { break }
            distinct.append(value)
        }
        guard distinct.count > 1 else { return [] }
        let found: [Double] =
            if distinct.count <= maxBins {
                zip(distinct, distinct.dropFirst()).map(halfway)
            } else if let weights {
                weightedQuantiles(sorted, weights, maxBins)
            } else {
                quantiles(sorted, maxBins)
            }
        var ascending: [Double] = []
        for value in found.sorted() where ascending.last != value { ascending.append(min(value, greatest) + 0) }
        return ascending
    }

    /// What the reference puts in the place of larger thresholds.
    private static let greatest = 1e300

    private static func halfway(_ a: Double, _ b: Double) -> Double {
        let sum = a + b
        return sum.isFinite ? sum / 2 : a / 2 + b / 2
    }

    private static func quantiles(_ sorted: [Double], _ maxBins: Int) -> [Double] {
        let count = sorted.count
        return (1..<maxBins).map { i in
            let share = Double(i) * (100 / Double(maxBins)) / 100
            let place = Double(count) * share - 1
            let below = place.rounded(.down)
            let previous = max(0, min(count - 1, Int(below)))
            let next = max(0, min(count - 1, Int(below) + 1))
            if place != below { return sorted[next] }
            let difference = sorted[next] - sorted[previous]
            return difference.isFinite ? sorted[next] - difference * 0.5 : halfway(sorted[previous], sorted[next])
        }
    }

    private static func weightedQuantiles(_ sorted: [Double], _ weights: [Double], _ maxBins: Int) -> [Double] {
        var sum = 0.0
        let cumulative = weights.map { weight -> Double in
            sum += weight
            return sum
        }
        return (1..<maxBins).map { i in
            weightedQuantile(sorted, cumulative, percent: Double(i) * (100 / Double(maxBins)), averaged: true)
        }
    }

    /// The value at which `percent` of the weight is reached.
    ///
    /// - Parameters:
    ///   - sorted: Ascending values, at least one.
    ///   - cumulative: The weight up to and with each of them, above 0 at the end.
    ///   - percent: 0 to 100.
    ///   - averaged: Whether a value that is reached exactly is averaged with the next one.
    public static func weightedQuantile(
        _ sorted: [Double], _ cumulative: [Double], percent: Double, averaged: Bool
    ) -> Double {
        let last = sorted.count - 1
        var target = percent / 100 * cumulative[last]
        if target == 0 { target = target.nextUp }
        var low = 0
        var high = cumulative.count
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] < target { low = middle + 1 } else { high = middle }
        }
        let place = min(low, last)
        if !averaged || cumulative[place] - target > Double.ulpOfOne { return sorted[place] }
        return halfway(sorted[place], sorted[min(place + 1, last)])
    }
}
