import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusTrust
import Testing

/// Plans whose classifier is calibrated and gets a threshold.
@Suite struct DecisionTests {
    private static func plan() -> TrainingPlan {
        var plan = TrainingPlan(target: "diagnosis")
        plan.model = "gaussian-nb"
        plan.seed = 5
        return plan
    }

    @Test func trainsWhatTheLibraryTrainsAndComesBackFromTheFile() throws {
        let (x, y, _) = try Datasets.breastCancer()
        let frame = try Datasets.load("breast-cancer")
        let split = try trainTestSplit(rows: x.rows, testSize: 0.2, seed: 5)
        let (rows, labels) = (x.selecting(rows: split.train), y.selecting(rows: split.train))
        let held = x.selecting(rows: split.test)

        var plan = Self.plan()
        plan.calibration = .isotonic
        let calibrated = try plan.run(on: frame)
        let direct = try CalibratedClassifierCV(GaussianNB(), method: .isotonic).fit(rows, labels)
        #expect(try calibrated.test?.prediction.probabilities == direct.predictProba(held))
        #expect(calibrated.model.summary.decision?.calibration == .isotonic)

        plan.thresholdScore = "f1_macro"
        let tuned = try plan.run(on: frame)
        let both = try TunedThresholdClassifierCV(
            CalibratedClassifierCV(GaussianNB(), method: .isotonic), scoring: "f1_macro"
        ).fit(rows, labels)
        #expect(tuned.test?.prediction.values == .labels(try both.predict(held)))
        #expect(tuned.model.summary.decision?.threshold == both.threshold)
        #expect(tuned.text(data: "breast-cancer", seconds: 1).contains("where f1_macro is best"))
        for model in [calibrated.model, tuned.model] {
            let bytes = try model.encoded()
            let read = try TrainedModel(bytes)
            #expect(read.summary == model.summary && read.catalogName == "gaussian-nb")
            #expect(try read.predict(frame, probabilities: true) == model.predict(frame, probabilities: true))
            #expect(try read.encoded() == bytes)
        }
    }

    @Test func refusesFilesWrappedInTheUnknown() throws {
        var plan = Self.plan()
        plan.calibration = .sigmoid
        let bytes = try plan.run(on: Datasets.load("breast-cancer")).model.encoded()
        let file = try Safetensors(bytes)
        for wrappers in ["", "nonsense", "threshold-classifier", "calibrated-classifier-cv,calibrated-classifier-cv"] {
            var metadata = file.metadata
            metadata["wrappers"] = wrappers
            let damaged = try Safetensors(tensors: file.tensors, metadata: metadata).encoded()
            let error = try #require(throws: ApusError.self) { try TrainedModel(damaged) }
            #expect(error.code == .unreadableModel)
        }
    }

    @Test func refusesWhatCannotBe() throws {
        let frame = try Datasets.load("breast-cancer")
        var plan = Self.plan()
        plan.calibration = .sigmoid
        plan.balance = Balancing(.over)
        let unfit = try #require(throws: ApusError.self) { try plan.run(on: frame) }
        #expect(unfit.message.contains("--balance weights"))
        plan.balance = Balancing(.weights)
        #expect(try plan.run(on: frame).model.summary.balance?.method == "weights")
        plan.thresholdScore = "roc_auc"
        #expect(throws: ApusError.self) { try plan.run(on: frame) }
        var numbers = TrainingPlan(target: "progression")
        numbers.thresholdScore = "f1"
        let error = try #require(throws: ApusError.self) { try numbers.run(on: Datasets.load("diabetes")) }
        #expect(error.message.contains("progression is a number"))
        var three = TrainingPlan(target: "species")
        three.thresholdScore = "f1_macro"
        #expect(throws: ApusError.self) { try three.run(on: Datasets.load("iris")) }
    }

    @Test func validatesWithTheAdjustmentsMadeInEachFold() throws {
        var plan = Self.plan()
        plan.calibration = .sigmoid
        let result = try plan.validate(
            on: Datasets.load("breast-cancer"), scoring: [try Scorer.named("neg_brier_score")])
        let (x, y, _) = try Datasets.breastCancer()
        let direct = try crossValScore(
            CalibratedClassifierCV(GaussianNB(), method: .sigmoid), x, y, scoring: Scorer.named("neg_brier_score"))
        #expect(result.folds.compactMap { $0.scores[0].value } == direct)
    }
}
