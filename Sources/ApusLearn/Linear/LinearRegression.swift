import ApusCore

/// Ordinary least squares: the coefficients w and intercept b that minimise `Σ sᵢ (yᵢ - xᵢ·w - b)²`.
///
/// Where several solutions are equally good (more features than rows, or features that depend on each other) it is the
/// one with the smallest ‖w‖, as scikit-learn's.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `fitIntercept` | true | true, false | whether b is fitted or 0 |
/// | `tol` | 1e-6 | at least 0 | singular values below `tol` times the largest count as zero |
/// | `positive` | false | true, false | whether coefficients are kept from being negative |
///
/// A small problem is solved by singular values. A large one that is well conditioned is solved by its normal equations,
/// refined on the data until they hold to working precision; any other large one is first reduced, without loss, to the
/// triangular factor of its rows. All three give the same solution. See Å. Björck, *Numerical Methods for Least
/// Squares Problems*, SIAM 1996, sections 2.3, 2.4 and 2.9. Sparse rows are solved by LSQR to the accuracy `tol`, and
/// coefficients that must not be negative by the active-set method of Lawson and Hanson; so does the reference.
public struct LinearRegression: SparseRegressor {
    /// `linear-regression`
    public static let catalogName = "linear-regression"

    /// `fitIntercept`, `tol`, `positive`.
    public static let parameters: [Parameter<LinearRegression>] = [
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether an intercept is fitted."),
        Parameter("tol", \.tol, .notNegative, "Singular values below this part of the largest count as zero."),
        Parameter("positive", \.positive, .flag, "Whether coefficients are kept from being negative."),
    ]

    /// Whether an intercept is fitted; default true.
    public var fitIntercept: Bool
    /// Singular values below this part of the largest count as zero; default 1e-6.
    public var tol: Double
    /// Whether coefficients are kept from being negative; default false.
    public var positive: Bool

    /// The defaults.
    public init() { self.init(fitIntercept: true) }

    /// Least squares with the given parameters.
    public init(fitIntercept: Bool = true, tol: Double = 1e-6, positive: Bool = false) {
        self.fitIntercept = fitIntercept
        self.tol = tol
        self.positive = positive
    }

