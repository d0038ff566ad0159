import ApusCore

/// Clusters that are known by their centres: a row belongs to the nearest one.
public protocol CentroidModel: ClustererModel {
    /// k × d: the centre of each cluster.
    var centres: Matrix { get }
}

extension CentroidModel {
    /// The number of columns that it was fitted on and expects again.
    public var featureCount: Int { centres.columns }

    /// The cluster of each row: that of the nearest centre, the first of equally near ones.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predict(_ x: Matrix) throws -> [Int] {
        try check(x)
        return nearest(x).map { Int($0) }
    }

    /// The Euclidean distance of each row to each centre.
    ///
    /// - Parameter x: n × d.
    /// - Returns: n × k.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func transform(_ x: Matrix) throws -> Matrix {
        try check(x)
        try checkOutputSize(rows: x.rows, columns: centres.rows, remedy: "pass fewer rows at a time")
        return KMeansKernel.distances(x, centres)
    }

    /// Minus the weighted sum over rows of the squared distance to the nearest centre: the greater, the better.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func score(_ x: Matrix, weights: [Double]? = nil) throws -> Double {
        try check(x)
        try checkSampleWeights(weights, rows: x.rows)
        return -KMeansKernel.inertia(x, centres, labels: nearest(x), weights: weights)
    }

    private func nearest(_ x: Matrix) -> [Int32] {
        KMeansKernel.assign(x, to: centres, weights: nil, previous: nil, accumulating: false).labels
    }

    private func check(_ x: Matrix) throws {
        try x.checkUsable()
        try x.checkColumns(featureCount, of: Self.catalogName)
    }
}
