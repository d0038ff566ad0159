import ApusCore

/// Logistic regression with L2, L1 or both penalties: the coefficients W and intercepts b that minimise
/// `Σ sᵢ lossᵢ / S + (l1Ratio ‖W‖₁ + ½ (1 - l1Ratio) ‖W‖²) / (c S)`, S the sum of the weights sᵢ.
///
/// For two classes the loss of a row is `log(1 + exp(z)) - y z` with one score `z = x·w + b`; for more it is
/// `log Σₖ exp(zₖ) - z_y` with a score for each class. Intercepts are not penalised.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `c` | 1 | above 0, or inf | inverse strength of the penalty; infinite for none |
/// | `l1Ratio` | 0 | 0 to 1 | the part of the penalty that is L1: 0 ridge, 1 lasso, between an elastic net |
/// | `tol` | 1e-4 | at least 0 | stop when no component of the gradient is larger |
/// | `maxIter` | 100 | at least 0 | most iterations |
/// | `fitIntercept` | true | true, false | whether intercepts are fitted |
/// | `classWeight` | none | none, balanced, weights by class | how much classes count |
/// | `solver` | auto | auto, lbfgs, newtonCholesky, coordinateDescent | how the minimum is found |
///
/// L-BFGS, which is what `auto` means without an L1 penalty, takes scikit-learn's path: the same number of iterations, and
/// coefficients equal to rounding. So does `newtonCholesky`. `coordinateDescent` goes on to a thousandth of `tol`, which
/// costs it a step more, and so ends no higher than scikit-learn's solvers for the same penalties.
public struct LogisticRegression: SparseClassifier {
    /// `logistic-regression`
    public static let catalogName = "logistic-regression"

    /// `c`, `l1Ratio`, `tol`, `maxIter`, `fitIntercept`, `classWeight`, `solver`.
    public static let parameters: [Parameter<LogisticRegression>] = [
        Parameter(
            "c", \.strength, PositiveOrInfinite.legalValues,
            "Inverse strength of the penalty: smaller means simpler models, inf means no penalty."),
        Parameter("l1Ratio", \.l1Ratio, .fraction, "The part of the penalty that is L1; the rest is L2."),
        Parameter("tol", \.tol, .notNegative, "Training stops when no component of the gradient is larger."),
        Parameter("maxIter", \.maxIter, .atLeast(0), "The most iterations of the solver."),
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether intercepts are fitted."),
        Parameter("classWeight", \.classWeight, ClassWeight.legalValues, "How much each class counts."),
        Parameter("solver", \.solver, LogisticSolver.legalValues, "How the minimum is found."),
    ]

    /// Inverse strength of the penalty, above 0; infinite for no penalty; default 1.
    public var c: Double {
        get { strength.value }
        set { strength.value = newValue }
    }
    /// The part of the penalty that is L1, 0 to 1; default 0.
    public var l1Ratio: Double
    /// Training stops when no component of the gradient is larger; default 1e-4.
    public var tol: Double
    /// The most iterations; default 100.
    public var maxIter: Int
    /// Whether intercepts are fitted; default true.
    public var fitIntercept: Bool
    /// How much each class counts; default `.none`.
    public var classWeight: ClassWeight
    /// How the minimum is found; default `.auto`.
    public var solver: LogisticSolver

    private var strength: PositiveOrInfinite

    private enum CodingKeys: String, CodingKey {
        case strength = "c"
        case l1Ratio, tol, maxIter, fitIntercept, classWeight, solver
    }

    /// The defaults.
    public init() { self.init(c: 1) }

    /// Logistic regression with the given parameters.
    public init(
        c: Double = 1, l1Ratio: Double = 0, tol: Double = 1e-4, maxIter: Int = 100, fitIntercept: Bool = true,
        classWeight: ClassWeight = .none, solver: LogisticSolver = .auto
    ) {
        strength = PositiveOrInfinite(c)
        self.l1Ratio = l1Ratio
        self.tol = tol
        self.maxIter = maxIter
        self.fitIntercept = fitIntercept
        self.classWeight = classWeight
        self.solver = solver
    }

