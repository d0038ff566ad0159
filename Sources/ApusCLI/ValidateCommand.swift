#if Server
import Apus
import ApusCore
import ApusEvaluation
import ApusFrame
import ArgumentParser

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Judge a model by cross-validation: train on all folds but one, test on that one.",
        discussion: """
            Filling gaps, encoding, scaling, vocabularies and balancing are learned anew in each fold, from its training rows
            alone. Folds keep the shares of the classes and the order of the rows; --shuffle draws them, and --cv-split,
            --groups and --fold-column split them in other ways:
              --groups patient                          no patient is both learned from and tested on
              --cv-split time-series --cv-gap 7         rows in the order of time, tested on what comes later
              --fold-column fold                        the folds that a column tells
            """)

    @Argument(help: DataSource.help)
    var data: String
    @Option(help: "The column to predict.")
    var target: String
    @Option(help: "The model's name (see `apus models`); default: logistic-regression or linear-regression.")
    var model: String?
    @Option(name: .customLong("set"), help: "A hyper-parameter, such as max_depth=5 or maxDepth=5; may be repeated.")
    var settings: [Setting] = []
    @OptionGroup var folds: FoldOptions
    @Option(
        help: "A score by its name in scikit-learn, such as roc_auc or demographic_parity_difference; may be repeated.")
    var scoring: [String] = []
    @Option(help: "The seed of the shuffle and of the model, from 0 to 4294967295.")
    var seed: UInt32 = 0
    @Option(help: "classification or regression, whatever the target looks like.")
    var task: LearningTask?
    @Option(name: .customLong("drop"), help: "A column to leave out; may be repeated.")
    var dropped: [String] = []
    @Option(help: "A column whose groups are scored one by one and compared by scores of fairness; may be repeated.")
    var sensitive: [String] = []
    @Flag(help: "Centre numeric columns and scale them to unit variance.")
    var scale = false
    @OptionGroup var balancing: BalancingOptions
    @OptionGroup var decisions: DecisionOptions
    @Flag(help: "Print one JSON object.")
    var json = false
    @OptionGroup var texts: TextOptions
    @OptionGroup var reading: ReadingOptions

    func run() throws {
        let scorers = try scoring.map(Scorer.named)
        let source = try DataSource(data, options: reading, texts: texts.text)
        var plan = TrainingPlan(target: target)
        plan.model = model
        plan.settings = settings.map { ($0.name, $0.value) }
        plan.task = task
        plan.seed = seed
        plan.dropped = dropped
        plan.sensitive = sensitive
        plan.groups = folds.groups
        plan.scale = scale
        plan.text = texts.text
        plan.vectorizer = texts.vectorizer
        plan.balance = balancing.balancing
        plan.calibration = decisions.calibrate
        plan.thresholdScore = decisions.tuneThreshold
        let splitter = try folds.settings(seed: seed).splitter(for: &plan, on: source.frame)
        let result = try Console.withProgress(silent: json) { [plan] in
            try plan.validate(on: source.frame, cv: splitter, scoring: scorers, progress: $0)
        }
        if json {
            try Console.say(json: result.json)
        } else {
            Console.say(result.text(target: target, data: source.name, width: Console.width))
        }
    }
}
#endif
