import ApusCore

/// Finds the orthogonal directions along which rows vary most, and describes rows by their coordinates along them.
///
///     let model = try PCA(nComponents: 2).fit(x)
///     model.explainedVarianceRatio
///     let plane = try model.transform(x)
///
/// The components are the rows of V in the singular value decomposition X - x̄ = U·S·V, by descending singular value; the
/// element of largest magnitude in each is positive. The variance that a component explains is s²/(n - 1).
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nComponents` | none | none, mle, a whole number of at least 1, a share of the variance | how many components are kept |
/// | `svdSolver` | auto | auto, full, covarianceEigh, randomized, arpack | how they are computed |
/// | `whiten` | false | true, false | whether coordinates are divided by their standard deviation |
/// | `iteratedPower` | auto | auto, a whole number | power iterations of the randomized solver |
/// | `nOversamples` | 10 | at least 1 | further random vectors of the randomized solver |
/// | `powerIterationNormalizer` | auto | auto, QR, LU, none | how the randomized solver keeps its vectors apart |
/// | `tol` | 0 | at least 0 | relative accuracy of the solver arpack; 0 for working precision |
/// | `seed` | 0 | a seed | the seed of the solvers randomized and arpack |
///
/// Equal to scikit-learn's `PCA`, signs and the draws of the randomized solver included. Where columns have means that are
/// very large against their spread, covarianceEigh centres the rows first and so keeps digits that the reference loses.
///
/// Source: M. Tipping and C. Bishop, "Mixtures of probabilistic principal component analysers", Neural Computation 11
/// (1999); T. Minka, "Automatic choice of dimensionality for PCA", NIPS (2000).
public struct PCA: SparseTransformer {
    /// `pca`
    public static let catalogName = "pca"
    /// Sample weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// How many components are kept; default all.
    public var nComponents: ComponentCount
    /// How the components are computed; default `.auto`.
    public var svdSolver: PCASolver
    /// Whether coordinates are divided by their standard deviation; default false.
    public var whiten: Bool
    /// Power iterations of the randomized solver; default `.auto`.
    public var iteratedPower: PowerIterations
    /// Random vectors of the randomized solver beyond the components asked for; at least 1, default 10.
    public var nOversamples: Int
    /// How the randomized solver keeps its vectors apart; default `.auto`.
    public var powerIterationNormalizer: PowerIterationNormalizer
    /// The relative accuracy of the solver arpack; at least 0, default 0, which means working precision.
    public var tol: Double
    /// The seed of the solvers randomized and arpack; default 0.
    public var seed: UInt32

    /// The defaults.
    public init() { self.init(nComponents: .all) }

    /// An analysis with the given parameters, which `fit` validates.
    public init(
        nComponents: ComponentCount = .all, svdSolver: PCASolver = .auto, whiten: Bool = false,
        iteratedPower: PowerIterations = .auto, nOversamples: Int = 10,
        powerIterationNormalizer: PowerIterationNormalizer = .auto, tol: Double = 0, seed: UInt32 = 0
    ) {
        self.nComponents = nComponents
        self.svdSolver = svdSolver
        self.whiten = whiten
        self.iteratedPower = iteratedPower
        self.nOversamples = nOversamples
        self.powerIterationNormalizer = powerIterationNormalizer
        self.tol = tol
        self.seed = seed
    }

    /// The hyper-parameters.
    public static let parameters: [Parameter<PCA>] = [
        Parameter(
            "nComponents", \.nComponents, ComponentCount.legal,
            "How many components are kept: a number, a share of the variance to explain, mle to infer it, or none for all."
        ),
        Parameter(
            "svdSolver", \.svdSolver, .choice(PCASolver.allCases.map(\.rawValue)), "How the components are computed."),
        Parameter("whiten", \.whiten, .flag, "Whether coordinates are divided by their standard deviation."),
        Parameter(
            "iteratedPower", \.iteratedPower, PowerIterations.legal, "Power iterations of the randomized solver."),
        Parameter(
            "nOversamples", \.nOversamples, .atLeast(1),
            "Random vectors of the randomized solver beyond the components asked for."),
        Parameter(
            "powerIterationNormalizer", \.powerIterationNormalizer,
            .choice(PowerIterationNormalizer.allCases.map(\.rawValue)),
            "How the randomized solver keeps its vectors apart."),
        Parameter("tol", \.tol, .notNegative, "The relative accuracy of the solver arpack; 0 for working precision."),
        Parameter("seed", \.seed, .seed, "The seed of the solvers randomized and arpack."),
    ]

    /// Finds the components of dense rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, at least 2 different ones.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`; `numericalFailure` when sums overflow or an
    ///   iteration does not settle; `CancellationError` when the task is cancelled.
    /// - Complexity: O(n·d²) for covarianceEigh and full, O(n·d·k) an iteration for the others.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "PCA")
        try x.checkUsable()
        let solver = svdSolver.resolved(rows: x.rows, columns: x.columns, components: nComponents)
        try checkShape(rows: x.rows, columns: x.columns, solver: solver)
        let ones = [Double](repeating: 1, count: x.rows)
        let means = try BLAS.product(transposed: x, ones).map { $0 / Double(x.rows) }
        guard means.allSatisfy(\.isFinite) else { throw overflow }
        switch solver {
        case .covarianceEigh:
            return try wholeModel(covarianceSpectrum(x, means), means, rows: x.rows, solver: solver)
        case .full, .auto:
            let found = try LAPACK.singularValues(KMeansKernel.subtracting(means, from: x))
            let variances = found.values.map { $0 * $0 / Double(x.rows - 1) }
            let spectrum = Spectrum(
                variances: variances, singularValues: found.values, components: found.right,
                total: pairwiseSum(variances.indices) { variances[$0] })
            return try wholeModel(spectrum, means, rows: x.rows, solver: solver)
        case .randomized, .arpack:
            let centred = KMeansKernel.subtracting(means, from: x)
            let squares = KMeansKernel.squaredNorms(centred)
            let total = pairwiseSum(squares.indices) { squares[$0] } / Double(x.rows - 1)
            return try truncatedModel(
                DenseMap(matrix: centred), means, totalVariance: total, solver: solver)
        }
    }

    /// Finds the components of sparse rows without writing their zeros out, by the solvers auto, arpack or covarianceEigh.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, at least 2 different ones.
    ///   - weights: Must be nil.
    /// - Throws: As for dense rows, and `invalidParameter` for the solvers full and randomized.
    public func fit(_ x: SparseMatrix, weights: [Double]?) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "PCA")
        try x.checkUsable()
        let solver = svdSolver == .auto ? .arpack : svdSolver
        guard solver == .arpack || solver == .covarianceEigh else {
            throw ApusError(
                .invalidParameter,
                "svdSolver is \(svdSolver.rawValue), which sparse rows do not allow; take arpack or covarianceEigh, or "
                    + "TruncatedSVD.")
        }
        try checkShape(rows: x.rows, columns: x.columns, solver: solver)
        let moments = SparseProductKernel.columnMoments(x)
        guard moments.variances.allSatisfy(\.isFinite) else { throw overflow }
        if solver == .covarianceEigh {
            let products = SparseProductKernel.gram(x)
            let covariance = Self.covariance(products, moments.means, rows: x.rows)
            return try wholeModel(spectrum(of: covariance, rows: x.rows), moments.means, rows: x.rows, solver: solver)
        }
        let total = moments.variances.reduce(0, +) * Double(x.rows) / Double(x.rows - 1)
        return try truncatedModel(
            SparseMap(x, means: moments.means), moments.means, totalVariance: total, solver: solver)
    }
}

