import ApusCore

extension MiniBatchKMeans {
    /// Clusters found by `MiniBatchKMeans`.
    public struct Model: CentroidModel, IterativeModel {
        /// `mini-batch-k-means`
        public static let catalogName = MiniBatchKMeans.catalogName

        /// k × d: the centre of each cluster.
        public let centres: Matrix
        /// The cluster of each row it was fitted on (after `partialFit`, of the last batch); none when labels were not to be
        /// computed.
        public let labels: [Int]
        /// The weighted sum over those rows of the squared distance to the nearest centre. Where labels were not computed,
        /// an estimate from the batches, or nil when there was only one.
        public let inertia: Double?
        /// How many passes over as many rows as there are; `partialFit` adds none.
        public let iterations: Int
        /// How many batches it has seen.
        public let steps: Int
        /// Whether the stopping rule was met before the passes ran out.
        public let converged: Bool
        /// The weight of the rows that each centre has had.
        public let clusterWeights: [Double]
        /// Rows since centres last started anew.
        let sinceReassignment: Int
        /// Rows that a batch counts for.
        let batchSize: Int
        /// The generator for the next `partialFit`.
        let random: RandomState

        /// Puts the clusters into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(centres, as: "centres")
            archive.store(labels.map { Int32(truncatingIfNeeded: $0) }, as: "labels")
            archive.store(inertia.map { .double($0) } ?? .null, as: "inertia")
            archive.store(.int(iterations), as: "iterations")
            archive.store(.int(steps), as: "steps")
            archive.store(.bool(converged), as: "converged")
            archive.store(clusterWeights, as: "clusterWeights")
            archive.store(.int(sinceReassignment), as: "sinceReassignment")
            archive.store(.int(batchSize), as: "batchSize")
            archive.store(random.snapshot, as: "random")
        }
    }
}

extension MiniBatchKMeans.Model {
    /// Takes the clusters out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let centres = try archive.matrix("centres")
        guard centres.rows > 0, centres.columns > 0 else { throw archive.damaged("there are no cluster centres") }
        let inertia = try archive.attribute("inertia") == .null ? nil : try archive.double("inertia")
        guard inertia.map({ $0 >= 0 }) ?? true else { throw archive.damaged("the inertia is negative") }
        let weights = try archive.doubles("clusterWeights", count: centres.rows)
        guard weights.allSatisfy({ $0 >= 0 }) else { throw archive.damaged("the weight of a cluster is negative") }
        guard let random = RandomState(snapshot: try archive.int32s("random")) else {
            throw archive.damaged("the random generator has no such state")
        }
        self.init(
            centres: centres, labels: try archive.int32s("labels", in: 0...centres.rows - 1).map { Int($0) },
            inertia: inertia, iterations: try archive.int("iterations"), steps: try archive.int("steps"),
            converged: try archive.bool("converged"), clusterWeights: weights,
            sinceReassignment: try archive.int("sinceReassignment"),
            batchSize: try archive.int("batchSize", in: 1...Int.max),
            random: random)
    }
}
