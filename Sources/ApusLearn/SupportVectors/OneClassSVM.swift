import ApusCore

/// Finds strange rows by the smallest region that holds most of the others: it minimises `½ Σ αᵢ αⱼ k(xᵢ, xⱼ)` over `0
/// ≤ αᵢ ≤ wᵢ` and `Σ αᵢ = ν Σ wᵢ`, wᵢ the weight of a row. A row is strange when `Σ αᵢ k(xᵢ, x)` is below the offset,
/// as about ν of the training rows are.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nu` | 0.5 | above 0, at most 1 | about the share of training rows left outside |
/// | `kernel`, `degree`, `gamma`, `coef0`, `shrinking`, `tol`, `cacheSize`, `maxIter`, `solver` | as `SVC` | | |
///
/// On small data (n ≤ 8,192 rows with n² d ≤ 4 · 10⁹) the solver takes LIBSVM's path, so the support vectors,
/// multipliers and numbers of iterations are those of scikit-learn; on larger data it moves many multipliers at a time
/// and ends as close to the optimum.
///
/// Source: B. Schölkopf, J. Platt, J. Shawe-Taylor, A. Smola and R. Williamson, "Estimating the support of a
/// high-dimensional distribution", Neural Computation 13 (2001).
public struct OneClassSVM: OutlierDetector {
    /// `one-class-svm`
    public static let catalogName = "one-class-svm"

    /// The hyper-parameters.
    public static let parameters: [Parameter<OneClassSVM>] = [
        Parameter(
            "nu", \.nu, .number(from: 0, to: 1, openLower: true, openUpper: false),
            "About the share of training rows that are left outside."),
        Parameter("kernel", \.kernel, SupportVectorKernel.legalValues, SupportVectorKernel.help),
        Parameter("degree", \.degree, .integer(0...1000), "The power of the kernel poly."),
        Parameter("gamma", \.gamma, SupportVectorGamma.legalValues, SupportVectorGamma.help),
        Parameter("coef0", \.coef0, .anyNumber, "What the kernels poly and sigmoid add to inner products."),
        Parameter("shrinking", \.shrinking, .flag, "Whether multipliers that seem settled are left out meanwhile."),
        Parameter("tol", \.tol, .positive, "The violation of the optimality conditions that is let pass."),
        Parameter("cacheSize", \.cacheSize, .positive, "How many megabytes of kernel rows are kept."),
        Parameter(
            "maxIter", \.maxIter, .optional(.atLeast(0)),
            "The most pairs of multipliers that are moved; none for as many as it takes."),
        Parameter(
            "solver", \.solver, .choice(SupportVectorSolver.allCases.map(\.rawValue)),
            "How it is trained: two multipliers at a time, many, or by the number of rows."),
    ]

    /// About the share of training rows that are left outside, above 0, at most 1; default 0.5.
    public var nu: Double
    /// How rows are compared; default `.rbf`.
    public var kernel: SupportVectorKernel
    /// The power of the kernel `poly`, 0 to 1000; default 3.
    public var degree: Int
    /// The scale of the kernels `rbf`, `poly` and `sigmoid`; default `.scale`.
    public var gamma: SupportVectorGamma
    /// What the kernels `poly` and `sigmoid` add to inner products; default 0.
    public var coef0: Double
    /// Whether multipliers that seem settled are left out meanwhile; default true.
    public var shrinking: Bool
    /// The violation of the optimality conditions that is let pass, above 0; default 1e-3.
    public var tol: Double
    /// How many megabytes of kernel rows are kept, above 0; default 1000. Less memory costs time and changes no result.
    public var cacheSize: Double
    /// The most pairs of multipliers that are moved; nil, the default, for as many as it takes.
    public var maxIter: Int?
    /// How it is trained; default `.auto`.
    public var solver: SupportVectorSolver

    /// The defaults.
    public init() { self.init(nu: 0.5) }

    /// A detector with the given parameters, which `fit` validates.
    public init(
        nu: Double = 0.5, kernel: SupportVectorKernel = .rbf, degree: Int = 3, gamma: SupportVectorGamma = .scale,
        coef0: Double = 0, shrinking: Bool = true, tol: Double = 1e-3, cacheSize: Double = 1000, maxIter: Int? = nil,
        solver: SupportVectorSolver = .auto
    ) {
        self.nu = nu
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.shrinking = shrinking
        self.tol = tol
        self.cacheSize = cacheSize
        self.maxIter = maxIter
        self.solver = solver
    }

    /// Learns where ordinary rows lie.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; n × n kernel values for the kernel `precomputed`.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called every thousand iterations.
    /// - Throws: `ApusError` for illegal parameters or data, `numericalFailure` when kernel values overflow;
    ///   `CancellationError` when the task is cancelled.
    /// - Complexity: O(n² d) at best, O(n³) at worst.
    public func fit(_ x: Matrix, weights: [Double]? = nil, progress: ProgressHandler? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        let weights = weights ?? [Double](repeating: 1, count: x.rows)
        let sum = try SupportVectorSum(settings, x, weights: weights, doubled: false, progress) { rows in
            let bounds = rows.map { weights[$0] }
            let zeros = [Double](repeating: 0, count: rows.count)
            var left = 0.0
            for bound in bounds { left += bound * nu }
            let start = bounds.map { bound in
                let value = min(bound, left)
                left -= value
                return value
            }
            return SVMProblem(linear: zeros, lower: zeros, upper: bounds, start: start)
        }
        return Model(sum: sum)
    }

    private var settings: SupportVectorSettings {
        SupportVectorSettings(
            kernel: kernel, gamma: gamma, coef0: coef0, degree: degree, tol: tol, maxIter: maxIter,
            shrinking: shrinking, cacheSize: cacheSize, solver: solver)
    }

    /// A fitted detector.
    public struct Model: SupportVectorSumModel, OutlierDetectorModel {
        /// `one-class-svm`
        public static let catalogName = OneClassSVM.catalogName
        /// The sum over support vectors that answers.
        public let sum: SupportVectorSum

        /// A model of the given sum.
        public init(sum: SupportVectorSum) { self.sum = sum }

        /// The score below which a row is strange.
        public var offset: Double { -sum.intercept }

        /// How ordinary each row is, before the offset is subtracted.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func scoreSamples(_ x: Matrix) throws -> [Double] {
            try decisionFunction(x).map { $0 + offset }
        }

        /// How ordinary each row is: below 0 for strange ones.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: Matrix) throws -> [Double] { try sum.values(x, of: Self.catalogName) }

        /// 1 for each ordinary row, -1 for each strange one.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Int] { try decisionFunction(x).map { $0 > 0 ? 1 : -1 } }
    }
}
