import ApusCore

extension Scorer {
    /// All scorers, those for classification first.
    public static let all: [Scorer] =
        labelScorers + averagedScorers + probabilityScorers + fairnessScorers + regressionScorers
        + regressionFairnessScorers

    private static let labelScorers: [Scorer] = [
        labels("accuracy") { MetricValue(try accuracyScore($0.truth, $0.prediction, weights: $0.weights)) },
        labels("balanced_accuracy") {
            MetricValue(try balancedAccuracyScore($0.truth, $0.prediction, weights: $0.weights))
        },
        labels("matthews_corrcoef") { try matthewsCorrelation($0.truth, $0.prediction, weights: $0.weights) },
    ]

    private static let averagedScorers: [Scorer] =
        averaged("", .binary()) + averaged("_macro", .macro) + averaged("_micro", .micro)
        + averaged("_weighted", .weighted)

    private static let probabilityScorers: [Scorer] = [
        area("roc_auc", .oneVersusRest, .macro),
        area("roc_auc_ovr", .oneVersusRest, .macro),
        area("roc_auc_ovr_weighted", .oneVersusRest, .weighted),
        area("roc_auc_ovo", .oneVersusOne, .macro),
        area("roc_auc_ovo_weighted", .oneVersusOne, .weighted),
        ranking(
            "average_precision",
            scores: { try averagePrecisionScore($0, scores: $1, positive: $2, weights: $3) },
            probabilities: { try averagePrecisionScore($0, probabilities: $1, classes: $2, weights: $3) }),
        probabilities("neg_log_loss") {
            MetricValue(-(try logLoss($0, probabilities: $1, classes: $2, weights: $3)))
        },
        probabilities("neg_brier_score") {
            MetricValue(-(try brierScoreLoss($0, probabilities: $1, classes: $2, weights: $3)))
        },
    ]

    private static let regressionScorers: [Scorer] = [
        numbers("r2") { try r2Score($0, $1, weights: $2) },
        numbers("explained_variance") { try explainedVarianceScore($0, $1, weights: $2) },
        loss("neg_mean_absolute_error", meanAbsoluteError),
        loss("neg_mean_squared_error", meanSquaredError),
        loss("neg_root_mean_squared_error", rootMeanSquaredError),
        loss("neg_median_absolute_error", medianAbsoluteError),
        loss("neg_mean_absolute_percentage_error", meanAbsolutePercentageError),
        loss("neg_max_error") { truth, prediction, _ in try maxError(truth, prediction) },
    ]

    private static func averaged(_ suffix: String, _ average: Average) -> [Scorer] {
        [
            labels("precision" + suffix) {
                try precisionScore($0.truth, $0.prediction, average: average, weights: $0.weights)
            },
            labels("recall" + suffix) {
                try recallScore($0.truth, $0.prediction, average: average, weights: $0.weights)
            },
            labels("f1" + suffix) {
                try f1Score($0.truth, $0.prediction, average: average, weights: $0.weights)
            },
        ]
    }

    private static func labels(
        _ name: String, _ metric: @escaping @Sendable (Answer) throws -> MetricValue
    ) -> Scorer {
        Scorer(name: name, needsProbabilities: false, metric: .classification(metric))
    }

    private static func probabilities(
        _ name: String,
        _ metric: @escaping @Sendable (Labels, Matrix, Labels.Classes?, [Double]?) throws -> MetricValue
    ) -> Scorer {
        Scorer(
            name: name, needsProbabilities: true,
            metric: .classification { answer in
                guard let probabilities = answer.probabilities else {
                    throw ApusError(
                        .invalidParameter,
                        "\(name) needs probabilities, which this model does not give; choose another score or model.")
                }
                return try metric(answer.truth, probabilities, answer.classes, answer.weights)
            })
    }

    private static func area(_ name: String, _ multiClass: MultiClass, _ average: Average) -> Scorer {
        ranking(
            name, scores: { try rocAUCScore($0, scores: $1, positive: $2, weights: $3) },
            probabilities: {
                try rocAUCScore(
                    $0, probabilities: $1, classes: $2, multiClass: multiClass, average: average, weights: $3)
            })
    }

    /// A score that needs only an order of the rows, so that decision values of two classes do too.
    private static func ranking(
        _ name: String,
        scores: @escaping @Sendable (Labels, [Double], String?, [Double]?) throws -> MetricValue,
        probabilities: @escaping @Sendable (Labels, Matrix, Labels.Classes?, [Double]?) throws -> MetricValue
    ) -> Scorer {
        Scorer(
            name: name, needsProbabilities: true,
            metric: .classification { answer in
                if let table = answer.probabilities {
                    return try probabilities(answer.truth, table, answer.classes, answer.weights)
                }
                guard let decisions = answer.decisions, let classes = answer.classes, classes.count == 2 else {
                    throw ApusError(
                        .invalidParameter,
                        "\(name) needs probabilities or decision values of two classes, which this model does not give; "
                            + "choose another score or model.")
                }
                return try scores(answer.truth, decisions, classes.names[1], answer.weights)
            })
    }

    private static func numbers(
        _ name: String, _ metric: @escaping @Sendable ([Double], [Double], [Double]?) throws -> MetricValue
    ) -> Scorer {
        Scorer(
            name: name, needsProbabilities: false,
            metric: .regression { truth, prediction, weights, _ in try metric(truth, prediction, weights) })
    }

    private static func loss(
        _ name: String, _ metric: @escaping @Sendable ([Double], [Double], [Double]?) throws -> Double
    ) -> Scorer {
        numbers(name) { MetricValue(-(try metric($0, $1, $2))) }
    }
}
