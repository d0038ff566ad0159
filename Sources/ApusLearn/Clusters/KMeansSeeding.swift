import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension KMeansData {
    /// Centres chosen by greedy k-means++.
    ///
    /// The first is drawn by weight. For each next one 2 + ⌊ln k⌋ candidates are drawn with probability proportional to
    /// weight times squared distance to the nearest centre so far, and the one that leaves the least sum of these stays.
    func seeds(_ count: Int, random: inout RandomState) throws -> Matrix {
        let trials = 2 + Int(log(Double(count)))
        var chosen = random.choice(probabilities: probabilities, count: 1)
        var state = Potential(
            KMeansKernel.candidates(chosen, x, norms: norms, weights: weights, closest: nil), of: 0, rows: x.rows)
        while chosen.count < count {
            try checkCancellation()
            let drawn = random.uniform(count: trials).map { state.row(at: $0 * state.total, weights: weights) }
            let candidates = KMeansKernel.candidates(
                drawn, x, norms: norms, weights: weights, closest: state.closest)
            let potentials = drawn.indices.map { Potential.total(candidates, of: $0) }
            var best = 0
            for k in potentials.indices where potentials[k] < potentials[best] { best = k }
            chosen.append(drawn[best])
            state = Potential(candidates, of: best, rows: x.rows)
        }
        return x.selecting(rows: chosen)
    }

    /// The squared distances to the nearest centre so far, and their weighted sums, by which rows are drawn.
    private struct Potential {
        let closest: [Double]
        /// The sum over all rows up to the end of each block.
        private let cumulative: [Double]
        private let blockSize: Int

        init(_ candidates: KMeansKernel.Candidates, of candidate: Int, rows: Int) {
            closest = Array(candidates.distances[candidate * rows..<(candidate + 1) * rows])
            blockSize = candidates.blockSize
            var sum = 0.0
            cumulative = Self.sums(candidates, of: candidate).map { part in
                sum += part
                return sum
            }
        }

        /// The weighted sum over all rows.
        var total: Double { cumulative.last ?? 0 }

        /// The first row at which the running sum reaches `target`, or the last row.
        func row(at target: Double, weights: [Double]?) -> Int {
            guard let block = cumulative.firstIndex(where: { $0 >= target }) else { return closest.count - 1 }
            let before = block > 0 ? cumulative[block - 1] : 0
            let rows = block * blockSize..<min((block + 1) * blockSize, closest.count)
            var sum = 0.0
            for row in rows {
                sum += closest[row] * (weights?[row] ?? 1)
                if before + sum >= target { return row }
            }
            return rows.upperBound - 1
        }

        static func total(_ candidates: KMeansKernel.Candidates, of candidate: Int) -> Double {
            sums(candidates, of: candidate).reduce(0, +)
        }

        private static func sums(_ candidates: KMeansKernel.Candidates, of candidate: Int) -> ArraySlice<Double> {
            let blocks = candidates.blockCount
            return candidates.blockSums[candidate * blocks..<(candidate + 1) * blocks]
        }
    }
}
