import ApusCore
import ApusEvaluation
import ApusTrust

extension TrainingSummary {
    /// How a classifier's answers were adjusted after its fit.
    public struct Decision: Sendable, Hashable, Codable {
        /// How probabilities were calibrated; nil where they were not.
        public let calibration: CalibrationMethod?
        /// The score that the threshold was tuned for; nil where it was not.
        public let scoring: String?
        /// The class that is answered from the threshold on.
        public let positive: String?
        /// The threshold.
        public let threshold: Double?
        /// The mean score over the folds at the threshold.
        public let score: Double?
        /// Whether classes are those of the model before its calibration, as after a mitigation; nil where they are not.
        public var keepsDecisions: Bool?

        /// What a person reads.
        var text: [String] {
            var lines: [String] = []
            if let calibration {
                lines.append(
                    "Probabilities calibrated by \(calibration.rawValue) over five folds of the training rows"
                        + (keepsDecisions == true ? "; what it answers is left to the mitigation." : "."))
            }
            if let scoring, let positive, let threshold {
                lines.append(
                    "It answers \(positive) from \(TextTable.significant(threshold, 4)) on, where \(scoring) is best over five "
                        + "folds of the training rows (\(TextTable.score(score))).")
            }
            return lines
        }

        /// What a program reads.
        var json: JSONValue {
            [
                "calibration": calibration.map { .string($0.rawValue) } ?? .null,
                "keeps_decisions": .bool(keepsDecisions == true),
                "scoring": scoring.map { .string($0) } ?? .null, "positive": positive.map { .string($0) } ?? .null,
                "threshold": threshold.map { .double($0) } ?? .null, "score": score.map { .double($0) } ?? .null,
            ]
        }
    }
}

extension TrainingPlan {
    /// Throws when the plan asks for adjustments that the task or the balancing rules out.
    func checkDecisions(_ task: LearningTask) throws {
        guard calibration != nil || thresholdScore != nil else { return }
        guard task == .classification else {
            throw ApusError(
                .invalidParameter,
                "Only the probabilities of classes can be calibrated or get a threshold, and \(target) is a number.")
        }
        if let balance, balance.method != .weights {
            throw ApusError(
                .invalidParameter,
                "Rows balanced by \(balance.method.rawValue) have other shares of the classes than the table, so "
                    + "probabilities and thresholds learned from them would be off; use --balance weights, or leave one out."
            )
        }
    }

    /// Fits a classifier with the adjustments of the plan around it.
    func fitAdjusted(
        _ estimator: some Classifier, _ x: Matrix, _ y: Labels, _ progress: ProgressHandler?, weights: [Double]?
    ) throws -> (model: any ClassifierModel, decision: TrainingSummary.Decision?) {
        guard let calibration else {
            return try fitThreshold(estimator, x, y, progress, weights: weights)
        }
        return try fitThreshold(
            CalibratedClassifierCV(estimator, method: calibration), x, y, progress, weights: weights)
    }

    private func fitThreshold<Kind: Classifier>(
        _ estimator: Kind, _ x: Matrix, _ y: Labels, _ progress: ProgressHandler?, weights: [Double]?
    ) throws -> (model: any ClassifierModel, decision: TrainingSummary.Decision?) {
        guard let thresholdScore else {
            let model = try estimator.fit(x, y, weights: weights, progress: progress)
            guard let calibration else { return (model, nil) }
            let decision = TrainingSummary.Decision(
                calibration: calibration, scoring: nil, positive: nil, threshold: nil, score: nil)
            return (model, decision)
        }
        let model = try TunedThresholdClassifierCV(estimator, scoring: thresholdScore).fit(
            x, y, weights: weights, progress: progress)
        let decision = TrainingSummary.Decision(
            calibration: calibration, scoring: thresholdScore, positive: model.classes.names[model.positive],
            threshold: model.threshold, score: model.bestScore)
        return (model, decision)
    }
}
