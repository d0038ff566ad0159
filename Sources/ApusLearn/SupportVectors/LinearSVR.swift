import ApusCore

/// Linear support-vector regression: coefficients w that minimise `½‖w‖² + C Σ sᵢ max(0, |w·xᵢ - yᵢ| - ε)`.
///
/// The intercept is the coefficient of a further feature that is `interceptScaling` everywhere, so it is penalised like
/// the others.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `epsilon` | 0 | at least 0 | the error that costs nothing, in units of y |
/// | `tol` | 1e-4 | above 0 | how far from optimal the solver may stop |
/// | `c` | 1 | above 0 | what a unit of loss costs |
/// | `loss` | epsilonInsensitive | epsilonInsensitive, squaredEpsilonInsensitive | whether errors beyond ε are squared |
/// | `fitIntercept` | true | true, false | whether there is an intercept |
/// | `interceptScaling` | 1 | above 0 | the value of the intercept's feature; larger ones are penalised less |
/// | `dual` | auto | auto, true, false | which form of the problem is solved |
/// | `seed` | 0 | 0 to 2³² - 1 | orders the rows for coordinate descent |
/// | `maxIter` | 1000 | at least 0 | most rounds over the data, or Newton steps |
///
/// Solved as LIBLINEAR inside scikit-learn does, in the same random order: the same number of rounds, and coefficients
/// equal to rounding. `epsilonInsensitive` needs the dual.
///
/// Source: C.-H. Ho and C.-J. Lin, "Large-scale linear support vector regression", JMLR 13 (2012).
public struct LinearSVR: SparseRegressor {
    /// What an error beyond ε costs.
    public enum Loss: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// As much as it is beyond ε.
        case epsilonInsensitive
        /// The square of that.
        case squaredEpsilonInsensitive
    }

    /// `linear-svr`
    public static let catalogName = "linear-svr"

    /// `epsilon`, `tol`, `c`, `loss`, `fitIntercept`, `interceptScaling`, `dual`, `seed`, `maxIter`.
    public static let parameters: [Parameter<LinearSVR>] = [
        Parameter("epsilon", \.epsilon, .notNegative, "The error that costs nothing, in the units of the target."),
        Parameter("tol", \.tol, .positive, "How far from optimal the solver may stop."),
        Parameter("c", \.c, .positive, "What a unit of loss costs: smaller means simpler models."),
        Parameter("loss", \.loss, .choice(Loss.allCases.map(\.rawValue)), "What an error beyond epsilon costs."),
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether an intercept is fitted."),
        Parameter(
            "interceptScaling", \.interceptScaling, .positive,
            "The value of the intercept's own feature: the larger, the less the intercept is penalised."),
        Parameter("dual", \.dual, LinearSupportDual.legalValues, "Whether the dual form of the problem is solved."),
        Parameter("seed", \.seed, .seed, "Orders the rows for coordinate descent."),
        Parameter("maxIter", \.maxIter, .integer(0...1 << 40), "The most rounds over the data, or Newton steps."),
    ]

    /// The error that costs nothing, at least 0, in units of y; default 0.
    public var epsilon: Double
    /// How far from optimal the solver may stop, above 0; default 1e-4.
    public var tol: Double
    /// What a unit of loss costs, above 0; default 1.
    public var c: Double
    /// What an error beyond ε costs; default `.epsilonInsensitive`.
    public var loss: Loss
    /// Whether an intercept is fitted; default true.
    public var fitIntercept: Bool
    /// The value of the intercept's own feature, above 0; default 1.
    public var interceptScaling: Double
    /// Which form of the problem is solved; default `.auto`.
    public var dual: LinearSupportDual
    /// Orders the rows for coordinate descent; default 0.
    public var seed: UInt32
    /// The most rounds over the data, or Newton steps; default 1000.
    public var maxIter: Int

    /// The defaults.
    public init() { self.init(epsilon: 0) }

    /// A linear support-vector regression with the given parameters.
    public init(
        epsilon: Double = 0, tol: Double = 1e-4, c: Double = 1, loss: Loss = .epsilonInsensitive,
        fitIntercept: Bool = true, interceptScaling: Double = 1, dual: LinearSupportDual = .auto, seed: UInt32 = 0,
        maxIter: Int = 1000
    ) {
        self.epsilon = epsilon
        self.tol = tol
        self.c = c
        self.loss = loss
        self.fitIntercept = fitIntercept
        self.interceptScaling = interceptScaling
        self.dual = dual
        self.seed = seed
        self.maxIter = maxIter
    }

    /// Finds the coefficients.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; features of like scale are found much faster.
    ///   - y: n numbers.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each round.
    /// - Throws: `ApusError` for illegal parameters or data, or `numericalFailure` when scores overflow;
    ///   `CancellationError` when the task is cancelled.
    /// - Complexity: O(n d) a round.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try x.checkUsable()
        return try fit(.dense(x), y, weights, progress)
    }

    /// Finds the coefficients from sparse rows.
    ///
    /// - Complexity: O(stored elements + n) a round.
    public func fit(
        _ x: SparseMatrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try x.checkUsable()
        return try fit(.sparse(x), y, weights, progress)
    }

    private func fit(
        _ elements: LinearSupportRows.Elements, _ y: [Double], _ weights: [Double]?, _ progress: ProgressHandler?
    ) throws -> Model {
        try validateParameters()
        let rows = LinearSupportRows(elements, constant: fitIntercept ? interceptScaling : nil)
        try checkTargets(y, rows: rows.count)
        try checkSampleWeights(weights, rows: rows.count)
        try checkLinearSupportSize(rows)
        let found = try solve(rows, y, costs: (0..<rows.count).map { (weights?[$0] ?? 1) * c }) { round in
            progress?(ProgressUpdate(stage: "rounds", completed: round, total: maxIter))
            try checkCancellation()
        }
        guard found.coefficients.allSatisfy(\.isFinite) else { throw linearSupportOverflow() }
        return Model(
            coefficients: Array(found.coefficients.prefix(rows.features)),
            intercept: fitIntercept ? interceptScaling * found.coefficients[rows.features] : 0,
            iterations: found.iterations, converged: found.converged)
    }

    private func solve(
        _ rows: LinearSupportRows, _ y: [Double], costs: [Double], step: (Int) throws -> Void
    ) throws -> LinearSupportKernel.Solution {
        if try usesDual(rows) {
            let order = costs.indices.filter { costs[$0] > 0 }
            let problem = LinearSupportKernel.Problem(
                rows: rows, order: order, costs: order.map { costs[$0] }, squared: loss == .squaredEpsilonInsensitive,
                tolerance: tol, maxIterations: maxIter)
            var random = RandomState(seed: seed)
            random = RandomState(seed: random.childSeed())
            return try LinearSupportKernel.regress(
                problem, targets: order.map { y[$0] }, epsilon: epsilon, random: &random, step: step)
        }
        var objective = LinearSquaredTube(rows: rows, targets: y, costs: costs, epsilon: epsilon)
        let found = try LinearTrustRegion(tolerance: tol, maxIterations: maxIter)
            .minimize(&objective, variables: rows.width, step: step)
        return LinearSupportKernel.Solution(
            coefficients: found.w, iterations: found.iterations, converged: found.converged)
    }

    /// Whether the dual is solved; throws where the parameters do not go together.
    private func usesDual(_ rows: LinearSupportRows) throws -> Bool {
        switch dual {
        case .auto: return rows.count < rows.features || loss == .epsilonInsensitive
        case .dual: return true
        case .primal:
            guard loss == .squaredEpsilonInsensitive else {
                throw ApusError(.invalidParameter, "loss epsilonInsensitive needs the dual; set dual to true or auto.")
            }
            return false
        }
    }
}

