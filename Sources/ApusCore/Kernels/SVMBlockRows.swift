import CApusKernels

/// Training rows packed for computing many kernel rows at once, group by group (the classes, or all rows as one group).
///
/// The radial basis function is computed in single precision where that loses less than the solver's tolerance; all
/// else in double precision. Results are rounded to single precision and depend on their two rows only.
@_documentation(visibility: internal)
public final class SVMBlockRows: @unchecked Sendable {
    /// Whether kernel values are computed in single precision.
    public let isSingle: Bool
    /// How many rows each group has.
    let counts: [Int]
    /// Where the values of each kernel row end: `counts` rounded up to whole panels.
    let padded: [Int]

    private let kernel: SVMKernel?
    private let x: Matrix
    private let rows: [[Int]]
    private let centre: [Double]
    private let single: [UnsafeMutablePointer<Float>]
    private let singleNorms: [UnsafeMutablePointer<Float>]
    private let double: [UnsafeMutablePointer<Double>]
    private let doubleNorms: [UnsafeMutablePointer<Double>]
    private var width: Int { x.columns }

    /// The largest γ‖x‖² at which single precision is good enough.
    ///
    /// A kernel value is then about 10⁻⁷ (1 + γ‖x‖²) off, and a decision by that times the length of the multipliers, which
    /// must stay below the tolerance.
    private static func singleLimit(_ bound: Double, _ tolerance: Double, _ counts: [Int]) -> Double {
        let rows = Double(counts.sorted(by: >).prefix(2).reduce(0, +))
        return min(64, tolerance / (1e-7 * bound * rows.squareRoot()) - 1)
    }

    /// Packs rows.
    ///
    /// - Parameters:
    ///   - kernel: The kernel function, or nil when `x` holds kernel values.
    ///   - x: n × d rows, or n × n kernel values.
    ///   - groups: For each group the rows that belong to it.
    ///   - bound: The largest bound of a multiplier.
    ///   - tolerance: The solver's tolerance.
    init(_ kernel: SVMKernel?, _ x: Matrix, groups: [[Int]], bound: Double, tolerance: Double) {
        self.kernel = kernel
        self.x = x
        rows = groups
        counts = groups.map(\.count)
        padded = counts.map { ($0 + 15) / 16 * 16 }
        let d = x.columns
        let centre =
            kernel?.shape == .rbf
            ? SVMKernel.columnMeans(x) : [Double](repeating: 0, count: d)
        self.centre = centre
        guard let kernel else {
            (isSingle, single, singleNorms, double, doubleNorms) = (false, [], [], [], [])
            return
        }
        var isSingle = false
        if kernel.shape == .rbf {
            isSingle = Self.greatestNorm(x, centre) * kernel.gamma <= Self.singleLimit(bound, tolerance, counts)
        }
        self.isSingle = isSingle
        let sizes = padded
        single = isSingle ? sizes.map { .allocate(capacity: max(1, $0 * d)) } : []
        singleNorms = isSingle ? sizes.map { .allocate(capacity: max(1, $0)) } : []
        double = isSingle ? [] : sizes.map { .allocate(capacity: max(1, $0 * d)) }
        doubleNorms = isSingle ? [] : sizes.map { .allocate(capacity: max(1, $0)) }
        for g in groups.indices { pack(g) }
    }

    deinit {
        for pointer in single + singleNorms { pointer.deallocate() }
        for pointer in double + doubleNorms { pointer.deallocate() }
    }

    private static func greatestNorm(_ x: Matrix, _ centre: [Double]) -> Double {
        let d = x.columns
        return Parallel.mapBlocks(of: x.rows, size: 1024) { block in
            x.values.withUnsafeBufferPointer { values in
                centre.withUnsafeBufferPointer { centre in
                    var greatest = 0.0
                    for i in block {
                        var sum = SIMD8<Double>.zero
                        var q = 0
                        while q + 8 <= d {
                            var difference = SIMD8<Double>.zero
                            for lane in 0..<8 { difference[lane] = values[i * d + q + lane] - centre[q + lane] }
                            sum += difference * difference
                            q += 8
                        }
                        var total = sum.sum()
                        while q < d {
                            let difference = values[i * d + q] - centre[q]
                            total += difference * difference
                            q += 1
                        }
                        greatest = max(greatest, total)
                    }
                    return greatest
                }
            }
        }.max() ?? 0
    }

    private func pack(_ g: Int) {
        let lanes = isSingle ? 16 : 8
        let d = width
        Parallel.forEach(padded[g] / lanes) { panel in
            let first = panel * lanes
            let own = rows[g][min(first, rows[g].count)..<min(first + lanes, rows[g].count)]
            var gathered = [Double](repeating: 0, count: lanes * d)
            for (r, row) in own.enumerated() {
                gathered.replaceSubrange(r * d..<(r + 1) * d, with: x.values[row * d..<(row + 1) * d])
            }
            if isSingle {
                let out = single[g] + first * d
                apus_svm_pack_single(gathered, centre, own.count, d, out)
                for r in 0..<16 {
                    // The same chain of sums for every row.
                    var norm: Float = 0
                    for q in 0..<d { norm += out[q * 16 + r] * out[q * 16 + r] }
                    singleNorms[g][first + r] = norm
                }
            } else {
                let out = double[g] + first * d
                apus_svm_pack_double(gathered, centre, own.count, d, out)
                for r in 0..<8 {
                    var norm = 0.0
                    for q in 0..<d { norm += out[q * 8 + r] * out[q * 8 + r] }
                    doubleNorms[g][first + r] = norm
                }
            }
        }
    }

