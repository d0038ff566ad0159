import ApusCore
import ApusEvaluation
import ApusFrame
import ApusTrust

/// Everything between a table and a trained model: which column to predict from which others, by what, judged how.
///
///     var plan = TrainingPlan(target: "species")
///     plan.model = "decision-tree"
///     let result = try plan.run(on: DataFrame(csv: "iris.csv"))
///     try result.model.write(to: "iris.apus")
///
/// The defaults are the library's and scikit-learn's: a numeric table without gaps reaches the estimator as it is, in the
/// order of its columns, and the rows held out are those of `trainTestSplit` for the same seed.
public struct TrainingPlan: Sendable {
    /// The column to predict.
    public var target: String
    /// The estimator's name in the catalog; nil takes logistic regression for classes and linear regression for numbers.
    public var model: String?
    /// Hyper-parameters as text, by name in either spelling, applied in order.
    public var settings: [(name: String, value: String)] = []
    /// Classification or regression; nil lets the model's name or the target decide.
    public var task: LearningTask?
    /// The seed of the split, and of the estimator where it has one and `settings` do not set it.
    public var seed: UInt32 = 0
    /// The share of the rows to hold out for the test scores, above 0 and below 1; nil holds none out.
    public var testSize: Double? = 0.2
    /// Whether the split keeps the shares of the classes.
    public var stratify = false
    /// Columns that are neither features nor anything else.
    public var dropped: [String] = []
    /// Columns whose groups are watched for fairness. They stay features unless they are dropped too.
    public var sensitive: [String] = []
    /// How groups of the sensitive columns are to be treated alike; nil leaves the model as it is.
    public var fair: FairTraining?
    /// Whether to centre numeric columns and scale them to unit variance.
    public var scale = false
    /// Columns of free text: a column of numbers comes out for each word that occurs in them.
    public var text: [String] = []
    /// How text becomes numbers; `settings` called `vectorizer.NAME` are its parameters.
    public var vectorizer: TextVectorization = .tfidf
    /// How columns become numbers, in place of the default preparation; it is learned from the rows trained on alone.
    public var columnTransformer: ColumnTransformer?
    /// How many training rows, at most, the model keeps for explanations to compare with: their input columns as they are,
    /// sensitive ones too where these are inputs. 0 keeps none, and explanations other than of trees then need rows of their
    /// own.
    public var sampleRows = TrainingSample.mostRows
    /// What a search found for the estimator and for the preparation; applied last.
    var found = SearchParameters.Values()
    /// How classes of different size are made up for while the estimator is fitted; nil leaves them as they are.
    public var balance: Balancing?
    /// How the probabilities of classes are calibrated, over five folds of the training rows; nil leaves them.
    public var calibration: CalibrationMethod?
    /// The score, such as `f1`, for which the threshold between two classes is tuned over five folds of the training rows;
    /// nil leaves it at one half.
    public var thresholdScore: String?

    /// A plan to predict `target` with the defaults.
    public init(target: String) { self.target = target }

    /// What training gives.
    public struct Result: Sendable {
        /// The trained model, with its scores and references.
        public let model: TrainedModel
        /// Why the task is what it is, in half a sentence.
        public let taskReason: String
        /// The rows of the table that the model was fitted on and those held out.
        public let split: Split
        /// The predictions for the training rows, and how good they are.
        public let train: Judgement
        /// The predictions for the rows held out; nil without any.
        public let test: Judgement?

        /// The judgement that counts: on the rows held out where there are any.
        public var judgement: Judgement { test ?? train }
    }