extension LinearSVR {
    /// A fitted linear support-vector regression.
    public struct Model: SparseRegressorModel, IterativeModel {
        /// `linear-svr`
        public static let catalogName = LinearSVR.catalogName

        /// The change of the prediction for each feature: d.
        public let coefficients: [Double]
        /// The prediction where all features are 0.
        public let intercept: Double
        /// Rounds over the data, or Newton steps.
        public let iterations: Int
        /// Whether the solver reached its tolerance; if not, scale the features or allow more rounds.
        public let converged: Bool

        /// Number of features.
        public var featureCount: Int { coefficients.count }

        init(coefficients: [Double], intercept: Double, iterations: Int, converged: Bool) {
            self.coefficients = coefficients
            self.intercept = intercept
            self.iterations = iterations
            self.converged = converged
        }

        /// The predicted number of each row: `x · w + b`.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Double] {
            try x.checkColumns(featureCount, of: "LinearSVR")
            try x.checkUsable()
            return try checked(BLAS.product(x, coefficients).map { $0 + intercept })
        }

        /// The predicted number of each sparse row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: SparseMatrix) throws -> [Double] {
            try x.checkColumns(featureCount, of: "LinearSVR")
            try x.checkUsable()
            return try checked(x.multiplied(by: coefficients).map { $0 + intercept })
        }

        private func checked(_ values: [Double]) throws -> [Double] {
            guard let row = values.firstIndex(where: { !$0.isFinite }) else { return values }
            throw ApusError(
                .invalidInput,
                "The values in row \(row) are too large for a prediction; check them, or scale the features.")
        }
    }
}

extension LinearSVR.Model {
    /// Puts the coefficients into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(coefficients, as: "coefficients")
        archive.store(.double(intercept), as: "intercept")
        archive.store(.int(iterations), as: "iterations")
        archive.store(.bool(converged), as: "converged")
    }

    /// Takes the coefficients out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        coefficients = try archive.doubles("coefficients")
        guard !coefficients.isEmpty else { throw archive.damaged("there are no coefficients") }
        intercept = try archive.double("intercept")
        iterations = try archive.int("iterations")
        converged = try archive.bool("converged")
    }
}
