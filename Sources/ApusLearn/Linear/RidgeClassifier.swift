import ApusCore

/// Classification by ridge regression: a linear function for each class is fitted to +1 for its rows and -1 for all
/// others, `Σ sᵢ (±1 - xᵢ·w - b)² + alpha ‖w‖²`, and the greatest one wins. For two classes one function is enough.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `alpha` | 1 | at least 0 | strength of the penalty |
/// | `fitIntercept` | true | true, false | whether intercepts are fitted or 0 |
/// | `classWeight` | none | none, balanced, weights by class | how much classes count |
/// | `solver` | auto | auto, cholesky, svd, lsqr, sparseCg | how the coefficients are found |
/// | `tol` | 1e-4 | at least 0 | accuracy of the iterative solvers, lsqr and sparseCg |
/// | `maxIter` | none | at least 1, or none | the most iterations of the iterative solvers |
/// | `positive` | false | true, false | whether coefficients are kept from being negative |
public struct RidgeClassifier: SparseClassifier {
    /// `ridge`
    public static let catalogName = "ridge"

    /// `alpha`, `fitIntercept`, `classWeight`, `solver`, `tol`, `maxIter`, `positive`.
    public static let parameters: [Parameter<RidgeClassifier>] = [
        Parameter("alpha", \.alpha, .notNegative, "Strength of the penalty on the size of the coefficients."),
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether intercepts are fitted."),
        Parameter("classWeight", \.classWeight, ClassWeight.legalValues, "How much each class counts."),
        Parameter("solver", \.solver, RidgeSolver.legalValues, "How the coefficients are found."),
        Parameter("tol", \.tol, .notNegative, "Accuracy of the iterative solvers."),
        Parameter("maxIter", \.maxIter, .optional(.atLeast(1)), "The most iterations of the iterative solvers."),
        Parameter("positive", \.positive, .flag, "Whether coefficients are kept from being negative."),
    ]

    /// Strength of the penalty, at least 0; default 1.
    public var alpha: Double
    /// Whether intercepts are fitted; default true.
    public var fitIntercept: Bool
    /// How much each class counts; default `.none`. Balancing goes by the number of rows, whatever they weigh.
    public var classWeight: ClassWeight
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

    /// A ridge classifier with the given parameters.
    public init(
        alpha: Double = 1, fitIntercept: Bool = true, classWeight: ClassWeight = .none, solver: RidgeSolver = .auto,
        tol: Double = 1e-4, maxIter: Int? = nil, positive: Bool = false
    ) {
        self.alpha = alpha
        self.fitIntercept = fitIntercept
        self.classWeight = classWeight
        self.solver = solver
        self.tol = tol
        self.maxIter = maxIter
        self.positive = positive
    }

    /// Fits the coefficients.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels of at least two classes.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each iteration of an iterative solver.
    /// - Throws: `ApusError` for illegal parameters or data, or `numericalFailure` when sums overflow.
    /// - Complexity: O(n d min(n, d)); O(n d) an iteration of an iterative solver and class.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        let (labels, weights) = try prepared(y, weights, rows: x.rows)
        return try model(problem(progress).solve(x, targets(labels), weights: weights), labels.classes)
    }

    /// Fits the coefficients to sparse rows.
    ///
    /// - Throws: As for dense rows; `invalidParameter` for the solver `.svd`.
    public func fit(
        _ x: SparseMatrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        let (labels, weights) = try prepared(y, weights, rows: x.rows)
        return try model(problem(progress).solve(x, targets(labels), weights: weights), labels.classes)
    }

    private func prepared(_ y: Labels, _ weights: [Double]?, rows: Int) throws -> (Labels, [Double]?) {
        try y.check(rows: rows, minimumClasses: 2)
        try checkSampleWeights(weights, rows: rows)
        let whole = try classWeight.applied(to: y, weights)
        try checkSampleWeights(whole, rows: rows)
        return (y.compacted, whole)
    }

    /// +1 for the rows of a class, -1 for the others: a column for each class, or only for the second of two.
    private func targets(_ labels: Labels) -> Matrix {
        let classes = labels.classes.count
        guard classes > 2 else { return Matrix(column: labels.codes.map { $0 == 1 ? 1 : -1 }) }
        return Matrix(rows: labels.count, columns: classes) { values in
            for (i, code) in labels.codes.enumerated() {
                for k in 0..<classes { values[i * classes + k] = k == code ? 1 : -1 }
            }
        }
    }

    private func problem(_ progress: ProgressHandler?) -> RidgeProblem {
        RidgeProblem(
            alpha: alpha, fitIntercept: fitIntercept, solver: solver, positive: positive, tol: tol, maxIter: maxIter,
            progress: progress)
    }

    private func model(_ solution: RidgeProblem.Solution, _ classes: Labels.Classes) -> Model {
        Model(
            classes: classes, scores: LinearScores(solution.functions), iterations: solution.iterations?.max(),
            converged: solution.converged)
    }
}