    /// Runs the plan.
    ///
    /// - Parameters:
    ///   - frame: The table.
    ///   - progress: Called now and then while the estimator is fitted.
    /// - Throws: `ApusError`, naming the column, parameter or row that stands in the way.
    public func run(on frame: DataFrame, progress: ProgressHandler? = nil) throws -> Result {
        try checkColumns(of: frame)
        let (entry, task, reason) = try chooseModel(for: frame)
        let features = featureColumns(of: frame)
        guard !features.isEmpty else {
            throw ApusError(
                .invalidSchema, "No column is left to predict \(target) from; keep at least one besides the target.")
        }
        let truth = try Truth(target, task, in: frame)
        try checkVariation(of: truth)
        let groups = try fairGroups(in: frame, task)
        let split = try holdOut(truth)
        let roles = try marked(frame)
        let train = try roles.selecting(rows: split.train)
        let known = truth.selecting(rows: split.train)
        let (encoder, x) = try prepared(train, features: features, known)
        // Before the fit, so that the selected rows need not stay in memory during it.
        let references = try TrainingSummary.Reference.all(of: train, columns: showable(features))
        // What people wrote stays out of the file.
        let shown = showable(features).count == features.count
        let sample = try TrainingSample(of: train, columns: features, rows: shown ? sampleRows : 0, seed: seed)
        let fitted = try fit(entry, task, x, known, groups?.selecting(rows: split.train), encoder, progress)

        var summary = TrainingSummary(trainRows: split.train.count, testRows: split.test.count, seed: seed)
        summary.iterations = fitted.iterations
        summary.converged = fitted.converged
        summary.balance = fitted.balance
        summary.decision = fitted.decision
        func model() throws -> TrainedModel {
            try TrainedModel(
                catalogName: fitted.kind ?? entry.name, parameters: fitted.parameters, target: target, encoder: encoder,
                predictor: fitted.predictor, summary: summary)
        }
        let unjudged = try model()
        let trainJudgement = try Judgement(of: unjudged.predictForScores(x), truth: known)
        var testJudgement: Judgement?
        if !split.test.isEmpty {
            let held = try unjudged.predictForScores(encoder.prepare(roles.selecting(rows: split.test)))
            testJudgement = try Judgement(of: held, truth: truth.selecting(rows: split.test))
        }
        summary.trainScores = trainJudgement.scores
        summary.testScores = testJudgement?.scores ?? []
        summary.references = references
        summary.sample = sample
        let judged = testJudgement ?? trainJudgement
        let rows = testJudgement == nil ? split.train : split.test
        if !sensitive.isEmpty {
            let seen = try roles.selecting(rows: rows)
            let rules = try sensitive.map { try GroupRule(of: frame[$0]) }
            summary.groupRules = rules
            summary.groups = try rules.flatMap {
                try TrainingSummary.Group.all(of: $0.column, in: seen, judged, rule: $0)
            }
            summary.disparities = try FairnessAssessment.disparities(judged, rules, seen)
            if let fair, let groups {
                let plain = try unmitigated(entry, task, x, known, encoder, on: seen, truth.selecting(rows: rows))
                summary.fairness = try fairnessSummary(
                    fair, fitted, before: plain, after: judged, groups.selecting(rows: rows))
            }
        }
        summary.predictions = PredictionReference(of: judged, isHeldOut: testJudgement != nil)
        return Result(
            model: try model(), taskReason: reason, split: split, train: trainJudgement, test: testJudgement)
    }

    // MARK: Steps

    func checkColumns(of frame: DataFrame) throws {
        let named = [(target, "--target")] + dropped.map { ($0, "--drop") } + sensitive.map { ($0, "--sensitive") }
        for (name, option) in named where !frame.columnNames.contains(name) {
            throw ApusError(
                .unknownName,
                "There is no column \(name) for \(option)\(suggestion(for: name, among: frame.columnNames)); "
                    + "the columns are \(frame.columnNames.joined(separator: ", ")).")
        }
        if dropped.contains(target) {
            throw ApusError(.invalidSchema, "The target \(target) cannot be dropped; drop other columns.")
        }
        if sensitive.contains(target) {
            throw ApusError(
                .invalidSchema, "The target \(target) cannot be sensitive too; name columns that make groups.")
        }
        try checkText(of: frame)
        if let testSize, !(testSize > 0 && testSize < 1) {
            throw ApusError(.invalidParameter, "The test size is \(testSize); it must be above 0 and below 1.")
        }
    }

    func chooseModel(for frame: DataFrame) throws -> (CatalogEntry, LearningTask, String) {
        let suggested = try frame.suggestedTask(of: target)
        let reason: String
        var chosen: LearningTask
        if let task {
            (chosen, reason) = (task, "as asked for")
        } else {
            (chosen, reason) = (suggested, try Truth.reason(target, suggested, in: frame))
        }
        guard let model else {
            let name = chosen == .classification ? "logistic-regression" : "linear-regression"
            return (try Catalog.entry(named: name), chosen, reason)
        }
        let entry = try Catalog.entry(named: model)
        switch (entry.classifier, entry.regressor) {
        case (nil, nil) where entry.fairClassifier != nil || entry.fairRegressor != nil:
            throw ApusError(
                .invalidParameter,
                "\(model) mitigates the unfairness of another model; choose that with --model, and \(model) with --fair "
                    + "CONSTRAINT --mitigation \(FairTraining.Mitigation.of(model)).")
        case (nil, nil):
            throw ApusError(
                .invalidParameter,
                "\(model) learns without a target, so it cannot be trained to predict \(target); "
                    + "choose a model for classification or regression from `apus models`.")
        case (_?, nil) where chosen == .regression, (nil, _?) where chosen == .classification:
            let only: LearningTask = entry.classifier == nil ? .regression : .classification
            if task != nil {
                throw ApusError(
                    .invalidParameter,
                    "\(model) is for \(only.rawValue) only; leave out --task or choose another model.")
            }
            chosen = only
            return (entry, only, "because \(model) does only that")
        default: return (entry, chosen, reason)
        }
    }