    /// Fits the coefficients.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels of at least two classes.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each iteration.
    /// - Throws: `ApusError` for illegal parameters or data, or `numericalFailure` when scores overflow;
    ///   `CancellationError` when the task is cancelled.
    /// - Complexity: O(n d K) an evaluation, of which an iteration seldom needs more than one; O(n d² K²) an iteration of
    ///   `.newtonCholesky`.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try fit(x, y, weights: weights, from: nil, progress: progress)
    }

    /// Fits the coefficients, beginning with those of a model that is near the solution.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - start: A model of as many features as `x` and the classes of `y`, or nil to begin with zeros.
    ///   - progress: Called after each iteration.
    /// - Throws: As without a start; `shapeMismatch` when it has other classes or another number of features.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, from start: Model?, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        let (labels, weights) = try prepared(y, weights, rows: x.rows)
        let objective = LogisticObjective(
            x, labels, weights: weights, fitIntercept: fitIntercept, c: c, l1Ratio: l1Ratio)
        return try minimize(objective, start, progress)
    }

    /// Fits the coefficients to sparse rows.
    ///
    /// - Throws: As for dense rows.
    /// - Complexity: O(stored elements · K) an evaluation.
    public func fit(
        _ x: SparseMatrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try fit(x, y, weights: weights, from: nil, progress: progress)
    }

    /// Fits the coefficients to sparse rows, beginning with those of a model that is near the solution.
    ///
    /// - Throws: As for dense rows.
    public func fit(
        _ x: SparseMatrix, _ y: Labels, weights: [Double]? = nil, from start: Model?,
        progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        let (labels, weights) = try prepared(y, weights, rows: x.rows)
        let objective = LogisticObjective(
            x, labels, weights: weights, fitIntercept: fitIntercept, c: c, l1Ratio: l1Ratio)
        return try minimize(objective, start, progress)
    }

    /// The classes that occur, and the weights of rows and classes together.
    private func prepared(_ y: Labels, _ weights: [Double]?, rows: Int) throws -> (Labels, [Double]?) {
        if l1Ratio > 0, c < .infinity, solver == .lbfgs || solver == .newtonCholesky {
            throw ApusError(
                .invalidParameter,
                "solver is \(solver.rawValue), which cannot minimise an L1 penalty; "
                    + "use solver auto or coordinateDescent, or set l1Ratio to 0.")
        }
        try y.check(rows: rows, minimumClasses: 2)
        try checkSampleWeights(weights, rows: rows)
        let whole =
            weights == nil && classWeight == .none ? nil : try classWeight.weights(for: y, sampleWeights: weights)
        return (y.compacted, whole)
    }

    private func minimize(
        _ objective: LogisticObjective, _ start: Model?, _ progress: ProgressHandler?
    ) throws -> Model {
        try checkCancellation()
        func iterated(_ done: Int) throws {
            progress?(ProgressUpdate(stage: "iterations", completed: done, total: maxIter))
            try checkCancellation()
        }
        let parameters = try start?.parameters(for: objective)
        let first = parameters ?? [Double](repeating: 0, count: objective.parameterCount)
        let found: LBFGS.Result
        switch solver {
        case .newtonCholesky:
            found = try LogisticNewton(tolerance: tol, maxIterations: maxIter)
                .minimize(objective, from: first, iterated: iterated)
        case .coordinateDescent:
            found = try LogisticDescent(tolerance: tol, maxIterations: maxIter)
                .minimize(objective, from: first, iterated: iterated)
        case .auto where objective.l1 > 0:
            found = try LogisticDescent(tolerance: tol, maxIterations: maxIter)
                .minimize(objective, from: first, iterated: iterated)
        case .auto, .lbfgs:
            found = try LBFGS(gradientTolerance: tol, maxIterations: maxIter)
                .minimize(from: first, iterated: iterated, objective.smooth)
        }
        guard FiniteKernel.allFinite(found.point.x), found.point.value.isFinite else {
            throw LogisticObjective.overflow
        }
        return Model(found, objective)
    }
}

extension LogisticRegression.Model {
    /// The model that a solver's parameters make.
    fileprivate init(_ found: LBFGS.Result, _ objective: LogisticObjective) {
        let (outputs, count) = (objective.outputs, objective.coefficientCount)
        let coefficients = Matrix(
            rows: objective.features, columns: outputs, values: Array(found.point.x[..<count]))
        self.init(
            classes: objective.labels.classes,
            scores: LinearScores(
                coefficients: coefficients.transposed,
                intercepts: objective.fitIntercept
                    ? Array(found.point.x[count...]) : [Double](repeating: 0, count: outputs)),
            iterations: found.iterations, converged: found.converged)
    }

    /// The coefficients as a solver's parameters.
    ///
    /// - Throws: `shapeMismatch` when they are of another shape than the objective's.
    fileprivate func parameters(for objective: LogisticObjective) throws -> [Double] {
        guard classes == objective.labels.classes, featureCount == objective.features else {
            throw ApusError(
                .shapeMismatch,
                "The model to start from has \(classes.count) classes and \(featureCount) features, but the data have "
                    + "\(objective.labels.classes.count) and \(objective.features); both must be the same.")
        }
        return coefficients.transposed.values + (objective.fitIntercept ? intercepts : [])
    }
}
