import CApusKernels

/// Decisions of a radial basis function in single precision, for models with many support vectors.
///
/// Sums are in double precision. What is said about a row does not depend on the rows beside it.
struct SVMSingleDecision: Sendable, Hashable {
    private struct Part: Sendable, Hashable {
        let count: Int
        let panels: [Float]
        let norms: [Float]
        /// t × padded count.
        let coefficients: [Double]
        let decisions: Int
    }

    private let gamma: Float
    private let centre: [Double]
    private let parts: [Part]

    /// Rows that are compared at once, and panels of support vectors that they are compared with.
    private static let (blockRows, blockPanels) = (128, 16)

    /// Packs support vectors that are centred already.
    init(_ kernel: SVMKernel, _ vectors: Matrix, centre: [Double], coefficients: Matrix, counts: [Int]) {
        gamma = Float(kernel.gamma)
        let d = vectors.columns
        self.centre = centre.count == d ? centre : [Double](repeating: 0, count: d)
        let zeros = [Double](repeating: 0, count: d)
        var first = 0
        parts = counts.map { count in
            defer { first += count }
            let padded = (count + 15) / 16 * 16
            var panels = [Float](repeating: 0, count: padded * d)
            var norms = [Float](repeating: 0, count: padded)
            var factors = [Double](repeating: 0, count: padded * coefficients.rows)
            panels.withUnsafeMutableBufferPointer { panels in
                for start in stride(from: 0, to: count, by: 16) {
                    let lanes = min(16, count - start)
                    vectors.values.withUnsafeBufferPointer { values in
                        guard let base = values.baseAddress, let out = panels.baseAddress else { return }
                        apus_svm_pack_single(base + (first + start) * d, zeros, lanes, d, out + start * d)
                    }
                    for r in 0..<lanes {
                        var norm: Float = 0
                        for q in 0..<d { norm += panels[start * d + q * 16 + r] * panels[start * d + q * 16 + r] }
                        norms[start + r] = norm
                    }
                }
            }
            for t in 0..<coefficients.rows {
                for k in 0..<count {
                    factors[t * padded + k] = coefficients.values[t * coefficients.columns + first + k]
                }
            }
            return Part(
                count: count, panels: panels, norms: norms, coefficients: factors, decisions: coefficients.rows)
        }
    }

    /// For each part an m × t matrix of sums for the m rows of `x`.
    func sums(_ x: Matrix) -> [Matrix] {
        let d = x.columns
        let blocks = Parallel.blocks(of: x.rows, size: Self.blockRows)
        let results = Parallel.map(blocks.count) { sums(x, blocks[$0], d) }
        return parts.indices.map { k in
            Matrix(rows: x.rows, columns: parts[k].decisions, values: results.flatMap { $0[k] })
        }
    }

    private func sums(_ x: Matrix, _ block: Range<Int>, _ d: Int) -> [[Double]] {
        let m = block.count
        var a = [Float](repeating: 0, count: m * d)
        var norms = [Float](repeating: 0, count: m)
        a.withUnsafeMutableBufferPointer { a in
            x.values.withUnsafeBufferPointer { values in
                centre.withUnsafeBufferPointer { centre in
                    for i in 0..<m {
                        let from = (block.lowerBound + i) * d
                        var norm: Float = 0
                        for q in 0..<d {
                            let value = Float(values[from + q] - centre[q])
                            a[i * d + q] = value
                            norm += value * value
                        }
                        norms[i] = norm
                    }
                }
            }
        }
        let width = Self.blockPanels * 16
        let buffer = UnsafeMutablePointer<Float>.allocate(capacity: m * width)
        defer { buffer.deallocate() }
        let pointers: [UnsafeMutablePointer<Float>?] = (0..<m).map { buffer + $0 * width }
        return parts.map { part in
            var sums = [Double](repeating: 0, count: m * part.decisions)
            sums.withUnsafeMutableBufferPointer { sums in
                guard let out = sums.baseAddress else { return }
                let padded = part.norms.count
                part.panels.withUnsafeBufferPointer { panels in
                    part.norms.withUnsafeBufferPointer { others in
                        part.coefficients.withUnsafeBufferPointer { factors in
                            for start in stride(from: 0, to: padded, by: width) {
                                let columns = min(width, padded - start)
                                apus_svm_radial_rows(
                                    a, norms, m, panels.baseAddress.unsafelyUnwrapped + start * d,
                                    others.baseAddress.unsafelyUnwrapped + start, columns / 16, d, gamma, pointers, 0)
                                for i in 0..<m {
                                    apus_svm_decide(
                                        buffer + i * width, factors.baseAddress.unsafelyUnwrapped + start, padded,
                                        part.decisions, columns, out + i * part.decisions)
                                }
                            }
                        }
                    }
                }
            }
            return sums
        }
    }
}
