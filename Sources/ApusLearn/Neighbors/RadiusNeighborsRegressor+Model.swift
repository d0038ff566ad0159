import ApusCore

extension RadiusNeighborsRegressor {
    /// Rows with targets that are averaged over those near a row.
    public struct Model: SparseRegressorModel {
        /// `radius-neighbors`.
        public static let catalogName = RadiusNeighborsRegressor.catalogName

        let search: NeighborSearch
        /// The greatest distance of neighbours.
        public let radius: Double
        /// How much each neighbour counts.
        public let weights: NeighborWeights
        /// The targets of the training rows.
        let targets: [Double]

        /// The number of columns that it was fitted on.
        public var featureCount: Int { search.rows.columns }
        /// How neighbours are searched: what `auto` was decided to be.
        public var algorithm: NeighborAlgorithm { search.algorithm }

        init(search: NeighborSearch, radius: Double, weights: NeighborWeights, targets: [Double]) {
            self.search = search
            self.radius = radius
            self.weights = weights
            self.targets = targets
        }

        /// The mean target of each row's neighbours.
        ///
        /// - Parameter x: m × d; m × n distances to the training rows for the precomputed metric.
        /// - Throws: `ApusError` with code `undefined` when a row has no neighbours, `shapeMismatch`, `invalidInput`, or
        ///   `numericalFailure` when distances overflow.
        public func predict(_ x: Matrix) throws -> [Double] { try predict(.dense(x)) }

        /// The mean target of each sparse row's neighbours.
        public func predict(_ x: SparseMatrix) throws -> [Double] { try predict(.sparse(x)) }

        private func predict(_ rows: NeighborSearch.Rows) throws -> [Double] {
            try search.check(rows, of: Self.catalogName)
            let hits = try search.within(rows, radius)
            try refuseLonely(hits, radius, remedy: "choose a larger radius or leave such rows out")
            return neighborMeans(hits, targets, weights)
        }

        /// Puts rows, targets and parameters into an archive.
        public func encode(into archive: inout ModelArchive) {
            search.encode(into: &archive)
            archive.store(.double(radius), as: "radius")
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
                search: search, radius: try archive.radius(), weights: weights,
                targets: try archive.doubles("targets", count: search.count))
        }
    }
}

/// Throws when a list is empty, naming the first such row.
///
/// - Throws: `ApusError` with code `undefined`.
func refuseLonely(_ hits: NeighborHits, _ radius: Double, remedy: String) throws {
    guard let row = (0..<hits.offsets.count - 1).first(where: { hits.offsets[$0] == hits.offsets[$0 + 1] }) else {
        return
    }
    throw ApusError(
        .undefined,
        "Row \(row) has no neighbours within the radius of \(radius), so nothing can be predicted; \(remedy).")
}

extension ModelArchive {
    /// A radius of at least 0.
    func radius() throws -> Double {
        let radius = try double("radius")
        guard radius >= 0 else { throw damaged("the radius is negative") }
        return radius
    }
}
