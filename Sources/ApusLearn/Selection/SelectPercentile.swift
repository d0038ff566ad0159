import ApusCore

/// Keeps the share of the features that alone tell most about what is to be predicted; of equally good ones the earlier.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `percentile` | 10 | 0 to 100 | how many per cent of the features are kept |
/// | `scoreFunction` … `seed` | | | as for `SelectKBest` |
public struct SelectPercentile: SupervisedTransformer {
    /// The kept features.
    public typealias Model = SelectionModel<SelectPercentile>

    /// `select-percentile`
    public static let catalogName = "select-percentile"
    /// Sample weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// `percentile`, `scoreFunction`, `nNeighbors`, `seed`.
    public static let parameters: [Parameter<SelectPercentile>] =
        [
            Parameter(
                "percentile", \.percentile, .number(from: 0, to: 100, openLower: true, openUpper: false),
                "How many per cent of the features are kept.")
        ] + UnivariateScores.parameters.map { Parameter($0.name, $0, of: \.judging) }

    /// How many per cent of the features are kept, above 0 to 100; default 10.
    public var percentile: Double
    var judging: UnivariateScores

    /// What a feature alone is judged by; default `.fClassif`.
    public var scoreFunction: ScoreFunction {
        get { judging.scoreFunction }
        set { judging.scoreFunction = newValue }
    }

    /// The defaults.
    public init() { self.init(percentile: 10) }

    /// A selection with the given parameters.
    public init(
        percentile: Double = 10, scoreFunction: ScoreFunction = .fClassif, nNeighbors: Int = 3, seed: UInt32 = 0
    ) {
        self.percentile = percentile
        judging = UnivariateScores(scoreFunction: scoreFunction, nNeighbors: nNeighbors, seed: seed)
    }

    /// Judges the features.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n classes or numbers, as the score function needs.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data, or when no feature is left.
    public func fit(_ x: Matrix, _ y: Target, weights: [Double]? = nil) throws -> SelectionModel<SelectPercentile> {
        try validateParameters()
        try refuseWeights(weights, of: "SelectPercentile")
        let judged = try judging.of(x, y)
        let ranked = UnivariateScores.ranked(judged.scores)
        if percentile == 100 {
            return try SelectionModel(
                kept: Array(ranked.indices), scores: judged.scores, pValues: judged.pValues)
        }
        let sorted = ranked.sorted()
        let place = (100 - percentile) / 100 * Double(sorted.count - 1)
        let low = min(Int(place), sorted.count - 1)
        let high = min(low + 1, sorted.count - 1)
        let threshold = OrderKernel.mixed(sorted[low], sorted[high], place - Double(low))
        var kept = ranked.indices.filter { ranked[$0] > threshold }
        let most = Int(Double(ranked.count) * percentile / 100)
        kept += ranked.indices.filter { ranked[$0] == threshold }.prefix(max(0, most - kept.count))
        return try SelectionModel(kept: kept.sorted(), scores: judged.scores, pValues: judged.pValues)
    }
}
