/// The inner loops of k-means: nearest centres, sums over clusters, distances.
///
/// Rows are worked on in blocks fixed by the data and merged in block order, so results do not depend on the number of
/// threads.
@_documentation(visibility: internal)
public enum KMeansKernel {
    /// The nearest centre of every row and, where asked for, what the new centres are made of.
    public struct Assignment: Sendable {
        /// For each row the index of its nearest centre, the first of equally near ones.
        public var labels: [Int32]
        /// k × d: for each cluster the weighted sum of its rows; empty unless asked for.
        public var sums: [Double]
        /// For each cluster the sum of its weights; empty unless asked for.
        public var weights: [Double]
        /// Whether any label differs from the previous ones.
        public var hasChanged: Bool
    }

    /// ‖row‖² for every row, bit for bit as NumPy's `einsum("ij,ij->i")` sums it: two lanes, four pairs a step.
    public static func squaredNorms(_ x: Matrix) -> [Double] {
        let d = x.columns
        return [Double](filledInParallelRows: x.rows, width: 1, blockSize: 4096) { rows, out in
            x.values.withUnsafeBufferPointer { values in
                for row in rows {
                    var sum = SIMD2<Double>.zero
                    var start = row * d
                    let end = start + d
                    while end - start >= 8 {
                        for pair in stride(from: start + 6, through: start, by: -2) {
                            let v = SIMD2(values[pair], values[pair + 1])
                            sum = v * v + sum
                        }
                        start += 8
                    }
                    while start < end {
                        let v = SIMD2(values[start], start + 1 < end ? values[start + 1] : 0)
                        sum = v * v + sum
                        start += 2
                    }
                    out[row] = sum[0] + sum[1]
                }
            }
        }
    }

    /// Finds the nearest centre of every row by ‖c‖² - 2x·c.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - centres: k × d.
    ///   - weights: n weights, or nil for equal ones.
    ///   - previous: The labels before, to compare with.
    ///   - accumulating: Whether to sum rows and weights of each cluster.
    public static func assign(
        _ x: Matrix, to centres: Matrix, weights: [Double]?, previous: [Int32]?, accumulating: Bool
    ) -> Assignment {
        let (n, d, k) = (x.rows, x.columns, centres.rows)
        _ = BLAS.ready
        let target = Target(centres)
        var labels: [Int32] = []
        var merged = Assignment(labels: [], sums: [], weights: [], hasChanged: previous == nil)
        guard n > 0 else { return merged }
        let blocks = Parallel.blocks(of: n, size: blockRows(n, statistics: accumulating ? k * (d + 1) : 0))
        var partials: [Partial] = []
        labels = [Int32](unsafeUninitializedCapacity: n) { buffer, count in
            let out = SharedBuffer(UnsafeMutableBufferPointer(rebasing: buffer[0..<n]))
            partials = Parallel.map(blocks.count) { index in
                x.values.withUnsafeBufferPointer { values in
                    let rows = blocks[index]
                    let x = values.baseAddress.unsafelyUnwrapped + rows.lowerBound * d
                    let labels = out.base + rows.lowerBound
                    if d <= fusedWidth {
                        target.assignFused(x, rows.count, labels)
                    } else {
                        target.assignByProduct(x, rows.count, labels)
                    }
                    var partial = Partial()
                    if let previous {
                        for i in 0..<rows.count where labels[i] != previous[rows.lowerBound + i] {
                            partial.hasChanged = true
                            break
                        }
                    }
                    if accumulating { partial.accumulate(x, rows, d, k, weights, labels) }
                    return partial
                }
            }
            count = n
        }
        if let first = partials.first { (merged.sums, merged.weights) = (first.sums, first.weights) }
        for partial in partials.dropFirst() where accumulating {
            for i in merged.sums.indices { merged.sums[i] += partial.sums[i] }
            for i in merged.weights.indices { merged.weights[i] += partial.weights[i] }
        }
        merged.hasChanged = merged.hasChanged || partials.contains(where: \.hasChanged)
        merged.labels = labels
        return merged
    }

    /// Columns up to which the fused loop is used; beyond, a matrix product by BLAS is faster.
    static let fusedWidth = 32

    /// Rows in a block: enough blocks to share out, few enough that their statistics stay within 64 MB.
    static func blockRows(_ rows: Int, statistics: Int) -> Int {
        let limit = max(8, min(512, 8_000_000 / max(1, statistics)))
        let size = (rows + limit - 1) / limit
        return max(1024, (size + 255) / 256 * 256)
    }

    /// The statistics of one block of rows.
    private struct Partial: Sendable {
        var sums: [Double] = []
        var weights: [Double] = []
        var hasChanged = false

        mutating func accumulate(
            _ x: UnsafePointer<Double>, _ rows: Range<Int>, _ d: Int, _ k: Int, _ weights: [Double]?,
            _ labels: UnsafeMutablePointer<Int32>
        ) {
            var totals = [Double](repeating: 0, count: k)
            sums = [Double](repeating: 0, count: k * d)
            sums.withUnsafeMutableBufferPointer { sums in
                for i in 0..<rows.count {
                    let label = Int(labels[i])
                    let weight = weights?[rows.lowerBound + i] ?? 1
                    let (from, to) = (i * d, label * d)
                    totals[label] += weight
                    for q in 0..<d { sums[to + q] += x[from + q] * weight }
                }
            }
            self.weights = totals
        }
    }
}
