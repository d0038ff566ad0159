import ApusCore

/// Describes rows by their coordinates along the leading right singular vectors, without centring them: latent semantic
/// analysis when the rows count words. Sparse rows stay sparse.
///
///     let model = try TruncatedSVD(nComponents: 100).fit(counts)
///     let topics = try model.transform(counts)
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nComponents` | 2 | at least 1 | how many singular vectors are kept |
/// | `algorithm` | randomized | randomized, arpack | how they are computed |
/// | `nIter` | 5 | at least 0 | power iterations of the randomized algorithm |
/// | `nOversamples` | 10 | at least 1 | further random vectors of the randomized algorithm |
/// | `powerIterationNormalizer` | auto | auto, QR, LU, none | how the randomized algorithm keeps its vectors apart |
/// | `tol` | 0 | at least 0 | relative accuracy of the algorithm arpack; 0 for working precision |
/// | `seed` | 0 | a seed | the seed of the random generator |
///
/// Equal to scikit-learn's `TruncatedSVD`, signs and draws included. More components than rows are refused.
///
/// Source: N. Halko, P. Martinsson and J. Tropp, "Finding structure with randomness", SIAM Review 53 (2011).
public struct TruncatedSVD: SparseTransformer {
    /// How singular vectors are computed.
    public enum Algorithm: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// Random projections refined by power iterations.
        case randomized
        /// Lanczos iteration to full precision, as ARPACK's.
        case arpack
    }

    /// `truncated-svd`
    public static let catalogName = "truncated-svd"
    /// Sample weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// How many singular vectors are kept; at least 1, default 2.
    public var nComponents: Int
    /// How they are computed; default `.randomized`.
    public var algorithm: Algorithm
    /// Power iterations of the randomized algorithm; at least 0, default 5.
    public var nIter: Int
    /// Random vectors of the randomized algorithm beyond the components asked for; at least 1, default 10.
    public var nOversamples: Int
    /// How the randomized algorithm keeps its vectors apart; default `.auto`.
    public var powerIterationNormalizer: PowerIterationNormalizer
    /// The relative accuracy of the algorithm arpack; at least 0, default 0, which means working precision.
    public var tol: Double
    /// The seed of the random generator; default 0.
    public var seed: UInt32

    /// The defaults.
    public init() { self.init(nComponents: 2) }

    /// A decomposition with the given parameters, which `fit` validates.
    public init(
        nComponents: Int = 2, algorithm: Algorithm = .randomized, nIter: Int = 5, nOversamples: Int = 10,
        powerIterationNormalizer: PowerIterationNormalizer = .auto, tol: Double = 0, seed: UInt32 = 0
    ) {
        self.nComponents = nComponents
        self.algorithm = algorithm
        self.nIter = nIter
        self.nOversamples = nOversamples
        self.powerIterationNormalizer = powerIterationNormalizer
        self.tol = tol
        self.seed = seed
    }

    /// The hyper-parameters.
    public static let parameters: [Parameter<TruncatedSVD>] = [
        Parameter("nComponents", \.nComponents, .atLeast(1), "How many singular vectors are kept."),
        Parameter(
            "algorithm", \.algorithm, .choice(Algorithm.allCases.map(\.rawValue)), "How singular vectors are computed."),
        Parameter("nIter", \.nIter, .atLeast(0), "Power iterations of the randomized algorithm."),
        Parameter(
            "nOversamples", \.nOversamples, .atLeast(1),
            "Random vectors of the randomized algorithm beyond the components asked for."),
        Parameter(
            "powerIterationNormalizer", \.powerIterationNormalizer,
            .choice(PowerIterationNormalizer.allCases.map(\.rawValue)),
            "How the randomized algorithm keeps its vectors apart."),
        Parameter("tol", \.tol, .notNegative, "The relative accuracy of arpack; 0 for working precision."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// Finds the leading singular vectors of dense rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; n and d at least `nComponents`, and more for the algorithm arpack.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`; `numericalFailure` when sums overflow or an
    ///   iteration does not settle; `CancellationError` when the task is cancelled.
    /// - Complexity: O(n·d·k) an iteration.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "TruncatedSVD")
        try x.checkUsable()
        try checkShape(rows: x.rows, columns: x.columns)
        let found = try decomposition(of: DenseMap(matrix: x))
        let projected = try BLAS.product(x, transposed: found.components)
        return try model(found, projected, wholeVariance: Self.variances(x).reduce(0, +))
    }

    /// Finds the leading singular vectors of sparse rows without writing their zeros out.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: Must be nil.
    /// - Throws: As for dense rows.
    /// - Complexity: O(m·k) an iteration for m stored elements, and O((n + d)·k²).
    public func fit(_ x: SparseMatrix, weights: [Double]?) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "TruncatedSVD")
        try x.checkUsable()
        try checkShape(rows: x.rows, columns: x.columns)
        let found = try decomposition(of: SparseMap(x))
        let projected = try SparseProductKernel.product(x, found.components.transposed)
        return try model(
            found, projected, wholeVariance: SparseProductKernel.columnMoments(x).variances.reduce(0, +))
    }

    private func checkShape(rows: Int, columns: Int) throws {
        let most = algorithm == .arpack ? min(rows, columns) - 1 : min(rows, columns)
        guard nComponents <= most else {
            throw ApusError(
                .invalidParameter,
                "nComponents is \(nComponents), but the algorithm \(algorithm.rawValue) finds at most \(most) in \(rows) "
                    + "rows and \(columns) columns; lower it.")
        }
    }

    private func decomposition(of map: some LinearMap) throws -> TruncatedDecomposition {
        switch algorithm {
        case .arpack: try LanczosSolver(count: nComponents, tol: tol, seed: seed).solve(map)
        case .randomized:
            try RandomizedSolver(
                count: nComponents, oversamples: nOversamples, iterations: nIter,
                normalizer: powerIterationNormalizer, seed: seed
            ).solve(map)
        }
    }

    private func model(
        _ found: TruncatedDecomposition, _ projected: Matrix, wholeVariance: Double
    ) throws -> Model {
        let variances = Self.variances(projected)
        guard wholeVariance.isFinite, variances.allSatisfy(\.isFinite) else {
            throw ApusError(.numericalFailure, "Sums of squares overflow; scale the columns down.")
        }
        // Equal rows leave nothing to explain; every component then explains none of it.
        return Model(
            components: found.components, explainedVariance: variances,
            explainedVarianceRatio: variances.map { wholeVariance > 0 ? $0 / wholeVariance : 0 },
            singularValues: found.values)
    }

    /// The variance of each column, divided by the number of rows.
    private static func variances(_ x: Matrix) -> [Double] {
        let means = ColumnKernel.sums(x).map { $0 / Double(x.rows) }
        return ColumnKernel.sums(x, shift: means, squared: true).map { $0 / Double(x.rows) }
    }
}

