import ApusCore
import ApusEvaluation
import ApusTestSupport
import Testing

@Suite struct ScorerTests {
    @Test func everyScorerAnswersOrSaysThatItIsForTheOtherTask() throws {
        let truth = Labels([0, 1, 1, 0])
        let prediction = Labels([0, 1, 0, 0])
        let probabilities = try Matrix([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
        #expect(Set(Scorer.all.map(\.name)).count == Scorer.all.count)
        let groups = Labels(["a", "a", "b", "b"])
        for scorer in Scorer.all where scorer.needsSensitive {
            #expect(throws: ApusError.self, "\(scorer.name)") { try scorer.score(truth, prediction) }
            let classified = Result { try scorer.score(truth, prediction, sensitive: groups) }
            let regressed = Result { try scorer.score([1, 2, 3, 4], [1.5, 2, 2.5, 4], sensitive: groups) }
            let answers = [(try? classified.get()) != nil, (try? regressed.get()) != nil]
            #expect(answers == [scorer.isForClassification, !scorer.isForClassification], "\(scorer.name)")
            if scorer.name.hasPrefix("neg_") {
                let value = try scorer.isForClassification ? classified.get() : regressed.get()
                #expect((value.value ?? 0) <= 0, "\(scorer.name)")
            }
        }
        for scorer in Scorer.all where !scorer.needsSensitive {
            let classified = Result { try scorer.score(truth, prediction, probabilities: probabilities) }
            let regressed = Result { try scorer.score([1, 2, 3], [1.5, 2, 2.5]) }
            #expect(((try? classified.get())?.value != nil) == scorer.isForClassification, "\(scorer.name)")
            #expect(((try? regressed.get())?.value != nil) == !scorer.isForClassification, "\(scorer.name)")
            if scorer.needsProbabilities {
                #expect(throws: ApusError.self) { try scorer.score(truth, prediction) }
            }
            if scorer.name.hasPrefix("neg_") {
                let value = try (scorer.isForClassification ? classified : regressed).get().get()
                #expect(value <= 0)
            }
        }
        let error = #expect(throws: ApusError.self) { try Scorer.named("acuracy") }
        #expect(error?.code == .unknownName && error?.message.contains("f1_macro") == true)
        #expect(
            try Scorer.named("f1_weighted").score(truth, prediction) == f1Score(truth, prediction, average: .weighted))
    }

    @Test func twoClassesAreReportedByTheirSecond() throws {
        let truth = Labels(["bad", "good", "good", "bad"])
        let prediction = Labels(["bad", "good", "bad", "bad"])
        let probabilities = try Matrix([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
        let scores = try ClassificationScores(
            truth, prediction, probabilities: probabilities, classes: truth.classes)
        #expect(scores.positive == "good")
        #expect(
            scores.ordered.map(\.name) == [
                "accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "average_precision",
                "log_loss",
            ])
        #expect(scores.ordered.prefix(7).map(\.value) == [0.75, 0.75, 1, 0.5, 2.0 / 3, 1, 1])
        #expect(scores.logLoss.value == (try logLoss(truth, probabilities: probabilities)))
    }

    @Test func severalClassesAreAveraged() throws {
        let truth = Labels([0, 1, 2, 2])
        let prediction = Labels([0, 2, 2, 2])
        let scores = try ClassificationScores(truth, prediction, classes: truth.classes)
        #expect(scores.positive == nil && scores.rocAUC.value == nil && scores.logLoss.note != nil)
        #expect(
            scores.ordered.map(\.name) == [
                "accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro", "f1_weighted",
                "roc_auc_ovr", "average_precision_macro", "log_loss",
            ])
        #expect(scores.f1 == (try f1Score(truth, prediction, average: .macro)))
    }

    @Test func aClassThatTheModelDoesNotKnowLeavesProbabilitiesUndefined() throws {
        let probabilities = try Matrix([[0.9, 0.1], [0.2, 0.8]])
        let scores = try ClassificationScores(
            Labels(["a", "z"]), Labels(["a", "b"]), probabilities: probabilities, classes: .strings(["a", "b"]))
        #expect(scores.accuracy == 0.5 && scores.logLoss.value == nil)
        #expect(scores.logLoss.note?.contains("“z”") == true)
        let single = try ClassificationScores(
            Labels(["a", "a"]), Labels(["a", "b"]), probabilities: probabilities, classes: .strings(["a", "b"]))
        #expect(single.recall.value == nil && single.rocAUC.value == nil && single.logLoss.value != nil)
    }

    @Test func regressionIsReportedByThreeScores() throws {
        let scores = try RegressionScores([1, 2, 3], [1, 2, 5])
        #expect(scores.ordered.map(\.name) == ["r2", "mae", "rmse"])
        #expect(scores.ordered.map(\.value) == [-1, 2.0 / 3, (4.0 / 3).squareRoot()])
    }
}
