import ApusCore

/// Least squares with an L1 and an L2 penalty: w and b that minimise
/// `Σ sᵢ (yᵢ - xᵢ·w - b)² / (2 S) + alpha l1Ratio ‖w‖₁ + ½ alpha (1 - l1Ratio) ‖w‖²`, S the sum of the weights sᵢ.
///
/// The L1 penalty makes coefficients of features that contribute little exactly 0, the L2 penalty lets features that
/// go together share. Solved by coordinate descent, which ends when the duality gap is at most `tol` times the mean
/// square of the (centred) targets: the objective is then no farther than that from its minimum.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `alpha` | 1 | at least 0 | strength of the penalty |
/// | `l1Ratio` | 0.5 | 0 to 1 | the part of the penalty that is L1 |
/// | `fitIntercept` | true | true, false | whether b is fitted or 0 |
/// | `precompute` | auto | auto, true, false | whether products of columns are used instead of columns |
/// | `maxIter` | 1000 | at least 1 | the most sweeps over the coefficients |
/// | `tol` | 1e-4 | at least 0 | stop when the duality gap is so small a part of the targets' square |
/// | `positive` | false | true, false | whether coefficients are kept from being negative |
/// | `selection` | cyclic | cyclic, random | in which order coefficients are taken |
/// | `seed` | 0 | 0 to 2³² - 1 | start of the random order |
///
/// H. Zou and T. Hastie, *Regularization and variable selection via the elastic net*, JRSS B 67 (2005).
public struct ElasticNet: SparseRegressor {
    /// `elastic-net`
    public static let catalogName = "elastic-net"

    /// `alpha`, `l1Ratio`, `fitIntercept`, `precompute`, `maxIter`, `tol`, `positive`, `selection`, `seed`.
    public static let parameters: [Parameter<ElasticNet>] = [
        Parameter("alpha", \.alpha, .notNegative, "Strength of the penalty."),
        Parameter("l1Ratio", \.l1Ratio, .fraction, "The part of the penalty that is L1; the rest is L2."),
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether an intercept is fitted."),
        Parameter(
            "precompute", \.precompute, GramUse.legalValues, "Whether products of columns are used instead of columns."),
        Parameter("maxIter", \.maxIter, .atLeast(1), "The most sweeps over the coefficients."),
        Parameter(
            "tol", \.tol, .notNegative, "Stop when the duality gap is so small a part of the targets' square."),
        Parameter("positive", \.positive, .flag, "Whether coefficients are kept from being negative."),
        Parameter(
            "selection", \.selection, .choice(CoordinateSelection.allCases.map(\.rawValue)),
            "In which order coefficients are taken."),
        Parameter("seed", \.seed, .seed, "Start of the random order."),
    ]

    /// Strength of the penalty, at least 0; default 1. With 0, `LinearRegression` is faster and more accurate.
    public var alpha: Double
    /// The part of the penalty that is L1, 0 to 1; default 0.5.
    public var l1Ratio: Double
    /// Whether an intercept is fitted; default true.
    public var fitIntercept: Bool
    /// Whether products of columns are used instead of columns; default `.auto`.
    public var precompute: GramUse
    /// The most sweeps over the coefficients, at least 1; default 1000.
    public var maxIter: Int
    /// Training stops when the duality gap is so small a part of the targets' square; default 1e-4.
    public var tol: Double
    /// Whether coefficients are kept from being negative; default false.
    public var positive: Bool
    /// In which order coefficients are taken; default `.cyclic`.
    public var selection: CoordinateSelection
    /// Start of the random order; default 0.
    public var seed: UInt32

    /// The defaults.
    public init() { self.init(alpha: 1) }

    /// An elastic net with the given parameters.
    public init(
        alpha: Double = 1, l1Ratio: Double = 0.5, fitIntercept: Bool = true, precompute: GramUse = .auto,
        maxIter: Int = 1000,
        tol: Double = 1e-4, positive: Bool = false, selection: CoordinateSelection = .cyclic, seed: UInt32 = 0
    ) {
        self.alpha = alpha
        self.l1Ratio = l1Ratio
        self.fitIntercept = fitIntercept
        self.precompute = precompute
        self.maxIter = maxIter
        self.tol = tol
        self.positive = positive
        self.selection = selection
        self.seed = seed
    }

    /// Fits the coefficients.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n targets.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each sweep.
    /// - Throws: `ApusError` for illegal parameters or data, or `numericalFailure` when sums overflow.
    /// - Complexity: O(n d) a sweep, or O(n d²) once and O(d²) a sweep on products of columns.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try fit(x, y, weights: weights, from: nil, progress: progress)
    }

    /// Fits the coefficients, beginning with those of a model that is near the solution: faster, same result.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n targets.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - start: A model of as many features as `x`, or nil to begin with zeros.
    ///   - progress: Called after each sweep.
    /// - Throws: As without a start; `shapeMismatch` when it has another number of features.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, from start: Model?, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        if let start { try x.checkColumns(start.featureCount, of: "The model to start from") }
        let problem = try ElasticNetProblem(
            x, y, weights: weights, centred: fitIntercept, gram: precompute, tolerance: tol)
        return try solve(problem, start, progress)
    }

    /// Fits the coefficients to sparse rows.
    ///
    /// - Throws: As for dense rows.
    /// - Complexity: O(stored elements) a sweep.
    public func fit(
        _ x: SparseMatrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try fit(x, y, weights: weights, from: nil, progress: progress)
    }

    /// Fits the coefficients to sparse rows, beginning with those of a model that is near the solution.
    ///
    /// - Throws: As without a start; `shapeMismatch` when it has another number of features.
    public func fit(
        _ x: SparseMatrix, _ y: [Double], weights: [Double]? = nil, from start: Model?,
        progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        if let start { try x.checkColumns(start.featureCount, of: "The model to start from") }
        return try solve(ElasticNetProblem(x, y, weights: weights, centred: fitIntercept), start, progress)
    }

    private func solve(_ problem: ElasticNetProblem, _ start: Model?, _ progress: ProgressHandler?) throws -> Model {
        try checkCancellation()
        var random = RandomState(seed: seed)
        let found = try problem.minimize(
            alpha: alpha, l1Ratio: l1Ratio, positive: positive, tolerance: tol, maxIterations: maxIter,
            randomState: selection == .random ? random.childSeed() : nil, from: start?.coefficients
        ) { done in
            progress?(ProgressUpdate(stage: "sweeps", completed: done, total: maxIter))
            try checkCancellation()
        }
        let function = try LinearFunction(
            coefficients: found.coefficients, featureMeans: problem.featureMeans, targetMean: problem.targetMean)
        return Model(
            function: function, dualGap: found.gap, iterations: found.iterations, converged: found.converged)
    }
}
