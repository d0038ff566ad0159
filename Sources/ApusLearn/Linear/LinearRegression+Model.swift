import ApusCore

extension LinearRegression {
    /// A fitted line, plane or hyperplane.
    public struct Model: SparseRegressorModel {
        /// `linear-regression`
        public static let catalogName = LinearRegression.catalogName

        /// The change of the prediction for each feature, d values.
        public var coefficients: [Double] { function.coefficients }
        /// The prediction where all features are 0.
        public var intercept: Double { function.intercept }
        /// How many directions of the centred features the data determine, where the solution counted them: it does not
        /// for sparse rows, nor where coefficients must not be negative.
        public let rank: Int?
        /// The singular values of the centred features, descending, where the solution computed them: it does not for
        /// large, well-conditioned data.
        public let singularValues: [Double]?
        /// How many iterations were done; nil where the solution is direct.
        public let iterations: Int?
        /// Whether the iterations came to rest; true where the solution is direct.
        public let converged: Bool

        private let function: LinearFunction

        init(
            function: LinearFunction, rank: Int? = nil, singularValues: [Double]? = nil, iterations: Int? = nil,
            converged: Bool = true
        ) {
            self.function = function
            self.rank = rank
            self.singularValues = singularValues
            self.iterations = iterations
            self.converged = converged
        }

        /// Number of features.
        public var featureCount: Int { coefficients.count }

        /// The prediction `x·w + b` of each row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Double] { try function.predict(x, of: "LinearRegression") }

        /// The prediction `x·w + b` of each sparse row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: SparseMatrix) throws -> [Double] { try function.predict(x, of: "LinearRegression") }
    }
}

extension LinearRegression.Model {
    /// Puts the coefficients into an archive.
    public func encode(into archive: inout ModelArchive) {
        function.encode(into: &archive)
        if let rank { archive.store([rank], as: "rank") }
        if let singularValues { archive.store(singularValues, as: "singularValues") }
        if let iterations { archive.store(.int(iterations), as: "iterations") }
        if !converged { archive.store(.bool(converged), as: "converged") }
    }

    /// Takes the coefficients out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        function = try LinearFunction(from: archive)
        let count = function.coefficients.count
        singularValues = archive.tensors["singularValues"] == nil ? nil : try archive.doubles("singularValues")
        iterations = archive.attributes["iterations"] == nil ? nil : try archive.int("iterations")
        // Only what was found without iterating has a rank.
        rank = iterations == nil ? try archive.ints("rank", count: 1, in: 0...count)[0] : nil
        guard (singularValues?.count ?? count) >= rank ?? 0, (singularValues?.count ?? 0) <= count else {
            throw archive.damaged("the number of singular values does not fit the rank")
        }
        converged = archive.attributes["converged"] == nil ? true : try archive.bool("converged")
    }
}
