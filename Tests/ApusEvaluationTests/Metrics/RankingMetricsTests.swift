import ApusCore
import ApusEvaluation
import ApusTestSupport
import Testing

@Suite struct RankingMetricsTests {
    @Test func curvesAndAreasEqualTheReference() throws {
        for example in try Oracle("metrics/ranking").array("cases") {
            let truth = try example.labels("truth")
            let scores = try example.doubles("scores")
            let weights = try example.optionalDoubles("weights")
            if example.has("roc") {
                for (key, drops) in [("roc", false), ("roc_dropped", true)] {
                    let curve = try ROCCurve(truth, scores: scores, weights: weights, dropIntermediate: drops)
                    let expected = try example.object(key)
                    expectClose(curve.falsePositiveRate, try expected.doubles("fpr"), "\(expected)")
                    expectClose(curve.truePositiveRate, try expected.doubles("tpr"), "\(expected)")
                    #expect(try curve.thresholds == expected.doubles("thresholds"))
                    expectClose(curve.auc, try example.double("auc"), "\(expected)")
                }
                for (key, drops) in [("pr", false), ("pr_dropped", true)] {
                    let curve = try PrecisionRecallCurve(
                        truth, scores: scores, weights: weights, dropIntermediate: drops)
                    let expected = try example.object(key)
                    expectClose(curve.precision, try expected.doubles("precision"), "\(expected)")
                    expectClose(curve.recall, try expected.doubles("recall"), "\(expected)")
                    #expect(try curve.thresholds == expected.doubles("thresholds"))
                    if !drops {
                        expectClose(curve.averagePrecision, try example.double("average_precision"), "\(expected)")
                    }
                }
            }
            expectClose(
                try rocAUCScore(truth, scores: scores, weights: weights).get(), try example.double("auc"), "\(example)")
            expectClose(
                try averagePrecisionScore(truth, scores: scores, weights: weights).get(),
                try example.double("average_precision"), "\(example)")
        }
    }

    @Test func scoresOfProbabilitiesEqualTheReference() throws {
        for example in try Oracle("metrics/probabilities").array("cases") {
            let classes = Labels.Classes.integers(Array(0..<(try example.int("classes"))))
            let truth = try Labels(codes: example.ints("truth"), classes: classes)
            let probabilities = try example.matrix("probabilities")
            let weights = try example.doubles("weights")
            let kept = truth.codes.indices.filter { truth.codes[$0] != 1 }
            let (truthWithout, probabilitiesWithout) =
                (truth.selecting(rows: kept), probabilities.selecting(rows: kept))
            func area(_ multiClass: MultiClass, _ average: Average, _ weights: [Double]? = nil) throws -> Double {
                try rocAUCScore(
                    truth, probabilities: probabilities, classes: classes, multiClass: multiClass, average: average,
                    weights: weights
                ).get()
            }
            var found: [String: Double] = [
                "log_loss": try logLoss(truth, probabilities: probabilities),
                "log_loss_weighted": try logLoss(truth, probabilities: probabilities, weights: weights),
                "brier": try brierScoreLoss(truth, probabilities: probabilities),
                "brier_weighted": try brierScoreLoss(truth, probabilities: probabilities, weights: weights),
                "brier_column": try brierScoreLoss(
                    truth, scores: probabilities.column(1), positive: "1", weights: weights),
                "log_loss_without_second": try logLoss(truthWithout, probabilities: probabilitiesWithout),
            ]
            if classes.count > 2 {
                found["ovo_macro"] = try area(.oneVersusOne, .macro)
                found["ovo_weighted"] = try area(.oneVersusOne, .weighted)
                for (name, average) in [("macro", Average.macro), ("weighted", .weighted), ("micro", .micro)] {
                    for (suffix, given) in [("", nil), ("_sample_weights", weights)] {
                        found["ovr_\(name)\(suffix)"] = try area(.oneVersusRest, average, given)
                        found["ap_\(name)\(suffix)"] = try averagePrecisionScore(
                            truth, probabilities: probabilities, average: average, weights: given
                        ).get()
                    }
                }
                found["ovo_without_second"] = try rocAUCScore(
                    truthWithout, probabilities: probabilitiesWithout, multiClass: .oneVersusOne
                ).get()
                found["ovr_weighted_without_second"] = try rocAUCScore(
                    truthWithout, probabilities: probabilitiesWithout, average: .weighted
                ).get()
                #expect(try rocAUCScore(truthWithout, probabilities: probabilitiesWithout).value == nil)
            }
            for (name, value) in found where example.has(name) {
                expectClose(value, try example.double(name), "\(example) \(name)")
            }
        }
    }

