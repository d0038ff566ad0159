import ApusCore

/// Support-vector regression by a share ν: the width ε of the tube in which errors cost nothing is found so that at
/// most ν of the rows lie outside it. It maximises `Σ βᵢ yᵢ - ½ Σ βᵢ βⱼ k(xᵢ, xⱼ)` over `|βᵢ| ≤ C wᵢ`, `Σ βᵢ = 0` and
/// `Σ |βᵢ| ≤ ν C Σ wᵢ`, wᵢ the weight of a row.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nu` | 0.5 | above 0, at most 1 | bound of the share of rows outside the tube |
/// | `c` | 1 | above 0 | how much an error beyond the tube costs |
/// | `kernel`, `degree`, `gamma`, `coef0`, `shrinking`, `tol`, `cacheSize`, `maxIter` | as `SVC` | | |
///
/// The solver takes LIBSVM's path whatever the number of rows, so the support vectors, multipliers and numbers of
/// iterations are those of scikit-learn.
///
/// Source: B. Schölkopf, A. Smola, R. Williamson and P. Bartlett, "New support vector algorithms", Neural Computation
/// 12 (2000).
public struct NuSVR: Regressor {
    /// `nu-svr`
    public static let catalogName = "nu-svr"

    /// The hyper-parameters.
    public static let parameters: [Parameter<NuSVR>] = [
        Parameter(
            "nu", \.nu, .number(from: 0, to: 1, openLower: true, openUpper: false),
            "The greatest share of rows outside the tube in which errors cost nothing."),
        Parameter("c", \.c, .positive, "How much an error beyond the tube costs."),
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
    ]

    /// The greatest share of rows outside the tube, above 0, at most 1; default 0.5.
    public var nu: Double
    /// How much an error beyond the tube costs, above 0; default 1.
    public var c: Double
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

    /// The defaults.
    public init() { self.init(nu: 0.5) }

    /// Support-vector regression with the given parameters, which `fit` validates.
    public init(
        nu: Double = 0.5, c: Double = 1, kernel: SupportVectorKernel = .rbf, degree: Int = 3,
        gamma: SupportVectorGamma = .scale, coef0: Double = 0, shrinking: Bool = true, tol: Double = 1e-3,
        cacheSize: Double = 1000, maxIter: Int? = nil
    ) {
        self.nu = nu
        self.c = c
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.shrinking = shrinking
        self.tol = tol
        self.cacheSize = cacheSize
        self.maxIter = maxIter
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
            var left = 0.0
            for bound in bounds { left += bound * nu }
            left /= 2
            let start = bounds.map { bound in
                let value = min(left, bound)
                left -= value
                return value
            }
            return SVMProblem(
                linear: rows.map { -y[$0] } + rows.map { -y[$0] }, lower: zeros + bounds.map { -$0 },
                upper: bounds + zeros, start: start + start.map { -$0 }, isGrouped: true)
        }
        return Model(sum: sum)
    }

    private var settings: SupportVectorSettings {
        SupportVectorSettings(
            kernel: kernel, gamma: gamma, coef0: coef0, degree: degree, tol: tol, maxIter: maxIter,
            shrinking: shrinking, cacheSize: cacheSize, solver: .sequential)
    }

    /// A fitted support-vector regression.
    public struct Model: SupportVectorSumModel, RegressorModel {
        /// `nu-svr`
        public static let catalogName = NuSVR.catalogName
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
