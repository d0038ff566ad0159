import ApusCore

/// Support-vector classification: for each pair of classes the function f(x) = Σ αᵢ yᵢ k(xᵢ, x) + b that maximises
/// `Σ αᵢ - ½ Σ αᵢ αⱼ yᵢ yⱼ k(xᵢ, xⱼ)` over `0 ≤ αᵢ ≤ C wᵢ` and `Σ αᵢ yᵢ = 0`, wᵢ the weight of a row; the pairs vote.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `c` | 1 | above 0 | how much a row on the wrong side costs |
/// | `kernel` | rbf | linear, poly, rbf, sigmoid, precomputed | how rows are compared |
/// | `degree` | 3 | 0 to 1000 | the power of `poly` |
/// | `gamma` | scale | scale, auto, at least 0 | the scale of `rbf`, `poly`, `sigmoid` |
/// | `coef0` | 0 | any number | what `poly` and `sigmoid` add to inner products |
/// | `shrinking` | true | true, false | whether settled multipliers are left out meanwhile |
/// | `probability` | false | true, false | whether probabilities are calibrated |
/// | `tol` | 1e-3 | above 0 | the violation of the optimality conditions that is let pass |
/// | `cacheSize` | 1000 | above 0 | megabytes of kernel rows that are kept |
/// | `classWeight` | none | none, balanced, weights by class | how much classes count |
/// | `maxIter` | none | none, at least 0 | most moved pairs of multipliers for a pair of classes |
/// | `decisionFunctionShape` | ovr | ovr, ovo | decision values for classes or for pairs of them |
/// | `breakTies` | false | true, false | whether ties of the vote go by decision values |
/// | `solver` | auto | auto, sequential, blocks | how it is trained |
/// | `seed` | 0 | 0 to 2³² - 1 | the seed of the folds for `probability` |
///
/// On small data (n ≤ 8,192 rows with n² d ≤ 4 · 10⁹) the solver takes LIBSVM's path, so the support vectors,
/// multipliers and numbers of iterations are those of scikit-learn. On larger data it moves many multipliers at a
/// time (`shrinking` has no use there) and stops by the same rule; the values of the kernel `rbf` are in single
/// precision where that moves decisions by less than the tolerance. The objective is as good, and labels differ at most
/// where a decision value is within the tolerance of 0. Neither the number of threads nor `cacheSize` changes a
/// result.
///
/// With `probability` a sigmoid for each pair of classes is fitted to the decision values of five held-out folds and
/// the pairs are coupled, as in LIBSVM; the folds are those that scikit-learn draws for the same seed.
///
/// Source: B. Boser, I. Guyon and V. Vapnik, "A training algorithm for optimal margin classifiers", COLT (1992); C.-C.
/// Chang and C.-J. Lin, "LIBSVM", ACM TIST 2 (2011).
public struct SVC: Classifier {
    /// `svc`
    public static let catalogName = "svc"

    /// The hyper-parameters.
    public static let parameters: [Parameter<SVC>] = [
        Parameter("c", \.c, .positive, "How much a row on the wrong side of its margin costs."),
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
        Parameter(
            "solver", \.solver, .choice(SupportVectorSolver.allCases.map(\.rawValue)),
            "How it is trained: two multipliers at a time, many, or by the number of rows."),
        Parameter("seed", \.seed, .seed, "The seed of the folds that probabilities are calibrated on."),
    ]

    /// How much a row on the wrong side of its margin costs, above 0; default 1.
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
    /// Whether probabilities are calibrated; default false.
    public var probability: Bool
    /// How much each class counts; default `.none`.
    public var classWeight: ClassWeight
    /// What decision values look like for more than two classes; default `.ovr`.
    public var decisionFunctionShape: DecisionFunctionShape
    /// Whether ties of the vote are broken by decision values; default false.
    public var breakTies: Bool
    /// How it is trained; default `.auto`.
    public var solver: SupportVectorSolver
    /// The seed of the folds that probabilities are calibrated on; default 0.
    public var seed: UInt32

    /// The defaults.
    public init() { self.init(c: 1) }

    /// Support-vector classification with the given parameters, which `fit` validates.
    public init(
        c: Double = 1, kernel: SupportVectorKernel = .rbf, degree: Int = 3, gamma: SupportVectorGamma = .scale,
        coef0: Double = 0, shrinking: Bool = true, probability: Bool = false, tol: Double = 1e-3,
        cacheSize: Double = 1000, classWeight: ClassWeight = .none, maxIter: Int? = nil,
        decisionFunctionShape: DecisionFunctionShape = .ovr, breakTies: Bool = false,
        solver: SupportVectorSolver = .auto, seed: UInt32 = 0
    ) {
        self.c = c
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
        self.solver = solver
        self.seed = seed
    }

    /// Trains a machine for each pair of classes.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; n × n kernel values for the kernel `precomputed`.
    ///   - y: n labels of at least two classes.
    ///   - weights: n sample weights, at least 0, which scale `c`; nil for equal ones.
    ///   - progress: Called after each pair of classes.
    /// - Throws: `ApusError` for illegal parameters or data, `numericalFailure` when kernel values overflow;
    ///   `CancellationError` when the task is cancelled.
    /// - Complexity: O(n² d) at best, O(n³) at worst.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        let vote = try settings.vote(
            .c(c), x, y, weights: weights, classWeight: classWeight, shape: decisionFunctionShape,
            breakTies: breakTies, seed: probability ? seed : nil, progress)
        return Model(vote: vote)
    }

    private var settings: SupportVectorSettings {
        SupportVectorSettings(
            kernel: kernel, gamma: gamma, coef0: coef0, degree: degree, tol: tol, maxIter: maxIter,
            shrinking: shrinking, cacheSize: cacheSize, solver: solver)
    }

    /// A fitted support-vector classifier.
    public struct Model: SupportVectorClassifierModel {
        /// `svc`
        public static let catalogName = SVC.catalogName
        /// The machines and how they vote.
        public let vote: SupportVectorVote

        /// A model of the given machines.
        public init(vote: SupportVectorVote) { self.vote = vote }
    }
}
