import CApusKernels

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

        /// The same in single precision, moved by `offset` to lie around 0, where it rounds least.
        private let offset: [Double]
        private let roughScaled: [Float]
        private let roughNorms: [Float]

        init(_ centres: Matrix) {
            d = centres.columns
            k = centres.rows
            scaled = centres.values.map { -2 * $0 }
            norms = KMeansKernel.squaredNorms(centres)
            largestNorm = norms.max() ?? 0
            offset = KMeansKernel.columnMeans(centres)
            let moved = KMeansKernel.subtracting(offset, from: centres)
            roughScaled = moved.values.map { Float(-2 * $0) }
            roughNorms = KMeansKernel.squaredNorms(moved).map { Float($0) }
        }

        /// Labels rows sixteen at a time, one a lane, so that neither products nor minima cross lanes.
        ///
        /// Single precision finds the nearest centre and the next one. Where they are closer to each other than it can
        /// tell, or where it overflows, the row is looked at again in double precision.
        func assignFused(_ x: UnsafePointer<Double>, _ count: Int, _ labels: UnsafeMutablePointer<Int32>) {
            let (d, k) = (d, k)
            // Each of the two distances is off by less than half of this share of ‖x‖² + 2‖c‖².
            let tolerance = Float(d + 8) * Float.ulpOfOne
            let largest = 2 * (roughNorms.max() ?? 0)
            let panel = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: d)
            let distances = UnsafeMutablePointer<Double>.allocate(capacity: k)
            let nearest = UnsafeMutablePointer<Float>.allocate(capacity: 32)
            let places = UnsafeMutablePointer<Int32>.allocate(capacity: 16)
            defer {
                panel.deallocate()
                distances.deallocate()
                nearest.deallocate()
                places.deallocate()
            }
            roughScaled.withUnsafeBufferPointer { scaled in
                roughNorms.withUnsafeBufferPointer { norms in
                    let centres = scaled.baseAddress.unsafelyUnwrapped
                    for start in stride(from: 0, to: count, by: 16) {
                        let lanes = min(16, count - start)
                        transpose(x + start * d, lanes, into: panel)
                        var square = SIMD16<Float>.zero
                        for q in 0..<d { square += panel[q] * panel[q] }
                        apus_kmeans_nearest(
                            UnsafeRawPointer(panel).assumingMemoryBound(to: Float.self), centres, norms.baseAddress, d,
                            k,
                            nearest, nearest + 16, places)
                        let best = Self.sixteen(nearest)
                        let next = Self.sixteen(nearest + 16)
                        // Not-a-number and infinity are never clear.
                        let isClear = (next - best) .> (square + largest) * tolerance
                        for lane in 0..<lanes { labels[start + lane] = places[lane] }
                        if !all(isClear) {
                            for lane in 0..<lanes where !isClear[lane] {
                                labels[start + lane] = assignOne(x + (start + lane) * d, distances)
                            }
                        }
                    }
                }
            }
        }

        /// Sixteen neighbouring numbers.
        @inline(__always)
        private static func sixteen(_ values: UnsafePointer<Float>) -> SIMD16<Float> {
            UnsafeRawPointer(values).loadUnaligned(as: SIMD16<Float>.self)
        }

        /// The nearest centre of one row. Where several are nearer to each other in distance than rounding, the arithmetic
        /// of a matrix product decides, one chain of fused multiply-adds a distance: that is the reference's.
        private func assignOne(_ x: UnsafePointer<Double>, _ distances: UnsafeMutablePointer<Double>) -> Int32 {
            var square = 0.0
            for q in 0..<d { square += x[q] * x[q] }
            var least = Double.infinity
            scaled.withUnsafeBufferPointer { scaled in
                for j in 0..<k {
                    var product = 0.0
                    for q in 0..<d { product += x[q] * scaled[j * d + q] }
                    distances[j] = norms[j] + product
                    least = min(least, distances[j])
                }
            }
            let limit = least + (square + largestNorm) * (2 * Double(d + 2) * Double.ulpOfOne)
            var best = Double.infinity
            var label = 0
            for j in 0..<k where distances[j] <= limit {
                var chain = 0.0
                for q in 0..<d { chain = chain.addingProduct(x[q], scaled[j * d + q]) }
                let distance = norms[j] + chain
                if distance < best { (best, label) = (distance, j) }
            }
            return Int32(truncatingIfNeeded: label)
        }

        /// Sixteen rows side by side in single precision: `panel[q]` holds column q, one row a lane. Where there are
        /// fewer rows, the last one repeats.
        @inline(__always)
        private func transpose(
            _ x: UnsafePointer<Double>, _ lanes: Int, into panel: UnsafeMutablePointer<SIMD16<Float>>
        ) {
            let out = UnsafeMutableRawPointer(panel).assumingMemoryBound(to: Float.self)
            let whole = d & ~3
            offset.withUnsafeBufferPointer { offset in
                for lane in stride(from: 0, to: 16, by: 4) {
                    let r0 = x + min(lane, lanes - 1) * d
                    let r1 = x + min(lane + 1, lanes - 1) * d
                    let r2 = x + min(lane + 2, lanes - 1) * d
                    let r3 = x + min(lane + 3, lanes - 1) * d
                    for q in stride(from: 0, to: whole, by: 4) {
                        let centre = SIMD4(offset[q], offset[q + 1], offset[q + 2], offset[q + 3])
                        let a = SIMD4<Float>(KMeansKernel.four(r0 + q) - centre)
                        let b = SIMD4<Float>(KMeansKernel.four(r1 + q) - centre)
                        let c = SIMD4<Float>(KMeansKernel.four(r2 + q) - centre)
                        let e = SIMD4<Float>(KMeansKernel.four(r3 + q) - centre)
                        for i in 0..<4 {
                            UnsafeMutableRawPointer(out + (q + i) * 16 + lane).storeBytes(
                                of: SIMD4(a[i], b[i], c[i], e[i]), as: SIMD4<Float>.self)
                        }
                    }
                    for q in whole..<d {
                        let values = SIMD4(r0[q], r1[q], r2[q], r3[q]) - offset[q]
                        UnsafeMutableRawPointer(out + q * 16 + lane).storeBytes(
                            of: SIMD4<Float>(values), as: SIMD4<Float>.self)
                    }
                }
            }
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

    /// Four neighbouring numbers.
    @inline(__always)
    static func four(_ x: UnsafePointer<Double>) -> SIMD4<Double> {
        UnsafeRawPointer(x).loadUnaligned(as: SIMD4<Double>.self)
    }
}
