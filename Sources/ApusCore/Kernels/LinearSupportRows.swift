#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// Rows of a linear support-vector machine, dense or sparse, each with a constant last element where there is an intercept.
@_documentation(visibility: internal)
public struct LinearSupportRows: Sendable {
    /// The elements.
    public enum Elements: Sendable {
        /// All of them.
        case dense(Matrix)
        /// Those that are not 0.
        case sparse(SparseMatrix)
    }

    /// The elements without the constant.
    public let elements: Elements
    /// The constant last element of each row, or nil without one.
    public let constant: Double?
    /// Number of rows.
    public let count: Int
    /// Number of features without the constant.
    public let features: Int
    /// Number of elements of a row with the constant.
    public var width: Int { features + (constant == nil ? 0 : 1) }

    /// Rows with a constant, or without when it is nil.
    public init(_ elements: Elements, constant: Double?) {
        self.elements = elements
        self.constant = constant
        switch elements {
        case .dense(let matrix): (count, features) = (matrix.rows, matrix.columns)
        case .sparse(let matrix): (count, features) = (matrix.rows, matrix.columns)
        }
    }

    /// Rows in a stripe of a sum over rows: few enough stripes for their partial sums to fit in memory.
    private var stripe: Int { max(4096, (count + 7) / 8) }
    /// Rows that stay in the processor's cache between two products.
    private var chunk: Int { max(16, min(512, (1 << 15) / max(1, features))) }

    /// The product of each row with w, a vector of `width` numbers.
    public func products(_ w: [Double]) -> [Double] {
        let offset = constant.map { $0 * w[features] } ?? 0
        switch elements {
        case .dense(let matrix):
            _ = BLAS.ready
            return [Double](filledInParallelRows: count, width: 1, blockSize: 4096) { rows, out in
                for i in rows { out[i] = offset }
                matrix.values.withUnsafeBufferPointer { values in
                    guard let base = values.baseAddress else { return }
                    cblas_dgemv(
                        CblasRowMajor, CblasNoTrans, BLAS.Size(rows.count), BLAS.Size(features), 1,
                        base + rows.lowerBound * features, BLAS.Size(features), w, 1, 1, out.base + rows.lowerBound, 1)
                }
            }
        case .sparse(let matrix):
            return [Double](filledInParallelRows: count, width: 1, blockSize: 4096) { rows, out in
                w.withUnsafeBufferPointer { w in
                    SparseRowAccess.with(matrix, constant: nil) { access in
                        for i in rows { out[i] = access.dot(i, w.baseAddress.unsafelyUnwrapped) + offset }
                    }
                }
            }
        }
    }

    /// `Σᵢ factorᵢ xᵢ`, rows of factor 0 left out; `width` numbers.
    public func sum(_ factors: [Double]) -> [Double] {
        let sums = stripes { rows, out in
            switch elements {
            case .dense(let matrix):
                matrix.values.withUnsafeBufferPointer { values in
                    guard let base = values.baseAddress else { return }
                    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
                        let part = start..<min(start + chunk, rows.upperBound)
                        guard part.contains(where: { factors[$0] != 0 }) else { continue }
                        factors.withUnsafeBufferPointer { factors in
                            guard let first = factors.baseAddress else { return }
                            cblas_dgemv(
                                CblasRowMajor, CblasTrans, BLAS.Size(part.count), BLAS.Size(features), 1,
                                base + start * features, BLAS.Size(features), first + start, 1, 1, out, 1)
                        }
                    }
                }
            case .sparse(let matrix):
                SparseRowAccess.with(matrix, constant: nil) { access in
                    for i in rows where factors[i] != 0 { access.add(i, factors[i], out) }
                }
            }
            if let constant {
                for i in rows { out[features] += factors[i] * constant }
            }
        }
        return sums
    }

    /// `Σᵢ factorᵢ (xᵢ · v) xᵢ`, rows of factor 0 left out: each row is read once. `width` numbers.
    public func curvature(_ factors: [Double], _ v: [Double]) -> [Double] {
        let offset = constant.map { $0 * v[features] } ?? 0
        return stripes { rows, out in
            switch elements {
            case .dense(let matrix):
                let chunk = chunk
                var products = [Double](repeating: 0, count: chunk)
                matrix.values.withUnsafeBufferPointer { values in
                    guard let base = values.baseAddress else { return }
                    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
                        let size = min(chunk, rows.upperBound - start)
                        guard (start..<start + size).contains(where: { factors[$0] != 0 }) else { continue }
                        for k in 0..<size { products[k] = offset }
                        cblas_dgemv(
                            CblasRowMajor, CblasNoTrans, BLAS.Size(size), BLAS.Size(features), 1,
                            base + start * features, BLAS.Size(features), v, 1, 1, &products, 1)
                        for k in 0..<size {
                            products[k] *= factors[start + k]
                            if let constant { out[features] += products[k] * constant }
                        }
                        cblas_dgemv(
                            CblasRowMajor, CblasTrans, BLAS.Size(size), BLAS.Size(features), 1,
                            base + start * features, BLAS.Size(features), products, 1, 1, out, 1)
                    }
                }
            case .sparse(let matrix):
                v.withUnsafeBufferPointer { v in
                    SparseRowAccess.with(matrix, constant: nil) { access in
                        for i in rows where factors[i] != 0 {
                            let product = factors[i] * (access.dot(i, v.baseAddress.unsafelyUnwrapped) + offset)
                            access.add(i, product, out)
                            if let constant { out[features] += product * constant }
                        }
                    }
                }
            }
        }
    }

    /// Partial sums of `width` numbers over stripes of rows, merged in their order.
    private func stripes(_ body: @Sendable (Range<Int>, UnsafeMutablePointer<Double>) -> Void) -> [Double] {
        _ = BLAS.ready
        let width = width
        let partials = Parallel.mapBlocks(of: count, size: stripe) { rows in
            [Double](unsafeUninitializedCapacity: width) { out, filled in
                out.initialize(repeating: 0)
                if let base = out.baseAddress { body(rows, base) }
                filled = width
            }
        }
        guard var sum = partials.first else { return [Double](repeating: 0, count: width) }
        for partial in partials.dropFirst() {
            for k in sum.indices { sum[k] += partial[k] }
        }
        return sum
    }
}

