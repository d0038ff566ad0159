import ApusCore

/// Gives each row the mean target of the rows near it.
///
///     let model = try RadiusNeighborsRegressor(radius: 0.5).fit(x, y)
///     try model.predict(queries)
///
/// The prediction is Σ wᵢ yᵢ / Σ wᵢ over the training rows within `radius`, with weights 1 or the inverse of the distance.
/// A row without neighbours has no prediction, which is an error that names it. Sample weights have no use and are refused.
/// Columns should be on comparable scales.
public struct RadiusNeighborsRegressor: SparseRegressor, NeighborParameters {
    /// `radius-neighbors`.
    public static let catalogName = "radius-neighbors"
    /// Weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// The greatest distance of neighbours, at least 0; default 1.
    public var radius: Double
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

    /// A mean over the neighbours within a radius.
    public init(
        radius: Double = 1, weights: NeighborWeights = .uniform, algorithm: NeighborAlgorithm = .auto,
        leafSize: Int = 30, metric: NeighborMetric = .minkowski, p: Double = 2
    ) {
        self.radius = radius
        self.weights = weights
        self.algorithm = algorithm
        self.leafSize = leafSize
        self.metric = metric
        self.p = p
    }

    /// A mean over the neighbours within a distance of 1.
    public init() { self.init(radius: 1) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter("radius", \.radius, .notNegative, "The greatest distance of neighbours."),
            Parameter(
                "weights", \.weights, .choice(NeighborWeights.allCases.map(\.rawValue)),
                "How much each neighbour counts: uniform, or by the inverse of its distance."),
        ] + searchParameters
    }

    /// Keeps rows with their targets and prepares the search among them.
    ///
    /// - Parameters:
    ///   - x: n × d; n × n distances for the precomputed metric.
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
            search: try NeighborSearch(rows, neighbors: nil, settings: searchSettings), radius: radius,
            weights: self.weights, targets: y)
    }
}
