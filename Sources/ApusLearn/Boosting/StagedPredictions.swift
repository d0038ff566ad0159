import ApusCore

/// What a boosted model would answer after its first iteration, after its second, and so on.
///
///     for (stage, predicted) in try model.stagedPredict(x).enumerated() { ... }
///
/// Answers are computed as they are asked for; only one is held at a time.
public struct StagedPredictions<Answer>: Sequence, IteratorProtocol {
    private let trees: BoostedTrees
    private let x: Matrix
    private let answer: (Matrix) -> Answer
    private var scores: Matrix
    private var stage = 0

    init(_ trees: BoostedTrees, _ x: Matrix, _ answer: @escaping (Matrix) -> Answer) throws {
        self.trees = trees
        self.x = try trees.checked(x)
        self.answer = answer
        scores = trees.start(rows: x.rows)
    }

    /// The answer after one more iteration; nil after the last one.
    public mutating func next() -> Answer? {
        guard stage < trees.iterations else { return nil }
        trees.add(stage..<stage + 1, encoded: x, to: &scores)
        stage += 1
        return answer(scores)
    }
}
