import ApusCore

/// Synthetic clouds of points, with the centre that each point belongs to.
public struct BlobsSample: GeneratedSample {
    /// The points, one row for each.
    public let x: Matrix
    /// For each point the number of its centre.
    public let y: Labels
    /// The centres, one row for each.
    public let centers: Matrix

    /// The numbers of the centres.
    public var target: GeneratedTarget { .labels(y) }

    init(x: Matrix, y: Labels, centers: Matrix) {
        self.x = x
        self.y = y
        self.centers = centers
    }
}
