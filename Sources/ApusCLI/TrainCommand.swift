#if Server
import Apus
import ApusCore
import ApusFrame
import ApusTrust
import ArgumentParser
import Foundation

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model on a table and judge it on rows held out.",
        discussion: """
            The target decides between classification (text, true/false, or whole numbers with at most 20 values) and
            regression; --task overrides it. Missing values are imputed and text columns become columns of 0 and 1 where
            there are any; nothing else is done to the features unless --scale is given.
            """)

    @Argument(help: DataSource.help)
    var data: String
    @Option(help: "The column to predict.")
    var target: String
    @Option(help: "The model's name (see `apus models`); default: logistic-regression or linear-regression.")
    var model: String?
    @Option(name: .customLong("set"), help: "A hyper-parameter, such as max_depth=5 or maxDepth=5; may be repeated.")
    var settings: [Setting] = []
    @Option(help: "The seed of the split and of the model, from 0 to 4294967295.")
    var seed: UInt32 = 0
    @Option(help: "The share of the rows to hold out for the test scores.")
    var testSize: Double = 0.2
    @Flag(help: "Train on all rows and hold none out.")
    var noTest = false
    @Flag(help: "Keep the shares of the classes in the split.")
    var stratify = false
    @Option(
        help: ArgumentHelp(
            "A column whose groups, such as patients or customers, are held out whole. It is no feature.",
            valueName: "column"))
    var groups: String?
    @Option(help: "classification or regression, whatever the target looks like.")
    var task: LearningTask?
    @Option(name: .customLong("drop"), help: "A column to leave out; may be repeated.")
    var dropped: [String] = []
    @Option(help: "A column whose groups are watched for fairness; may be repeated.")
    var sensitive: [String] = []
    @Option(
        help: """
            Treat the groups of the sensitive columns alike: demographic-parity, equalized-odds, \
            true-positive-rate-parity, false-positive-rate-parity, error-rate-parity or bounded-group-loss.
            """)
    var fair: FairnessConstraint?
    @Option(
        help: """
            How: reductions, grid-search, reweighing, threshold, adversarial or correlation-remover; default reductions. \
            Its own parameters are --set mitigation.NAME=VALUE.
            """)
    var mitigation: FairTraining.Mitigation?
    @Option(
        help:
            "How far groups may be apart on the training rows (with reductions: a group from all rows), or the greatest mean loss of a group."
    )
    var fairBound: Double?
    @Flag(help: "Decide by one fixed rule in place of drawing from a mixture.")
    var deterministic = false
    @Flag(help: "Centre numeric columns and scale them to unit variance.")
    var scale = false
    @Option(help: "How many training rows the model keeps for explanations to compare with, 100 at most; 0 keeps none.")
    var sampleRows = TrainingSample.mostRows
    @OptionGroup var balancing: BalancingOptions
    @OptionGroup var decisions: DecisionOptions
    @Option(name: [.customShort("o"), .long], help: "Where to write the model.")
    var output: String?
    @Option(help: "Where to write a report, one HTML page.")
    var report: String?
    @Flag(help: "Print one JSON object.")
    var json = false
    @OptionGroup var texts: TextOptions
    @OptionGroup var reading: ReadingOptions

    func validate() throws {
        if fair == nil, mitigation != nil || fairBound != nil || deterministic {
            throw ValidationError("--mitigation, --fair-bound and --deterministic go with --fair CONSTRAINT.")
        }
        if let fairBound, !(fairBound >= 0 && fairBound.isFinite) {
            throw ValidationError("--fair-bound must be a number from 0 on.")
        }
    }

    func run() throws {
        let source = try DataSource(data, options: reading, texts: texts.text)
        var plan = TrainingPlan(target: target)
        plan.model = model
        plan.settings = settings.map { ($0.name, $0.value) }
        plan.task = task
        plan.seed = seed
        plan.testSize = noTest ? nil : testSize
        plan.stratify = stratify
        plan.groups = groups
        plan.dropped = dropped
        plan.sensitive = sensitive
        plan.scale = scale
        plan.text = texts.text
        plan.vectorizer = texts.vectorizer
        plan.fair = fair.map {
            FairTraining(
                constraint: $0, mitigation: mitigation ?? .reductions, bound: fairBound, randomized: !deterministic)
        }
        plan.sampleRows = sampleRows
        plan.balance = balancing.balancing
        plan.calibration = decisions.calibrate
        plan.thresholdScore = decisions.tuneThreshold
        let start = Date()
        let result = try Console.withProgress(silent: json) { try plan.run(on: source.frame, progress: $0) }
        let seconds = Date().timeIntervalSince(start)
        if let output { try result.model.write(to: output) }
        if let report {
            try TrainingReport(result, data: source.name, frame: source.frame, seconds: seconds).page().write(
                to: report)
        }
        if json {
            try Console.say(json: result.json(seconds: seconds, file: output))
        } else {
            Console.say(result.text(data: source.name, seconds: seconds))
            if let output { Console.say("Model written to \(output).") }
            if let report { Console.say("Report written to \(report).") }
        }
    }
}

extension LearningTask: ExpressibleByArgument {}
extension FairTraining.Mitigation: ExpressibleByArgument {}

extension FairnessConstraint: ExpressibleByArgument {
    /// The constraint with a name in any spelling.
    public init?(argument: String) { self.init(named: argument) }
    /// The names as they are written on the command line.
    public static var allValueStrings: [String] { allCases.map(\.commandName) }
}
#endif
