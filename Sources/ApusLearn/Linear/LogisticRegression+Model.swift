import ApusCore

extension LogisticRegression {
    /// A fitted logistic regression.
    public struct Model: SparseClassifierModel, DecisionModel, IterativeModel {
        /// `logistic-regression`
        public static let catalogName = LogisticRegression.catalogName

        /// The classes it can answer, ascending.
        public let classes: Labels.Classes
        /// The change of the scores for each feature: 1 × d for two classes (the score of the second), K × d for more.
        public var coefficients: Matrix { scores.coefficients }
        /// The scores where all features are 0: as many as `coefficients` has rows.
        public var intercepts: [Double] { scores.intercepts }
        /// How many iterations the solver did.
        public let iterations: Int
        /// Whether the solver reached its tolerance; if not, scale the features or allow more iterations.
        public let converged: Bool

        private let scores: LinearScores

        init(classes: Labels.Classes, scores: LinearScores, iterations: Int, converged: Bool) {
            self.classes = classes
            self.scores = scores
            self.iterations = iterations
            self.converged = converged
        }

        /// Number of features.
        public var featureCount: Int { coefficients.columns }

        /// The scores `x Wᵀ + b` of each row: n × 1 for two classes, positive for the second; n × K for more.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: Matrix) throws -> Matrix {
            try scores.values(x, of: "LogisticRegression")
        }

        /// The scores of each sparse row, as for dense ones.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: SparseMatrix) throws -> Matrix {
            try scores.values(x, of: "LogisticRegression")
        }

        /// The class with the highest score; of equal ones the first.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> Labels { LinearScores.labels(try decisionFunction(x), classes) }

        /// The class with the highest score of each sparse row; of equal ones the first.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: SparseMatrix) throws -> Labels {
            LinearScores.labels(try decisionFunction(x), classes)
        }

        /// The probability of each class for each row: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictProba(_ x: Matrix) throws -> Matrix { probabilities(try decisionFunction(x)) }

        /// The probability of each class for each sparse row: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictProba(_ x: SparseMatrix) throws -> Matrix { probabilities(try decisionFunction(x)) }

        private func probabilities(_ scores: Matrix) -> Matrix {
            scores.columns == 1
                ? LogisticKernel.binaryProbabilities(scores.values) : LogisticKernel.probabilities(scores)
        }
    }
}

extension LogisticRegression.Model {
    /// Puts the coefficients into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        scores.encode(into: &archive)
        archive.store(.int(iterations), as: "iterations")
        archive.store(.bool(converged), as: "converged")
    }

    /// Takes the coefficients out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        classes = try archive.classes("classes")
        scores = try LinearScores(from: archive, classes: classes)
        iterations = try archive.int("iterations")
        converged = try archive.bool("converged")
    }
}