    @Test func oneClassMakesAreasUndefinedWithAReason() throws {
        let only = Labels([1, 1, 1])
        let scores = [0.1, 0.2, 0.3]
        #expect(try rocAUCScore(only, scores: scores).value == nil)
        #expect(try rocAUCScore(only, scores: scores).note?.isEmpty == false)
        #expect(try rocAUCScore(Labels(["a", "a", "a"]), scores: scores).value == nil)
        #expect(try averagePrecisionScore(only, scores: scores).value == 1)
        #expect(try averagePrecisionScore(Labels([0, 0, 0]), scores: scores).value == nil)
        let roc = #expect(throws: ApusError.self) { try ROCCurve(only, scores: scores) }
        #expect(roc?.code == .undefined)
        let precision = #expect(throws: ApusError.self) { try PrecisionRecallCurve(Labels([0, 0, 0]), scores: scores) }
        #expect(precision?.code == .undefined)
        // A class whose rows weigh nothing is not there.
        #expect(try rocAUCScore(Labels([0, 1, 1]), scores: scores, weights: [0, 1, 1]).value == nil)
    }

    @Test func oneOfSeveralClassesCanStandAgainstTheRest() throws {
        let truth = Labels(["a", "b", "c", "b", "a"])
        let scores = [0.9, 0.3, 0.4, 0.5, 0.4]
        let named = try rocAUCScore(truth, scores: scores, positive: "b").get()
        let merged = try rocAUCScore(Labels([0, 1, 0, 1, 0]), scores: scores).get()
        #expect(named == merged)
        expectClose(try ROCCurve(truth, scores: scores, positive: "b").auc, merged)
        #expect(throws: ApusError.self) { try ROCCurve(truth, scores: scores) }
        #expect(throws: ApusError.self) { try ROCCurve(truth, scores: scores, positive: "z") }
    }

    @Test func badInputIsRefused() throws {
        let truth = Labels([0, 1, 1])
        for scores in [[0.1, 0.2], [0.1, .nan, 0.3], [0.1, .infinity, 0.3]] {
            #expect(throws: ApusError.self) { try rocAUCScore(truth, scores: scores) }
            #expect(throws: ApusError.self) { try averagePrecisionScore(truth, scores: scores) }
            #expect(throws: ApusError.self) { try ROCCurve(truth, scores: scores) }
            #expect(throws: ApusError.self) { try brierScoreLoss(truth, scores: scores) }
        }
        let three = Labels([0, 1, 2])
        let good = try Matrix([[0.2, 0.3, 0.5], [0.6, 0.4, 0], [0, 0, 1]])
        let bad = try Matrix([[0.2, 0.3, 0.4], [0.6, 0.4, 0], [0, 0, 1]])
        let outside = try Matrix([[-0.2, 0.7, 0.5], [0.6, 0.4, 0], [0, 0, 1]])
        #expect(throws: ApusError.self) { try rocAUCScore(three, probabilities: bad) }
        #expect(throws: ApusError.self) { try logLoss(three, probabilities: outside) }
        #expect(throws: ApusError.self) { try brierScoreLoss(three, probabilities: outside) }
        #expect(throws: ApusError.self) { try logLoss(three, probabilities: good, classes: .integers([0, 1])) }
        #expect(throws: ApusError.self) { try logLoss(three, probabilities: good, classes: .integers([0, 1, 5])) }
        #expect(throws: ApusError.self) { try logLoss(Labels([1]), probabilities: Matrix([[1]])) }
        #expect(throws: ApusError.self) { try logLoss(Labels([Int]()), probabilities: Matrix(rows: 0, columns: 0)) }
        #expect(throws: ApusError.self) {
            try rocAUCScore(three, probabilities: good, multiClass: .oneVersusOne, weights: [1, 1, 1])
        }
        #expect(throws: ApusError.self) { try rocAUCScore(three, probabilities: good, average: .binary()) }
        #expect(throws: ApusError.self) {
            try rocAUCScore(three, probabilities: good, multiClass: .oneVersusOne, average: .micro)
        }
    }

    @Test(arguments: 0..<12)
    func areasEqualTheShareOfRightlyOrderedPairs(_ seed: UInt32) throws {
        var random = RandomState(seed: seed)
        let count = 10 + 400 * Int(seed)
        let truth = [0, 1] + random.integers(in: 0..<2, count: count)
        // Few distinct values, so that there are ties; both below and above the size from which radix sort is used.
        let scores = random.integers(in: -40..<40, count: count + 2).map { Double($0) / 8 }
        var (sum, pairs) = (0.0, 0.0)
        if count < 1500 {
            for i in truth.indices where truth[i] == 1 {
                for j in truth.indices where truth[j] == 0 {
                    pairs += 1
                    sum += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
                }
            }
            expectClose(try rocAUCScore(Labels(truth), scores: scores).get(), sum / pairs)
        }
        // Reversed scores reverse the area; a rising function of the scores leaves it as it is.
        let area = try rocAUCScore(Labels(truth), scores: scores).get()
        expectClose(try rocAUCScore(Labels(truth), scores: scores.map { -$0 }).get(), 1 - area)
        expectClose(try rocAUCScore(Labels(truth), scores: scores.map { $0 * $0 * $0 }).get(), area)
        let order = random.permutation(truth.count)
        let shuffled = try rocAUCScore(Labels(order.map { truth[$0] }), scores: order.map { scores[$0] }).get()
        expectClose(shuffled, area)
        expectClose(
            try rocAUCScore(Labels(truth), scores: scores, weights: truth.map { _ in 2.5 }).get(), area)
        #expect(0...1 ~= area)
    }
}
