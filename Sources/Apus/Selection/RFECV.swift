import ApusCore
import ApusEvaluation
import ApusLearn

/// Leaves out features one after another, as `RFE`, down to the number that scores best in cross-validation.
///
///     let result = try RFECV(LogisticRegression()).result(x, .labels(y))
///     result.model.keptFeatures
///     zip(result.featureCounts, result.meanScores)    // how good each number of features is
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `step` | 1 | at least 1, or between 0 and 1 | how many features, or which share of all, are left out at a time |
/// | `minFeaturesToSelect` | 1 | at least 1 | the fewest features |
/// | `cv` | 5 | at least 2 | how many folds, stratified for classes |
/// | `scoring` | none | a score | what is scored; none for accuracy or R² |
/// | `estimator.…` | | | the parameters of the model |
public struct RFECV<Base: Estimator>: SupervisedTransformer {
    /// The kept features.
    public typealias Model = SelectionModel<RFECV<Base>>

    /// `rfecv`
    public static var catalogName: String { "rfecv" }
    /// What the model asks of data; sample weights have no use.
    public static var traits: EstimatorTraits {
        var traits = Base.traits
        traits.usesWeights = false
        return traits
    }

    /// `step`, `minFeaturesToSelect`, `cv`, `scoring`, and the model's as `estimator.NAME`.
    public static var parameters: [Parameter<RFECV>] {
        [
            Parameter(
                "step", \.step, .either([.atLeast(1), .number(from: 0, to: 1, openLower: true, openUpper: true)]),
                "How many features, or which share of all, are left out at a time."),
            Parameter("minFeaturesToSelect", \.minFeaturesToSelect, .atLeast(1), "The fewest features."),
            Parameter("cv", \.cv, .atLeast(2), "How many folds."),
            Parameter("scoring", \.scoring, .optional(.text), "What is scored; none for accuracy or R²."),
        ] + Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \RFECV.estimator) }
    }

    /// The model whose opinion counts.
    public var estimator: Base
    /// How many features, or which share of all, are left out at a time; default 1.
    public var step: SampleCount
    /// The fewest features; at least 1, default 1.
    public var minFeaturesToSelect: Int
    /// How many folds; at least 2, default 5.
    public var cv: Int
    /// What is scored; nil for accuracy or R².
    public var scoring: String?

    /// The defaults.
    public init() { self.init(Base()) }

    /// An elimination by a model.
    public init(
        _ estimator: Base, step: SampleCount = 1, minFeaturesToSelect: Int = 1, cv: Int = 5, scoring: String? = nil
    ) {
        self.estimator = estimator
        self.step = step
        self.minFeaturesToSelect = minFeaturesToSelect
        self.cv = cv
        self.scoring = scoring
    }

    /// What cross-validation found.
    public struct Result: Sendable {
        /// The kept features.
        public let model: Model
        /// The numbers of features that were tried, ascending.
        public let featureCounts: [Int]
        /// For each fold the score of each number of features.
        public let foldScores: [[Double]]
        /// The mean score of each number of features.
        public let meanScores: [Double]
    }

    /// Finds the best number of features, then leaves out the others.
    ///
    /// - Parameters: As for the model; x has at least two columns.
    /// - Throws: What the model throws, and `ApusError` when it does not weigh features or a score is not defined in a fold.
    public func fit(_ x: Matrix, _ y: Target, weights: [Double]? = nil) throws -> Model {
        guard weights == nil else {
            throw ApusError(.invalidInput, "RFECV has no use for sample weights; leave them out.")
        }
        return try result(x, y).model
    }

    /// Finds the best number of features, and tells how good each was.
    ///
    /// - Throws: As `fit`.
    public func result(_ x: Matrix, _ y: Target) throws -> Result {
        try validateParameters()
        let splits: [Split]
        let scorer: Scorer
        switch y {
        case .labels(let labels):
            splits = try StratifiedKFold(nSplits: cv).split(rows: x.rows, labels: labels, groups: nil)
            scorer = try Scorer.named(scoring ?? "accuracy")
        case .numbers:
            splits = try KFold(nSplits: cv).split(rows: x.rows, labels: nil, groups: nil)
            scorer = try Scorer.named(scoring ?? "r2")
        }
        var elimination = RFE(estimator, nFeaturesToSelect: .count(min(minFeaturesToSelect, x.columns)), step: step)
        var counts: [Int] = []
        var scores: [[Double]] = []
        for split in splits {
            let (held, truth) = (x.selecting(rows: split.test), y.selecting(rows: split.test))
            var own: [Double] = []
            counts = []
            _ = try elimination.eliminate(x.selecting(rows: split.train), y.selecting(rows: split.train)) {
                model, features in
                counts.append(features.count)
                own.append(try Self.score(model, held.selecting(columns: features), truth, scorer))
            }
            scores.append(own.reversed())
        }
        counts.reverse()
        let sums = counts.indices.map { place in scores.reduce(0.0) { $0 + $1[place] } }
        var best = 0
        for place in sums.indices where sums[place] > sums[best] { best = place }
        elimination.nFeaturesToSelect = .count(counts[best])
        let ranking = try elimination.eliminate(x, y)
        let model = try Model(
            kept: ranking.indices.filter { ranking[$0] == 1 }, scores: ranking.map { -Double($0) }, ranking: ranking)
        return Result(
            model: model, featureCounts: counts, foldScores: scores, meanScores: sums.map { $0 / Double(scores.count) })
    }

    private static func score(
        _ model: any FittedModel, _ x: Matrix, _ truth: Target, _ scorer: Scorer
    ) throws -> Double {
        let value: MetricValue
        switch (model, truth) {
        case (let model as any ClassifierModel, .labels(let labels)):
            let predicted = try model.predict(x)
            let probabilities =
                scorer.needsProbabilities && model.givesProbabilities ? try model.predictProba(x) : nil
            var decisions: [Double]?
            if scorer.needsProbabilities, probabilities == nil, model.classes.count == 2 {
                decisions = try (model as? any DecisionModel)?.decisionFunction(x).column(0)
            }
            value = try scorer.score(
                labels, predicted, probabilities: probabilities, decisions: decisions, classes: model.classes)
        case (let model as any RegressorModel, .numbers(let numbers)):
            value = try scorer.score(numbers, model.predict(x))
        default: throw ApusError(.invalidParameter, "\(scorer.name) does not score what the model predicts.")
        }
        guard let score = value.value else {
            throw ApusError(
                .invalidInput, "\(scorer.name) is not defined in a fold: \(value.note ?? "it has no value there").")
        }
        return score
    }
}
