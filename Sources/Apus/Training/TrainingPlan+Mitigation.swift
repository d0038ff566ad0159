import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusTrust

extension TrainingPlan {
    /// Fits the estimator, or the mitigation around it, with the balancing and the adjustments of the plan.
    func fit(
        _ entry: CatalogEntry, _ task: LearningTask, _ x: PreparedRows, _ known: Truth, _ groups: Labels?,
        _ preparation: any FittedPreparation, _ progress: ProgressHandler?
    ) throws -> Fitted {
        if let fair, let groups, case .numbers(let numbers) = known, let type = entry.regressor {
            return try mitigated(configured(type), fair, x, numbers, groups, progress)
        }
        guard let fair, let groups, case .labels(let labels) = known, let type = entry.classifier else {
            return try fitBalanced(entry, task, x, known, preparation, progress)
        }
        try checkCombinations(with: fair)
        try checkDecisions(task)
        let classes = labels.compacted
        guard classes.classes.count == 2 else {
            throw ApusError(
                .invalidInput,
                "--fair needs a target of two classes, and \(target) has \(classes.classes.count); make one class of "
                    + "interest of them and let the rest be the other.")
        }
        guard let balance else {
            return try mitigated(configured(type), fair, x, classes, groups, nil, preparation, progress)
        }
        let rows = try balance.apply(to: x, classes, preparation, seed: seed)
        // Rows that are made up have no group; the mitigations that ask for one refuse them.
        let known = groups.selecting(rows: rows.sources.map { $0 ?? 0 })
        let (estimator, weights) = try weighed(configured(type), fair, rows.labels)
        var fitted = try mitigated(estimator, fair, rows.x, rows.labels, known, weights, preparation, progress)
        fitted.balance = rows.balance
        if fair.boundDependsOnClasses {
            fitted.balance?.remarks.append(
                "What \(fair.constraint.commandName) bounds was bounded on the balanced rows; on the classes as they are in "
                    + "the table it may be more or less.")
        }
        return fitted
    }

    /// Refuses what would undo the mitigation, or has no meaning beside it.
    private func checkCombinations(with fair: FairTraining) throws {
        let name = fair.mitigation.rawValue
        if thresholdScore != nil {
            switch fair.mitigation {
            case .threshold:
                throw ApusError(
                    .invalidParameter,
                    "--mitigation threshold chooses a threshold for each group already, and --tune-threshold would put one for "
                        + "all in their place; leave out --tune-threshold.")
            case .reductions, .gridSearch:
                throw ApusError(
                    .invalidParameter,
                    "--mitigation \(name) bounds how far the decisions of groups are apart, and another threshold would be "
                        + "other decisions; leave out --tune-threshold, or choose --mitigation reweighing, adversarial or "
                        + "correlation-remover, which bound nothing.")
            case .reweighing, .adversarial, .correlationRemover: break
            }
        }
        guard let balance, balance.method != .weights else { return }
        if fair.mitigation == .threshold {
            throw ApusError(
                .invalidParameter,
                "--mitigation threshold finds thresholds by the shares of the classes in the table, which "
                    + "--balance \(balance.method.rawValue) changes; use --balance weights.")
        }
        if balance.method.makesRows, fair.mitigation != .correlationRemover {
            throw ApusError(
                .invalidParameter,
                "--balance \(balance.method.rawValue) makes up rows between others, and those belong to no group that "
                    + "--mitigation \(name) could treat alike; use --balance over, under, tomek or weights.")
        }
    }

    /// The classifier and the sample weights that stand for balanced classes.
    private func weighed<Base: Classifier>(
        _ base: Base, _ fair: FairTraining, _ y: Labels
    ) throws -> (estimator: Base, weights: [Double]?) {
        guard balance?.method == .weights else { return (base, nil) }
        switch fair.mitigation {
        case .reductions, .gridSearch, .reweighing, .adversarial:
            // The classifier is fitted on labels and weights that are not those of the table, so it must not balance these.
            return (base, try ClassWeight.balanced.weights(for: y, sampleWeights: nil))
        case .correlationRemover:
            let own = try configured(Base.self, weigh: true)
            return (own, try balancingWeights(for: own, y))
        case .threshold:
            guard Base.parameters.contains(where: { $0.name == "classWeight" }) else {
                throw ApusError(
                    .invalidParameter,
                    "Thresholds are found on rows that all count the same, and \(Base.catalogName) has no class_weight to be "
                        + "balanced by alone; choose a model that has it, or leave out --balance.")
            }
            return (try configured(Base.self, weigh: true), nil)
        }
    }

