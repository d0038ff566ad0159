import ApusCore

/// Logistic regression with an L2 penalty: the coefficients W and intercepts b that minimise
/// `Σ sᵢ lossᵢ / S + ‖W‖² / (2 C S)`, S the sum of the weights sᵢ.
///
/// For two classes the loss of a row is `log(1 + exp(z)) - y z` with one score `z = x·w + b`; for more it is
/// `log Σₖ exp(zₖ) - z_y` with a score for each class. Intercepts are not penalised.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `c` | 1 | above 0 | inverse strength of the penalty |
/// | `penalty` | l2 | l2, none | whether coefficients are penalised |
/// | `tol` | 1e-4 | at least 0 | stop when no component of the gradient is larger |
/// | `maxIter` | 100 | at least 0 | most iterations |
/// | `fitIntercept` | true | true, false | whether intercepts are fitted |
/// | `classWeight` | none | none, balanced, weights by class | how much classes count |
///
/// The solver is L-BFGS and takes scikit-learn's path: the same number of iterations, and coefficients equal to rounding.
public struct LogisticRegression: Classifier {
    /// What is added to the loss.
    public enum Penalty: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// `‖W‖² / (2 C S)`.
        case l2
        /// Nothing; then `c` has no effect.
        case none
    }

    /// `logistic-regression`
    public static let catalogName = "logistic-regression"

    /// `c`, `penalty`, `tol`, `maxIter`, `fitIntercept`, `classWeight`.
    public static let parameters: [Parameter<LogisticRegression>] = [
        Parameter("c", \.c, .positive, "Inverse strength of the penalty: smaller means simpler models."),
        Parameter(
            "penalty", \.penalty, .choice(Penalty.allCases.map(\.rawValue)), "What is added to the loss."),
        Parameter("tol", \.tol, .notNegative, "Training stops when no component of the gradient is larger."),
        Parameter("maxIter", \.maxIter, .atLeast(0), "The most iterations of the solver."),
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether intercepts are fitted."),
        Parameter("classWeight", \.classWeight, ClassWeight.legalValues, "How much each class counts."),
    ]

    /// Inverse strength of the penalty, above 0; default 1.
    public var c: Double
    /// What is added to the loss; default `.l2`.
    public var penalty: Penalty
    /// Training stops when no component of the gradient is larger; default 1e-4.
    public var tol: Double
    /// The most iterations; default 100.
    public var maxIter: Int
    /// Whether intercepts are fitted; default true.
    public var fitIntercept: Bool
    /// How much each class counts; default `.none`.
    public var classWeight: ClassWeight

    /// The defaults.
    public init() { self.init(c: 1) }

    /// Logistic regression with the given parameters.
    public init(
        c: Double = 1, penalty: Penalty = .l2, tol: Double = 1e-4, maxIter: Int = 100, fitIntercept: Bool = true,
        classWeight: ClassWeight = .none
    ) {
        self.c = c
        self.penalty = penalty
        self.tol = tol
        self.maxIter = maxIter
        self.fitIntercept = fitIntercept
        self.classWeight = classWeight
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
    /// - Complexity: O(n d K) an evaluation, of which an iteration seldom needs more than one.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try y.check(rows: x.rows, minimumClasses: 2)
        try checkSampleWeights(weights, rows: x.rows)
        let labels = y.compacted
        let rowWeights =
            weights == nil && classWeight == .none
            ? nil : try classWeight.weights(for: y, sampleWeights: weights)

        let classes = labels.classes.count
        let outputs = classes == 2 ? 1 : classes
        let total = rowWeights.map(ColumnKernel.pairwise) ?? Double(x.rows)
        let strength = penalty == .none ? 0 : 1 / (c * total)
        let signs = classes == 2 ? labels.codes.map { $0 == 1 ? 1.0 : -1.0 } : []
        let coefficientCount = x.columns * outputs

        let solver = LBFGS(gradientTolerance: tol, maxIterations: maxIter)
        let start = [Double](repeating: 0, count: coefficientCount + (fitIntercept ? outputs : 0))
        let found = try solver.minimize(
            from: start,
            iterated: { done in
                progress?(ProgressUpdate(stage: "iterations", completed: done, total: maxIter))
                try checkCancellation()
            }
        ) { parameters in
            let sums =
                outputs == 1
                ? LogisticKernel.binary(x, signs: signs, weights: rowWeights, parameters: parameters)
                : LogisticKernel.multinomial(
                    x, codes: labels.codes, weights: rowWeights, parameters: parameters, classes: classes)
            return penalized(sums, parameters, coefficientCount, strength, total)
        }
        guard found.point.x.allSatisfy(\.isFinite), found.point.value.isFinite else {
            throw ApusError(
                .numericalFailure, "The data are so large that the scores overflow; scale the columns, then fit again.")
        }
        let solution = found.point.x
        return Model(
            classes: labels.classes,
            coefficients: Matrix(rows: x.columns, columns: outputs, values: Array(solution[..<coefficientCount]))
                .transposed,
            intercepts: fitIntercept
                ? Array(solution[coefficientCount...]) : [Double](repeating: 0, count: outputs),
            iterations: found.iterations, converged: found.converged)
    }

    /// The mean loss with the penalty, and its gradient.
    private func penalized(
        _ sums: LogisticKernel.Sums, _ parameters: [Double], _ coefficientCount: Int, _ strength: Double,
        _ total: Double
    ) -> (value: Double, gradient: [Double]) {
        var gradient = sums.gradient
        var square = 0.0
        for k in gradient.indices {
            gradient[k] /= total
            if k < coefficientCount {
                gradient[k] += strength * parameters[k]
                square += parameters[k] * parameters[k]
            }
        }
        return (sums.loss / total + 0.5 * strength * square, gradient)
    }
}

