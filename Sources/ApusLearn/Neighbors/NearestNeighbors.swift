import ApusCore

/// Finds the rows nearest to others, without predicting anything.
///
///     let model = try NearestNeighbors(nNeighbors: 3).fit(x)
///     let near = try model.kneighbors(queries)
///     near.indices(of: 0)      // the three rows of x nearest to the first query
///     let graph = try model.kneighborsGraph()
///
/// Neighbours are exact and, for the same parameters, scikit-learn's, in its order: trees are built and searched as its
/// trees are, and brute force takes rows in the order in which it does on one thread. Brute force looks at all pairs in
/// single precision first and computes what could be near in double precision.
///
/// Sources: J. L. Bentley, "Multidimensional binary search trees used for associative searching" (1975); S. M. Omohundro,
/// "Five balltree construction algorithms" (1989).
public struct NearestNeighbors: Estimator, NeighborParameters {
    /// `nearest-neighbors`.
    public static let catalogName = "nearest-neighbors"
    /// Weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// How many neighbours to find unless a call says otherwise, at least 1; default 5.
    public var nNeighbors: Int
    /// The distance within which to find neighbours unless a call says otherwise, at least 0; default 1.
    public var radius: Double
    /// How neighbours are searched; default auto.
    public var algorithm: NeighborAlgorithm
    /// Rows at which a tree is not divided further, at least 1; default 30. It changes the speed only.
    public var leafSize: Int
    /// How far two rows are from each other; default Minkowski.
    public var metric: NeighborMetric
    /// The power of the Minkowski metric, above 0; default 2, which makes it Euclidean. Below 1 only brute force works.
    public var p: Double

    /// A search for the given number of neighbours or radius.
    public init(
        nNeighbors: Int = 5, radius: Double = 1, algorithm: NeighborAlgorithm = .auto, leafSize: Int = 30,
        metric: NeighborMetric = .minkowski, p: Double = 2
    ) {
        self.nNeighbors = nNeighbors
        self.radius = radius
        self.algorithm = algorithm
        self.leafSize = leafSize
        self.metric = metric
        self.p = p
    }

    /// A search for five neighbours.
    public init() { self.init(nNeighbors: 5) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter("nNeighbors", \.nNeighbors, .atLeast(1), "How many neighbours to find."),
            Parameter("radius", \.radius, .notNegative, "The distance within which to find neighbours."),
        ] + searchParameters
    }

    /// Prepares the search among rows.
    ///
    /// - Parameter x: n × d; n × n distances for the precomputed metric.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`.
    /// - Complexity: O(d·n log² n) for a tree, O(n·d) for brute force.
    public func fit(_ x: Matrix) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        return Model(
            search: try NeighborSearch(.dense(x), neighbors: nNeighbors, settings: searchSettings),
            nNeighbors: nNeighbors, radius: radius)
    }

    /// Prepares the search among sparse rows: brute force by the Euclidean, Manhattan or cosine metric.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`.
    public func fit(_ x: SparseMatrix) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        return Model(
            search: try NeighborSearch(.sparse(x), neighbors: nNeighbors, settings: searchSettings),
            nNeighbors: nNeighbors, radius: radius)
    }
}