    private func mitigated<Base: Classifier>(
        _ base: Base, _ fair: FairTraining, _ prepared: PreparedRows, _ y: Labels, _ groups: Labels,
        _ weights: [Double]?, _ preparation: any FittedPreparation, _ progress: ProgressHandler?
    ) throws -> Fitted {
        if fair.mitigation == .reweighing, case .sparse = prepared, calibration == nil, thresholdScore == nil {
            try checkNoSettings(fair)
            guard Base.traits.usesWeights else { throw Reweighing<Base>.refusal }
            let own = try reweighing(y, sensitive: groups, weights: weights)
            let (model, _) = try fitAdjusted(base, prepared, y, progress, weights: own)
            return fitted((model, nil), nil, base.parameterValues)
        }
        let rows = GroupedRows(x: try prepared.written(), y: y, groups: groups, weights: weights)
        switch fair.mitigation {
        case .reductions:
            var estimator = ExponentiatedGradient(
                base, constraint: fair.constraint, bound: fair.bound ?? 0.01, randomized: fair.randomized, seed: seed)
            try apply(to: &estimator)
            return try around(base, estimator, adjusted(estimator, rows, progress))
        case .gridSearch:
            var estimator = ReductionGridSearch(
                base, constraint: fair.constraint, bound: fair.bound ?? 0.01, gridSize: 20)
            try apply(to: &estimator)
            return try around(base, estimator, adjusted(estimator, rows, progress))
        case .reweighing:
            try checkNoSettings(fair)
            return fitted(try adjusted(Reweighing(base), rows, progress), nil, base.parameterValues)
        case .threshold:
            let optimizer = try thresholds(base, fair)
            let places = try groupPlaces(preparation)
            let routed = Routed(
                optimizer, sensitiveColumns: ColumnIndices(places.places), learnsFromThem: places.learnsFromThem)
            return try around(
                base, optimizer,
                adjusted(rows, progress) { rows, progress in
                    try routed.fit(rows.x, rows.y, weights: rows.weights, progress: progress)
                })
        case .adversarial:
            let estimator = try adversary(Base.self, fair)
            return fitted(
                try adjusted(estimator, rows, progress), AdversarialDebiasing.catalogName, estimator.parameterValues)
        case .correlationRemover:
            var remover = CorrelationRemover(
                sensitiveColumns: ColumnIndices(try groupPlaces(preparation).places))
            try apply(to: &remover)
            let pipeline = remover.then(base)
            var parameters = remover.parameterValues
            parameters["estimator"] = .string(Base.catalogName)
            for (name, value) in base.parameterValues { parameters["estimator.\(name)"] = value }
            let model = try adjusted(rows, progress) { rows, progress in
                try pipeline.fit(rows.x, rows.y, weights: rows.weights, progress: progress)
            }
            return fitted(model, CorrelationRemover.catalogName, parameters)
        }
    }

    private func mitigated<Base: Regressor>(
        _ base: Base, _ fair: FairTraining, _ x: PreparedRows, _ y: [Double], _ groups: Labels,
        _ progress: ProgressHandler?
    ) throws -> Fitted {
        guard balance == nil, calibration == nil, thresholdScore == nil else {
            throw ApusError(
                .invalidParameter,
                "--balance, --calibrate and --tune-threshold are for classes, and \(target) is a number; leave them out."
            )
        }
        var estimator = GroupLossRegressor(base, bound: fair.bound ?? 0.1, seed: seed)
        try apply(to: &estimator)
        let model = try estimator.fit(x.written(), y, sensitive: groups, weights: nil, progress: progress)
        var parameters = estimator.parameterValues
        parameters["estimator"] = .string(Base.catalogName)
        return Fitted(
            kind: GroupLossRegressor<Base>.catalogName, predictor: .regressor(model), parameters: parameters,
            iterations: model.iterations, converged: model.converged)
    }

    private func thresholds<Base: Classifier>(_ base: Base, _ fair: FairTraining) throws -> ThresholdOptimizer<Base> {
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
        return optimizer
    }

