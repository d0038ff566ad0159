@_spi(Trusted) import ApusCore

extension RadiusNeighborsClassifier {
    /// Labelled rows that vote for what is near them.
    public struct Model: SparseClassifierModel {
        /// `radius-neighbors`.
        public static let catalogName = RadiusNeighborsClassifier.catalogName

        let search: NeighborSearch
        /// The greatest distance of those that vote.
        public let radius: Double
        /// How much each neighbour counts.
        public let weights: NeighborWeights
        /// The classes of the training rows.
        let labels: Labels
        /// The class of rows without neighbours, where they have one.
        let outlierCode: Int?

        /// The classes it can answer, ascending.
        public var classes: Labels.Classes { labels.classes }
        /// The number of columns that it was fitted on.
        public var featureCount: Int { search.rows.columns }
        /// How neighbours are searched: what `auto` was decided to be.
        public var algorithm: NeighborAlgorithm { search.algorithm }

        init(search: NeighborSearch, radius: Double, weights: NeighborWeights, labels: Labels, outlierCode: Int?) {
            self.search = search
            self.radius = radius
            self.weights = weights
            self.labels = labels
            self.outlierCode = outlierCode
        }

        /// The class with the most votes for each row; the first of equal ones.
        ///
        /// - Parameter x: m × d; m × n distances to the training rows for the precomputed metric.
        /// - Throws: `ApusError` with code `undefined` when a row has no neighbours and there is no `outlierLabel`,
        ///   `shapeMismatch`, `invalidInput`, or `numericalFailure` when distances overflow.
        public func predict(_ x: Matrix) throws -> Labels { try predict(.dense(x)) }

        /// The class with the most votes for each sparse row.
        public func predict(_ x: SparseMatrix) throws -> Labels { try predict(.sparse(x)) }

        /// The share of the votes that each class has: m × K.
        ///
        /// - Throws: As `predict`.
        public func predictProba(_ x: Matrix) throws -> Matrix { try predictProba(.dense(x)) }

        /// The share of the votes that each class has, for sparse rows: m × K.
        public func predictProba(_ x: SparseMatrix) throws -> Matrix { try predictProba(.sparse(x)) }

        /// Both at once, at the cost of one search.
        public func predictWithProbabilities(_ x: Matrix) throws -> (labels: Labels, probabilities: Matrix) {
            let votes = try votes(.dense(x))
            return (labels(votes), probabilities(votes))
        }

        private func predict(_ rows: NeighborSearch.Rows) throws -> Labels { labels(try votes(rows)) }

        private func predictProba(_ rows: NeighborSearch.Rows) throws -> Matrix { probabilities(try votes(rows)) }

        private func labels(_ votes: Matrix) -> Labels {
            let codes = (0..<votes.rows).map { row in
                var best = 0
                for k in 1..<max(1, votes.columns) where votes[row, k] > votes[row, best] { best = k }
                return best
            }
            return Labels(trustedCodes: codes, classes: classes)
        }

        private func probabilities(_ votes: Matrix) -> Matrix {
            var shares = votes
            for row in 0..<votes.rows {
                var total = 0.0
                for k in 0..<votes.columns { total += votes[row, k] }
                for k in 0..<votes.columns { shares[row, k] = votes[row, k] / total }
            }
            return shares
        }

        /// The votes for each class.
        private func votes(_ rows: NeighborSearch.Rows) throws -> Matrix {
            try search.check(rows, of: Self.catalogName)
            let hits = try search.within(rows, radius)
            if outlierCode == nil {
                try refuseLonely(hits, radius, remedy: "choose a larger radius or set outlierLabel")
            }
            try Memory.check(
                Double(rows.count) * Double(classes.count) * 16,
                "The votes of \(rows.count) rows for \(classes.count) classes", "pass the rows in parts")
            return Matrix(rows: rows.count, columns: classes.count) { votes in
                for row in 0..<rows.count {
                    let range = hits.offsets[row]..<hits.offsets[row + 1]
                    if let outlierCode, range.isEmpty { votes[row * classes.count + outlierCode] = 1 }
                    let counts = weights.values(hits.distances[range])
                    for (place, count) in zip(range, counts) {
                        votes[row * classes.count + labels.codes[Int(hits.places[place])]] += count
                    }
                }
            }
        }

        /// Puts rows, labels and parameters into an archive.
        public func encode(into archive: inout ModelArchive) {
            search.encode(into: &archive)
            archive.store(.double(radius), as: "radius")
            archive.store(weights.parameterValue, as: "weights")
            archive.store(labels.classes, as: "classes")
            archive.store(labels.codes.map { Int32(truncatingIfNeeded: $0) }, as: "codes")
            archive.store(outlierCode.map { .int($0) } ?? .null, as: "outlierCode")
        }

        /// Takes a model out of an archive.
        public init(from archive: ModelArchive) throws {
            let search = try NeighborSearch(from: archive)
            guard let weights = NeighborWeights(parameterValue: try archive.attribute("weights")) else {
                throw archive.damaged("the weights of neighbours are unknown")
            }
            let labels = try archive.labels(rows: search.count)
            let outlier = try archive.attribute("outlierCode")
            self.init(
                search: search, radius: try archive.radius(), weights: weights, labels: labels,
                outlierCode: outlier == .null ? nil : try archive.int("outlierCode", in: 0...labels.classes.count - 1))
        }
    }
}