extension RidgeClassifier {
    /// A fitted ridge classifier.
    public struct Model: SparseClassifierModel, DecisionModel {
        /// `ridge`
        public static let catalogName = RidgeClassifier.catalogName

        /// The classes it can answer, ascending.
        public let classes: Labels.Classes
        /// The change of the scores for each feature: 1 × d for two classes (the score of the second), K × d for more.
        public var coefficients: Matrix { scores.coefficients }
        /// The scores where all features are 0: as many as `coefficients` has rows.
        public var intercepts: [Double] { scores.intercepts }
        /// The most iterations that a class took; nil where the solution is direct.
        public let iterations: Int?
        /// Whether the iterations reached their accuracy; true where the solution is direct.
        public let converged: Bool

        private let scores: LinearScores

        init(classes: Labels.Classes, scores: LinearScores, iterations: Int?, converged: Bool) {
            self.classes = classes
            self.scores = scores
            self.iterations = iterations
            self.converged = converged
        }

        /// Number of features.
        public var featureCount: Int { coefficients.columns }
        /// False: how far a row is from the boundary is no probability.
        public var givesProbabilities: Bool { false }

        /// The scores of each row: n × 1 for two classes, positive for the second; n × K for more.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: Matrix) throws -> Matrix { try scores.values(x, of: "RidgeClassifier") }

        /// The scores of each sparse row, as for dense ones.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: SparseMatrix) throws -> Matrix {
            try scores.values(x, of: "RidgeClassifier")
        }

        /// The class with the highest score; of equal ones the first.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> Labels {
            LinearScores.labels(try decisionFunction(x), classes)
        }

        /// The class with the highest score of each sparse row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: SparseMatrix) throws -> Labels {
            LinearScores.labels(try decisionFunction(x), classes)
        }

        /// Always throws: there are no probabilities.
        ///
        /// - Throws: `ApusError` with code `unavailable`.
        public func predictProba(_ x: Matrix) throws -> Matrix { throw noProbabilities }

        /// Always throws: there are no probabilities.
        ///
        /// - Throws: `ApusError` with code `unavailable`.
        public func predictProba(_ x: SparseMatrix) throws -> Matrix { throw noProbabilities }

        private var noProbabilities: ApusError {
            ApusError(
                .unavailable,
                "A ridge classifier gives no probabilities; use decisionFunction, or fit LogisticRegression instead.")
        }
    }
}

extension RidgeClassifier.Model {
    /// Puts the coefficients into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        scores.encode(into: &archive)
        if let iterations { archive.store(.int(iterations), as: "iterations") }
        archive.store(.bool(converged), as: "converged")
    }

    /// Takes the coefficients out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        classes = try archive.classes("classes")
        scores = try LinearScores(from: archive, classes: classes)
        iterations = archive.attributes["iterations"] == nil ? nil : try archive.int("iterations")
        converged = try archive.bool("converged")
    }
}
