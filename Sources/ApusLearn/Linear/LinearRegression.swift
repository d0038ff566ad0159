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
///
/// A small problem is solved by singular values. A large one that is well conditioned is solved by its normal equations,
/// refined on the data until they hold to working precision; any other large one is first reduced, without loss, to the
/// triangular factor of its rows. All three give the same solution. See Å. Björck, *Numerical Methods for Least
/// Squares Problems*, SIAM 1996, sections 2.3, 2.4 and 2.9.
public struct LinearRegression: Regressor {
    /// `linear-regression`
    public static let catalogName = "linear-regression"

    /// `fitIntercept`, `tol`.
    public static let parameters: [Parameter<LinearRegression>] = [
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether an intercept is fitted."),
        Parameter("tol", \.tol, .notNegative, "Singular values below this part of the largest count as zero."),
    ]

    /// Whether an intercept is fitted; default true.
    public var fitIntercept: Bool
    /// Singular values below this part of the largest count as zero; default 1e-6.
    public var tol: Double

    /// The defaults.
    public init() { self.init(fitIntercept: true) }

    /// Least squares with the given parameters.
    public init(fitIntercept: Bool = true, tol: Double = 1e-6) {
        self.fitIntercept = fitIntercept
        self.tol = tol
    }

    /// Fits the coefficients.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n targets.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Not called: there is no loop to report.
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
        let problem = LinearKernel(x, y, weights: weights, centred: fitIntercept)
        guard problem.isFinite else { throw LinearRegression.overflow }

        let solution = try solve(problem)
        let intercept = problem.targetMean - BLAS.dot(problem.featureMeans, solution.coefficients)
        guard intercept.isFinite, solution.coefficients.allSatisfy(\.isFinite) else { throw LinearRegression.overflow }
        return Model(
            coefficients: solution.coefficients, intercept: intercept, rank: solution.rank,
            singularValues: solution.singularValues)
    }

    private typealias Solution = (coefficients: [Double], rank: Int, singularValues: [Double]?)

    private func solve(_ problem: LinearKernel) throws -> Solution {
        let (n, d) = (problem.x.rows, problem.x.columns)
        if n > d, n * d > 65_536 {
            if let solution = solveNormalEquations(problem) { return solution }
            if n >= 4 * d { return try solveTriangular(problem) }
        }
        let (features, targets) = problem.copied()
        return try bySingularValues(features, targets)
    }

    /// The solution by Cholesky factorisation of the Gram matrix, or nil unless it is certain that every singular value
    /// counts and that refinement reaches the accuracy of an orthogonal factorisation.
    private func solveNormalEquations(_ problem: LinearKernel) -> Solution? {
        let d = problem.x.columns
        let all = problem.gram()
        let gram = all.selecting(rows: Array(0..<d)).selecting(columns: Array(0..<d))
        // The condition number of the Gram matrix is the square of that of the data; 100 covers its estimate's error.
        guard let factor = LAPACK.Cholesky(gram), factor.reciprocalCondition > max(1e-10, 100 * tol * tol)
        else { return nil }
        var coefficients = factor.solve(Array(all.column(d)[..<d]))
        // One solve is off by about the condition times the rounding error; each refinement multiplies by that again.
        var error = 1e-16 * Double(d) / factor.reciprocalCondition
        while error > 1e-13 {
            let correction = factor.solve(problem.normalResidual(of: coefficients))
            BLAS.add(correction, times: 1, to: &coefficients)
            error *= max(1e-16 * Double(d) / factor.reciprocalCondition, 1e-3)
        }
        return (coefficients, d, nil)
    }

    /// The solution by orthogonal reduction to d + 1 rows, for any condition and rank.
    private func solveTriangular(_ problem: LinearKernel) throws -> Solution {
        let d = problem.x.columns
        let upper = try problem.triangularFactor().selecting(rows: Array(0..<d))
        return try bySingularValues(
            upper.selecting(columns: Array(0..<d)), Matrix(column: upper.column(d)))
    }

    private func bySingularValues(_ features: Matrix, _ targets: Matrix) throws -> Solution {
        guard FiniteKernel.allFinite(features.values), FiniteKernel.allFinite(targets.values) else {
            throw LinearRegression.overflow
        }
        let found = try LAPACK.leastSquares(features, targets, tolerance: tol)
        return (found.solution.values, found.rank, found.singularValues)
    }

    private static let overflow = ApusError(
        .numericalFailure, "The data are so large that sums of them overflow; scale the columns and the target down.")
}

extension LinearRegression {
    /// A fitted line, plane or hyperplane.
    public struct Model: RegressorModel {
        /// `linear-regression`
        public static let catalogName = LinearRegression.catalogName

        /// The change of the prediction for each feature, d values.
        public let coefficients: [Double]
        /// The prediction where all features are 0.
        public let intercept: Double
        /// How many directions of the centred features the data determine.
        public let rank: Int
        /// The singular values of the centred features, descending, where the solution computed them: it does not for
        /// large, well-conditioned data.
        public let singularValues: [Double]?

        /// Number of features.
        public var featureCount: Int { coefficients.count }

        /// The prediction `x·w + b` of each row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Double] {
            try x.checkColumns(featureCount, of: "LinearRegression")
            try x.checkUsable()
            return try BLAS.product(x, coefficients).map { $0 + intercept }
        }
    }
}

extension LinearRegression.Model {
    /// Puts the coefficients into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(coefficients, as: "coefficients")
        archive.store([intercept], as: "intercept")
        archive.store([rank], as: "rank")
        if let singularValues { archive.store(singularValues, as: "singularValues") }
    }

    /// Takes the coefficients out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        coefficients = try archive.doubles("coefficients")
        guard !coefficients.isEmpty else { throw archive.damaged("there are no coefficients") }
        intercept = try archive.doubles("intercept", count: 1)[0]
        rank = try archive.ints("rank", count: 1, in: 0...coefficients.count)[0]
        singularValues = archive.tensors["singularValues"] == nil ? nil : try archive.doubles("singularValues")
        guard (singularValues?.count ?? rank) >= rank, (singularValues?.count ?? 0) <= coefficients.count else {
            throw archive.damaged("the number of singular values does not fit the rank")
        }
    }
}
