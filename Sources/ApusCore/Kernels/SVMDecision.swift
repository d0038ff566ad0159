/// What fitted support vectors say about rows: Σ coefficient · kernel(row, vector), part by part.
///
/// A part holds the support vectors of one class (or all of them, where there are no classes) and several coefficients
/// for each, one for each decision that they take part in.
@_documentation(visibility: internal)
public struct SVMDecision: Sendable, Hashable {
    /// The support vectors of one class.
    public struct Part: Sendable, Hashable {
        /// n × d, one vector a row.
        public let vectors: Matrix
        /// t × n, the coefficients of the vectors in t decisions.
        public let coefficients: Matrix
        let norms: [Double]

        init(vectors: Matrix, coefficients: Matrix, norms: [Double]) {
            self.vectors = vectors
            self.coefficients = coefficients
            self.norms = norms
        }
    }

    private let kernel: SVMKernel
    private let centre: [Double]
    private let parts: [Part]
    private let single: SVMSingleDecision?

    /// Prepares support vectors for decisions.
    ///
    /// - Parameters:
    ///   - kernel: The kernel function.
    ///   - vectors: All support vectors, part after part.
    ///   - coefficients: t × vectors.
    ///   - counts: How many vectors each part has.
    ///   - isSingle: Whether kernel values are computed in single precision; for the radial basis function only.
    public init(
        _ kernel: SVMKernel, vectors: Matrix, coefficients: Matrix, counts: [Int], isSingle: Bool
    ) {
        self.kernel = kernel
        var centred = vectors
        if kernel.shape == .rbf, vectors.rows > 0 {
            centre = SVMKernel.columnMeans(vectors)
            centred = ColumnKernel.standardized(vectors, shift: centre, scale: nil)
        } else {
            centre = []
        }
        var parts: [Part] = []
        var first = 0
        for count in counts {
            let rows = Array(first..<first + count)
            let own = centred.selecting(rows: rows)
            parts.append(
                Part(
                    vectors: isSingle ? Matrix(rows: 0, columns: vectors.columns) : own,
                    coefficients: coefficients.selecting(columns: rows),
                    norms: isSingle ? [] : SVMKernel.squaredNorms(own)))
            first += count
        }
        single =
            isSingle
            ? SVMSingleDecision(kernel, centred, centre: centre, coefficients: coefficients, counts: counts) : nil
        self.parts = parts
    }

    /// For each part an m × t matrix of sums for the m rows of `x`.
    public func sums(_ x: Matrix) throws -> [Matrix] {
        if let single { return single.sums(x) }
        let widest = parts.map(\.vectors.rows).max() ?? 0
        let blocks = Parallel.blocks(of: x.rows, size: max(64, min(4096, 8_000_000 / max(1, widest))))
        var sums = parts.map { [Double](reservingCapacity: x.rows * $0.coefficients.rows) }
        for block in blocks {
            try checkCancellation()
            var rows = blocks.count == 1 ? x : x.selecting(rows: Array(block))
            if !centre.isEmpty { rows = ColumnKernel.standardized(rows, shift: centre, scale: nil) }
            for (k, part) in parts.enumerated() {
                let values = try kernel.values(rows, part.vectors, norms: part.norms)
                sums[k] += try BLAS.product(values, transposed: part.coefficients).values
            }
        }
        return zip(parts, sums).map { Matrix(rows: x.rows, columns: $0.coefficients.rows, values: $1) }
    }
}

extension Array {
    fileprivate init(reservingCapacity capacity: Int) {
        self = []
        reserveCapacity(capacity)
    }
}
