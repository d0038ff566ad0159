#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

extension KMeansKernel {
    /// Centres prepared for finding the nearest: -2c and ‖c‖².
    struct Target: Sendable {
        private let d: Int
        private let k: Int
        /// k × d. Twice a number is exact, so x·(-2c) has the bits of -2(x·c).
        private let scaled: [Double]
        private let norms: [Double]
        private let largestNorm: Double

        init(_ centres: Matrix) {
            d = centres.columns
            k = centres.rows
            scaled = centres.values.map { -2 * $0 }
            norms = KMeansKernel.squaredNorms(centres)
            largestNorm = norms.max() ?? 0
        }

        /// Labels rows eight at a time, one a lane, so that neither products nor minima cross lanes.
        ///
        /// Where two centres are nearer to each other in distance than rounding, the reference's own arithmetic decides.
        func assignFused(_ x: UnsafePointer<Double>, _ count: Int, _ labels: UnsafeMutablePointer<Int32>) {
            let (d, k) = (d, k)
            let tolerance = 2 * Double(d + 2) * Double.ulpOfOne
            let panel = UnsafeMutablePointer<SIMD8<Double>>.allocate(capacity: d)
            defer { panel.deallocate() }
            scaled.withUnsafeBufferPointer { scaled in
                norms.withUnsafeBufferPointer { norms in
                    let centres = scaled.baseAddress.unsafelyUnwrapped
                    for start in stride(from: 0, to: count, by: 8) {
                        let lanes = min(8, count - start)
                        KMeansKernel.transpose(x + start * d, lanes, d, into: panel)
                        var square = SIMD8<Double>.zero
                        for q in 0..<d { square += panel[q] * panel[q] }
                        var nearest = Nearest()
                        var j = 0
                        while j + 1 < k {
                            let first = centres + j * d
                            let second = first + d
                            var (a, b) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
                            for q in 0..<d {
                                let v = panel[q]
                                a += v * first[q]
                                b += v * second[q]
                            }
                            nearest.take(a + norms[j], j)
                            nearest.take(b + norms[j + 1], j + 1)
                            j += 2
                        }
                        if j < k {
                            let last = centres + j * d
                            var a = SIMD8<Double>.zero
                            for q in 0..<d { a += panel[q] * last[q] }
                            nearest.take(a + norms[j], j)
                        }
                        let margin = (square + largestNorm) * tolerance
                        let isTied = (nearest.second - nearest.best) .<= margin
                        for lane in 0..<lanes {
                            labels[start + lane] = Int32(truncatingIfNeeded: nearest.label[lane])
                        }
                        if any(isTied) {
                            for lane in 0..<lanes where isTied[lane] {
                                labels[start + lane] = breakTie(
                                    x + (start + lane) * d, below: nearest.best[lane] + margin[lane])
                            }
                        }
                    }
                }
            }
        }

        /// The nearest of the centres that are not above `limit`, in the arithmetic of a matrix product: one chain of fused
        /// multiply-adds a distance.
        private func breakTie(_ x: UnsafePointer<Double>, below limit: Double) -> Int32 {
            var best = Double.infinity
            var label = 0
            for j in 0..<k {
                var rough = 0.0
                for q in 0..<d { rough += x[q] * scaled[j * d + q] }
                if norms[j] + rough > limit { continue }
                var chain = 0.0
                for q in 0..<d { chain = chain.addingProduct(x[q], scaled[j * d + q]) }
                let distance = norms[j] + chain
                if distance < best { (best, label) = (distance, j) }
            }
            return Int32(truncatingIfNeeded: label)
        }

        /// Labels rows by way of a matrix product, 256 rows at a time.
        func assignByProduct(_ x: UnsafePointer<Double>, _ count: Int, _ labels: UnsafeMutablePointer<Int32>) {
            let (d, k) = (d, k)
            let width = (k + 7) / 8 * 8
            let step = 256
            let distances = UnsafeMutablePointer<Double>.allocate(capacity: step * width)
            defer { distances.deallocate() }
            for start in stride(from: 0, to: count, by: step) {
                let rows = min(step, count - start)
                for i in 0..<rows {
                    for j in 0..<k { distances[i * width + j] = norms[j] }
                    for j in k..<max(k, width) { distances[i * width + j] = .infinity }
                }
                scaled.withUnsafeBufferPointer { scaled in
                    cblas_dgemm(
                        CblasRowMajor, CblasNoTrans, CblasTrans, BLAS.Size(rows), BLAS.Size(k), BLAS.Size(d), 1,
                        x + start * d, BLAS.Size(d), scaled.baseAddress, BLAS.Size(d), 1, distances, BLAS.Size(width))
                }
                for i in 0..<rows {
                    labels[start + i] = Self.firstMinimum(distances + i * width, width)
                }
            }
        }

        /// The index of the least of `count` numbers, a multiple of 8, and the first of equal ones.
        private static func firstMinimum(_ values: UnsafePointer<Double>, _ count: Int) -> Int32 {
            var best = SIMD8<Double>(repeating: .infinity)
            var label = SIMD8<Int64>.zero
            for j in stride(from: 0, to: count, by: 8) {
                let v = UnsafeRawPointer(values + j).loadUnaligned(as: SIMD8<Double>.self)
                let isLess = v .< best
                best.replace(with: v, where: isLess)
                label.replace(with: SIMD8(repeating: Int64(j)), where: isLess)
            }
            var (least, place) = (best[0], label[0])
            for lane in 1..<8 {
                let index = label[lane] + Int64(lane)
                if best[lane] < least || best[lane] == least && index < place { (least, place) = (best[lane], index) }
            }
            return Int32(truncatingIfNeeded: place)
        }
    }

    /// For eight rows the least distance so far, the one after it, and the centre of the least.
    private struct Nearest {
        var best = SIMD8<Double>(repeating: .infinity)
        var second = SIMD8<Double>(repeating: .infinity)
        var label = SIMD8<Int64>.zero

        @inline(__always)
        mutating func take(_ distance: SIMD8<Double>, _ centre: Int) {
            let isNearer = distance .< best
            second.replace(with: distance, where: distance .< second)
            second.replace(with: best, where: isNearer)
            best.replace(with: distance, where: isNearer)
            label.replace(with: SIMD8(repeating: Int64(centre)), where: isNearer)
        }
    }

    /// Eight rows side by side: `panel[q]` holds column q, one row a lane. Where there are fewer, the last one repeats.
    @inline(__always)
    static func transpose(
        _ x: UnsafePointer<Double>, _ lanes: Int, _ d: Int, into panel: UnsafeMutablePointer<SIMD8<Double>>
    ) {
        let out = UnsafeMutableRawPointer(panel).assumingMemoryBound(to: Double.self)
        for lane in 0..<8 {
            let row = x + min(lane, lanes - 1) * d
            for q in 0..<d { out[q * 8 + lane] = row[q] }
        }
    }
}
