#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// Partial statistics of the rows of a weighted, centred least-squares problem.
///
/// Every function sees the matrix `B = √W [X - x̄, y - ȳ]` (n × (d + 1)), but only one chunk of its rows at a time: the
/// centred copy of a chunk stays in the processor's cache, so neither a copy of X nor cancellation between large sums
/// ever exists. Rows are cut into stripes by the shape of the data, stripes are merged in order.
@_documentation(visibility: internal)
public struct LinearKernel: Sendable {
    /// The features, n × d.
    public let x: Matrix
    /// The targets, n.
    public let y: [Double]
    /// The square roots of the sample weights, or nil for equal ones.
    public let roots: [Double]?
    /// What is subtracted from each column of `x`.
    public let featureMeans: [Double]
    /// What is subtracted from `y`.
    public let targetMean: Double

    /// Sums over the rows of a stripe, or over all of them.
    private typealias Sums = [Double]

    /// Number of columns of `B`.
    private var width: Int { x.columns + 1 }
    /// Rows that are copied and multiplied at a time: about 800 KB.
    private var chunk: Int { max(64, min(1024, 100_000 / width)) }

    /// The problem with its (weighted) means taken away, or with nothing taken away.
    ///
    /// - Parameters:
    ///   - x: n × d, n and d at least 1.
    ///   - y: n targets.
    ///   - weights: n weights, or nil.
    ///   - centred: Whether means are subtracted.
    public init(_ x: Matrix, _ y: [Double], weights: [Double]?, centred: Bool) {
        _ = BLAS.ready
        self.x = x
        self.y = y
        roots = weights.map { $0.map { $0.squareRoot() } }
        if centred {
            (featureMeans, targetMean) = LinearKernel.means(x, y, weights)
        } else {
            featureMeans = [Double](repeating: 0, count: x.columns)
            targetMean = 0
        }
    }

    /// The problem with means that are known already.
    public init(_ x: Matrix, _ y: [Double], weights: [Double]?, featureMeans: [Double], targetMean: Double) {
        _ = BLAS.ready
        self.x = x
        self.y = y
        roots = weights.map { $0.map { $0.squareRoot() } }
        self.featureMeans = featureMeans
        self.targetMean = targetMean
    }

    /// Whether every mean is finite: they are when all the data are, unless it is so large that sums overflow.
    public var isFinite: Bool { featureMeans.allSatisfy(\.isFinite) && targetMean.isFinite }

    private static func means(_ x: Matrix, _ y: [Double], _ weights: [Double]?) -> ([Double], Double) {
        let d = x.columns
        let partials = Parallel.mapBlocks(of: x.rows, size: stripe(x.rows, x.columns)) { rows in
            [Double](unsafeUninitializedCapacity: d + 2) { sums, count in
                sums.initialize(repeating: 0)
                x.values.withUnsafeBufferPointer { values in
                    for i in rows {
                        let weight = weights?[i] ?? 1
                        let row = values.baseAddress.unsafelyUnwrapped + i * d
                        for j in 0..<d { sums[j] += weight * row[j] }
                        sums[d] += weight * y[i]
                        sums[d + 1] += weight
                    }
                }
                count = d + 2
            }
        }
        let sums = merged(partials)
        let means = sums.map { $0 / sums[d + 1] }
        return (Array(means[..<d]), means[d])
    }

    /// `BᵀB [-w, 1]`, first d values: how far the coefficients w are from solving the normal equations, computed from
    /// the data and not from their Gram matrix, so that it is exact where the solution is nearly so.
    public func normalResidual(of coefficients: [Double]) -> [Double] {
        let (width, chunk) = (width, chunk)
        let direction = coefficients.map { -$0 } + [1]
        let partials = eachStripe { rows in
            var residual = [Double](repeating: 0, count: chunk)
            return [Double](unsafeUninitializedCapacity: width) { sum, count in
                sum.initialize(repeating: 0)
                eachChunk(of: rows, chunk) { part, size in
                    cblas_dgemv(
                        CblasRowMajor, CblasNoTrans, BLAS.Size(size), BLAS.Size(width), 1, part, BLAS.Size(width),
                        direction, 1, 0, &residual, 1)
                    cblas_dgemv(
                        CblasRowMajor, CblasTrans, BLAS.Size(size), BLAS.Size(width), 1, part, BLAS.Size(width),
                        residual, 1, 1, sum.baseAddress, 1)
                }
                count = width
            }
        }
        return Array(LinearKernel.merged(partials)[..<x.columns])
    }