    private func adversary<Base: Classifier>(_ base: Base.Type, _ fair: FairTraining) throws -> AdversarialDebiasing {
        guard model == nil || Base.catalogName == LogisticRegression.catalogName else {
            throw ApusError(
                .invalidParameter,
                "--mitigation adversarial is a model of its own and not around \(Base.catalogName); leave out --model.")
        }
        guard fair.constraint == .demographicParity || fair.constraint == .equalizedOdds else {
            throw ApusError(
                .invalidParameter,
                "An adversary cannot keep \(fair.constraint.commandName); choose demographic-parity or equalized-odds, "
                    + "or --mitigation reductions.")
        }
        var estimator = AdversarialDebiasing(constraint: fair.constraint, seed: seed)
        try apply(to: &estimator)
        return estimator
    }

    // MARK: Results

    private typealias Adjusted = (model: any ClassifierModel, decision: TrainingSummary.Decision?)

    private func around(
        _ base: some Classifier, _ estimator: some FairClassifier, _ model: Adjusted
    ) throws -> Fitted {
        var parameters = estimator.parameterValues
        parameters["estimator"] = .string(type(of: base).catalogName)
        return fitted(model, type(of: estimator).catalogName, parameters)
    }

    private func fitted(_ adjusted: Adjusted, _ kind: String?, _ parameters: [String: JSONValue]) -> Fitted {
        let steps = adjusted.model.innermost as? any IterativeModel
        // The points of a grid are no iterations.
        let counts = kind != FairTraining.Mitigation.gridSearch.catalogName
        return Fitted(
            kind: kind, predictor: .classifier(adjusted.model), parameters: parameters,
            iterations: counts ? steps?.iterations : nil, converged: counts ? steps?.converged : nil,
            decision: adjusted.decision)
    }

    /// A fair classifier with the adjustments of the plan around it.
    private func adjusted<Kind: FairClassifier>(
        _ estimator: Kind, _ rows: GroupedRows, _ progress: ProgressHandler?
    ) throws -> Adjusted where Kind.Model: ClassifierModel {
        try adjusted(rows, progress) { rows, progress in
            try estimator.fit(rows.x, rows.y, sensitive: rows.groups, weights: rows.weights, progress: progress)
        }
    }

    /// What is fitted on rows with the adjustments of the plan around it. Calibration changes probabilities and leaves the
    /// decisions of the mitigation as they are; a tuned threshold decides anew.
    private func adjusted<Model: ClassifierModel>(
        _ rows: GroupedRows, _ progress: ProgressHandler?,
        _ fit: (_ rows: GroupedRows, _ progress: ProgressHandler?) throws -> Model
    ) throws -> Adjusted {
        func calibrated(_ part: GroupedRows, _ method: CalibrationMethod) throws -> CalibratedClassifierModel<Model> {
            let splits = try CalibrationFolds<Model>.stratified(part.y, count: 5)
            return try CalibrationFolds<Model>(method: method, ensemble: false, keepsDecisions: true).fit(
                part.x, part.y, splits: splits, weights: nil, progress: thresholdScore == nil ? progress : nil
            ) { places in try fit(places.map(part.selecting) ?? part, nil) }
        }
        switch (calibration, thresholdScore) {
        case (nil, nil): return (try fit(rows, progress), nil)
        case (let method?, nil):
            let decision = TrainingSummary.Decision(
                calibration: method, scoring: nil, positive: nil, threshold: nil, score: nil, keepsDecisions: true)
            return (try calibrated(rows, method), decision)
        case (nil, let score?): return try tuned(score, rows, progress) { try fit($0, nil) }
        case (let method?, let score?): return try tuned(score, rows, progress) { try calibrated($0, method) }
        }
    }

    private func tuned<Model: ClassifierModel>(
        _ score: String, _ rows: GroupedRows, _ progress: ProgressHandler?, _ fit: (GroupedRows) throws -> Model
    ) throws -> Adjusted {
        let search = try ThresholdFolds<Model>(
            scorer: Scorer.named(score), responseMethod: .auto, thresholds: 100, positive: 1)
        let splits = try StratifiedKFold(nSplits: 5).split(rows: rows.x.rows, labels: rows.y, groups: nil)
        let model = try search.fit(rows.x, rows.y, splits: splits, refit: true, progress: progress) { places in
            try fit(places.map(rows.selecting) ?? rows)
        }
        let decision = TrainingSummary.Decision(
            calibration: calibration, scoring: score, positive: model.classes.names[model.positive],
            threshold: model.threshold, score: model.bestScore)
        return (model, decision)
    }

    // MARK: Settings

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
}