/// What coordinate descent does with a row.
protocol RowAccess {
    /// `xᵢ · w`.
    func dot(_ i: Int, _ w: UnsafePointer<Double>) -> Double
    /// `w += scale xᵢ`.
    func add(_ i: Int, _ scale: Double, _ w: UnsafeMutablePointer<Double>)
    /// Calls `body` with each element's place and value.
    func forEach(_ i: Int, _ body: (Int, Double) -> Void)
}

/// Dense rows, with a constant last element where there is one.
struct DenseRowAccess: RowAccess {
    let base: UnsafePointer<Double>
    let features: Int
    let constant: Double?

    static func with<Result>(_ matrix: Matrix, constant: Double?, _ body: (Self) throws -> Result) rethrows -> Result {
        _ = BLAS.ready
        return try matrix.values.withUnsafeBufferPointer { values in
            try body(
                Self(base: values.baseAddress.unsafelyUnwrapped, features: matrix.columns, constant: constant))
        }
    }

    @inline(__always)
    func dot(_ i: Int, _ w: UnsafePointer<Double>) -> Double {
        let row = base + i * features
        var sum = 0.0
        if features < 24 {
            for j in 0..<features { sum += row[j] * w[j] }
        } else {
            sum = cblas_ddot(BLAS.Size(features), row, 1, w, 1)
        }
        if let constant { sum += constant * w[features] }
        return sum
    }

    @inline(__always)
    func add(_ i: Int, _ scale: Double, _ w: UnsafeMutablePointer<Double>) {
        let row = base + i * features
        if features < 24 {
            for j in 0..<features { w[j] += scale * row[j] }
        } else {
            cblas_daxpy(BLAS.Size(features), scale, row, 1, w, 1)
        }
        if let constant { w[features] += scale * constant }
    }

    @inline(__always)
    func forEach(_ i: Int, _ body: (Int, Double) -> Void) {
        let row = base + i * features
        for j in 0..<features { body(j, row[j]) }
        if let constant { body(features, constant) }
    }
}

/// Sparse rows, with a constant last element where there is one.
struct SparseRowAccess: RowAccess {
    let offsets: UnsafePointer<Int>
    let indices: UnsafePointer<Int32>
    let values: UnsafePointer<Double>
    let features: Int
    let constant: Double?

    static func with<Result>(
        _ matrix: SparseMatrix, constant: Double?, _ body: (Self) throws -> Result
    ) rethrows -> Result {
        guard matrix.storedCount > 0 else {
            // No element is ever read, but pointers must point somewhere.
            return try [0.0].withUnsafeBufferPointer { values in
                try [Int32(0)].withUnsafeBufferPointer { indices in
                    try matrix.rowOffsets.withUnsafeBufferPointer { offsets in
                        try body(Self(offsets, indices, values, matrix.columns, constant))
                    }
                }
            }
        }
        return try matrix.values.withUnsafeBufferPointer { values in
            try matrix.columnIndices.withUnsafeBufferPointer { indices in
                try matrix.rowOffsets.withUnsafeBufferPointer { offsets in
                    try body(Self(offsets, indices, values, matrix.columns, constant))
                }
            }
        }
    }

    private init(
        _ offsets: UnsafeBufferPointer<Int>, _ indices: UnsafeBufferPointer<Int32>,
        _ values: UnsafeBufferPointer<Double>, _ features: Int, _ constant: Double?
    ) {
        self.offsets = offsets.baseAddress.unsafelyUnwrapped
        self.indices = indices.baseAddress.unsafelyUnwrapped
        self.values = values.baseAddress.unsafelyUnwrapped
        self.features = features
        self.constant = constant
    }

    @inline(__always)
    func dot(_ i: Int, _ w: UnsafePointer<Double>) -> Double {
        var sum = 0.0
        for p in offsets[i]..<offsets[i + 1] { sum += values[p] * w[Int(indices[p])] }
        if let constant { sum += constant * w[features] }
        return sum
    }

    @inline(__always)
    func add(_ i: Int, _ scale: Double, _ w: UnsafeMutablePointer<Double>) {
        for p in offsets[i]..<offsets[i + 1] { w[Int(indices[p])] += scale * values[p] }
        if let constant { w[features] += scale * constant }
    }

    @inline(__always)
    func forEach(_ i: Int, _ body: (Int, Double) -> Void) {
        for p in offsets[i]..<offsets[i + 1] { body(Int(indices[p]), values[p]) }
        if let constant { body(features, constant) }
    }
}
