import ApusCore

/// Gives each row the mean target of its nearest neighbours.
///
///     let model = try KNeighborsRegressor(nNeighbors: 7, weights: .distance).fit(x, y)
///     try model.predict(queries)
///
/// The prediction is Σ wᵢ yᵢ / Σ wᵢ over the `nNeighbors` nearest training rows, with weights 1 or the inverse of the
/// distance. Neighbours are those of `NearestNeighbors`, and so are scikit-learn's. Sample weights have no use and are
/// refused. Columns should be on comparable scales.
public struct KNeighborsRegressor: SparseRegressor, NeighborParameters {
    /// `k-neighbors`.
    public static let catalogName = "k-neighbors"
    /// Weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// Over how many neighbours the mean goes, at least 1 and at most the number of training rows; default 5.
    public var nNeighbors: Int
    /// How much each neighbour counts; default all alike.
    public var weights: NeighborWeights
    /// How neighbours are searched; default auto.
    public var algorithm: NeighborAlgorithm
    /// Rows at which a tree is not divided further, at least 1; default 30. It changes the speed only.
    public var leafSize: Int
    /// How far two rows are from each other; default Minkowski.
    public var metric: NeighborMetric
    /// The power of the Minkowski metric, above 0; default 2, which makes it Euclidean. Below 1 only brute force works.
    public var p: Double

    /// A mean over the given number of neighbours.
    public init(
        nNeighbors: Int = 5, weights: NeighborWeights = .uniform, algorithm: NeighborAlgorithm = .auto,
        leafSize: Int = 30, metric: NeighborMetric = .minkowski, p: Double = 2
    ) {
        self.nNeighbors = nNeighbors
        self.weights = weights
        self.algorithm = algorithm
        self.leafSize = leafSize
        self.metric = metric
        self.p = p
    }

    /// A mean over five neighbours.
    public init() { self.init(nNeighbors: 5) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter("nNeighbors", \.nNeighbors, .atLeast(1), "Over how many neighbours the mean goes."),
            Parameter(
                "weights", \.weights, .choice(NeighborWeights.allCases.map(\.rawValue)),
                "How much each neighbour counts: uniform, or by the inverse of its distance."),
        ] + searchParameters
    }

    /// Keeps rows with their targets and prepares the search among them.
    ///
    /// - Parameters:
    ///   - x: n × d, n at least `nNeighbors`; n × n distances for the precomputed metric.
    ///   - y: n numbers.
    ///   - weights: Nil: neighbours are not weighted by sample.
    ///   - progress: Not called: there is nothing long to wait for.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`.
    public func fit(_ x: Matrix, _ y: [Double], weights: [Double]?, progress: ProgressHandler?) throws -> Model {
        try x.checkUsable()
        return try fit(.dense(x), y, weights)
    }

    /// Keeps sparse rows with their targets: brute force by the Euclidean, Manhattan or cosine metric.
    public func fit(_ x: SparseMatrix, _ y: [Double], weights: [Double]?, progress: ProgressHandler?) throws -> Model {
        try x.checkUsable()
        return try fit(.sparse(x), y, weights)
    }

    private func fit(_ rows: NeighborSearch.Rows, _ y: [Double], _ weights: [Double]?) throws -> Model {
        try validateParameters()
        try checkTargets(y, rows: rows.count)
        try refuseSampleWeights(weights, of: Self.catalogName)
        return Model(
            search: try NeighborSearch(rows, neighbors: nNeighbors, settings: searchSettings),
            nNeighbors: nNeighbors, weights: self.weights, targets: y)
    }
}
