import ApusCore

/// Clusters found by `KMeans`.
public struct KMeansModel: CentroidModel, IterativeModel {
    /// The name in the catalog.
    public static let catalogName = KMeans.catalogName

    /// k × d: the centre of each cluster.
    public let centres: Matrix
    /// The cluster of each row it was fitted on.
    public let labels: [Int]
    /// The weighted sum over those rows of the squared distance to the centre of their cluster.
    public let inertia: Double
    /// How many iterations the best start took.
    public let iterations: Int
    /// Whether it came to rest before the iterations ran out.
    public let converged: Bool

    init(centres: Matrix, labels: [Int], inertia: Double, iterations: Int, converged: Bool) {
        self.centres = centres
        self.labels = labels
        self.inertia = inertia
        self.iterations = iterations
        self.converged = converged
    }
}

extension KMeansModel {
    /// Puts the clusters into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(centres, as: "centres")
        archive.store(labels.map { Int32(truncatingIfNeeded: $0) }, as: "labels")
        archive.store(.double(inertia), as: "inertia")
        archive.store(.int(iterations), as: "iterations")
        archive.store(.bool(converged), as: "converged")
    }

    /// Takes the clusters out of an archive.
    public init(from archive: ModelArchive) throws {
        let centres = try archive.matrix("centres")
        guard centres.rows > 0, centres.columns > 0 else { throw archive.damaged("there are no cluster centres") }
        let inertia = try archive.double("inertia")
        guard inertia >= 0 else { throw archive.damaged("the inertia is negative") }
        self.init(
            centres: centres, labels: try archive.int32s("labels", in: 0...centres.rows - 1).map { Int($0) },
            inertia: inertia, iterations: try archive.int("iterations"), converged: try archive.bool("converged"))
    }
}
