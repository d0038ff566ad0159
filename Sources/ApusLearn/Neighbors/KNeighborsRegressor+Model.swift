import ApusCore

extension KNeighborsRegressor {
    /// Rows with targets whose nearest ones are averaged.
    public struct Model: SparseRegressorModel {
        /// `k-neighbors`.
        public static let catalogName = KNeighborsRegressor.catalogName

        let search: NeighborSearch
        /// Over how many neighbours the mean goes.
        public let nNeighbors: Int
        /// How much each neighbour counts.
        public let weights: NeighborWeights
        /// The targets of the training rows.
        let targets: [Double]

        /// The number of columns that it was fitted on.
        public var featureCount: Int { search.rows.columns }
        /// How neighbours are searched: what `auto` was decided to be.
        public var algorithm: NeighborAlgorithm { search.algorithm }

        init(search: NeighborSearch, nNeighbors: Int, weights: NeighborWeights, targets: [Double]) {
            self.search = search
            self.nNeighbors = nNeighbors
            self.weights = weights
            self.targets = targets
        }

        /// The mean target of each row's neighbours.
        ///
        /// - Parameter x: m × d; m × n distances to the training rows for the precomputed metric.
        /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput`, `invalidParameter` when there are fewer training
        ///   rows than neighbours, or `numericalFailure` when distances overflow.
        public func predict(_ x: Matrix) throws -> [Double] { try predict(.dense(x)) }

        /// The mean target of each sparse row's neighbours.
        public func predict(_ x: SparseMatrix) throws -> [Double] { try predict(.sparse(x)) }

        /// The nearest training rows of each row, nearest first: over what the mean goes.
        public func kneighbors(_ x: Matrix, _ n: Int? = nil) throws -> NeighborLists {
            try search.check(.dense(x), of: Self.catalogName)
            return NeighborLists(try search.nearest(.dense(x), n ?? nNeighbors))
        }

        private func predict(_ rows: NeighborSearch.Rows) throws -> [Double] {
            try search.check(rows, of: Self.catalogName)
            return neighborMeans(try search.nearest(rows, nNeighbors), targets, weights)
        }

        /// Puts rows, targets and parameters into an archive.
        public func encode(into archive: inout ModelArchive) {
            search.encode(into: &archive)
            archive.store(.int(nNeighbors), as: "nNeighbors")
            archive.store(weights.parameterValue, as: "weights")
            archive.store(targets, as: "targets")
        }

        /// Takes a model out of an archive.
        public init(from archive: ModelArchive) throws {
            let search = try NeighborSearch(from: archive)
            guard let weights = NeighborWeights(parameterValue: try archive.attribute("weights")) else {
                throw archive.damaged("the weights of neighbours are unknown")
            }
            self.init(
                search: search, nNeighbors: try archive.int("nNeighbors", in: 1...Int.max), weights: weights,
                targets: try archive.doubles("targets", count: search.count))
        }
    }
}
