import ApusCore

/// Keeps the features that alone tell most about what is to be predicted; of equally good ones the later.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `k` | 10 | none, at least 1 | how many features are kept; none keeps all |
/// | `scoreFunction` | fClassif | fClassif, fRegression, chi2, mutualInfoClassif, mutualInfoRegression | what a feature alone is judged by |
/// | `nNeighbors` | 3 | at least 1 | how many neighbours mutual information looks at |
/// | `seed` | 0 | a seed | the seed of the noise of mutual information |
public struct SelectKBest: SupervisedTransformer {
    /// The kept features.
    public typealias Model = SelectionModel<SelectKBest>

    /// `select-k-best`
    public static let catalogName = "select-k-best"
    /// Sample weights have no use.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// `k`, `scoreFunction`, `nNeighbors`, `seed`.
    public static let parameters: [Parameter<SelectKBest>] =
        [
            Parameter("k", \.k, .optional(.atLeast(1)), "How many features are kept; none keeps all.")
        ] + UnivariateScores.parameters.map { Parameter($0.name, $0, of: \.judging) }

    /// How many features are kept, at least 1; nil keeps all; default 10.
    public var k: Int?
    var judging: UnivariateScores

    /// What a feature alone is judged by; default `.fClassif`.
    public var scoreFunction: ScoreFunction {
        get { judging.scoreFunction }
        set { judging.scoreFunction = newValue }
    }

    /// The defaults.
    public init() { self.init(k: 10) }

    /// A selection with the given parameters.
    public init(k: Int? = 10, scoreFunction: ScoreFunction = .fClassif, nNeighbors: Int = 3, seed: UInt32 = 0) {
        self.k = k
        judging = UnivariateScores(scoreFunction: scoreFunction, nNeighbors: nNeighbors, seed: seed)
    }

    /// Judges the features.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n classes or numbers, as the score function needs.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data.
    public func fit(_ x: Matrix, _ y: Target, weights: [Double]? = nil) throws -> SelectionModel<SelectKBest> {
        try validateParameters()
        try refuseWeights(weights, of: "SelectKBest")
        return try model(judging.of(x, y))
    }

    /// Judges the columns of sparse rows, such as counts of words, by χ².
    ///
    /// - Throws: `ApusError` for illegal parameters or data, or when the score function is another one.
    public func fit(_ x: SparseMatrix, _ y: Labels) throws -> SelectionModel<SelectKBest> {
        try validateParameters()
        guard scoreFunction == .chi2 else {
            throw ApusError(
                .invalidParameter,
                "\(scoreFunction.rawValue) needs dense rows; set scoreFunction to chi2 for sparse ones.")
        }
        return try model(.chi2(x, y))
    }

    private func model(_ judged: FeatureScores) throws -> SelectionModel<SelectKBest> {
        let ranked = UnivariateScores.ranked(judged.scores)
        let order = ranked.indices.sorted { (ranked[$0], $0) < (ranked[$1], $1) }
        return try SelectionModel(
            kept: order.suffix(k ?? ranked.count).sorted(), scores: judged.scores, pValues: judged.pValues)
    }
}
