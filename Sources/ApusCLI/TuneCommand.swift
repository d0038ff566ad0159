#if Server
import Apus
import ApusCore
import ApusEvaluation
import ApusFrame
import ApusSQLite
import ArgumentParser
import Foundation

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Search a model's parameters by cross-validation and train the best on all rows.",
        discussion: """
            The space is a YAML file or text; ranges do not hold their upper end, as in SciPy:
              --space "max_depth: randint(1, 20); criterion: choice(gini, entropy)"
              --space "forest.maxFeatures=uniform(0, 1)" --space "svc.c=log(0.001..1000)"
              --space "preparation.scale: choice(true, false)"
              --space "vectorizer.ngram_range: choice(1-1, 1-2); balance.k_neighbors: 3..8"

            With --study every result is kept in a file as soon as it is known. The same command goes on where it was cut
            off, at any moment, and ends as if it had not been; run it several times at once and the work is shared.
            """)

    enum Strategy: String, ExpressibleByArgument, CaseIterable { case grid, random, halving, tpe }

    @Argument(help: DataSource.help)
    var data: String
    @Option(help: "The column to predict.")
    var target: String
    @Option(help: "The model's name (see `apus models`); default: logistic-regression or linear-regression.")
    var model: String?
    @Option(help: "What to try: a .yaml file, or NAME: CHOICES as above; may be repeated.")
    var space: [String]
    @Option(help: "grid, random, halving or tpe; default: grid where there are lists only, else random.")
    var strategy: Strategy?
    @Option(help: "How many candidates to try; default: 10, for tpe 50, for halving as many as the rows allow.")
    var nIter: Int?
    @OptionGroup var folds: FoldOptions
    @Option(help: "A score by its name in scikit-learn; the first decides; may be repeated.")
    var scoring: [String] = []
    @Option(
        help: """
            A bound that the best candidate is to keep, such as "recall >= 0.8" or, with --sensitive, \
            "demographicParityDifference < 0.05"; may be repeated.
            """)
    var constraint: [String] = []
    @Option(help: "The score that chooses the candidate to train at the end; default: the one that decides.")
    var refit: String?
    @Flag(help: "Train nothing at the end.")
    var noRefit = false
    @Option(help: "The file that keeps the search.")
    var study: String?
    @Option(
        name: .customLong("set"), help: "A hyper-parameter that is not searched, such as max_depth=5; may be repeated.")
    var settings: [Setting] = []
    @Option(help: "The seed of the search, the shuffle and the model, from 0 to 4294967295.")
    var seed: UInt32 = 0
    @Option(help: "classification or regression, whatever the target looks like.")
    var task: LearningTask?
    @Option(name: .customLong("drop"), help: "A column to leave out; may be repeated.")
    var dropped: [String] = []
    @Option(help: "A column whose groups are watched for fairness; may be repeated.")
    var sensitive: [String] = []
    @Flag(help: "Centre numeric columns and scale them to unit variance.")
    var scale = false
    @OptionGroup var balancing: BalancingOptions
    @OptionGroup var decisions: DecisionOptions
    @Flag(
        inversion: .prefixedNo,
        help: "tpe: draw all parameters together, so that what goes well with what is learned too, or each by itself.")
    var multivariate = true
    @Flag(help: "tpe: give candidates up that do worse than the median of those before.")
    var prune = false
    @Option(help: "halving: by what candidates fall and resources rise from round to round.")
    var factor: Double = 3
    @Option(help: "halving: what rises, `rows` or a parameter such as n_estimators.")
    var resource: String = "rows"
    @Option(help: "halving: what the first round gets, a number, `exhaust` or `smallest`.")
    var minResources: String?
    @Option(help: "halving: the most that a candidate gets; default: all rows.")
    var maxResources: Int?
    @Option(name: [.customShort("o"), .long], help: "Where to write the model.")
    var output: String?
    @Option(help: "Where to write a report, one HTML page.")
    var report: String?
    @Flag(help: "Print one JSON object.")
    var json = false
    @Flag(help: "Print one JSON object on standard error for each fold and candidate as it is done.")
    var jsonEvents = false
    @OptionGroup var texts: TextOptions
    @OptionGroup var reading: ReadingOptions

    func validate() throws {
        if noRefit, output != nil { throw ValidationError("Without a refit there is no model for -o to write.") }
        if let nIter, nIter < 1 { throw ValidationError("--n-iter must be at least 1.") }
    }

    func run() throws {
        let values = try SearchSpace(files: space)
        let constraints = try constraint.map { try SearchConstraint(text: $0) }
        var search = TrainingSearch(values, try strategy(for: values))
        search.scoring = scoring
        search.constraints = constraints
        search.refitScore = refit
        search.refit = !noRefit
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
        search.cv = try folds.settings(seed: seed).splitter(for: &plan, on: source.frame)
        if let study { search.journal = try Study(path: study) }
        let start = Date()
        let result = try SearchWatch(silent: json, events: jsonEvents).watching {
            search.events = $0
            return try plan.search(search, on: source.frame)
        }
        let seconds = Date().timeIntervalSince(start)
        if let output, let model = result.refit?.model { try model.write(to: output) }
        if let report {
            let curve = try plan.learningCurve(search, of: result.best, on: source.frame)
            try SearchReport(result, data: source.name, seconds: seconds, curve: curve).page().write(to: report)
        }
        if json {
            try Console.say(json: result.json(seconds: seconds, file: output, study: study))
        } else {
            Console.say(result.text(data: source.name, seconds: seconds, width: Console.width))
            if let output { Console.say("Model written to \(output).") }
            if let report { Console.say("Report written to \(report).") }
            if let study { Console.say("Study kept in \(study); the same command with a larger --n-iter extends it.") }
        }
    }

    private func strategy(for space: SearchSpace) throws -> SearchStrategy {
        let isGrid = space.parts.allSatisfy { $0.values.allSatisfy(\.isList) }
        switch strategy ?? (isGrid && nIter == nil ? .grid : .random) {
        case .grid: return .grid
        case .random: return .random(nIter: nIter ?? 10, seed: seed)
        case .tpe: return .tpe(TPESettings(nIter: nIter ?? 50, multivariate: multivariate, prunes: prune, seed: seed))
        case .halving:
            var halving = Halving(factor: factor, maxResources: maxResources, seed: seed)
            if resource != "rows" { halving.resource = .parameter(resource) }
            switch minResources {
            case nil: break
            case "exhaust": halving.minResources = .exhaust
            case "smallest": halving.minResources = .smallest
            case let text?:
                guard let amount = Int(text) else {
                    throw ApusError(
                        .invalidParameter,
                        "--min-resources is “\(text)”; it must be a whole number, exhaust or smallest.")
                }
                halving.minResources = .amount(amount)
            }
            return isGrid && nIter == nil ? .halvingGrid(halving) : .halvingRandom(halving, nCandidates: nIter)
        }
    }
}
#endif
