import ApusCore

extension Lasso {
    /// A fitted line, plane or hyperplane, in which some features may have no part.
    public struct Model: SparseRegressorModel, IterativeModel {
        /// `lasso`
        public static let catalogName = Lasso.catalogName

        /// The change of the prediction for each feature, d values, of which some may be exactly 0.
        public var coefficients: [Double] { function.coefficients }
        /// The prediction where all features are 0.
        public var intercept: Double { function.intercept }
        /// How far the objective is above its minimum at most.
        public let dualGap: Double
        /// How many sweeps were done.
        public let iterations: Int
        /// Whether the duality gap came down to the tolerance; if not, allow more sweeps or scale the features.
        public let converged: Bool

        private let function: LinearFunction

        init(function: LinearFunction, dualGap: Double, iterations: Int, converged: Bool) {
            self.function = function
            self.dualGap = dualGap
            self.iterations = iterations
            self.converged = converged
        }

        /// Number of features.
        public var featureCount: Int { coefficients.count }

        /// The prediction `x·w + b` of each row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Double] { try function.predict(x, of: "Lasso") }

        /// The prediction `x·w + b` of each sparse row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: SparseMatrix) throws -> [Double] { try function.predict(x, of: "Lasso") }
    }
}

extension Lasso.Model {
    /// Puts the coefficients into an archive.
    public func encode(into archive: inout ModelArchive) {
        function.encode(into: &archive)
        archive.store([dualGap], as: "dualGap")
        archive.store(.int(iterations), as: "iterations")
        archive.store(.bool(converged), as: "converged")
    }

    /// Takes the coefficients out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        function = try LinearFunction(from: archive)
        dualGap = try archive.doubles("dualGap", count: 1)[0]
        iterations = try archive.int("iterations")
        converged = try archive.bool("converged")
    }
}
