import ApusCore

extension Scorer {
    /// The fairness metrics of classifiers under their Python names, and those of which less is better also turned, with
    /// `neg_` before the name.
    static let fairnessScorers: [Scorer] = FairnessMetric.allCases.flatMap { metric in
        @Sendable func measure(_ answer: Answer) throws -> MetricValue {
            guard let sensitive = answer.sensitive else { return MetricValue(undefined: "the groups are not known") }
            // The classes of the model tell which is positive even where a fold lacks it.
            let positive = answer.classes.flatMap { $0.count == 2 ? $0.names[1] : nil }
            return try metric.value(
                answer.truth, answer.prediction, sensitive: sensitive, positive: positive, weights: answer.weights)
        }
        return both(metric.pythonName, isLoss: !metric.isRatio) { turn in
            .classification { try measure($0).map(turn) }
        }
    }

    /// The fairness metrics of regression models, named as those of classifiers.
    static let regressionFairnessScorers: [Scorer] = RegressionFairness.allCases.flatMap { metric in
        @Sendable func measure(
            _ truth: [Double], _ prediction: [Double], _ weights: [Double]?, _ sensitive: Labels?
        ) throws -> MetricValue {
            guard let sensitive else { return MetricValue(undefined: "the groups are not known") }
            return try metric.value(truth, prediction, sensitive: sensitive, weights: weights)
        }
        return both(metric.pythonName, isLoss: !metric.isRatio) { turn in
            .regression { try measure($0, $1, $2, $3).map(turn) }
        }
    }

    private static func both(
        _ name: String, isLoss: Bool, _ metric: (@escaping @Sendable (Double) -> Double) -> Metric
    ) -> [Scorer] {
        let plain = Scorer(name: name, isLoss: isLoss, comparing: metric { $0 })
        guard isLoss else { return [plain] }
        return [plain, Scorer(name: "neg_" + name, isLoss: false, comparing: metric { -$0 })]
    }
}
