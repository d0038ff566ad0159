import CApusKernels

extension KMeansKernel {
    /// For each candidate the squared distance of every row to the nearest centre if the candidate becomes one too.
    public struct Candidates: Sendable {
        /// candidates × n squared distances.
        public let distances: [Double]
        /// candidates × blocks: the weighted sums of the distances over blocks of `blockSize` rows.
        public let blockSums: [Double]
        /// Rows in a block.
        public let blockSize: Int
        /// The number of blocks.
        public let blockCount: Int
    }

    /// Weighs candidates for the next centre of k-means++.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - norms: ‖row‖² for every row.
    ///   - weights: n weights, or nil for equal ones.
    ///   - candidates: Rows that could become centres.
    ///   - closest: For every row the squared distance to the nearest centre so far; nil when there is none.
    public static func candidates(
        _ candidates: [Int], _ x: Matrix, norms: [Double], weights: [Double]?, closest: [Double]?
    ) -> Candidates {
        let (n, count) = (x.rows, candidates.count)
        let size = blockRows(n, statistics: count)
        let blocks = Parallel.blocks(of: n, size: size)
        let scaled = x.selecting(rows: candidates).values.map { -2 * $0 }
        var sums: [Double] = []
        let distances = [Double](unsafeUninitializedCapacity: count * n) { buffer, filled in
            let out = SharedBuffer(UnsafeMutableBufferPointer(rebasing: buffer[0..<count * n]))
            let parts = Parallel.map(blocks.count) { index in
                weigh(
                    blocks[index], x, norms: norms, weights: weights, closest: closest, scaled: scaled,
                    own: candidates.map { norms[$0] }, into: out)
            }
            sums = (0..<count).flatMap { c in parts.map { $0[c] } }
            filled = count * n
        }
        return Candidates(distances: distances, blockSums: sums, blockSize: size, blockCount: blocks.count)
    }

    /// Writes the distances of a block of rows, and returns their weighted sums, each in row order.
    private static func weigh(
        _ rows: Range<Int>, _ x: Matrix, norms: [Double], weights: [Double]?, closest: [Double]?, scaled: [Double],
        own: [Double], into out: SharedBuffer<Double>
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: own.count)
        var space = [Double](repeating: 0, count: 8 * x.columns)
        withPointer(weights) { weights in
            withPointer(closest) { closest in
                x.values.withUnsafeBufferPointer { values in
                    apus_kmeans_weigh(
                        values.baseAddress, norms, weights, closest, scaled, own, x.rows, x.columns, own.count,
                        rows.lowerBound, rows.upperBound, &space, out.base, &sums)
                }
            }
        }
        return sums
    }

    private static func withPointer(_ values: [Double]?, _ body: (UnsafePointer<Double>?) -> Void) {
        guard let values else { return body(nil) }
        values.withUnsafeBufferPointer { body($0.baseAddress) }
    }

    /// The squared distance of every row to the centre of its own cluster.
    public static func squaredDistances(_ x: Matrix, _ centres: Matrix, labels: [Int32]) -> [Double] {
        let d = x.columns
        return [Double](filledInParallelRows: x.rows, width: 1, blockSize: 2048) { rows, out in
            x.values.withUnsafeBufferPointer { x in
                centres.values.withUnsafeBufferPointer { centres in
                    for row in rows {
                        out[row] = squaredDistance(x, row * d, centres, Int(labels[row]) * d, d)
                    }
                }
            }
        }
    }

    /// The weighted sum over rows of the squared distance to the centre of the own cluster.
    public static func inertia(_ x: Matrix, _ centres: Matrix, labels: [Int32], weights: [Double]?) -> Double {
        let distances = squaredDistances(x, centres, labels: labels)
        let parts = Parallel.mapBlocks(of: x.rows, size: 8192) { rows in
            rows.reduce(0) { $0 + distances[$1] * (weights?[$1] ?? 1) }
        }
        return parts.reduce(0, +)
    }

    /// The distance of every row to every centre: n × k.
    public static func distances(_ x: Matrix, _ centres: Matrix) -> Matrix {
        let (d, k) = (x.columns, centres.rows)
        let values = [Double](filledInParallelRows: x.rows, width: k, blockSize: 1024) { rows, out in
            x.values.withUnsafeBufferPointer { x in
                centres.values.withUnsafeBufferPointer { centres in
                    for row in rows {
                        for j in 0..<k {
                            out[row * k + j] = squaredDistance(x, row * d, centres, j * d, d).squareRoot()
                        }
                    }
                }
            }
        }
        return Matrix(rows: x.rows, columns: k, values: values)
    }

    @inline(__always)
    private static func squaredDistance(
        _ x: UnsafeBufferPointer<Double>, _ i: Int, _ y: UnsafeBufferPointer<Double>, _ j: Int, _ d: Int
    ) -> Double {
        var sum = 0.0
        for q in 0..<d {
            let difference = x[i + q] - y[j + q]
            sum += difference * difference
        }
        return sum
    }

    /// The mean of every column, each summed as NumPy does: row after row, or pairwise where there is one column.
    public static func columnMeans(_ x: Matrix) -> [Double] {
        let (n, d) = (x.rows, x.columns)
        guard n > 0 else { return [Double](repeating: 0, count: d) }
        var sums = [Double](repeating: 0, count: d)
        x.values.withUnsafeBufferPointer { x in
            if d == 1 {
                sums[0] = pairwiseSum(0..<n) { x[$0] }
            } else {
                sums.withUnsafeMutableBufferPointer { sums in
                    for i in 0..<n {
                        for q in 0..<d { sums[q] += x[i * d + q] }
                    }
                }
            }
        }
        return sums.map { $0 / Double(n) }
    }

    /// The matrix with `offsets` subtracted from every row.
    public static func subtracting(_ offsets: [Double], from x: Matrix) -> Matrix {
        let d = x.columns
        let values = [Double](filledInParallelRows: x.rows, width: d, blockSize: 4096) { rows, out in
            x.values.withUnsafeBufferPointer { x in
                offsets.withUnsafeBufferPointer { offsets in
                    for row in rows {
                        for q in 0..<d { out[row * d + q] = x[row * d + q] - offsets[q] }
                    }
                }
            }
        }
        return Matrix(rows: x.rows, columns: d, values: values)
    }
}