    func checkVariation(of truth: Truth) throws {
        let constant: String?
        switch truth {
        case .labels(let labels): constant = labels.compacted.classes.count < 2 ? labels.strings.first : nil
        case .numbers(let numbers):
            constant = numbers.allSatisfy { $0 == numbers[0] } ? numbers.first.map { "\($0)" } : nil
        }
        guard let constant else { return }
        throw ApusError(
            .invalidInput,
            "The target \(target) is \(constant) in every row, so there is nothing to learn; "
                + "check the column or take rows with other values too.")
    }

    private func holdOut(_ truth: Truth) throws -> Split {
        let rows = truth.count
        guard let testSize else { return Split(train: Array(0..<rows), test: []) }
        guard rows >= 2 else {
            throw ApusError(
                .invalidInput, "There is only \(rows) row, too few to hold some out; use --no-test to train on all.")
        }
        var classes: Labels?
        if stratify {
            guard case .labels(let labels) = truth else {
                throw ApusError(.invalidParameter, "Only classes can be stratified, and \(target) is a number.")
            }
            classes = labels
        }
        return try trainTestSplit(rows: rows, testSize: .fraction(testSize), stratify: classes, seed: seed)
    }

    func marked(_ frame: DataFrame) throws -> DataFrame {
        var frame = frame
        try frame.assign(.target, to: [target])
        try frame.assign(.ignored, to: dropped)
        try frame.assign(.sensitive, to: sensitive)
        return frame
    }

    struct Fitted {
        /// The name in the catalog where it is not that of the estimator itself.
        var kind: String?
        var predictor: TrainedModel.Predictor
        var parameters: [String: JSONValue]
        var iterations: Int?
        var converged: Bool?
        var balance: TrainingSummary.Balance?
        var decision: TrainingSummary.Decision?
    }

    func fit(
        _ entry: CatalogEntry, _ task: LearningTask, _ x: PreparedRows, _ known: Truth, _ progress: ProgressHandler?,
        weigh: Bool = false
    ) throws -> Fitted {
        switch known {
        case .labels(let labels):
            guard let type = entry.classifier else { throw unusable(entry, task) }
            let estimator = try configured(type, weigh: weigh)
            let weights = weigh ? try balancingWeights(for: estimator, labels) : nil
            let (model, decision) = try fitAdjusted(estimator, x, labels.compacted, progress, weights: weights)
            let steps = model as? any IterativeModel
            return Fitted(
                predictor: .classifier(model), parameters: estimator.parameterValues, iterations: steps?.iterations,
                converged: steps?.converged, decision: decision)
        case .numbers(let numbers):
            guard let type = entry.regressor else { throw unusable(entry, task) }
            let estimator = try configured(type)
            let model = try fit(estimator, x, numbers, progress)
            let steps = model as? any IterativeModel
            return Fitted(
                predictor: .regressor(model), parameters: estimator.parameterValues, iterations: steps?.iterations,
                converged: steps?.converged)
        }
    }

    func configured<Kind: Estimator>(_ type: Kind.Type, weigh: Bool = false) throws -> Kind {
        var estimator = Kind()
        if weigh, let own = Kind.parameters.first(where: { $0.name == "classWeight" }) {
            try own.set("balanced", in: &estimator)
        }
        if let own = Kind.parameters.first(where: { $0.name == "seed" }) {
            try own.set(.int(Int(seed)), in: &estimator)
        }
        for (name, value) in modelSettings where !name.hasPrefix(FairTraining.prefix) {
            try Kind.parameter(named: name).set(text: value, in: &estimator)
        }
        for (name, value) in found.model.sorted(by: { $0.key < $1.key }) {
            try Kind.parameter(named: name).set(value, in: &estimator)
        }
        return estimator
    }

    /// How columns become numbers.
    func preparation() throws -> FrameEncoder {
        var encoder = FrameEncoder(scale: scale)
        for parameter in FrameEncoder.parameters {
            if let value = found.preparation[parameter.name] { try parameter.set(value, in: &encoder) }
        }
        return encoder
    }

    func fit(
        _ estimator: some Regressor, _ x: Matrix, _ y: [Double], _ progress: ProgressHandler?
    ) throws -> any RegressorModel { try estimator.fit(x, y, weights: nil, progress: progress) }

    private func unusable(_ entry: CatalogEntry, _ task: LearningTask) -> ApusError {
        ApusError(.invalidParameter, "\(entry.name) is not for \(task.rawValue).")
    }
}
