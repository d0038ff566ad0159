import CApusKernels

#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// The distances between rows and groups of rows.
@_documentation(visibility: internal)
public enum SilhouetteKernel {
    /// Rows whose distances are worked out together.
    private static let height = 64
    /// Columns of a table of products that stays within the cache.
    private static let width = 512

    /// The silhouette (b - a) / max(a, b) of every row, 0 for a row that is alone in its group.
    ///
    /// All pairs of rows are compared, 64 by 512 at a time, so memory stays at some numbers a row.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - codes: n groups, each below `sizes.count`.
    ///   - sizes: How many rows each group has, none of them empty, at least two.
    public static func samples(_ x: Matrix, codes: [Int], sizes: [Int]) -> [Double] {
        let n = x.rows
        _ = BLAS.ready
        var starts = [0]
        for size in sizes { starts.append(starts[starts.count - 1] + size) }
        // Rows of a group lie side by side, so that the sum over a group is one over neighbours.
        var next = starts
        var order = [Int](repeating: 0, count: n)
        for (row, code) in codes.enumerated() {
            order[next[code]] = row
            next[code] += 1
        }
        // Distances round less around the mean.
        let means = ColumnKernel.sums(x).map { $0 / Double(n) }
        let sorted = KMeansKernel.subtracting(means, from: x).selecting(rows: order)
        let norms = KMeansKernel.squaredNorms(sorted)
        let groups = Grouped(rows: sorted, norms: norms, starts: starts)
        let parts = Parallel.mapBlocks(of: n, size: height) { groups.silhouettes($0) }
        var result = [Double](repeating: 0, count: n)
        for (place, value) in parts.joined().enumerated() { result[order[place]] = value }
        return result
    }

    /// Rows sorted by group.
    private struct Grouped: Sendable {
        let rows: Matrix
        let norms: [Double]
        /// Where each group starts, and the number of rows.
        let starts: [Int]

        /// The silhouettes of a block of rows.
        func silhouettes(_ block: Range<Int>) -> [Double] {
            let (n, d, count) = (rows.rows, rows.columns, starts.count - 1)
            var sums = [Double](repeating: 0, count: block.count * count)
            var products = [Double](repeating: 0, count: block.count * width)
            rows.values.withUnsafeBufferPointer { x in
                norms.withUnsafeBufferPointer { norms in
                    products.withUnsafeMutableBufferPointer { products in
                        var group = 0
                        for start in stride(from: 0, to: n, by: width) {
                            let others = start..<min(start + width, n)
                            cblas_dgemm(
                                CblasRowMajor, CblasNoTrans, CblasTrans, BLAS.Size(block.count),
                                BLAS.Size(others.count), BLAS.Size(d), -2,
                                x.baseAddress.map { $0 + block.lowerBound * d }, BLAS.Size(d),
                                x.baseAddress.map { $0 + start * d }, BLAS.Size(d), 0, products.baseAddress,
                                BLAS.Size(width))
                            var place = start
                            while place < others.upperBound {
                                while starts[group + 1] <= place { group += 1 }
                                let end = min(starts[group + 1], others.upperBound)
                                for (i, row) in block.enumerated() {
                                    sums[i * count + group] += distances(
                                        row, place..<end, x, norms,
                                        products.baseAddress.unsafelyUnwrapped + i * width + place - start)
                                }
                                place = end
                            }
                        }
                    }
                }
            }
            return block.enumerated().map { i, row in
                silhouette(Array(sums[i * count..<(i + 1) * count]), row)
            }
        }

        /// The sum of the distances of a row to others.
        @inline(__always)
        private func distances(
            _ row: Int, _ others: Range<Int>, _ x: UnsafeBufferPointer<Double>, _ norms: UnsafeBufferPointer<Double>,
            _ products: UnsafePointer<Double>
        ) -> Double {
            var unsure: CInt = 0
            let sum = apus_distance_sum(
                products, norms.baseAddress.unsafelyUnwrapped + others.lowerBound, norms[row], others.count, &unsure)
            guard unsure != 0 else { return sum }
            // Rows that nearly coincide: what the norms leave of their distance is mostly rounding.
            let d = rows.columns
            var exact = 0.0
            for other in others {
                let rough = products[other - others.lowerBound] + norms[row] + norms[other]
                var square = rough
                if rough < 1e-6 * (norms[row] + norms[other]) {
                    square = 0
                    for q in 0..<d {
                        let difference = x[row * d + q] - x[other * d + q]
                        square += difference * difference
                    }
                }
                exact += max(0, square).squareRoot()
            }
            return exact
        }

        /// The silhouette from the sums of distances to each group.
        private func silhouette(_ sums: [Double], _ row: Int) -> Double {
            let own = group(of: row)
            let size = starts[own + 1] - starts[own]
            guard size > 1 else { return 0 }
            let inside = sums[own] / Double(size - 1)
            var outside = Double.infinity
            for (group, sum) in sums.enumerated() where group != own {
                outside = min(outside, sum / Double(starts[group + 1] - starts[group]))
            }
            let larger = max(inside, outside)
            return larger > 0 ? (outside - inside) / larger : 0
        }

        private func group(of row: Int) -> Int {
            var (low, high) = (0, starts.count - 1)
            while high - low > 1 {
                let middle = (low + high) / 2
                if starts[middle] <= row { low = middle } else { high = middle }
            }
            return low
        }
    }
}
