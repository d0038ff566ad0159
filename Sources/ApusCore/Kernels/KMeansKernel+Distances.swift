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
        let (n, d, count) = (x.rows, x.columns, own.count)
        let panel = UnsafeMutablePointer<SIMD8<Double>>.allocate(capacity: d)
        defer { panel.deallocate() }
        var sums = [Double](repeating: 0, count: count)
        x.values.withUnsafeBufferPointer { values in
            scaled.withUnsafeBufferPointer { scaled in
                let x = values.baseAddress.unsafelyUnwrapped
                for start in stride(from: rows.lowerBound, to: rows.upperBound, by: 8) {
                    let lanes = min(8, rows.upperBound - start)
                    transpose(x + start * d, lanes, d, into: panel)
                    let norm = eight(norms, start, lanes)
                    let limit = closest.map { eight($0, start, lanes) } ?? SIMD8(repeating: .infinity)
                    let weight = weights.map { eight($0, start, lanes) }
                    for c in 0..<count {
                        var product = SIMD8<Double>.zero
                        for q in 0..<d { product += panel[q] * scaled[c * d + q] }
                        var distance = product + own[c] + norm
                        distance.replace(with: 0, where: distance .< 0)
                        distance.replace(with: limit, where: limit .< distance)
                        let weighted = weight.map { distance * $0 } ?? distance
                        var sum = sums[c]
                        for lane in 0..<lanes {
                            out[c * n + start + lane] = distance[lane]
                            sum += weighted[lane]
                        }
                        sums[c] = sum
                    }
                }
            }
        }
        return sums
    }

    /// Eight neighbouring numbers, or fewer and zeros.
    @inline(__always)
    private static func eight(_ values: [Double], _ start: Int, _ lanes: Int) -> SIMD8<Double> {
        var result = SIMD8<Double>.zero
        for lane in 0..<lanes { result[lane] = values[start + lane] }
        return result
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
