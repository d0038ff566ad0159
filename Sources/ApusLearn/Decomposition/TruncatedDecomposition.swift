import ApusCore

/// The leading part of a singular value decomposition that the models need: right vectors and singular values.
struct TruncatedDecomposition: Sendable {
    /// The singular values, descending.
    let values: [Double]
    /// The right singular vectors as rows, with signs by `withPositivePeaks`: k × columns.
    let components: Matrix
}

/// How the range of a matrix is found from random combinations of its columns.
struct RandomizedSolver: Sendable {
    let count: Int
    let oversamples: Int
    /// How often the matrix and its transpose are applied; nil for 7, or 4 when many components are asked for.
    let iterations: Int?
    let normalizer: PowerIterationNormalizer
    let seed: UInt32

    /// The leading singular values and right vectors.
    ///
    /// Source: N. Halko, P. Martinsson and J. Tropp, "Finding structure with randomness", SIAM Review 53 (2011).
    func solve(_ map: some LinearMap) throws -> TruncatedDecomposition {
        let smaller = min(map.rows, map.columns)
        let rounds = iterations ?? (Double(count) < 0.1 * Double(smaller) ? 7 : 4)
        if map.rows < map.columns {
            let turned = TransposedMap(map: map)
            let basis = try range(of: turned, rounds: rounds)
            let small = try LAPACK.singularValues(turned.transposedProduct(basis))
            let left = try BLAS.product(basis, transposed: small.right)
            return TruncatedDecomposition(
                values: Array(small.values.prefix(count)),
                components: left.transposed.prefix(rows: count).withPositivePeaks)
        }
        let basis = try range(of: map, rounds: rounds)
        let small = try LAPACK.singularValues(map.transposedProduct(basis))
        return TruncatedDecomposition(
            values: Array(small.values.prefix(count)),
            components: small.left.transposed.prefix(rows: count).withPositivePeaks)
    }

    /// Orthonormal columns that nearly span the range of a matrix with at least as many rows as columns.
    private func range(of map: some LinearMap, rounds: Int) throws -> Matrix {
        var random = RandomState(seed: seed)
        let (size, overflow) = count.addingReportingOverflow(oversamples)
        try checkOutputSize(
            rows: map.rows, columns: overflow ? .max : size, remedy: "lower nComponents or nOversamples")
        var q = Matrix(
            rows: map.columns, columns: size, values: random.gaussian(count: map.columns * size))
        for _ in 0..<rounds {
            try checkCancellation()
            q = try normalized(map.product(q), rounds: rounds)
            q = try normalized(map.transposedProduct(q), rounds: rounds)
        }
        return try orthonormal(map.product(q))
    }

    private func normalized(_ q: Matrix, rounds: Int) throws -> Matrix {
        switch normalizer {
        case .auto: rounds <= 2 ? q : try LAPACK.permutedLowerFactor(q)
        case .lu: try LAPACK.permutedLowerFactor(q)
        case .qr: try orthonormal(q)
        case .none: q
        }
    }

    private func orthonormal(_ q: Matrix) throws -> Matrix {
        guard FiniteKernel.allFinite(q.values) else {
            throw ApusError(
                .numericalFailure,
                "The power iteration overflows; scale the columns, or choose a normalizer other than none.")
        }
        let narrow = q.columns > q.rows ? q.selecting(columns: Array(0..<q.rows)) : q
        return try LAPACK.orthonormalFactor(narrow)
    }
}

/// How power iterations keep their vectors apart.
public enum PowerIterationNormalizer: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// LU for more than two iterations, otherwise not at all.
    case auto
    /// By the orthonormal factor: the slowest and most accurate way.
    case qr = "QR"
    /// By the lower triangular factor.
    case lu = "LU"
    /// Not at all.
    case none
}