    /// The kernel value of each row of a group with itself, rounded as kernel rows are.
    func diagonal(_ g: Int) -> [Double] {
        guard let kernel else { return rows[g].map { Double(Float(x[$0, $0])) } }
        if kernel.shape == .rbf { return [Double](repeating: 1, count: counts[g]) }
        var values = Array(UnsafeBufferPointer(start: doubleNorms[g], count: counts[g]))
        apus_svm_values(kernel.c, &values, 0, values.map { $0 }, values.count)
        return values
    }

    /// Computes kernel rows.
    ///
    /// - Parameters:
    ///   - places: Rows of the group `own`.
    ///   - own: The group of the rows.
    ///   - other: The group that they are compared with.
    ///   - out: For each place where its `padded[other]` values go.
    ///   - isWide: Whether the work is spread over the cores.
    func compute(
        _ places: [Int], of own: Int, with other: Int, into out: [UnsafeMutablePointer<Float>], isWide: Bool
    ) {
        if places.isEmpty { return }
        guard let kernel else {
            x.values.withUnsafeBufferPointer { given in
                for (place, values) in zip(places, out) {
                    let from = rows[own][place] * width
                    for (k, row) in rows[other].enumerated() { values[k] = Float(given[from + row]) }
                }
            }
            return
        }
        // Enough rows to keep the arithmetic busy, few enough to stay in the cache.
        for start in stride(from: 0, to: places.count, by: 48) {
            let part = start..<min(start + 48, places.count)
            if isSingle {
                computeSingle(kernel, Array(places[part]), own, other, Array(out[part]), isWide)
            } else {
                computeDouble(kernel, Array(places[part]), own, other, Array(out[part]), isWide)
            }
        }
    }

    private func computeSingle(
        _ kernel: SVMKernel, _ places: [Int], _ own: Int, _ other: Int, _ out: [UnsafeMutablePointer<Float>],
        _ isWide: Bool
    ) {
        let d = width
        let norms = places.map { singleNorms[own][$0] }
        let a = [Float](unsafeUninitializedCapacity: places.count * d) { a, count in
            for (i, place) in places.enumerated() {
                let panel = single[own] + place / 16 * 16 * d + place % 16
                for q in 0..<d { a[i * d + q] = panel[q * 16] }
            }
            count = places.count * d
        }
        let targets = Targets(out)
        let panels = padded[other] / 16
        spread(panels, by: 32, isWide) { block in
            targets.pointers.withUnsafeBufferPointer { pointers in
                apus_svm_radial_rows(
                    a, norms, places.count, single[other] + block.lowerBound * 16 * d,
                    singleNorms[other] + block.lowerBound * 16, block.count, d, Float(kernel.gamma),
                    pointers.baseAddress, block.lowerBound * 16)
            }
        }
    }

    private func computeDouble(
        _ kernel: SVMKernel, _ places: [Int], _ own: Int, _ other: Int, _ out: [UnsafeMutablePointer<Float>],
        _ isWide: Bool
    ) {
        let d = width
        let norms = places.map { doubleNorms[own][$0] }
        let a = [Double](unsafeUninitializedCapacity: places.count * d) { a, count in
            for (i, place) in places.enumerated() {
                let panel = double[own] + place / 8 * 8 * d + place % 8
                for q in 0..<d { a[i * d + q] = panel[q * 8] }
            }
            count = places.count * d
        }
        let targets = Targets(out)
        let panels = padded[other] / 8
        spread(panels, by: 32, isWide) { block in
            let columns = block.count * 8
            var products = [Double](repeating: 0, count: places.count * columns)
            products.withUnsafeMutableBufferPointer { products in
                let base = products.baseAddress.unsafelyUnwrapped
                apus_svm_product_rows(
                    a, places.count, double[other] + block.lowerBound * 8 * d, block.count, d, base, columns)
                for i in places.indices {
                    let values = base + i * columns
                    apus_svm_values(
                        kernel.c, values, norms[i], doubleNorms[other] + block.lowerBound * 8, columns)
                    apus_svm_narrow(values, targets.pointers[i].unsafelyUnwrapped + block.lowerBound * 8, columns)
                }
            }
        }
    }

    private struct Targets: @unchecked Sendable {
        let pointers: [UnsafeMutablePointer<Float>?]
        init(_ pointers: [UnsafeMutablePointer<Float>]) { self.pointers = pointers }
    }
}

/// Runs `body` for blocks of `0..<count`, over the cores or one after the other.
func spread(_ count: Int, by size: Int, _ isWide: Bool, _ body: @Sendable (Range<Int>) -> Void) {
    let blocks = Parallel.blocks(of: count, size: size)
    if isWide {
        Parallel.forEach(blocks.count) { body(blocks[$0]) }
    } else {
        for block in blocks { body(block) }
    }
}
