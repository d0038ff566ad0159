import ApusCore

/// The parameters that all estimators with a search for neighbours share.
protocol NeighborParameters: Estimator {
    var algorithm: NeighborAlgorithm { get set }
    var leafSize: Int { get set }
    var metric: NeighborMetric { get set }
    var p: Double { get set }
}

extension NeighborParameters {
    /// The shared parameters, in the order they are listed to people.
    static var searchParameters: [Parameter<Self>] {
        [
            Parameter(
                "algorithm", \.algorithm, .choice(NeighborAlgorithm.allCases.map(\.rawValue)),
                "How neighbours are searched: auto, ball_tree, kd_tree or brute."),
            Parameter("leafSize", \.leafSize, .atLeast(1), "Rows at which a tree is not divided further; speed only."),
            Parameter(
                "metric", \.metric, .choice(NeighborMetric.allCases.map(\.rawValue)),
                "How far two rows are from each other."),
            Parameter("p", \.p, .positive, "The power of the Minkowski metric."),
        ]
    }

    var searchSettings: NeighborSearch.Settings {
        NeighborSearch.Settings(algorithm: algorithm, leafSize: leafSize, metric: metric, p: p)
    }
}

/// Throws when there are sample weights, which neighbours have no use for.
///
/// - Throws: `ApusError` with code `invalidInput`.
func refuseSampleWeights(_ weights: [Double]?, of model: String) throws {
    guard weights != nil else { return }
    throw ApusError(
        .invalidInput,
        "\(model) has no use for sample weights; leave them out, or repeat rows that should count more.")
}
