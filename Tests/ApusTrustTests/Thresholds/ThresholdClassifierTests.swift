import ApusCore
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import ApusTrust
import Testing

struct ThresholdClassifierTests {
    private let oracle: Oracle
    private let x: Matrix
    private let y: Labels

    init() throws {
        oracle = try Oracle("calibration/thresholds")
        let shared = try oracle.object("fixed")
        x = try shared.matrix("x")
        y = Labels(try shared.ints("y"))
    }

    @Test func findsTheThresholdsOfTheReference() throws {
        let cases = try oracle.array("cases")
        #expect(cases.count == 8)
        for example in cases {
            switch try example.string("estimator") {
            case "ridge": try compare(RidgeClassifier(), example)
            case "gaussian-nb": try compare(GaussianNB(), example)
            default: try compare(LogisticRegression(), example)
            }
        }
    }

    private func compare(_ estimator: some Classifier, _ example: Oracle) throws {
        let arguments = try example.object("arguments")
        var tuned = TunedThresholdClassifierCV(estimator)
        if let folds = try? arguments.int("cv") {
            tuned.cv = folds
        } else {
            tuned.holdout = try? arguments.double("cv")
        }
        if arguments.has("random_state") { tuned.seed = try arguments.integer("random_state") }
        if arguments.has("refit") { tuned.refit = try arguments.bool("refit") }
        if arguments.has("thresholds") { tuned.thresholds = try arguments.int("thresholds") }
        if arguments.has("response_method") { tuned.responseMethod = .decisionFunction }
        let isFirst = try example.string("scoring") == "f1 of 0"
        let scorer =
            try isFirst
            ? Scorer(
                name: "f1 of 0",
                classification: { truth, predicted, _ in
                    try f1Score(truth, predicted, average: .binary(positive: "0"))
                }) : Scorer.named(try example.string("scoring"))
        let model = try tuned.fit(x, y, scorer: scorer, posLabel: isFirst ? "0" : nil)
        let name = try example.string("name")
        expectClose([model.threshold], [try example.double("threshold")], relative: 1e-8)
        expectClose([try #require(model.bestScore)], [try example.double("score")], relative: 1e-10)
        let curve = try #require(model.curve)
        expectClose(curve.thresholds, try example.doubles("thresholds"), relative: 1e-7, absolute: 1e-9)
        #expect(try model.predict(x).integers == example.ints("prediction"), "\(name)")
        var archive = ModelArchive()
        model.encode(into: &archive)
        #expect(try type(of: model).init(from: archive) == model)
    }

    @Test func answersFromAFixedThresholdOn() throws {
        let model = try FixedThresholdClassifier(LogisticRegression(), threshold: 0.2).fit(x, y)
        #expect(try model.predict(x).integers == oracle.object("fixed").ints("prediction"))
        let plain = try LogisticRegression().fit(x, y)
        #expect(try FixedThresholdClassifier(LogisticRegression()).fit(x, y).predict(x) == plain.predict(x))
        let (labels, table) = try model.predictWithProbabilities(x)
        #expect(try labels == model.predict(x) && table == plain.predictProba(x))
        let decisions = try FixedThresholdClassifier(RidgeClassifier()).fit(x, y)
        #expect(decisions.threshold == 0 && decisions.source == .decisionFunction && !decisions.givesProbabilities)
        // From the other side: not positive where the probability of 0 is below 0.9.
        let other = try FixedThresholdClassifier(LogisticRegression(), threshold: 0.9, posLabel: "0").fit(x, y)
        for (row, label) in try other.predict(x).codes.enumerated() {
            #expect(label == (table[row, 0] >= 0.9 ? 0 : 1))
        }
    }

    @Test func saysWhatItCannotDo() throws {
        #expect(throws: ApusError.self) {
            try FixedThresholdClassifier(RidgeClassifier(), responseMethod: .predictProba).fit(x, y)
        }
        #expect(throws: ApusError.self) {
            try FixedThresholdClassifier(GaussianNB(), responseMethod: .decisionFunction).fit(x, y)
        }
        #expect(throws: ApusError.self) { try FixedThresholdClassifier(GaussianNB(), posLabel: "2").fit(x, y) }
        #expect(throws: ApusError.self) { try FixedThresholdClassifier(GaussianNB(), threshold: .nan).fit(x, y) }
        let three = Labels((0..<100).map { $0 % 3 })
        #expect(throws: ApusError.self) { try FixedThresholdClassifier(GaussianNB()).fit(x, three) }
        for (scoring, reason) in [
            ("roc_auc", "does not look at predicted classes"), ("f2", "There is no score"), ("r2", ""),
        ] {
            let error = try #require(throws: ApusError.self) {
                try TunedThresholdClassifierCV(GaussianNB(), scoring: scoring).fit(x, y)
            }
            #expect(error.message.contains(reason))
        }
        #expect(throws: ApusError.self) { try TunedThresholdClassifierCV(GaussianNB(), refit: false).fit(x, y) }
        let flat = Matrix(repeating: 1, rows: 100, columns: 2)
        let error = try #require(throws: ApusError.self) {
            try TunedThresholdClassifierCV(LogisticRegression()).fit(flat, y)
        }
        #expect(error.message.contains("the same score"))
    }
}
