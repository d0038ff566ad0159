import ApusCore

/// A fitted classifier of two classes that answers one of them wherever its score reaches a threshold.
public struct ThresholdClassifierModel<Base: ClassifierModel>: ClassifierModel {
    /// `threshold-classifier`
    public static var catalogName: String { "threshold-classifier" }

    /// How the mean score over the folds changed with the threshold.
    public struct Curve: Sendable, Hashable {
        /// The thresholds, ascending.
        public let thresholds: [Double]
        /// The mean score at each.
        public let scores: [Double]
    }

    /// The fitted classifier.
    public let estimator: Base
    /// The score from which on a row belongs to the positive class.
    public let threshold: Double
    /// What the score is: never `auto`.
    public let source: ScoreSource
    /// The positive class: its place in `classes`.
    public let positive: Int
    /// The mean score at the threshold, where it was tuned.
    public let bestScore: Double?
    /// The scores at all thresholds, where it was tuned.
    public let curve: Curve?

    init(
        estimator: Base, threshold: Double, source: ScoreSource, positive: Int, bestScore: Double? = nil,
        curve: Curve? = nil
    ) {
        self.estimator = estimator
        self.threshold = threshold
        self.source = source
        self.positive = positive
        self.bestScore = bestScore
        self.curve = curve
    }

    /// The two classes, ascending.
    public var classes: Labels.Classes { estimator.classes }
    /// Number of features.
    public var featureCount: Int { estimator.featureCount }
    /// Whether the classifier gives probabilities.
    public var givesProbabilities: Bool { estimator.givesProbabilities }

    /// The positive class where the score is at least the threshold, otherwise the other.
    public func predict(_ x: Matrix) throws -> Labels {
        try labels(source.scores(estimator, x, positive: positive))
    }

    /// The classifier's probabilities, which the threshold does not change.
    public func predictProba(_ x: Matrix) throws -> Matrix { try estimator.predictProba(x) }

    /// Both answers from one pass over the rows, where the scores are probabilities.
    public func predictWithProbabilities(_ x: Matrix) throws -> (labels: Labels, probabilities: Matrix) {
        let table = try estimator.predictProba(x)
        guard source == .predictProba else { return (try predict(x), table) }
        return (labels(table.column(positive)), table)
    }

    private func labels(_ scores: [Double]) -> Labels {
        Labels.thresholded(scores, at: threshold, positive: positive, classes: classes)
    }

    /// Puts the classifier and the threshold into an archive.
    public func encode(into archive: inout ModelArchive) {
        var part = ModelArchive()
        estimator.encode(into: &part)
        archive.store(part, under: "estimator")
        archive.store([threshold] + (bestScore.map { [$0] } ?? []), as: "threshold")
        archive.store(.string(source.rawValue), as: "source")
        archive.store(.int(positive), as: "positive")
        if let curve {
            archive.store(curve.thresholds, as: "curveThresholds")
            archive.store(curve.scores, as: "curveScores")
        }
    }

    /// Takes the classifier and the threshold out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        estimator = try Base(from: archive.part("estimator"))
        let numbers = try archive.doubles("threshold")
        positive = try archive.int("positive", in: 0...1)
        guard let source = ScoreSource(rawValue: try archive.string("source")), source != .auto,
            estimator.classes.count == 2, [1, 2].contains(numbers.count)
        else { throw archive.damaged("its threshold is not one for a classifier of two classes") }
        guard source == .decisionFunction ? estimator is any DecisionModel : estimator.givesProbabilities else {
            throw archive.damaged("its classifier does not give the scores that the threshold is for")
        }
        self.source = source
        threshold = numbers[0]
        bestScore = numbers.count > 1 ? numbers[1] : nil
        guard archive.tensors["curveThresholds"] != nil else {
            curve = nil
            return
        }
        let thresholds = try archive.doubles("curveThresholds")
        curve = Curve(
            thresholds: thresholds, scores: try archive.doubles("curveScores", count: thresholds.count))
    }
}

extension Labels {
    /// One of two classes where a score is at least a threshold, otherwise the other.
    static func thresholded(
        _ scores: [Double], at threshold: Double, positive: Int, classes: Classes
    ) -> Labels {
        let codes = scores.map { $0 >= threshold ? positive : 1 - positive }
        // There are two classes and the codes are 0 and 1.
        return (try? Labels(codes: codes, classes: classes)) ?? Labels([Int]())
    }
}
