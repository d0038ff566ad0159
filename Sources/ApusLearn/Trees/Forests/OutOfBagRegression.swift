import ApusCore

/// What the trees of a forest say of the training rows that they did not draw.
public struct OutOfBagRegression: Sendable, Equatable {
    /// The mean prediction of each row over the trees that did not draw it; 0 for rows that every tree drew.
    public let prediction: [Double]
    /// R² of these predictions, 1 at best; nil for fewer than two rows.
    public let score: Double?
    /// The rows that every tree drew, so that nothing is known about them: with enough trees there are none.
    public let unscoredRows: [Int]

    init(prediction: [Double], score: Double?, unscoredRows: [Int]) {
        self.prediction = prediction
        self.score = score
        self.unscoredRows = unscoredRows
    }

    /// Averages over the trees that did not draw a row.
    init(_ forest: Forest, drawn: [[UInt64]], _ x: Matrix, _ y: [Double]) throws {
        let (means, trees) = try forest.outOfBagMeans(x, drawn: drawn)
        self.init(
            prediction: means, score: OutOfBagRegression.determination(y, means),
            unscoredRows: trees.indices.filter { trees[$0] == 0 })
    }

    /// 1 - Σ (y - p)² / Σ (y - mean)²; for equal targets 1 if all are met and 0 otherwise.
    private static func determination(_ y: [Double], _ predicted: [Double]) -> Double? {
        guard y.count >= 2 else { return nil }
        let mean = pairwiseSum(y.indices) { y[$0] } / Double(y.count)
        let residual = pairwiseSum(y.indices) { (y[$0] - predicted[$0]) * (y[$0] - predicted[$0]) }
        let total = pairwiseSum(y.indices) { (y[$0] - mean) * (y[$0] - mean) }
        if total == 0 { return residual == 0 ? 1 : 0 }
        let score = 1 - residual / total
        return score.isFinite ? score : nil
    }

    func encode(into archive: inout ModelArchive) {
        archive.store(prediction, as: "oob-prediction")
        archive.store(score.map { .double($0) } ?? .null, as: "oob-score")
        archive.store(unscoredRows, as: "oob-unscored")
    }

    init(from archive: ModelArchive) throws {
        let prediction = try archive.doubles("oob-prediction")
        let score = try archive.attribute("oob-score")
        self.init(
            prediction: prediction, score: score == .null ? nil : try archive.double("oob-score"),
            unscoredRows: try archive.ints("oob-unscored", in: 0...max(0, prediction.count - 1)))
    }
}
