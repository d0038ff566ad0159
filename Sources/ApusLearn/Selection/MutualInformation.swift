import ApusCore
import Foundation

/// Mutual information in nats between single features and a target, by the distances to nearest neighbours.
///
/// Numbers are scaled to unit variance and given a little noise so that no two are equal; the noise is the reference's for the
/// same seed.
///
/// Source: A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information", Phys. Rev. E 69 (2004); B. C. Ross,
/// "Mutual information between discrete and continuous data sets", PLoS ONE 9 (2014).
extension FeatureScores {
    /// The mutual information between each feature and the classes.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels.
    ///   - discreteFeatures: Features whose numbers are categories; default none.
    ///   - nNeighbors: How many neighbours; at least 1, default 3.
    ///   - seed: The seed of the noise; default 0.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: O(n log n + n w) for each feature, w being the rows as near in the feature as the neighbours are.
    public static func mutualInfoClassif(
        _ x: Matrix, _ y: Labels, discreteFeatures: ColumnIndices = [], nNeighbors: Int = 3, seed: UInt32 = 0
    ) throws -> FeatureScores {
        let labels = y.compacted
        try x.checkUsable()
        try labels.check(rows: x.rows)
        try check(nNeighbors, discreteFeatures, x)
        let (columns, _) = try noisy(x, nil, discreteFeatures, seed)
        let codes = labels.codes
        return FeatureScores(
            scores: Parallel.map(x.columns) { j in
                discreteFeatures.indices.contains(j)
                    ? shared(categories(of: columns[j]), codes) : ross(columns[j], codes, nNeighbors)
            }, pValues: nil)
    }

    /// The mutual information between each feature and a number.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n numbers.
    ///   - discreteFeatures: Features whose numbers are categories; default none.
    ///   - nNeighbors: How many neighbours; at least 1 and below the number of rows, default 3.
    ///   - seed: The seed of the noise; default 0.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: As for classes.
    public static func mutualInfoRegression(
        _ x: Matrix, _ y: [Double], discreteFeatures: ColumnIndices = [], nNeighbors: Int = 3, seed: UInt32 = 0
    ) throws -> FeatureScores {
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        try check(nNeighbors, discreteFeatures, x)
        guard nNeighbors < x.rows else {
            throw ApusError(
                .invalidParameter,
                "nNeighbors is \(nNeighbors), but there are only \(x.rows) rows; lower it or take more rows.")
        }
        let (columns, target) = try noisy(x, y, discreteFeatures, seed)
        return FeatureScores(
            scores: Parallel.map(x.columns) { j in
                discreteFeatures.indices.contains(j)
                    ? ross(target, categories(of: columns[j]), nNeighbors) : kraskov(columns[j], target, nNeighbors)
            }, pValues: nil)
    }

    private static func check(_ nNeighbors: Int, _ discrete: ColumnIndices, _ x: Matrix) throws {
        guard nNeighbors >= 1 else {
            throw ApusError(.invalidParameter, "nNeighbors is \(nNeighbors), but it must be at least 1.")
        }
        try discrete.check(columns: x.columns, of: "discreteFeatures")
    }

    /// The columns, and the target where it is numbers, scaled and with noise.
    private static func noisy(
        _ x: Matrix, _ y: [Double]?, _ discrete: ColumnIndices, _ seed: UInt32
    ) throws -> (columns: [[Double]], target: [Double]) {
        var columns = (0..<x.columns).map { x.column($0) }
        let continuous = (0..<x.columns).filter { !discrete.indices.contains($0) }
        var random = RandomState(seed: seed)
        var sizes: [Double] = []
        for j in continuous {
            columns[j] = try scaled(columns[j])
            sizes.append(1e-10 * max(1, mean(columns[j].map(\.magnitude))))
        }
        for i in 0..<x.rows {
            for (place, j) in continuous.enumerated() { columns[j][i] += sizes[place] * random.gaussian() }
        }
        guard let y else { return (columns, []) }
        var target = try scaled(y)
        let size = 1e-10 * max(1, mean(target.map(\.magnitude)))
        for i in target.indices { target[i] += size * random.gaussian() }
        return (columns, target)
    }

    private static func scaled(_ values: [Double]) throws -> [Double] {
        let average = mean(values)
        let deviation = mean(values.map { ($0 - average) * ($0 - average) }).squareRoot()
        guard deviation.isFinite else {
            throw ApusError(.numericalFailure, "The spread of a column overflows; scale the columns down.")
        }
        return deviation < 10 * Double.ulpOfOne ? values : values.map { $0 / deviation }
    }

    private static func mean(_ values: [Double]) -> Double {
        pairwiseSum(values.indices) { values[$0] } / Double(values.count)
    }

    private static func mean(ofDigamma counts: [Int]) -> Double { mean(counts.map(TailProbabilities.digamma)) }

