import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusTrust

extension TrainingPlan {
    /// The columns that go into the model, those last that only tell groups.
    func featureColumns(of frame: DataFrame) -> [String] {
        let seen = frame.columnNames.filter { $0 != target && $0 != groups && !dropped.contains($0) }
        guard fair?.needsSensitive == true else { return seen }
        return seen + sensitive.filter { !seen.contains($0) }
    }

    /// The group of each row for a fair training; nil when none is asked for.
    ///
    /// - Throws: `ApusError` when the groups or the task do not suit the mitigation.
    func fairGroups(in frame: DataFrame, _ task: LearningTask) throws -> Labels? {
        guard let fair else { return nil }
        guard task == .classification else {
            throw ApusError(
                .invalidParameter,
                "--fair is for classes, and \(target) is a number; leave it out, or choose --task classification.")
        }
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

    /// Fits the estimator, or the mitigation around it.
    func fit(
        _ entry: CatalogEntry, _ task: LearningTask, _ x: PreparedRows, _ known: Truth, _ groups: Labels?,
        _ encoder: any FittedPreparation, _ progress: ProgressHandler?
    ) throws -> Fitted {
        guard let fair, let groups, case .labels(let labels) = known, let type = entry.classifier else {
            return try fitBalanced(entry, task, x, known, encoder, progress)
        }
        guard balance == nil, calibration == nil, thresholdScore == nil else {
            throw ApusError(
                .invalidParameter,
                "--fair cannot be combined with --balance, --calibrate or --tune-threshold, which would undo what it keeps "
                    + "equal; choose one of them.")
        }
        guard labels.compacted.classes.count == 2 else {
            throw ApusError(
                .invalidInput,
                "--fair needs a target of two classes, and \(target) has \(labels.compacted.classes.count); make one class of "
                    + "interest of them and let the rest be the other.")
        }
        return try mitigated(
            try configured(type), fair, x.written(), labels.compacted, groups, Self.standard(encoder), progress)
    }

    private func mitigated<Base: Classifier>(
        _ base: Base, _ fair: FairTraining, _ x: Matrix, _ y: Labels, _ groups: Labels,
        _ encoder: FittedFrameEncoder, _ progress: ProgressHandler?
    ) throws -> Fitted {
        switch fair.mitigation {
        case .reductions:
            var estimator = ExponentiatedGradient(
                base, constraint: fair.constraint, bound: fair.bound ?? 0.01, randomized: fair.randomized, seed: seed)
            try apply(to: &estimator)
            let model = try estimator.fit(x, y, sensitive: groups, weights: nil, progress: progress)
            return fitted(model, estimator, base, model.iterations, model.converged)
        case .gridSearch:
            var estimator = ReductionGridSearch(
                base, constraint: fair.constraint, bound: fair.bound ?? 0.01, gridSize: 20)
            try apply(to: &estimator)
            let model = try estimator.fit(x, y, sensitive: groups, weights: nil, progress: progress)
            return fitted(model, estimator, base, nil, nil)
        case .reweighing:
            try checkNoSettings(fair)
            let model = try Reweighing(base).fit(x, y, sensitive: groups, weights: nil, progress: progress)
            let steps = model as? any IterativeModel
            return Fitted(
                kind: nil, predictor: .classifier(model), parameters: base.parameterValues,
                iterations: steps?.iterations, converged: steps?.converged)
        case .threshold:
            guard let constraint = ThresholdConstraint(rawValue: fair.constraint.rawValue) else {
                throw ApusError(
                    .invalidParameter,
                    "Thresholds cannot keep \(fair.constraint.commandName); choose demographic-parity, equalized-odds, "
                        + "true-positive-rate-parity or false-positive-rate-parity, or --mitigation reductions.")
            }
            var optimizer = ThresholdOptimizer(
                base, constraint: constraint, tol: fair.bound, randomized: fair.randomized, seed: seed)
            if constraint == .equalizedOdds, fair.randomized { optimizer.tol = nil }
            try apply(to: &optimizer)
            let places = ColumnIndices(sensitive.flatMap { encoder.places(of: $0) })
            let routed = Routed(
                optimizer, sensitiveColumns: places, learnsFromThem: !sensitive.allSatisfy(dropped.contains))
            let model = try routed.fit(x, y, weights: nil, progress: progress)
            return fitted(model, optimizer, base, nil, nil)
        case .adversarial:
            guard model == nil || Base.catalogName == LogisticRegression.catalogName else {
                throw ApusError(
                    .invalidParameter,
                    "--mitigation adversarial is a model of its own and not around \(Base.catalogName); leave out --model."
                )
            }
            guard fair.constraint == .demographicParity || fair.constraint == .equalizedOdds else {
                throw ApusError(
                    .invalidParameter,
                    "An adversary cannot keep \(fair.constraint.commandName); choose demographic-parity or equalized-odds, "
                        + "or --mitigation reductions.")
            }
            var estimator = AdversarialDebiasing(constraint: fair.constraint, seed: seed)
            try apply(to: &estimator)
            let model = try estimator.fit(x, y, sensitive: groups, weights: nil, progress: progress)
            return Fitted(
                kind: AdversarialDebiasing.catalogName, predictor: .classifier(model),
                parameters: estimator.parameterValues)
        case .correlationRemover:
            var remover = CorrelationRemover(
                sensitiveColumns: ColumnIndices(sensitive.flatMap { encoder.places(of: $0) }))
            try apply(to: &remover)
            let pipeline = remover.then(base)
            let model = try pipeline.fit(x, y, weights: nil, progress: progress)
            var parameters = remover.parameterValues
            parameters["estimator"] = .string(Base.catalogName)
            for (name, value) in base.parameterValues { parameters["estimator.\(name)"] = value }
            return Fitted(
                kind: CorrelationRemover.catalogName, predictor: .classifier(model), parameters: parameters)
        }
    }

    private func fitted<Estimator: FairClassifier>(
        _ model: any ClassifierModel, _ estimator: Estimator, _ base: some Classifier, _ iterations: Int?,
        _ converged: Bool?
    ) -> Fitted {
        var parameters = estimator.parameterValues
        parameters["estimator"] = .string(type(of: base).catalogName)
        return Fitted(
            kind: Estimator.catalogName, predictor: .classifier(model), parameters: parameters, iterations: iterations,
            converged: converged)
    }

    /// Applies the settings that begin with `mitigation.`.
    private func apply<Kind: Estimator>(to estimator: inout Kind) throws {
        for (name, value) in settings where name.hasPrefix(FairTraining.prefix) {
            try Kind.parameter(named: String(name.dropFirst(FairTraining.prefix.count))).set(
                text: value, in: &estimator)
        }
    }

    private func checkNoSettings(_ fair: FairTraining) throws {
        if let setting = settings.first(where: { $0.name.hasPrefix(FairTraining.prefix) }) {
            throw ApusError(
                .invalidParameter, "\(fair.mitigation.rawValue) has no parameter \(setting.name); leave it out.")
        }
    }

    // MARK: Before and after

    /// What the classifier answers for some rows when it is fitted without mitigation.
    func unmitigated(
        _ entry: CatalogEntry, _ task: LearningTask, _ prepared: PreparedRows, _ known: Truth,
        _ preparation: any FittedPreparation, on frame: DataFrame, _ truth: Truth
    ) throws -> Judgement {
        let (x, encoder) = (try prepared.written(), try Self.standard(preparation))
        let hidden = Set(sensitive.filter { dropped.contains($0) }.flatMap { encoder.places(of: $0) })
        let kept = (0..<x.columns).filter { !hidden.contains($0) }
        func seen(_ x: Matrix) -> Matrix { hidden.isEmpty ? x : x.selecting(columns: kept) }
        var plan = self
        plan.settings = settings.filter { !$0.name.hasPrefix(FairTraining.prefix) }
        let fitted = try plan.fit(entry, task, .dense(seen(x)), known, nil)
        guard case .classifier(let model) = fitted.predictor else {
            throw ApusError(.invalidParameter, "Only classifiers can be compared before and after.")
        }
        let rows = seen(try encoder.encode(frame))
        guard model.givesProbabilities else {
            return try Judgement(of: Prediction(.labels(try model.predict(rows))), truth: truth)
        }
        let both = try model.predictWithProbabilities(rows)
        return try Judgement(of: Prediction(.labels(both.labels), probabilities: both.probabilities), truth: truth)
    }

    func fairnessSummary(
        _ fair: FairTraining, _ fitted: Fitted, before: Judgement, after: Judgement, _ groups: Labels
    ) throws -> TrainingSummary.Fairness {
        var summary = TrainingSummary.Fairness(
            mitigation: fair.mitigation.rawValue, constraint: fair.constraint.rawValue, bound: nil, achieved: nil,
            before: try FairnessAssessment.scores(before, groups), after: try FairnessAssessment.scores(after, groups),
            candidates: [])
        guard case .classifier(let model) = fitted.predictor else { return summary }
        if let outcome = model as? any MitigationOutcome {
            summary.bound = outcome.askedBound
            summary.achieved = outcome.achievedDisparity
            summary.candidates = outcome.tradeOff.map { .init(error: $0.error, disparity: $0.disparity) }
        }
        return summary
    }
}

extension TrainingPlan {
    /// The default preparation, whose columns mitigations can tell apart.
    fileprivate static func standard(_ preparation: any FittedPreparation) throws -> FittedFrameEncoder {
        guard let encoder = preparation as? FittedFrameEncoder else {
            throw ApusError(
                .invalidParameter,
                "Fair training works on the default preparation; leave out text columns and preparations of your own.")
        }
        return encoder
    }
}

extension FittedFrameEncoder {
    /// The places among the outputs that an input column takes.
    func places(of column: String) -> [Int] {
        var start = 0
        for input in inputColumns {
            let width = input.schema.type.isNumeric ? 1 : input.levels.count + (input.hasMissingLevel ? 1 : 0)
            if input.schema.name == column { return Array(start..<start + width) }
            start += width
        }
        return []
    }
}