extension LogisticRegression {
    /// A fitted logistic regression.
    public struct Model: ClassifierModel {
        /// `logistic-regression`
        public static let catalogName = LogisticRegression.catalogName

        /// The classes it can answer, ascending.
        public let classes: Labels.Classes
        /// The change of the scores for each feature: 1 × d for two classes (the score of the second), K × d for more.
        public let coefficients: Matrix
        /// The scores where all features are 0: as many as `coefficients` has rows.
        public let intercepts: [Double]
        /// How many iterations the solver did.
        public let iterations: Int
        /// Whether the solver reached its tolerance; if not, scale the features or allow more iterations.
        public let converged: Bool

        /// Number of features.
        public var featureCount: Int { coefficients.columns }

        /// The scores `x Wᵀ + b` of each row: n × 1 for two classes, positive for the second; n × K for more.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "LogisticRegression")
            try x.checkUsable()
            if intercepts.count == 1 {
                let scores = Matrix(column: try BLAS.product(x, coefficients.values).map { $0 + intercepts[0] })
                return try checked(scores)
            }
            var scores = try BLAS.product(x, transposed: coefficients)
            let width = intercepts.count
            scores.withMutableValues { values in
                for k in values.indices { values[k] += intercepts[k % width] }
            }
            return try checked(scores)
        }

        /// Throws where huge values cancelled each other to nothing that is a number.
        private func checked(_ scores: Matrix) throws -> Matrix {
            guard !FiniteKernel.allFinite(scores.values), let place = scores.values.firstIndex(where: \.isNaN) else {
                return scores
            }
            throw ApusError(
                .invalidInput,
                "The values in row \(place / scores.columns) are too large to be scored; check them, or scale the features."
            )
        }

        /// The class with the highest score; of equal ones the first.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> Labels {
            let scores = try decisionFunction(x)
            if scores.columns == 1 {
                return try Labels(codes: scores.values.map { $0 > 0 ? 1 : 0 }, classes: classes)
            }
            let width = scores.columns
            let codes = (0..<x.rows).map { i in
                (1..<width).reduce(0) {
                    scores.values[i * width + $1] > scores.values[i * width + $0] ? $1 : $0
                }
            }
            return try Labels(codes: codes, classes: classes)
        }

        /// The probability of each class for each row: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictProba(_ x: Matrix) throws -> Matrix {
            let scores = try decisionFunction(x)
            return scores.columns == 1
                ? LogisticKernel.binaryProbabilities(scores.values) : LogisticKernel.probabilities(scores)
        }
    }
}

extension LogisticRegression.Model {
    /// Puts the coefficients into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        archive.store(coefficients, as: "coefficients")
        archive.store(intercepts, as: "intercepts")
        archive.store(.int(iterations), as: "iterations")
        archive.store(.bool(converged), as: "converged")
    }

    /// Takes the coefficients out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        classes = try archive.classes("classes")
        guard classes.count >= 2 else { throw archive.damaged("there are fewer than two classes") }
        let outputs = classes.count == 2 ? 1 : classes.count
        coefficients = try archive.matrix("coefficients", rows: outputs)
        guard coefficients.columns > 0 else { throw archive.damaged("there are no coefficients") }
        intercepts = try archive.doubles("intercepts", count: outputs)
        iterations = try archive.int("iterations")
        converged = try archive.bool("converged")
    }
}