    private static func categories(of column: [Double]) -> [Int] {
        let places = Dictionary(uniqueKeysWithValues: zip(Set(column).sorted(), 0...))
        return column.map { places[$0, default: 0] }
    }

    /// Between categories and categories, by their counts.
    private static func shared(_ a: [Int], _ b: [Int]) -> Double {
        let n = Double(a.count)
        let (width, height) = ((b.max() ?? 0) + 1, (a.max() ?? 0) + 1)
        var joint: [Int: Double] = [:]
        var (rows, columns) = ([Double](repeating: 0, count: height), [Double](repeating: 0, count: width))
        for (p, q) in zip(a, b) {
            joint[p * width + q, default: 0] += 1
            rows[p] += 1
            columns[q] += 1
        }
        let sum = joint.sorted { $0.key < $1.key }.reduce(0.0) { sum, entry in
            let expected = log(n) * 2 - log(rows[entry.key / width]) - log(columns[entry.key % width])
            return sum + entry.value / n * (log(entry.value) - log(n) + expected)
        }
        return max(0, sum)
    }

    /// Between numbers and categories (Ross).
    private static func ross(_ numbers: [Double], _ codes: [Int], _ nNeighbors: Int) -> Double {
        var classes = [[Double]](repeating: [], count: (codes.max() ?? 0) + 1)
        for (value, code) in zip(numbers, codes) { classes[code].append(value) }
        // A category of one row has no neighbours.
        let kept = classes.filter { $0.count > 1 }.map { $0.sorted() }
        let all = kept.flatMap { $0 }.sorted()
        guard !all.isEmpty else { return 0 }
        var (neighbours, sizes, within) = ([Int](), [Int](), [Int]())
        for values in kept {
            let k = min(nNeighbors, values.count - 1)
            for place in values.indices {
                let radius = distance(values, place, k)
                neighbours.append(k)
                sizes.append(values.count)
                within.append(count(all, around: values[place], radius > 0 ? radius.nextDown : 0))
            }
        }
        return max(
            0,
            TailProbabilities.digamma(all.count) + mean(ofDigamma: neighbours) - mean(ofDigamma: sizes)
                - mean(ofDigamma: within))
    }

    /// Between numbers and numbers (Kraskov et al., the first estimator).
    private static func kraskov(_ x: [Double], _ y: [Double], _ k: Int) -> Double {
        let order = x.indices.sorted { (x[$0], $0) < (x[$1], $1) }
        let across = order.map { x[$0] }
        let along = order.map { y[$0] }
        let sorted = y.sorted()
        var (left, above) = ([Int](), [Int]())
        for place in across.indices {
            let radius = distance(across, along, place, k)
            let inner = radius > 0 ? radius.nextDown : 0
            left.append(count(across, around: across[place], inner))
            above.append(count(sorted, around: along[place], inner))
        }
        return max(
            0,
            TailProbabilities.digamma(x.count) + TailProbabilities.digamma(k) - mean(ofDigamma: left)
                - mean(ofDigamma: above))
    }

    /// The distance to the k-th nearest other value of an ascending list.
    private static func distance(_ values: [Double], _ place: Int, _ k: Int) -> Double {
        var (low, high, found) = (place - 1, place + 1, 0.0)
        for _ in 0..<k {
            let below = low >= 0 ? values[place] - values[low] : .infinity
            let above = high < values.count ? values[high] - values[place] : .infinity
            if below <= above {
                found = below
                low -= 1
            } else {
                found = above
                high += 1
            }
        }
        return found
    }

    /// The distance of a point to its k-th nearest other one, the larger of the two differences being the distance; the points
    /// ascend by their first coordinate.
    private static func distance(_ across: [Double], _ along: [Double], _ place: Int, _ k: Int) -> Double {
        var nearest = [Double](repeating: .infinity, count: k)
        var (low, high) = (place - 1, place + 1)
        while true {
            let below = low >= 0 ? across[place] - across[low] : .infinity
            let above = high < across.count ? across[high] - across[place] : .infinity
            let step = min(below, above)
            guard step < nearest[k - 1] else { return nearest[k - 1] }
            let other = below <= above ? low : high
            if below <= above { low -= 1 } else { high += 1 }
            let distance = max(step, (along[place] - along[other]).magnitude)
            guard distance < nearest[k - 1] else { continue }
            var slot = k - 1
            while slot > 0, nearest[slot - 1] > distance {
                nearest[slot] = nearest[slot - 1]
                slot -= 1
            }
            nearest[slot] = distance
        }
    }

    /// How many values of an ascending list are no farther than `radius` from one of them, itself included.
    private static func count(_ values: [Double], around value: Double, _ radius: Double) -> Int {
        func first(where isInside: (Double) -> Bool) -> Int {
            var (low, high) = (0, values.count)
            while low < high {
                let middle = (low + high) / 2
                if isInside(values[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        return first { $0 > value && $0 - value > radius } - first { $0 >= value || value - $0 <= radius }
    }
}