    /// The triangular factor of B ((d + 1) × (d + 1)), by orthogonal reductions of chunks and then of their factors.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when B has fewer rows than columns.
    public func triangularFactor() throws -> Matrix {
        let (width, chunk) = (width, max(4 * width, chunk))
        let ranges = Parallel.blocks(of: x.rows, size: LinearKernel.stripe(x.rows, x.columns))
        let factors = try Parallel.tryMap(ranges.count) { index in
            var upper: [Double] = []
            try eachChunk(of: ranges[index], chunk) { part, size in
                upper.append(contentsOf: UnsafeBufferPointer(start: part, count: size * width))
                try LinearKernel.reduce(&upper, width)
            }
            return upper
        }
        var upper: [Double] = []
        for factor in factors {
            upper.append(contentsOf: factor)
            try LinearKernel.reduce(&upper, width)
        }
        guard upper.count == width * width else {
            throw ApusError(.shapeMismatch, "A triangular factor needs at least as many rows as columns.")
        }
        return Matrix(rows: width, columns: width, values: upper)
    }

    /// The centred, weighted features and targets as matrices of their own, for problems that are small.
    public func copied() -> (features: Matrix, targets: Matrix) {
        let d = x.columns
        var features = x
        features.withMutableValues { values in
            for i in 0..<x.rows {
                let root = roots?[i] ?? 1
                for j in 0..<d { values[i * d + j] = (values[i * d + j] - featureMeans[j]) * root }
            }
        }
        return (features, Matrix(column: copiedTargets))
    }

    /// The centred, weighted targets.
    public var copiedTargets: [Double] { y.indices.map { (y[$0] - targetMean) * (roots?[$0] ?? 1) } }

    /// Replaces stacked rows by their triangular factor as soon as there are enough of them for one.
    private static func reduce(_ rows: inout [Double], _ width: Int) throws {
        let count = rows.count / width
        guard count >= width else { return }
        rows = try LAPACK.triangularFactor(Matrix(rows: count, columns: width, values: rows)).values
    }

    /// Rows in a stripe: at most 64 stripes, and all their partial sums together no larger than half of X.
    private static func stripe(_ rows: Int, _ columns: Int) -> Int {
        let stripes = max(1, min(64, rows / (2 * columns + 2)))
        return max(4096, (rows + stripes - 1) / stripes)
    }

    private func eachStripe(_ body: @Sendable (Range<Int>) -> Sums) -> [Sums] {
        Parallel.mapBlocks(of: x.rows, size: LinearKernel.stripe(x.rows, x.columns), body)
    }

    /// Hands over the rows of B that belong to a range, `size` rows of d + 1 values at a time.
    private func eachChunk(
        of rows: Range<Int>, _ size: Int, _ body: (UnsafePointer<Double>, Int) throws -> Void
    ) rethrows {
        let (d, width) = (x.columns, width)
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: min(size, rows.count) * width) { buffer in
            let base = buffer.baseAddress.unsafelyUnwrapped
            try x.values.withUnsafeBufferPointer { values in
                try featureMeans.withUnsafeBufferPointer { means in
                    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: size) {
                        let end = min(start + size, rows.upperBound)
                        for i in start..<end {
                            let source = values.baseAddress.unsafelyUnwrapped + i * d
                            let out = base + (i - start) * width
                            if let root = roots?[i] {
                                for j in 0..<d { out[j] = (source[j] - means[j]) * root }
                                out[d] = (y[i] - targetMean) * root
                            } else {
                                for j in 0..<d { out[j] = source[j] - means[j] }
                                out[d] = y[i] - targetMean
                            }
                        }
                        try body(UnsafePointer(base), end - start)
                    }
                }
            }
        }
    }

    private static func merged(_ partials: [Sums]) -> Sums {
        guard var sum = partials.first else { return [] }
        for partial in partials.dropFirst() {
            for k in sum.indices { sum[k] += partial[k] }
        }
        return sum
    }
}
