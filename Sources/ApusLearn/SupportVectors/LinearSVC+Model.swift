import ApusCore

extension LinearSVC {
    /// A fitted linear support-vector classifier.
    public struct Model: DecisionModel, SparseClassifierModel, IterativeModel {
        /// `linear-svc`
        public static let catalogName = LinearSVC.catalogName

        /// The classes it can answer, ascending.
        public let classes: Labels.Classes
        /// The change of the scores for each feature: 1 × d for two classes (the score of the second), K × d for more.
        public let coefficients: Matrix
        /// The scores where all features are 0: as many as `coefficients` has rows.
        public let intercepts: [Double]
        /// The most rounds, or Newton steps, that a class took.
        public let iterations: Int
        /// Whether the solver reached its tolerance for every class; if not, scale the features or allow more rounds.
        public let converged: Bool

        /// Number of features.
        public var featureCount: Int { coefficients.columns }

        /// False: it knows sides, not probabilities.
        public var givesProbabilities: Bool { false }

        init(
            classes: Labels.Classes, coefficients: Matrix, intercepts: [Double], iterations: Int, converged: Bool
        ) {
            self.classes = classes
            self.coefficients = coefficients
            self.intercepts = intercepts
            self.iterations = iterations
            self.converged = converged
        }

        /// The scores `x Wᵀ + b` of each row: n × 1 for two classes, positive for the second; n × K for more.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "LinearSVC")
            try x.checkUsable()
            return try checked(x.scores(coefficients, offsets: intercepts))
        }

        /// The scores of each sparse row: n × 1 for two classes, n × K for more.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: SparseMatrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "LinearSVC")
            try x.checkUsable()
            return try checked(
                NaiveBayesKernel.scores(x, weights: coefficients.transposed, offsets: intercepts))
        }

        /// The class with the highest score; of equal ones the first.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> Labels { try best(decisionFunction(x)) }

        /// The class with the highest score for each sparse row; of equal ones the first.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: SparseMatrix) throws -> Labels { try best(decisionFunction(x)) }

        /// Always throws.
        ///
        /// - Throws: `ApusError` with code `unavailable`.
        public func predictProba(_ x: Matrix) throws -> Matrix { throw unavailable }

        /// Always throws.
        ///
        /// - Throws: `ApusError` with code `unavailable`.
        public func predictProba(_ x: SparseMatrix) throws -> Matrix { throw unavailable }

        private var unavailable: ApusError {
            ApusError(
                .unavailable,
                "LinearSVC gives no probabilities; use decisionFunction, or fit a LogisticRegression instead.")
        }

        private func checked(_ scores: Matrix) throws -> Matrix {
            guard !FiniteKernel.allFinite(scores.values), let place = scores.values.firstIndex(where: \.isNaN) else {
                return scores
            }
            throw ApusError(
                .invalidInput,
                "The values in row \(place / scores.columns) are too large to be scored; check them, or scale the features."
            )
        }

        private func best(_ scores: Matrix) throws -> Labels {
            let width = scores.columns
            let codes = (0..<scores.rows).map { i in
                width == 1
                    ? (scores.values[i] > 0 ? 1 : 0)
                    : (1..<width).reduce(0) {
                        scores.values[i * width + $1] > scores.values[i * width + $0] ? $1 : $0
                    }
            }
            return try Labels(codes: codes, classes: classes)
        }
    }
}

extension LinearSVC.Model {
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
