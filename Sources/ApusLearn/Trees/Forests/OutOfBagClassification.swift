import ApusCore

/// What the trees of a forest say of the training rows that they did not draw.
public struct OutOfBagClassification: Sendable, Equatable {
    /// The mean class shares of each row over the trees that did not draw it, n × K; 0 for rows that every tree drew.
    public let decisionFunction: Matrix
    /// The part of the rows whose greatest share is at their own class, rows that every tree drew counted as the first
    /// class, 0 to 1.
    public let score: Double
    /// The rows that every tree drew, so that nothing is known about them: with enough trees there are none.
    public let unscoredRows: [Int]

    init(decisionFunction: Matrix, score: Double, unscoredRows: [Int]) {
        self.decisionFunction = decisionFunction
        self.score = score
        self.unscoredRows = unscoredRows
    }

    /// Averages over the trees that did not draw a row.
    init(_ forest: Forest, drawn: [[UInt64]], _ x: Matrix, _ codes: [Int]) throws {
        let (means, trees) = try forest.outOfBagMeans(x, drawn: drawn)
        let width = forest.valueWidth
        let hits = codes.indices.count { row in
            var best = row * width
            for k in row * width..<(row + 1) * width where means[k] > means[best] { best = k }
            return best - row * width == codes[row]
        }
        self.init(
            decisionFunction: Matrix(rows: x.rows, columns: width, values: means),
            score: Double(hits) / Double(codes.count), unscoredRows: trees.indices.filter { trees[$0] == 0 })
    }

    func encode(into archive: inout ModelArchive) {
        archive.store(decisionFunction, as: "oob-decision")
        archive.store(.double(score), as: "oob-score")
        archive.store(unscoredRows, as: "oob-unscored")
    }

    init(from archive: ModelArchive, width: Int) throws {
        let decision = try archive.matrix("oob-decision", columns: width)
        self.init(
            decisionFunction: decision, score: try archive.double("oob-score"),
            unscoredRows: try archive.ints("oob-unscored", in: 0...max(0, decision.rows - 1)))
    }
}
