import ApusCore

extension NearestNeighbors {
    /// Rows among which neighbours are found.
    public struct Model: FittedModel {
        /// `nearest-neighbors`.
        public static let catalogName = NearestNeighbors.catalogName

        let search: NeighborSearch
        /// How many neighbours are found unless a call says otherwise.
        public let nNeighbors: Int
        /// The distance within which neighbours are found unless a call says otherwise.
        public let radius: Double

        /// The number of columns that it was fitted on.
        public var featureCount: Int { search.rows.columns }
        /// The number of rows that it was fitted on.
        public var rowCount: Int { search.count }
        /// How neighbours are searched: what `auto` was decided to be.
        public var algorithm: NeighborAlgorithm { search.algorithm }

        init(search: NeighborSearch, nNeighbors: Int, radius: Double) {
            self.search = search
            self.nNeighbors = nNeighbors
            self.radius = radius
        }

        /// The nearest fitted rows of each row, nearest first.
        ///
        /// - Parameters:
        ///   - x: m × d; m × n distances to the fitted rows for the precomputed metric.
        ///   - n: How many, from 1 to the number of fitted rows; nil for the estimator's `nNeighbors`.
        /// - Returns: m lists of n places and distances.
        /// - Throws: `ApusError` with code `invalidParameter`, `shapeMismatch`, `invalidInput`, or `numericalFailure` when
        ///   distances overflow.
        /// - Complexity: about O(d·log n) a query for a tree of few columns, O(d·n) for brute force.
        public func kneighbors(_ x: Matrix, _ n: Int? = nil) throws -> NeighborLists {
            try search.check(.dense(x), of: Self.catalogName)
            return NeighborLists(try search.nearest(.dense(x), n ?? nNeighbors))
        }

        /// The nearest fitted rows of each sparse row.
        public func kneighbors(_ x: SparseMatrix, _ n: Int? = nil) throws -> NeighborLists {
            try search.check(.sparse(x), of: Self.catalogName)
            return NeighborLists(try search.nearest(.sparse(x), n ?? nNeighbors))
        }

        /// The nearest other rows of each fitted row.
        ///
        /// - Parameter n: How many, from 1 to one less than the number of rows; nil for the estimator's `nNeighbors`.
        /// - Throws: `ApusError` with code `invalidParameter` or `numericalFailure`.
        public func kneighbors(_ n: Int? = nil) throws -> NeighborLists {
            try search.nearestOthers(n ?? nNeighbors)
        }

        /// The fitted rows within a radius of each row.
        ///
        /// - Parameters:
        ///   - x: m × d; m × n distances to the fitted rows for the precomputed metric.
        ///   - radius: The greatest distance, at least 0; nil for the estimator's `radius`.
        ///   - sorting: Whether to sort each list from near to far.
        /// - Returns: m lists of places and distances, those on the border included.
        /// - Throws: `ApusError` with code `invalidParameter`, `shapeMismatch`, or `invalidInput` when the answer would not
        ///   fit into memory.
        public func radiusNeighbors(
            _ x: Matrix, radius: Double? = nil, sorting: Bool = false
        ) throws -> NeighborLists {
            try search.check(.dense(x), of: Self.catalogName)
            let found = NeighborLists(try search.within(.dense(x), checked(radius)))
            return sorting ? found.sorted() : found
        }

        /// The fitted rows within a radius of each sparse row.
        public func radiusNeighbors(
            _ x: SparseMatrix, radius: Double? = nil, sorting: Bool = false
        ) throws -> NeighborLists {
            try search.check(.sparse(x), of: Self.catalogName)
            let found = NeighborLists(try search.within(.sparse(x), checked(radius)))
            return sorting ? found.sorted() : found
        }

        /// The other rows within a radius of each fitted row.
        ///
        /// - Throws: `ApusError` with code `invalidParameter`, or `invalidInput` when the answer would not fit into memory.
        public func radiusNeighbors(radius: Double? = nil, sorting: Bool = false) throws -> NeighborLists {
            let found = try search.othersWithin(checked(radius))
            return sorting ? found.sorted() : found
        }

        /// The graph of the nearest fitted rows of each row.
        ///
        /// - Returns: m × n; in each row the neighbours' columns hold 1 or their distance.
        public func kneighborsGraph(
            _ x: Matrix, _ n: Int? = nil, mode: NeighborGraphMode = .connectivity
        ) throws -> SparseMatrix {
            try kneighbors(x, n).graph(columns: rowCount, mode)
        }

        /// The graph of the nearest other rows of each fitted row: n × n.
        public func kneighborsGraph(_ n: Int? = nil, mode: NeighborGraphMode = .connectivity) throws -> SparseMatrix {
            try kneighbors(n).graph(columns: rowCount, mode)
        }

        /// The graph of the fitted rows within a radius of each row: m × n.
        public func radiusNeighborsGraph(
            _ x: Matrix, radius: Double? = nil, mode: NeighborGraphMode = .connectivity
        ) throws -> SparseMatrix {
            try radiusNeighbors(x, radius: radius).graph(columns: rowCount, mode)
        }

        /// The graph of the other rows within a radius of each fitted row: n × n.
        public func radiusNeighborsGraph(
            radius: Double? = nil, mode: NeighborGraphMode = .connectivity
        ) throws -> SparseMatrix {
            try radiusNeighbors(radius: radius).graph(columns: rowCount, mode)
        }

        private func checked(_ radius: Double?) throws -> Double {
            let radius = radius ?? self.radius
            guard radius >= 0, radius.isFinite else {
                throw ApusError(.invalidParameter, "radius is \(radius), but it must be a finite number of at least 0.")
            }
            return radius
        }

        /// Puts rows and parameters into an archive.
        public func encode(into archive: inout ModelArchive) {
            search.encode(into: &archive)
            archive.store(.int(nNeighbors), as: "nNeighbors")
            archive.store(.double(radius), as: "radius")
        }

        /// Takes a model out of an archive.
        public init(from archive: ModelArchive) throws {
            self.init(
                search: try NeighborSearch(from: archive), nNeighbors: try archive.int("nNeighbors", in: 1...Int.max),
                radius: try archive.radius())
        }
    }
}
