import ApusCore

/// Draws the rows of each tree of a forest, with replacement.
struct Bootstrap: Sendable {
    /// Number of rows to draw from.
    let rows: Int
    /// Number of rows to draw.
    let size: Int
    /// The sums of the rows' probabilities up to each, or nil when all are the same.
    private let cumulative: [Double]?

    /// - Parameters:
    ///   - rows: Number of rows.
    ///   - size: How many are drawn for each tree.
    ///   - weights: What the probability of a row is proportional to; nil for equal ones.
    init(rows: Int, size: Int, weights: [Double]?) {
        self.rows = rows
        self.size = size
        cumulative = weights.map { weights in
            let total = pairwiseSum(weights.indices) { weights[$0] }
            var sum = 0.0
            var cumulative = weights.map { weight -> Double in
                sum += weight / total
                return sum
            }
            for row in cumulative.indices { cumulative[row] /= sum }
            return cumulative
        }
    }

    /// How often each row is drawn for the tree with a given seed.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func counts(seed: UInt32, stop: TreeStop) throws -> [UInt32] {
        var random = RandomState(seed: seed)
        var counts = [UInt32](repeating: 0, count: rows)
        for block in Parallel.blocks(of: size, size: 1 << 16) {
            try stop.check()
            if let cumulative {
                for draw in random.uniform(count: block.count) { counts[Bootstrap.first(above: draw, cumulative)] += 1 }
            } else {
                for row in random.integers(in: 0..<rows, count: block.count) { counts[row] += 1 }
            }
        }
        return counts
    }

    /// The first index whose value is greater than `target`, at most the last one.
    private static func first(above target: Double, _ ascending: [Double]) -> Int {
        var low = 0
        var high = ascending.count
        while low < high {
            let middle = (low + high) / 2
            if ascending[middle] > target { high = middle } else { low = middle + 1 }
        }
        return min(low, ascending.count - 1)
    }
}