extension TruncatedSVD {
    /// The leading singular vectors of some rows.
    public struct Model: SparseTransformerModel {
        /// `truncated-svd`
        public static let catalogName = TruncatedSVD.catalogName

        /// The right singular vectors as rows, by descending singular value: k × d.
        public let components: Matrix
        /// The variance of the coordinates along each, divided by n.
        public let explainedVariance: [Double]
        /// The same as a share of the sum of the variances of all columns; 0 when there is no variance at all.
        public let explainedVarianceRatio: [Double]
        /// The singular values, descending.
        public let singularValues: [Double]

        /// The number of columns that it was fitted on and expects again.
        public var featureCount: Int { components.columns }

        /// The coordinates of each row: n × k.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "TruncatedSVD")
            try x.checkUsable()
            return try BLAS.product(x, transposed: components)
        }

        /// The coordinates of each sparse row: n × k.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: SparseMatrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "TruncatedSVD")
            try x.checkUsable()
            return try SparseProductKernel.product(x, components.transposed)
        }

        /// The rows that have the given coordinates: the inverse of `transform` but for what was left out.
        ///
        /// - Parameter x: n × k.
        /// - Returns: n × d.
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            guard x.columns == components.rows else {
                throw ApusError(
                    .shapeMismatch,
                    "x has \(x.columns) columns, but there are \(components.rows) components; pass coordinates as "
                        + "transform gives them.")
            }
            try x.checkUsable()
            return try BLAS.product(x, components)
        }

        /// `truncatedsvd0`, `truncatedsvd1`, …
        public func outputNames(for inputNames: [String]) -> [String] {
            (0..<components.rows).map { "truncatedsvd\($0)" }
        }

        /// Puts the vectors into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(components, as: "components")
            archive.store(explainedVariance, as: "explainedVariance")
            archive.store(explainedVarianceRatio, as: "explainedVarianceRatio")
            archive.store(singularValues, as: "singularValues")
        }
    }
}

extension TruncatedSVD.Model {
    /// Takes the vectors out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let components = try archive.matrix("components")
        guard components.rows > 0, components.columns > 0 else { throw archive.damaged("there are no components") }
        let variances = try archive.doubles("explainedVariance", count: components.rows)
        let ratios = try archive.doubles("explainedVarianceRatio", count: components.rows)
        let singularValues = try archive.doubles("singularValues", count: components.rows)
        guard (variances + ratios + singularValues).allSatisfy({ $0 >= 0 }) else {
            throw archive.damaged("a variance is negative")
        }
        self.init(
            components: components, explainedVariance: variances, explainedVarianceRatio: ratios,
            singularValues: singularValues)
    }
}
