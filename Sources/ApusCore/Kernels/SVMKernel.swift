import CApusKernels

/// A kernel function with all its numbers settled.
@_documentation(visibility: internal)
public struct SVMKernel: Sendable, Hashable {
    /// The shape of the function.
    public enum Shape: Int32, Sendable {
        /// `x · z`
        case linear = 0
        /// `(gamma x · z + coef0)^degree`
        case poly = 1
        /// `exp(-gamma ‖x - z‖²)`
        case rbf = 2
        /// `tanh(gamma x · z + coef0)`
        case sigmoid = 3
    }

    /// The shape of the function.
    public let shape: Shape
    /// The scale of the inner product or of the squared distance.
    public let gamma: Double
    /// What is added to the inner product.
    public let coef0: Double
    /// The power of the polynomial.
    public let degree: Int32

    /// A kernel function.
    public init(_ shape: Shape, gamma: Double = 1, coef0: Double = 0, degree: Int = 3) {
        self.shape = shape
        self.gamma = gamma
        self.coef0 = coef0
        self.degree = Int32(clamping: degree)
    }

    var c: apus_svm_kernel {
        apus_svm_kernel(kind: shape.rawValue, degree: degree, gamma: gamma, coef0: coef0)
    }

    /// The kernel values of every row with itself.
    public func diagonal(_ x: Matrix) -> [Double] {
        let norms = Self.squaredNorms(x)
        switch shape {
        case .linear: return norms
        case .rbf: return [Double](repeating: 1, count: x.rows)
        case .poly, .sigmoid:
            var values = norms
            apus_svm_values(c, &values, 0, norms, values.count)
            return values
        }
    }

    /// `x · x` of every row.
    static func squaredNorms(_ x: Matrix) -> [Double] {
        let d = x.columns
        return [Double](filledInParallelRows: x.rows, width: 1, blockSize: 1024) { rows, out in
            x.values.withUnsafeBufferPointer { values in
                let base = values.baseAddress.unsafelyUnwrapped
                for i in rows { apus_svm_dots(base + i * d, base + i * d, 1, d, out.base + i) }
            }
        }
    }

    /// The kernel values of the rows of `x` with the rows of `z`: m × n.
    ///
    /// Both have as many columns. For the radial basis function subtract a common centre first: it changes no distance,
    /// and less is lost to rounding.
    public func values(_ x: Matrix, _ z: Matrix, norms: [Double]) throws -> Matrix {
        var products = try BLAS.product(x, transposed: z)
        let n = z.rows
        guard n > 0 else { return products }
        let own = shape == .rbf ? Self.squaredNorms(x) : []
        products.withMutableValues { values in
            values.withUnsafeMutableBufferPointer { buffer in
                guard !buffer.isEmpty else { return }
                let shared = SharedBuffer(buffer)
                let blocks = Parallel.blocks(of: x.rows, size: 64)
                Parallel.forEach(blocks.count) { index in
                    norms.withUnsafeBufferPointer { norms in
                        for i in blocks[index] {
                            apus_svm_values(
                                c, shared.base + i * n, own.isEmpty ? 0 : own[i], norms.baseAddress, n)
                        }
                    }
                }
            }
        }
        return products
    }

    /// The variance of all elements.
    public static func variance(_ x: Matrix) -> Double {
        let count = Double(x.values.count)
        func sum(_ shift: Double, squared: Bool) -> Double {
            let partials = Parallel.mapBlocks(of: x.values.count, size: 1 << 16) { block in
                x.values.withUnsafeBufferPointer { values in
                    squared
                        ? pairwiseSum(block) { (values[$0] - shift) * (values[$0] - shift) }
                        : pairwiseSum(block) { values[$0] }
                }
            }
            return ColumnKernel.pairwise(partials)
        }
        return sum(sum(0, squared: false) / count, squared: true) / count
    }

    /// The mean of every column, by blocks of rows.
    static func columnMeans(_ x: Matrix) -> [Double] {
        let d = x.columns
        let partials = Parallel.mapBlocks(of: x.rows, size: 2048) { block in
            [Double](unsafeUninitializedCapacity: d) { sums, count in
                sums.initialize(repeating: 0)
                count = d
                x.values.withUnsafeBufferPointer { values in
                    for i in block {
                        for q in 0..<d { sums[q] += values[i * d + q] }
                    }
                }
            }
        }
        var means = [Double](repeating: 0, count: d)
        for partial in partials {
            for q in 0..<d { means[q] += partial[q] }
        }
        return means.map { $0 / Double(max(1, x.rows)) }
    }
}
