import ApusCore

/// Clusters found by `DBSCAN`.
public struct DBSCANModel: ClustererModel {
    /// The name in the catalog.
    public static let catalogName = DBSCAN.catalogName

    /// The greatest distance of neighbours.
    public let eps: Double
    /// The cluster of each row it was fitted on, from 0 up in the order of their first cores; -1 for noise.
    public let labels: [Int]
    /// Which of those rows are cores, ascending.
    public let coreSampleIndices: [Int]
    /// The cores: their features, or their distances to all rows for the precomputed metric.
    public let components: Matrix

    private let settings: NeighborSearch.Settings
    private let search: NeighborSearch?

    /// The number of columns that it was fitted on.
    public var featureCount: Int { components.columns }
    /// The number of clusters.
    public var clusterCount: Int { (labels.max() ?? -1) + 1 }

    init(
        eps: Double, settings: NeighborSearch.Settings, labels: [Int], coreSampleIndices: [Int], components: Matrix
    ) throws {
        self.eps = eps
        self.settings = settings
        self.labels = labels
        self.coreSampleIndices = coreSampleIndices
        self.components = components
        search =
            components.rows == 0 || settings.metric == .precomputed
            ? nil : try NeighborSearch(.dense(components), neighbors: 1, settings: settings)
    }

    /// The cluster of the nearest core of each row, the first of equally near ones; -1 where none is within `eps`.
    ///
    /// For a row that the model was fitted on this is its label, unless it is no core and near several clusters: then it is
    /// that of the nearest core, not of the cluster that was found first.
    ///
    /// - Parameter x: m × d; m × n distances to the fitted rows for the precomputed metric.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predict(_ x: Matrix) throws -> [Int] {
        try x.checkUsable()
        try x.checkColumns(featureCount, of: Self.catalogName)
        guard let search else { return predictGiven(x) }
        let hits = try search.nearest(.dense(x), 1)
        return zip(hits.places, hits.distances).map { place, distance in
            distance <= eps ? labels[coreSampleIndices[Int(place)]] : -1
        }
    }

    private func predictGiven(_ x: Matrix) -> [Int] {
        (0..<x.rows).map { row in
            guard settings.metric == .precomputed,
                let nearest = coreSampleIndices.min(by: { x[row, $0] < x[row, $1] }), x[row, nearest] <= eps
            else { return -1 }
            return labels[nearest]
        }
    }
}

extension DBSCANModel: Equatable {
    /// Whether the clusters, and the way to assign rows to them, are equal.
    public static func == (a: DBSCANModel, b: DBSCANModel) -> Bool {
        a.eps == b.eps && a.settings == b.settings && a.labels == b.labels
            && a.coreSampleIndices == b.coreSampleIndices && a.components == b.components
    }
}

extension DBSCANModel {
    /// Puts the clusters into an archive.
    public func encode(into archive: inout ModelArchive) {
        settings.encode(into: &archive)
        archive.store(.double(eps), as: "eps")
        archive.store(labels.map { Int32(truncatingIfNeeded: $0) }, as: "labels")
        archive.store(coreSampleIndices, as: "coreSampleIndices")
        archive.store(components, as: "components")
    }

    /// Takes the clusters out of an archive.
    public init(from archive: ModelArchive) throws {
        let eps = try archive.double("eps")
        guard eps > 0 else { throw archive.damaged("eps is not positive") }
        let settings = try NeighborSearch.Settings(from: archive)
        let labels = try archive.int32s("labels", in: -1...Int(Int32.max) - 1).map { Int($0) }
        guard !labels.isEmpty else { throw archive.damaged("there are no labels") }
        let cores = try archive.ints("coreSampleIndices", in: 0...labels.count - 1)
        guard zip(cores, cores.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw archive.damaged("the cores do not ascend")
        }
        let components = try archive.matrix("components", rows: cores.count)
        guard components.columns > 0 else { throw archive.damaged("there are no columns") }
        guard settings.metric != .precomputed || components.columns == labels.count else {
            throw archive.damaged("the cores do not have a distance to each row")
        }
        do {
            try self.init(
                eps: eps, settings: settings, labels: labels, coreSampleIndices: cores, components: components)
        } catch let error as ApusError where error.code != .unreadableModel {
            throw archive.damaged("the search cannot be made: \(error.message)")
        }
    }
}
