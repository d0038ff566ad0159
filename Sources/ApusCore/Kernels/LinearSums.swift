#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// Means and centred products of the columns of features and targets, in one pass over the rows.
///
/// A pass that does not know the means yet takes a guess away instead (the mean of a few rows), so that nothing cancels,
/// and corrects the products by the guess's error afterwards; a column of ones carries the sums. Rows are cut into
/// stripes by the shape of the data, stripes are merged in order.
@_documentation(visibility: internal)
public struct LinearSums: Sendable {
    /// The (weighted) mean of each feature, or zeros when nothing is centred.
    public let featureMeans: [Double]
    /// The (weighted) mean of each target, or zeros when nothing is centred.
    public let targetMeans: [Double]
    /// The sum of the weights: the number of rows without them.
    public let totalWeight: Double
    /// `[X Y]ᵀ S [X Y]` of centred columns, (d + t) × (d + t), both triangles.
    public let products: Matrix

    private let features: Int

    /// The sums of weighted rows.
    ///
    /// - Parameters:
    ///   - x: n × d, n and d at least 1.
    ///   - targets: n × t.
    ///   - weights: n weights, or nil for equal ones.
    ///   - centred: Whether means are taken away.
    public init(_ x: Matrix, _ targets: Matrix, weights: [Double]?, centred: Bool) {
        _ = BLAS.ready
        let (d, t) = (x.columns, targets.columns)
        let width = d + t + (centred ? 1 : 0)
        let shifts = centred ? LinearSums.guesses(x, targets) : [Double](repeating: 0, count: d + t)
        let sums = LinearSums.products(x, targets, weights?.map { $0.squareRoot() }, shifts, width)
        let used = d + t
        var means = shifts
        var products = [Double](repeating: 0, count: used * used)
        let total = centred ? sums[width * width - 1] : (weights.map(ColumnKernel.pairwise) ?? Double(x.rows))
        for i in 0..<used {
            let own = centred ? sums[i * width + used] : 0
            if centred { means[i] += own / total }
            for j in i..<used {
                let other = centred ? sums[j * width + used] : 0
                let value = sums[i * width + j] - (centred ? own / total * other : 0)
                products[i * used + j] = value
                products[j * used + i] = value
            }
        }
        features = d
        featureMeans = Array(means[..<d])
        targetMeans = Array(means[d...])
        totalWeight = total
        self.products = Matrix(rows: used, columns: used, values: products)
    }

    /// Whether nothing in the data, and no sum of them, is NaN or infinite.
    public var isFinite: Bool {
        FiniteKernel.allFinite(products.values) && FiniteKernel.allFinite(featureMeans)
            && FiniteKernel.allFinite(targetMeans)
    }

    /// `Xᵀ S X` of the centred features: d × d.
    public var gram: Matrix { products.leading(features) }

    /// `Xᵀ S y` for target `index`: d values.
    public func moments(_ index: Int = 0) -> [Double] {
        Array(products.row(features + index)[..<features])
    }

    /// `yᵀ S y` for target `index`.
    public func targetSquare(_ index: Int = 0) -> Double { products[features + index, features + index] }

    /// A value near the mean of each column: the mean of a few rows spread over all.
    private static func guesses(_ x: Matrix, _ targets: Matrix) -> [Double] {
        let (n, d, t) = (x.rows, x.columns, targets.columns)
        let taken = min(n, 128)
        var sums = [Double](repeating: 0, count: d + t)
        x.values.withUnsafeBufferPointer { x in
            targets.values.withUnsafeBufferPointer { y in
                for k in 0..<taken {
                    let i = k * (n / taken)
                    for j in 0..<d { sums[j] += x[i * d + j] }
                    for j in 0..<t { sums[d + j] += y[i * t + j] }
                }
            }
        }
        return sums.map { $0 / Double(taken) }
    }

    /// `BᵀB` (upper triangle) of the rows `√sᵢ [xᵢ - shift, yᵢ - shift, 1]`.
    private static func products(
        _ x: Matrix, _ targets: Matrix, _ roots: [Double]?, _ shifts: [Double], _ width: Int
    ) -> [Double] {
        let n = x.rows
        let stripes = max(1, min(64, n / (2 * width)))
        let stripe = max(4096, (n + stripes - 1) / stripes)
        let chunk = max(64, min(512, 60_000 / width))
        let partials = Parallel.mapBlocks(of: n, size: stripe) { rows in
            [Double](unsafeUninitializedCapacity: width * width) { sum, count in
                sum.initialize(repeating: 0)
                count = width * width
                withUnsafeTemporaryAllocation(of: Double.self, capacity: chunk * width) { buffer in
                    let base = buffer.baseAddress.unsafelyUnwrapped
                    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
                        let part = start..<min(start + chunk, rows.upperBound)
                        fill(base, part, x, targets, roots, shifts, width)
                        cblas_dsyrk(
                            CblasRowMajor, CblasUpper, CblasTrans, BLAS.Size(width), BLAS.Size(part.count), 1, base,
                            BLAS.Size(width), 1, sum.baseAddress, BLAS.Size(width))
                    }
                }
            }
        }
        var sum = partials.first ?? []
        for partial in partials.dropFirst() {
            for k in sum.indices { sum[k] += partial[k] }
        }
        return sum
    }

    /// Writes the rows of B that belong to a range.
    private static func fill(
        _ out: UnsafeMutablePointer<Double>, _ rows: Range<Int>, _ x: Matrix, _ targets: Matrix, _ roots: [Double]?,
        _ shifts: [Double], _ width: Int
    ) {
        let (d, t) = (x.columns, targets.columns)
        x.values.withUnsafeBufferPointer { x in
            targets.values.withUnsafeBufferPointer { y in
                shifts.withUnsafeBufferPointer { shifts in
                    for i in rows {
                        let source = x.baseAddress.unsafelyUnwrapped + i * d
                        let target = y.baseAddress.unsafelyUnwrapped + i * t
                        let row = out + (i - rows.lowerBound) * width
                        for j in 0..<d { row[j] = source[j] - shifts[j] }
                        for j in 0..<t { row[d + j] = target[j] - shifts[d + j] }
                        if width > d + t { row[d + t] = 1 }
                        if let root = roots?[i] {
                            for j in 0..<width { row[j] *= root }
                        }
                    }
                }
            }
        }
    }
}

extension Matrix {
    /// The first `size` rows and columns.
    @_documentation(visibility: internal)
    public func leading(_ size: Int) -> Matrix {
        Matrix(rows: size, columns: size) { out in
            for i in 0..<size {
                for j in 0..<size { out[i * size + j] = values[i * columns + j] }
            }
        }
    }
}
