import ApusCore

/// Gives each row the class that is most frequent among the rows near it.
///
///     let model = try RadiusNeighborsClassifier(radius: 0.5, outlierLabel: "most_frequent").fit(x, y)
///     try model.predict(queries)
///
/// Each training row within `radius` votes for its class, with weight 1 or the inverse of its distance; the shares of the
/// votes are the probabilities. A row without neighbours is an outlier: it gets `outlierLabel`, or an error without one.
/// Sample weights have no use and are refused. Columns should be on comparable scales.
public struct RadiusNeighborsClassifier: SparseClassifier, NeighborParameters {
    /// `radius-neighbors`.
    public static let catalogName = "radius-neighbors"
    /// Weights have no use; one class is a class.
    public static let traits = EstimatorTraits(acceptsOneClass: true, usesWeights: false)

    /// The greatest distance of those that vote, at least 0; default 1.
    public var radius: Double
    /// The class of a row without neighbours: the name of one, or `most_frequent`; default nil: such rows are an error.
    public var outlierLabel: String?
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

    /// A vote among the neighbours within a radius.
    public init(
        radius: Double = 1, weights: NeighborWeights = .uniform, algorithm: NeighborAlgorithm = .auto,
        leafSize: Int = 30, metric: NeighborMetric = .minkowski, p: Double = 2, outlierLabel: String? = nil
    ) {
        self.radius = radius
        self.outlierLabel = outlierLabel
        self.weights = weights
        self.algorithm = algorithm
        self.leafSize = leafSize
        self.metric = metric
        self.p = p
    }

    /// A vote among the neighbours within a distance of 1.
    public init() { self.init(radius: 1) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter("radius", \.radius, .notNegative, "The greatest distance of those that vote."),
            Parameter(
                "weights", \.weights, .choice(NeighborWeights.allCases.map(\.rawValue)),
                "How much each neighbour counts: uniform, or by the inverse of its distance."),
        ] + searchParameters + [
            Parameter(
                "outlierLabel", \.outlierLabel, .optional(.text),
                "The class of a row without neighbours, or most_frequent; none makes such rows an error.")
        ]
    }

    /// Keeps labelled rows and prepares the search among them.
    ///
    /// - Parameters:
    ///   - x: n × d; n × n distances for the precomputed metric.
    ///   - y: n labels.
    ///   - weights: Nil: neighbours are not weighted by sample.
    ///   - progress: Not called: there is nothing long to wait for.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`.
    public func fit(_ x: Matrix, _ y: Labels, weights: [Double]?, progress: ProgressHandler?) throws -> Model {
        try x.checkUsable()
        return try fit(.dense(x), y, weights)
    }

    /// Keeps labelled sparse rows: brute force by the Euclidean, Manhattan or cosine metric.
    public func fit(_ x: SparseMatrix, _ y: Labels, weights: [Double]?, progress: ProgressHandler?) throws -> Model {
        try x.checkUsable()
        return try fit(.sparse(x), y, weights)
    }

    private func fit(_ rows: NeighborSearch.Rows, _ y: Labels, _ weights: [Double]?) throws -> Model {
        try validateParameters()
        try y.check(rows: rows.count)
        try refuseSampleWeights(weights, of: Self.catalogName)
        let labels = y.compacted
        return Model(
            search: try NeighborSearch(rows, neighbors: nil, settings: searchSettings), radius: radius,
            weights: self.weights, labels: labels, outlierCode: try outlierCode(labels))
    }

    /// The class of rows without neighbours.
    private func outlierCode(_ labels: Labels) throws -> Int? {
        guard let outlierLabel else { return nil }
        let names = labels.classes.names
        if let code = names.firstIndex(of: outlierLabel) { return code }
        guard outlierLabel == "most_frequent" else {
            throw ApusError(
                .invalidParameter,
                "outlierLabel is \u{201C}\(outlierLabel)\u{201D}, but it must be most_frequent or one of the classes of y."
            )
        }
        let counts = labels.counts
        return counts.firstIndex(of: counts.max() ?? 0)
    }
}
