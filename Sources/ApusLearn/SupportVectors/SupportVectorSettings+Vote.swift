import ApusCore

extension SupportVectorSettings {
    /// Trains a classifier: checks the data, weighs the rows, lets the classes duel.
    func vote(
        _ kind: SupportVectorDuels.Kind, _ x: Matrix, _ y: Labels, weights: [Double]?, classWeight: ClassWeight,
        shape: DecisionFunctionShape, breakTies: Bool, seed: UInt32?, _ progress: ProgressHandler?
    ) throws -> SupportVectorVote {
        if breakTies, shape == .ovo {
            throw ApusError(
                .invalidParameter,
                "breakTies goes by the decision values of classes; set decisionFunctionShape to ovr, or breakTies to "
                    + "false.")
        }
        try x.checkUsable()
        try y.check(rows: x.rows, minimumClasses: 2)
        try checkSampleWeights(weights, rows: x.rows)
        // As in the reference, balancing goes by the numbers of rows and not by their weights.
        var rowWeights = try classWeight.weights(for: y, sampleWeights: nil)
        if let weights { for i in rowWeights.indices { rowWeights[i] *= weights[i] } }
        let labels = y.compacted
        let duels = try SupportVectorDuels(self, kind, x: x, y: labels, weights: rowWeights, seed: seed)
        let (outcomes, isSingle) = try duels.solve(progress)
        return SupportVectorVote(
            duels, outcomes, classes: labels.classes, shape: shape, breakTies: breakTies,
            isSingle: isSingle)
    }
}
