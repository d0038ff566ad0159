import CApusKernels

extension NeighborScan {
    /// Rows in single precision, sixteen side by side, for a first look that never misses a near row.
    ///
    /// Rows are moved by their mean and scaled by a power of two, both without effect on what is near. With x and y moved
    /// and scaled, the look is ‖y‖² - 2x·y (for the cosine -x·y) minus at least its own rounding error.
    struct Panels: Sendable {
        /// ‖row‖² of the longest row, neither moved nor scaled.
        let largestNorm: Double
        /// What scaling multiplies squared distances by.
        let unit: Double
        /// Panels × d × 16.
        let values: [Float]
        /// Panels × 16: ‖y‖² minus the row's share of the error; infinite past the end.
        let lower: [Float]
        /// Panels × 16: twice the row's share of the error, and more.
        let slack: [Float]

        private let count: Int
        private let d: Int
        private let isCosine: Bool
        private let means: [Double]
        private let scale: Double

        /// The share of ‖x‖² + 2‖y‖² that bounds the rounding error of a first look.
        private static func share(_ d: Int) -> Double { Double(d + 8) * Double(Float.ulpOfOne) }
        /// More than what numbers too small for single precision can add up to.
        private static let tiny = 1e-35

        /// Nil where numbers are so great that squares would overflow.
        init?(_ x: Matrix, measure: NeighborMeasure) {
            let (n, d) = (x.rows, x.columns)
            isCosine = measure == .cosine
            count = n
            self.d = d
            means = isCosine ? [Double](repeating: 0, count: d) : KMeansKernel.columnMeans(x)
            let means = means
            let greatest = Parallel.mapBlocks(of: n, size: 8192) { rows in
                x.values.withUnsafeBufferPointer { x in
                    var greatest = (raw: 0.0, moved: 0.0)
                    for row in rows {
                        for q in 0..<d {
                            greatest.raw = max(greatest.raw, abs(x[row * d + q]))
                            greatest.moved = max(greatest.moved, abs(x[row * d + q] - means[q]))
                        }
                    }
                    return greatest
                }
            }
            let largest = greatest.lazy.map(\.moved).max() ?? 0
            let raw = greatest.lazy.map(\.raw).max() ?? 0
            guard raw < 1e140, largest < 1e140 else { return nil }
            largestNorm = raw * raw * Double(d)
            let exponent = isCosine || largest == 0 ? 0 : max(-400, min(480, largest.exponent))
            scale = Double(sign: .plus, exponent: -Int(exponent), significand: 1)
            unit = scale * scale

            let width = (n + 15) / 16
            let (factor, share, isCosine) = (scale, Self.share(d), isCosine)
            var bounds = [Float](repeating: .infinity, count: width * 16)
            var slack = [Float](repeating: 0, count: width * 16)
            values = [Float](unsafeUninitializedCapacity: width * d * 16) { buffer, filled in
                let out = SharedBuffer(UnsafeMutableBufferPointer(rebasing: buffer[0..<width * d * 16]))
                bounds.withUnsafeMutableBufferPointer { bounds in
                    slack.withUnsafeMutableBufferPointer { slack in
                        let (bounds, slack) = (SharedBuffer(bounds), SharedBuffer(slack))
                        let blocks = Parallel.blocks(of: width, size: 256)
                        Parallel.forEach(blocks.count) { index in
                            x.values.withUnsafeBufferPointer { x in
                                for panel in blocks[index] {
                                    for lane in 0..<16 {
                                        let row = min(panel * 16 + lane, n - 1)
                                        var norm = 0.0
                                        for q in 0..<d {
                                            let value = (x[row * d + q] - means[q]) * factor
                                            norm += value * value
                                            out[(panel * d + q) * 16 + lane] = Float(value)
                                        }
                                        guard panel * 16 + lane < n else { continue }
                                        let error = 2 * share * norm + Self.tiny
                                        bounds[row] = Float((isCosine ? 0 : norm) - error)
                                        slack[row] = Float(2.5 * error)
                                    }
                                }
                            }
                        }
                    }
                }
                filled = width * d * 16
            }
            lower = bounds
            self.slack = slack
        }

        /// Queries made ready for the first look.
        struct Look: Sendable {
            /// Groups × d × 6: what multiplies the panels.
            var factors: [Float] = []
            /// For each query: a row can be nearer than D only if its look is at most D·unit + shift.
            var shifts: [Double] = []
            /// The same the other way round: at most D·unit + inner - slack of the row, and the row is nearer than D.
            var inner: [Double] = []
        }

        /// The look of `count` queries; nil where one of them is too far away for single precision.
        func look(_ queries: UnsafePointer<Double>, _ count: Int) -> Look? {
            let group = Int(apusNeighborGroup)
            let share = Self.share(d)
            var look = Look()
            look.factors = [Float](repeating: 0, count: (count + group - 1) / group * group * d)
            for query in 0..<count {
                let start = query / group * group * d + query % group
                var norm = 0.0
                for q in 0..<d {
                    let value = (queries[query * d + q] - means[q]) * scale
                    norm += value * value
                    look.factors[start + q * group] = Float(isCosine ? -value : -2 * value)
                }
                guard norm < 1e30 else { return nil }
                let base = isCosine ? -1 : -norm
                look.shifts.append(base + share * norm + Self.tiny)
                look.inner.append(base - share * norm - Self.tiny)
            }
            return look
        }

        /// Hands the rows to a kernel.
        func withRows<Result>(_ scan: NeighborScan, _ body: (inout ApusNeighborRows) -> Result) -> Result {
            values.withUnsafeBufferPointer { values in
                lower.withUnsafeBufferPointer { lower in
                    scan.rows.values.withUnsafeBufferPointer { rows in
                        scan.norms.withUnsafeBufferPointer { norms in
                            var rows = ApusNeighborRows(
                                count: count, width: d, rows: rows.baseAddress, panels: values.baseAddress,
                                lower: lower.baseAddress, norms: norms.baseAddress, isCosine: isCosine ? 1 : 0)
                            return body(&rows)
                        }
                    }
                }
            }
        }
    }
}
