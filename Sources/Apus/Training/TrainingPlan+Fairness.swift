import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusTrust

extension TrainingPlan {
    /// The columns that go into the model, those last that only tell groups.
    func featureColumns(of frame: DataFrame) -> [String] {
        let seen = frame.columnNames.filter { $0 != target && !dropped.contains($0) }
        guard fair?.needsSensitive == true else { return seen }
        return seen + sensitive.filter { !seen.contains($0) }
    }

    /// The group of each row for a fair training; nil when none is asked for.
    ///
    /// - Throws: `ApusError` when the groups or the task do not suit the mitigation.
    func fairGroups(in frame: DataFrame, _ task: LearningTask) throws -> Labels? {
        guard let fair else { return nil }
        try check(fair, task)
        guard !sensitive.isEmpty else {
            throw ApusError(
                .invalidParameter, "--fair needs the groups to treat alike; name a column with --sensitive COLUMN.")
        }
        for name in sensitive {
            let rule = try GroupRule(of: frame[name])
            guard rule.names.count > 1 else {
                throw ApusError(
                    .invalidInput,
                    "The sensitive column \(name) is \(rule.names.first ?? "empty") in every row, so there is nothing to "
                        + "treat alike; choose another column.")
            }
            guard fair.needsSensitive else { continue }
            let column: Column = try frame[name]
            guard rule.bounds.isEmpty || fair.mitigation == .correlationRemover else {
                throw ApusError(
                    .invalidSchema,
                    "\(name) is a number with many values, and thresholds need few groups; add a column of bands, such as "
                        + "“\(rule.names[0])”, and make that the sensitive one.")
            }
            guard column.missingCount == 0 || !column.type.isNumeric else {
                throw ApusError(
                    .invalidSchema,
                    "\(column.missingCount) rows have no \(name), and \(fair.mitigation.rawValue) would take them for another "
                        + "group, as numbers are imputed; write the column as text, or drop these rows.")
            }
        }
        if fair.mitigation == .threshold {
            let hidden = sensitive.count { dropped.contains($0) }
            guard hidden == 0 || hidden == sensitive.count else {
                throw ApusError(
                    .invalidParameter,
                    "Some sensitive columns are dropped and some are not; with thresholds drop all of them or none.")
            }
        }
        return try sensitiveGroups(in: frame)
    }

    /// Refuses what the mitigation cannot do for the task.
    private func check(_ fair: FairTraining, _ task: LearningTask) throws {
        switch task {
        case .classification:
            guard let bound = fair.bound, bound > 1 else { return }
            throw ApusError(
                .invalidParameter, "The bound is \(bound), but rates of classes are from 0 to 1; choose a bound there.")
        case .regression:
            guard fair.constraint == .boundedGroupLoss, fair.mitigation == .reductions else {
                throw ApusError(
                    .invalidParameter,
                    "--fair \(fair.constraint.commandName) by \(fair.mitigation.rawValue) is for classes, and \(target) is a "
                        + "number; choose --fair bounded-group-loss with --mitigation reductions, or --task classification."
                )
            }
            guard fair.bound != nil else {
                throw ApusError(
                    .invalidParameter,
                    "A bound on the loss of each group has the unit of \(target), so there is no default; give --fair-bound, "
                        + "the greatest mean square of the errors (or with --set mitigation.loss=absolute, of their sizes)."
                )
            }
        }
    }

    // MARK: Before and after

    /// What the classifier answers for some rows when it is fitted in all but the mitigation as the plan says.
    func unmitigated(
        _ entry: CatalogEntry, _ task: LearningTask, _ prepared: PreparedRows, _ known: Truth,
        _ preparation: any FittedPreparation, on frame: DataFrame, _ truth: Truth
    ) throws -> Judgement {
        let hidden = Set(try groupPlaces(preparation).hidden)
        let kept = (0..<prepared.columns).filter { !hidden.contains($0) }
        func seen(_ x: PreparedRows) throws -> PreparedRows {
            hidden.isEmpty ? x : .dense(try x.written().selecting(columns: kept))
        }
        var plan = self
        plan.settings = settings.filter { !$0.name.hasPrefix(FairTraining.prefix) }
        var (rows, labels) = (prepared, known)
        if let balance, case .labels(let classes) = known {
            let balanced = try balance.apply(to: prepared, classes.compacted, preparation, seed: seed)
            (rows, labels) = (balanced.x, .labels(balanced.labels))
        }
        let fitted = try plan.fit(entry, task, seen(rows), labels, nil, weigh: balance?.method == .weights)
        return try Judgement(of: fitted.predictor.predictForScores(seen(preparation.prepare(frame))), truth: truth)
    }

    func fairnessSummary(
        _ fair: FairTraining, _ fitted: Fitted, before: Judgement, after: Judgement, _ groups: Labels
    ) throws -> TrainingSummary.Fairness {
        var summary = TrainingSummary.Fairness(
            mitigation: fair.mitigation.rawValue, constraint: fair.constraint.rawValue, bound: nil, achieved: nil,
            before: try FairnessAssessment.scores(before, groups), after: try FairnessAssessment.scores(after, groups),
            candidates: [])
        summary.change = try FairnessAssessment.change(before, after, groups, fair.constraint.metric, seed: seed)
        let model: any FittedModel =
            switch fitted.predictor {
            case .classifier(let model): model.innermost
            case .regressor(let model): model
            }
        if let outcome = model as? any MitigationOutcome {
            summary.bound = outcome.askedBound
            summary.achieved = outcome.achievedDisparity
            summary.candidates = outcome.tradeOff.map { .init(error: $0.error, disparity: $0.disparity) }
        }
        return summary
    }
}