extension PCA {
    /// All directions, before it is decided how many are kept.
    private struct Spectrum {
        let variances: [Double]
        let singularValues: [Double]
        let components: Matrix
        let total: Double
    }

    private var overflow: ApusError {
        ApusError(.numericalFailure, "Sums of squares overflow; scale the columns down before the analysis.")
    }

    private func checkShape(rows: Int, columns: Int, solver: PCASolver) throws {
        guard rows >= 2 else {
            throw ApusError(.invalidInput, "x has 1 row, but a variance needs at least 2.")
        }
        let smaller = min(rows, columns)
        switch (nComponents, solver) {
        case (.count(let count), .arpack):
            guard count < smaller else {
                throw ApusError(
                    .invalidParameter,
                    "nComponents is \(count), but the solver arpack finds fewer than the smaller of \(rows) rows and "
                        + "\(columns) columns; lower it or take another solver.")
            }
        case (.count(let count), _):
            guard count <= smaller else {
                throw ApusError(
                    .invalidParameter,
                    "nComponents is \(count), more than x with \(rows) rows and \(columns) columns has; ask for at most "
                        + "\(smaller).")
            }
        case (.varianceShare, .randomized), (.varianceShare, .arpack), (.mle, .randomized), (.mle, .arpack):
            throw ApusError(
                .invalidParameter,
                "The solver \(solver.rawValue) needs nComponents as a number; for a share of the variance or mle take "
                    + "full or covarianceEigh.")
        case (.mle, _):
            guard rows >= columns else {
                throw ApusError(
                    .invalidParameter,
                    "nComponents mle needs at least as many rows as columns; here are \(rows) and \(columns).")
            }
        case (.all, .arpack):
            guard smaller > 1 else {
                throw ApusError(
                    .invalidParameter,
                    "The solver arpack finds fewer components than columns, and there is only 1; take another solver.")
            }
        default: break
        }
        if solver == .covarianceEigh {
            try checkOutputSize(
                rows: columns, columns: columns, remedy: "take the solver randomized instead of covarianceEigh")
        }
    }

