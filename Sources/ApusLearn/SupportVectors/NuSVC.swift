import ApusCore

/// Support-vector classification by a share ν: at most ν of the rows are on the wrong side of their margin, and at
/// least ν of them are support vectors. For each pair of classes it minimises `½ Σ αᵢ αⱼ yᵢ yⱼ k(xᵢ, xⱼ)` over `0 ≤ αᵢ
/// ≤ wᵢ`, `Σ αᵢ yᵢ = 0` and `Σ αᵢ = ν Σ wᵢ`; the pairs vote.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nu` | 0.5 | above 0, at most 1 | bound of the share of margin errors |
/// | `classWeight` | none | none, balanced, weights by class | how much classes count |
/// | the others | as `SVC` | | |
///
/// The solver takes LIBSVM's path whatever the number of rows, so the support vectors, multipliers and numbers of
/// iterations are those of scikit-learn. Class weights multiply the sample weights; scikit-learn accepts them and does
/// not use them.
///
/// Source: B. Schölkopf, A. Smola, R. Williamson and P. Bartlett, "New support vector algorithms", Neural Computation
/// 12 (2000).
public struct NuSVC: Classifier {
    /// `nu-svc`
    public static let catalogName = "nu-svc"

    /// The hyper-parameters.
    public static let parameters: [Parameter<NuSVC>] = [
        Parameter(
            "nu", \.nu, .number(from: 0, to: 1, openLower: true, openUpper: false),
            "The greatest share of rows on the wrong side of their margin."),
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
        Parameter("probability", \.probability, .flag, "Whether probabilities are calibrated, by five more fits."),
        Parameter("classWeight", \.classWeight, ClassWeight.legalValues, "How much each class counts."),
        Parameter(
            "decisionFunctionShape", \.decisionFunctionShape,
            .choice(DecisionFunctionShape.allCases.map(\.rawValue)),
            "Whether decision values are given for each class or for each pair of classes."),
        Parameter(
            "breakTies", \.breakTies, .flag,
            "Whether ties of the vote are broken by decision values; not with decisionFunctionShape ovo."),
        Parameter("seed", \.seed, .seed, "The seed of the folds that probabilities are calibrated on."),
    ]

    /// The greatest share of rows on the wrong side of their margin, above 0, at most 1; default 0.5.
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
    /// Whether probabilities are calibrated; default false.
    public var probability: Bool
    /// How much each class counts; default `.none`.
    public var classWeight: ClassWeight
    /// What decision values look like for more than two classes; default `.ovr`.
    public var decisionFunctionShape: DecisionFunctionShape
    /// Whether ties of the vote are broken by decision values; default false.
    public var breakTies: Bool
    /// The seed of the folds that probabilities are calibrated on; default 0.
    public var seed: UInt32

    /// The defaults.
    public init() { self.init(nu: 0.5) }

    /// Support-vector classification with the given parameters, which `fit` validates.
    public init(
        nu: Double = 0.5, kernel: SupportVectorKernel = .rbf, degree: Int = 3, gamma: SupportVectorGamma = .scale,
        coef0: Double = 0, shrinking: Bool = true, probability: Bool = false, tol: Double = 1e-3,
        cacheSize: Double = 1000, classWeight: ClassWeight = .none, maxIter: Int? = nil,
        decisionFunctionShape: DecisionFunctionShape = .ovr, breakTies: Bool = false, seed: UInt32 = 0
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
        self.probability = probability
        self.classWeight = classWeight
        self.decisionFunctionShape = decisionFunctionShape
        self.breakTies = breakTies
        self.seed = seed
    }

    /// Trains a machine for each pair of classes.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; n × n kernel values for the kernel `precomputed`.
    ///   - y: n labels of at least two classes.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each pair of classes.
    /// - Throws: `ApusError` for illegal parameters or data, such as a `nu` too large for classes of different size;
    ///   `CancellationError` when the task is cancelled.
    /// - Complexity: O(n² d) at best, O(n³) at worst.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        let vote = try settings.vote(
            .nu(nu), x, y, weights: weights, classWeight: classWeight, shape: decisionFunctionShape,
            breakTies: breakTies, seed: probability ? seed : nil, progress)
        return Model(vote: vote)
    }

    private var settings: SupportVectorSettings {
        SupportVectorSettings(
            kernel: kernel, gamma: gamma, coef0: coef0, degree: degree, tol: tol, maxIter: maxIter,
            shrinking: shrinking, cacheSize: cacheSize, solver: .sequential)
    }

    /// A fitted support-vector classifier.
    public struct Model: SupportVectorClassifierModel {
        /// `nu-svc`
        public static let catalogName = NuSVC.catalogName
        /// The machines and how they vote.
        public let vote: SupportVectorVote

        /// A model of the given machines.
        public init(vote: SupportVectorVote) { self.vote = vote }
    }
}
