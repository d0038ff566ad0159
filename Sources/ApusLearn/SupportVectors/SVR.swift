import ApusCore

/// Support-vector regression: the function f(x) = Σ βᵢ k(xᵢ, x) + b that maximises
/// `Σ βᵢ yᵢ - ε Σ |βᵢ| - ½ Σ βᵢ βⱼ k(xᵢ, xⱼ)` over `|βᵢ| ≤ C wᵢ` and `Σ βᵢ = 0`, wᵢ the weight of a row: errors below ε
/// cost nothing, larger ones C times their excess.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `c` | 1 | above 0 | how much an error beyond ε costs |
/// | `epsilon` | 0.1 | at least 0 | errors up to this cost nothing |
/// | `kernel`, `degree`, `gamma`, `coef0`, `shrinking`, `tol`, `cacheSize`, `maxIter`, `solver` | as `SVC` | | |
///
/// On small data (n ≤ 8,192 rows with n² d ≤ 4 · 10⁹) the solver takes LIBSVM's path, so the support vectors,
/// multipliers and numbers of iterations are those of scikit-learn; on larger data it moves many multipliers at a time
/// and ends as close to the optimum.
///
/// Source: A. Smola and B. Schölkopf, "A tutorial on support vector regression", Statistics and Computing 14 (2004).
public struct SVR: Regressor {
    /// `svr`
    public static let catalogName = "svr"

    /// The hyper-parameters.
    public static let parameters: [Parameter<SVR>] = [
        Parameter("c", \.c, .positive, "How much an error beyond epsilon costs."),
        Parameter("epsilon", \.epsilon, .notNegative, "Errors up to this cost nothing."),
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

    /// How much an error beyond epsilon costs, above 0; default 1.
    public var c: Double
    /// Errors up to this cost nothing, at least 0, in the unit of the targets; default 0.1.
    public var epsilon: Double
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
    public init() { self.init(c: 1) }

    /// Support-vector regression with the given parameters, which `fit` validates.
    public init(
        c: Double = 1, epsilon: Double = 0.1, kernel: SupportVectorKernel = .rbf, degree: Int = 3,
        gamma: SupportVectorGamma = .scale, coef0: Double = 0, shrinking: Bool = true, tol: Double = 1e-3,
        cacheSize: Double = 1000, maxIter: Int? = nil, solver: SupportVectorSolver = .auto
    ) {
        self.c = c
        self.epsilon = epsilon
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

    /// Trains the machine.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; n × n kernel values for the kernel `precomputed`.
    ///   - y: n numbers.
    ///   - weights: n sample weights, at least 0, which scale `c`; nil for equal ones.
    ///   - progress: Called every thousand iterations.
    /// - Throws: `ApusError` for illegal parameters or data, `numericalFailure` when kernel values overflow;
    ///   `CancellationError` when the task is cancelled.
    /// - Complexity: O(n² d) at best, O(n³) at worst.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        let weights = weights ?? [Double](repeating: 1, count: x.rows)
        let sum = try SupportVectorSum(settings, x, weights: weights, doubled: true, progress) { rows in
            let bounds = rows.map { weights[$0] * c }
            let zeros = [Double](repeating: 0, count: rows.count)
            return SVMProblem(
                linear: rows.map { epsilon - y[$0] } + rows.map { -(epsilon + y[$0]) },
                lower: zeros + bounds.map { -$0 }, upper: bounds + zeros)
        }
        return Model(sum: sum)
    }

    private var settings: SupportVectorSettings {
        SupportVectorSettings(
            kernel: kernel, gamma: gamma, coef0: coef0, degree: degree, tol: tol, maxIter: maxIter,
            shrinking: shrinking, cacheSize: cacheSize, solver: solver)
    }

    /// A fitted support-vector regression.
    public struct Model: SupportVectorSumModel, RegressorModel {
        /// `svr`
        public static let catalogName = SVR.catalogName
        /// The sum over support vectors that answers.
        public let sum: SupportVectorSum

        /// A model of the given sum.
        public init(sum: SupportVectorSum) { self.sum = sum }

        /// The predicted number of each row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Double] { try sum.values(x, of: Self.catalogName) }
    }
}