    /// Fits the coefficients.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n targets.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called where coefficients must not be negative, whenever one is tried.
    /// - Throws: `ApusError` for illegal parameters or data, or `numericalFailure` when sums overflow.
    /// - Complexity: O(n d²).
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        try checkCancellation()
        if positive { return try fitNonNegative(x, y, weights: weights, progress: progress) }
        let solution = try solve(x, y, weights)
        return Model(function: solution.function, rank: solution.rank, singularValues: solution.singularValues)
    }

    /// Fits the coefficients to sparse rows by LSQR.
    ///
    /// - Throws: As for dense rows; `invalidParameter` when coefficients must not be negative.
    public func fit(
        _ x: SparseMatrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        guard !positive else {
            throw ApusError(
                .invalidParameter,
                "positive is true, but sparse rows are solved without bounds only; pass dense rows, or use Ridge.")
        }
        let problem = SparseLeastSquares(x, y, weights: weights, centred: fitIntercept)
        guard problem.isFinite else { throw LinearFunction.overflow }
        let limit = 2 * x.columns
        let found = try LSQR(tolerance: tol, maxIterations: limit).solve(problem.operator, problem.targets) { done in
            progress?(ProgressUpdate(stage: "iterations", completed: done, total: limit))
            try checkCancellation()
        }
        return Model(
            function: try LinearFunction(
                coefficients: found.x, featureMeans: problem.operator.means, targetMean: problem.targetMean),
            iterations: found.iterations, converged: found.converged)
    }

    /// The non-negative coefficients: which are not 0 is found from products of the columns, what they are from the rows.
    private func fitNonNegative(
        _ x: Matrix, _ y: [Double], weights: [Double]?, progress: ProgressHandler?
    ) throws -> Model {
        try LinearFunction.checkMemory(
            square: x.columns, count: 4, of: "the products of \(x.columns) columns", "use fewer columns")
        let sums = LinearSums(x, Matrix(column: y), weights: weights, centred: fitIntercept)
        guard sums.isFinite else { throw LinearFunction.overflow }
        let found = try NonNegativeLeastSquares(gram: sums.gram, moments: sums.moments()).solve { done in
            progress?(ProgressUpdate(stage: "active sets", completed: done, total: nil))
            try checkCancellation()
        }
        var coefficients = [Double](repeating: 0, count: x.columns)
        if !found.free.isEmpty {
            let solution = try solve(x.selecting(columns: found.free), y, weights)
            for (j, value) in zip(found.free, solution.function.coefficients) { coefficients[j] = max(0, value) }
        }
        return Model(
            function: try LinearFunction(
                coefficients: coefficients, featureMeans: sums.featureMeans, targetMean: sums.targetMeans[0]),
            iterations: found.iterations, converged: found.converged)
    }

    private typealias Solution = (function: LinearFunction, rank: Int, singularValues: [Double]?)

    private func solve(_ x: Matrix, _ y: [Double], _ weights: [Double]?) throws -> Solution {
        let (n, d) = (x.rows, x.columns)
        let isLarge = n > d && n * d > 65_536
        try LinearFunction.checkMemory(
            square: min(n, d), count: 4, of: "the products of \(min(n, d)) columns",
            "use fewer columns, or Ridge with solver lsqr")
        if isLarge, let solution = try solveNormalEquations(x, y, weights) { return solution }
        let problem = LinearKernel(x, y, weights: weights, centred: fitIntercept)
        guard problem.isFinite else { throw LinearFunction.overflow }
        let found: (solution: Matrix, rank: Int, singularValues: [Double])
        if isLarge, n >= 4 * d {
            // Orthogonal reduction to d + 1 rows, for any condition and rank.
            let upper = try problem.triangularFactor().selecting(rows: Array(0..<d))
            found = try bySingularValues(upper.leading(d), Matrix(column: upper.column(d)))
        } else {
            let (features, targets) = problem.copied()
            found = try bySingularValues(features, targets)
        }
        let function = try LinearFunction(
            coefficients: found.solution.values, featureMeans: problem.featureMeans, targetMean: problem.targetMean)
        return (function, found.rank, found.singularValues)
    }

    /// The solution by Cholesky factorisation of the Gram matrix, or nil unless it is certain that every singular value
    /// counts and that refinement reaches the accuracy of an orthogonal factorisation.
    private func solveNormalEquations(_ x: Matrix, _ y: [Double], _ weights: [Double]?) throws -> Solution? {
        let d = x.columns
        let sums = LinearSums(x, Matrix(column: y), weights: weights, centred: fitIntercept)
        // The condition number of the Gram matrix is the square of that of the data; 100 covers its estimate's error.
        guard sums.isFinite, let factor = LAPACK.Cholesky(sums.gram),
            factor.reciprocalCondition > max(1e-10, 100 * tol * tol)
        else { return nil }
        var coefficients = factor.solve(sums.moments())
        // One solve is off by about the condition times the rounding error; each refinement multiplies by that again.
        var error = 1e-16 * Double(d) / factor.reciprocalCondition
        let problem = LinearKernel(
            x, y, weights: weights, featureMeans: sums.featureMeans, targetMean: sums.targetMeans[0])
        while error > 1e-13 {
            let correction = factor.solve(problem.normalResidual(of: coefficients))
            BLAS.add(correction, times: 1, to: &coefficients)
            error *= max(1e-16 * Double(d) / factor.reciprocalCondition, 1e-3)
        }
        let function = try LinearFunction(
            coefficients: coefficients, featureMeans: sums.featureMeans, targetMean: sums.targetMeans[0])
        return (function, d, nil)
    }

    private func bySingularValues(
        _ features: Matrix, _ targets: Matrix
    ) throws -> (solution: Matrix, rank: Int, singularValues: [Double]) {
        guard FiniteKernel.allFinite(features.values), FiniteKernel.allFinite(targets.values) else {
            throw LinearFunction.overflow
        }
        let found = try LAPACK.leastSquares(features, targets, tolerance: tol)
        return (found.solution, found.rank, found.singularValues)
    }
}