    // MARK: Through the covariance matrix

    private func covarianceSpectrum(_ x: Matrix, _ means: [Double]) throws -> Spectrum {
        var covariance = Self.covariance(BLAS.boundedGram(x), means, rows: x.rows)
        let trace = (0..<x.columns).reduce(0) { $0 + covariance[$1, $1] }
        // What is taken away for the means costs as many digits as it is larger than what stays.
        if !(means.reduce(0) { $0 + $1 * $1 } <= 1000 * trace) {
            covariance = BLAS.boundedGram(x, shift: means)
            let scale = Double(x.rows - 1)
            covariance.withMutableValues { values in
                for k in values.indices { values[k] /= scale }
            }
        }
        return try spectrum(of: covariance, rows: x.rows)
    }

    /// (XᵀX - n·x̄x̄ᵀ) / (n - 1) from the products XᵀX.
    private static func covariance(_ products: Matrix, _ means: [Double], rows: Int) -> Matrix {
        let (n, d) = (Double(rows), means.count)
        var covariance = products
        covariance.withMutableValues { values in
            for i in 0..<d {
                let scaled = n * means[i]
                for j in 0..<d { values[i * d + j] = (values[i * d + j] - scaled * means[j]) / (n - 1) }
            }
        }
        return covariance
    }

    private func spectrum(of covariance: Matrix, rows: Int) throws -> Spectrum {
        guard FiniteKernel.allFinite(covariance.values) else { throw overflow }
        let eigen = try LAPACK.symmetricEigen(covariance)
        let variances = eigen.values.reversed().map { max(0, $0) }
        // Beyond the number of rows there is nothing but rounding.
        let count = min(rows, covariance.rows)
        return Spectrum(
            variances: variances, singularValues: variances.map { ($0 * Double(rows - 1)).squareRoot() },
            components: eigen.vectors.selecting(rows: Array((0..<covariance.rows).reversed().prefix(count))),
            total: pairwiseSum(variances.indices) { variances[$0] })
    }

    // MARK: How many components

    private func wholeModel(
        _ spectrum: Spectrum, _ means: [Double], rows: Int, solver: PCASolver
    ) throws -> Model {
        guard spectrum.total.isFinite else { throw overflow }
        guard spectrum.total > 0 else { throw constant }
        let (variances, available) = (spectrum.variances, min(rows, means.count))
        let ratios = variances.map { $0 / spectrum.total }
        let count: Int
        switch nComponents {
        case .all: count = available
        case .count(let number): count = number
        case .varianceShare(let share):
            var (sum, leading) = (0.0, 0)
            while leading < available - 1 {
                sum += ratios[leading]
                if sum > share { break }
                leading += 1
            }
            count = leading + 1
        case .mle: count = try likelyDimension(variances, rows: rows)
        }
        let rest = variances[count...]
        let noise =
            count < available ? pairwiseSum(rest.indices) { variances[$0] } / Double(rest.count) : 0
        return Model(
            components: spectrum.components.prefix(rows: count).withPositivePeaks, means: means,
            explainedVariance: Array(variances.prefix(count)), explainedVarianceRatio: Array(ratios.prefix(count)),
            singularValues: Array(spectrum.singularValues.prefix(count)), noiseVariance: noise, sampleCount: rows,
            whiten: whiten, solver: solver)
    }

    private var constant: ApusError {
        ApusError(.invalidInput, "All rows of x are equal, so no direction has any variance; take rows that differ.")
    }

    private func truncatedModel(
        _ map: some LinearMap, _ means: [Double], totalVariance: Double, solver: PCASolver
    ) throws -> Model {
        guard totalVariance.isFinite else { throw overflow }
        guard totalVariance > 0 else { throw constant }
        let smaller = min(map.rows, map.columns)
        let count =
            if case .count(let number) = nComponents { number } else { solver == .arpack ? smaller - 1 : smaller }
        let found: TruncatedDecomposition
        if solver == .arpack {
            found = try LanczosSolver(count: count, tol: tol, seed: seed).solve(map)
        } else {
            let power: Int? = if case .count(let number) = iteratedPower { number } else { nil }
            found = try RandomizedSolver(
                count: count, oversamples: nOversamples, iterations: power, normalizer: powerIterationNormalizer,
                seed: seed
            ).solve(map)
        }
        let variances = found.values.map { $0 * $0 / Double(map.rows - 1) }
        let explained = pairwiseSum(variances.indices) { variances[$0] }
        return Model(
            components: found.components, means: means, explainedVariance: variances,
            explainedVarianceRatio: variances.map { $0 / totalVariance }, singularValues: found.values,
            noiseVariance: count < smaller ? max(0, totalVariance - explained) / Double(smaller - count) : 0,
            sampleCount: map.rows, whiten: whiten, solver: solver)
    }
}
