import ApusCore

/// Least squares with a penalty on the size of the coefficients: w and b that minimise
/// `Σ sᵢ (yᵢ - xᵢ·w - b)² + alpha ‖w‖²`.
///
/// The intercept is not penalised. The penalty is not divided by the number of rows, so that twice the data with twice
/// `alpha` give the same coefficients.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `alpha` | 1 | at least 0 | strength of the penalty |
/// | `fitIntercept` | true | true, false | whether b is fitted or 0 |
/// | `solver` | auto | auto, cholesky, svd, lsqr, sparseCg | how the coefficients are found |
/// | `tol` | 1e-4 | at least 0 | accuracy of the iterative solvers, lsqr and sparseCg |
/// | `maxIter` | none | at least 1, or none | the most iterations of the iterative solvers |
/// | `positive` | false | true, false | whether coefficients are kept from being negative |
///
/// A. E. Hoerl and R. W. Kennard, *Ridge regression: biased estimation for nonorthogonal problems*, Technometrics 12
/// (1970).
public struct Ridge: SparseRegressor {
    /// `ridge`
    public static let catalogName = "ridge"

    /// `alpha`, `fitIntercept`, `solver`, `tol`, `maxIter`, `positive`.
    public static let parameters: [Parameter<Ridge>] = [
        Parameter("alpha", \.alpha, .notNegative, "Strength of the penalty on the size of the coefficients."),
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether an intercept is fitted."),
        Parameter("solver", \.solver, RidgeSolver.legalValues, "How the coefficients are found."),
        Parameter("tol", \.tol, .notNegative, "Accuracy of the iterative solvers."),
        Parameter("maxIter", \.maxIter, .optional(.atLeast(1)), "The most iterations of the iterative solvers."),
        Parameter("positive", \.positive, .flag, "Whether coefficients are kept from being negative."),
    ]

    /// Strength of the penalty, at least 0; default 1.
    public var alpha: Double
    /// Whether an intercept is fitted; default true.
    public var fitIntercept: Bool
    /// How the coefficients are found; default `.auto`.
    public var solver: RidgeSolver
    /// Accuracy of the iterative solvers, at least 0; default 1e-4.
    public var tol: Double
    /// The most iterations of the iterative solvers; nil, the default, for as many as the reference allows.
    public var maxIter: Int?
    /// Whether coefficients are kept from being negative; default false.
    public var positive: Bool

    /// The defaults.
    public init() { self.init(alpha: 1) }

    /// Ridge regression with the given parameters.
    public init(
        alpha: Double = 1, fitIntercept: Bool = true, solver: RidgeSolver = .auto, tol: Double = 1e-4,
        maxIter: Int? = nil, positive: Bool = false
    ) {
        self.alpha = alpha
        self.fitIntercept = fitIntercept
        self.solver = solver
        self.tol = tol
        self.maxIter = maxIter
        self.positive = positive
    }

    /// Fits the coefficients.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n targets.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each iteration of an iterative solver.
    /// - Throws: `ApusError` for illegal parameters or data, or `numericalFailure` when sums overflow.
    /// - Complexity: O(n d min(n, d)); O(n d) an iteration of an iterative solver.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        return try model(problem(progress).solve(x, Matrix(column: y), weights: weights))
    }

    /// Fits the coefficients to sparse rows.
    ///
    /// - Throws: As for dense rows; `invalidParameter` for the solver `.svd`.
    /// - Complexity: O(stored elements) an iteration.
    public func fit(
        _ x: SparseMatrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        return try model(problem(progress).solve(x, Matrix(column: y), weights: weights))
    }

    private func problem(_ progress: ProgressHandler?) -> RidgeProblem {
        RidgeProblem(
            alpha: alpha, fitIntercept: fitIntercept, solver: solver, positive: positive, tol: tol, maxIter: maxIter,
            progress: progress)
    }

    private func model(_ solution: RidgeProblem.Solution) -> Model {
        Model(function: solution.functions[0], iterations: solution.iterations?[0], converged: solution.converged)
    }
}

extension Ridge {
    /// A fitted line, plane or hyperplane.
    public struct Model: SparseRegressorModel {
        /// `ridge`
        public static let catalogName = Ridge.catalogName

        /// The change of the prediction for each feature, d values.
        public var coefficients: [Double] { function.coefficients }
        /// The prediction where all features are 0.
        public var intercept: Double { function.intercept }
        /// How many iterations were done; nil where the solution is direct.
        public let iterations: Int?
        /// Whether the iterations reached their accuracy; true where the solution is direct.
        public let converged: Bool

        private let function: LinearFunction

        init(function: LinearFunction, iterations: Int?, converged: Bool) {
            self.function = function
            self.iterations = iterations
            self.converged = converged
        }

        /// Number of features.
        public var featureCount: Int { coefficients.count }

        /// The prediction `x·w + b` of each row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Double] { try function.predict(x, of: "Ridge") }

        /// The prediction `x·w + b` of each sparse row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: SparseMatrix) throws -> [Double] { try function.predict(x, of: "Ridge") }
    }
}

extension Ridge.Model {
    /// Puts the coefficients into an archive.
    public func encode(into archive: inout ModelArchive) {
        function.encode(into: &archive)
        if let iterations { archive.store(.int(iterations), as: "iterations") }
        archive.store(.bool(converged), as: "converged")
    }

    /// Takes the coefficients out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        function = try LinearFunction(from: archive)
        iterations = archive.attributes["iterations"] == nil ? nil : try archive.int("iterations")
        converged = try archive.bool("converged")
    }
}
