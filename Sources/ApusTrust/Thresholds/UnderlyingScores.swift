import ApusCore

/// A fair model whose probabilities are of its answer and not of the truth, and which can say how sure the classifiers within
/// are: that is what its calibration works on.
protocol UnderlyingScores: ClassifierModel {
    /// How sure the classifiers within are of the second class: n × 1; and whether these are probabilities.
    ///
    /// - Throws: What the classifiers throw.
    func underlyingScores(_ x: Matrix) throws -> (scores: Matrix, areProbabilities: Bool)
}

extension MixtureModel: UnderlyingScores {
    /// The mean of the classifiers' probabilities, or of their answers where they give none.
    func underlyingScores(_ x: Matrix) throws -> (scores: Matrix, areProbabilities: Bool) {
        var sums = [Double](repeating: 0, count: x.rows)
        for (part, weight) in zip(parts, weights) {
            switch part {
            case .constant(let answer): if answer { for row in sums.indices { sums[row] += weight } }
            case .model(let model) where model.givesProbabilities:
                let table = try model.predictProba(x)
                for row in sums.indices { sums[row] += weight * table[row, 1] }
            case .model(let model):
                for (row, isSelected) in try Self.selected(model, x).enumerated() where isSelected {
                    sums[row] += weight
                }
            }
        }
        return (Matrix(column: sums), true)
    }
}

extension Routed.Model: UnderlyingScores where Fair.Model: GroupwiseScores {
    /// What the classifier says before the thresholds of the groups.
    func underlyingScores(_ x: Matrix) throws -> (scores: Matrix, areProbabilities: Bool) {
        try model.scoresBeforeGroups(seen(x))
    }
}

/// A model that a fair classifier fits, with the scores that its answers come from.
protocol GroupwiseScores {
    /// The scores that groups have no part in.
    func scoresBeforeGroups(_ x: Matrix) throws -> (scores: Matrix, areProbabilities: Bool)
}

extension MixtureModel: GroupwiseScores {
    func scoresBeforeGroups(_ x: Matrix) throws -> (scores: Matrix, areProbabilities: Bool) { try underlyingScores(x) }
}

extension ThresholdModel: GroupwiseScores {
    func scoresBeforeGroups(_ x: Matrix) throws -> (scores: Matrix, areProbabilities: Bool) {
        try ScoreSource.forCalibration(base, x)
    }
}
