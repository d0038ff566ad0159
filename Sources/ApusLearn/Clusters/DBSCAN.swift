import ApusCore

/// Finds clusters as places where rows lie densely, without knowing how many there are.
///
///     let model = try DBSCAN(eps: 0.3, minSamples: 10).fit(x)
///     model.labels                 // a cluster for each row, -1 for noise
///     model.coreSampleIndices
///
/// A row is a core if the weights of the rows within `eps` of it, its own included, add up to at least `minSamples`. Cores
/// within `eps` of each other belong to one cluster, and so does what else is within `eps` of a core; a row near several
/// clusters belongs to the one that is found first. Clusters are numbered by their first core. Labels are scikit-learn's,
/// whatever the algorithm. The work takes memory in proportion to the rows, not to the pairs of neighbours.
///
/// Source: M. Ester, H.-P. Kriegel, J. Sander and X. Xu, "A density-based algorithm for discovering clusters in large
/// spatial databases with noise" (1996).
public struct DBSCAN: Clusterer, NeighborParameters {
    /// `dbscan`.
    public static let catalogName = "dbscan"

    /// The greatest distance of neighbours, above 0; default 0.5.
    public var eps: Double
    /// The number of rows, or the sum of their weights, within `eps` that makes a core, at least 1; default 5.
    public var minSamples: Int
    /// How far two rows are from each other; default Euclidean.
    public var metric: NeighborMetric
    /// How neighbours are searched; default auto. Brute force looks at every pair of rows, the others first rule out what
    /// lies in distant boxes. It changes the speed only.
    public var algorithm: NeighborAlgorithm
    /// Rows at which the tree for predictions is not divided further, at least 1; default 30. It changes the speed only.
    public var leafSize: Int
    /// The power of the Minkowski metric, above 0; default 2, which makes it Euclidean. Below 1 only brute force works.
    public var p: Double

    /// A search for places with at least `minSamples` rows within `eps`.
    public init(
        eps: Double = 0.5, minSamples: Int = 5, metric: NeighborMetric = .euclidean,
        algorithm: NeighborAlgorithm = .auto, leafSize: Int = 30, p: Double = 2
    ) {
        self.eps = eps
        self.minSamples = minSamples
        self.metric = metric
        self.algorithm = algorithm
        self.leafSize = leafSize
        self.p = p
    }

    /// A search with `eps` 0.5 and `minSamples` 5.
    public init() { self.init(eps: 0.5) }

    /// Every parameter with its legal values.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter("eps", \.eps, .positive, "The greatest distance of neighbours."),
            Parameter(
                "minSamples", \.minSamples, .atLeast(1),
                "The number of rows, or the sum of their weights, within eps that makes a core."),
        ] + searchParameters
    }

    /// Finds clusters among rows.
    ///
    /// - Parameters:
    ///   - x: n × d; n × n distances for the precomputed metric.
    ///   - weights: n sample weights, at least 0; nil for 1 each. They are not scaled: a row of weight `minSamples` is a core.
    ///   - progress: Called between the parts of the work.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`; `CancellationError` when the
    ///   task is cancelled.
    /// - Complexity: O(d·n²) at most; far less where clusters lie apart. O(d·n) memory.
    public func fit(_ x: Matrix, weights: [Double]?, progress: ProgressHandler?) throws -> DBSCANModel {
        try validateParameters()
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        // Makes sure of the metric and the algorithm, and of distances that are given.
        try searchSettings.check(x)
        let steps = 100
        func step(_ done: Double) throws {
            try checkCancellation()
            progress?(ProgressUpdate(stage: "rows", completed: Int(done * Double(steps)), total: steps))
        }
        let found: NeighborDensity.Result
        if let measure = metric.measure(p: p) {
            let density = NeighborDensity(
                x, measure: measure, radius: eps, usesBoxes: algorithm != .brute && !(metric == .minkowski && p < 1))
            found = try density.clusters(weights: weights, least: Double(minSamples), step: step)
        } else {
            found = try clustersGiven(x, weights, step)
        }
        try step(1)
        let cores = found.isCore.indices.filter { found.isCore[$0] }
        return try DBSCANModel(
            eps: eps, settings: searchSettings, labels: found.labels, coreSampleIndices: cores,
            components: x.selecting(rows: cores))
    }

    /// Clusters by distances that are given, which need not be the same both ways: from core to core along the rows.
    private func clustersGiven(
        _ x: Matrix, _ weights: [Double]?, _ step: (Double) throws -> Void
    ) throws -> NeighborDensity.Result {
        let n = x.rows
        let isCore = Parallel.map(n) { row in
            (0..<n).reduce(0.0) { $0 + (x[row, $1] <= eps ? weights?[$1] ?? 1 : 0) } >= Double(minSamples)
        }
        var result = NeighborDensity.Result(isCore: isCore, labels: [Int](repeating: -1, count: n))
        var next = 0
        for first in 0..<n where result.labels[first] == -1 && isCore[first] {
            try step(0.5 + 0.5 * Double(first) / Double(n))
            result.labels[first] = next
            var pending = [first]
            while let row = pending.popLast() {
                for other in 0..<n where x[row, other] <= eps && result.labels[other] == -1 {
                    result.labels[other] = next
                    if isCore[other] { pending.append(other) }
                }
            }
            next += 1
        }
        return result
    }
}
