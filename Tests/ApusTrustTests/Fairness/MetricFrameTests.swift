import ApusCore
import ApusEvaluation
import ApusTestSupport
import ApusTrust
import Testing

@Suite struct MetricFrameTests {
    private static func labels(_ codes: [Int], _ classes: Int) throws -> Labels {
        try Labels(codes: codes, classes: .strings((0..<classes).map { "g\($0)" }))
    }

    @Test func metricsAreThoseOfTheReference() throws {
        for example in try Oracle("fairness/metrics").array("cases") {
            let (truth, prediction) = (Labels(try example.ints("truth")), Labels(try example.ints("prediction")))
            let sensitive = Labels(try example.ints("group"))
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            for (key, method) in [("between_groups", DisparityMethod.betweenGroups), ("to_overall", .toOverall)] {
                let expected = try example.object(key)
                for (name, metric) in [
                    ("demographic_parity_difference", FairnessMetric.demographicParityDifference),
                    ("demographic_parity_ratio", .demographicParityRatio),
                    ("equalized_odds_difference", .equalizedOddsDifference),
                    ("equalized_odds_ratio", .equalizedOddsRatio),
                    ("equalized_odds_difference_mean", .averageOddsDifference),
                    ("equalized_odds_ratio_mean", .averageOddsRatio),
                    ("equal_opportunity_difference", .equalOpportunityDifference),
                    ("equal_opportunity_ratio", .equalOpportunityRatio),
                    ("false_positive_rate_difference", .falsePositiveRateDifference),
                    ("false_negative_rate_difference", .falseNegativeRateDifference),
                    ("accuracy_score_difference", .accuracyDifference),
                ] {
                    let value = try metric.value(
                        truth, prediction, sensitive: sensitive, positive: "1", method: method, weights: weights
                    ).get()
                    if weights == nil {
                        #expect(value == (try expected.double(name)), "\(name) \(key)")
                    } else {
                        expectClose(value, try expected.double(name), relative: 1e-12, absolute: 1e-15, name)
                    }
                }
            }
        }
    }

    @Test func framesAreThoseOfTheReference() throws {
        let metrics: [GroupMetric] = [
            .selectionRate, .truePositiveRate, .falsePositiveRate, .falseNegativeRate, .trueNegativeRate,
        ]
        for example in try Oracle("fairness/metrics").array("cases") {
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let outcomes = try Outcomes(
                truth: Labels(try example.ints("truth")), prediction: Labels(try example.ints("prediction")),
                positive: "1", weights: weights)
            let sensitive = Labels(try example.ints("group"))
            let control = Labels(try example.ints("control"))
            for (key, features) in [("frame", nil as Labels?), ("controlled", control)] {
                let frame = try MetricFrame(metrics, outcomes, sensitive: sensitive, control: features)
                let expected = try example.object(key)
                let controls = frame.overall.map(\.control)
                for (place, name) in frame.metrics.enumerated() {
                    let table = try expected.object(name)
                    func list(_ values: [MetricValue]) throws -> [Double] { try values.map { try $0.get() } }
                    expectClose(
                        try list(frame.byGroup.map { $0.values[place] }), try table.doubles("by_group"), absolute: 1e-15
                    )
                    expectClose(
                        try list(frame.overall.map { $0.values[place] }), try table.doubles("overall"), absolute: 1e-15)
                    expectClose(
                        try list(controls.map { try frame.difference(name, control: $0) }),
                        try table.doubles("difference"), absolute: 1e-15)
                    expectClose(
                        try list(controls.map { try frame.ratio(name, control: $0) }), try table.doubles("ratio"),
                        absolute: 1e-15)
                    expectClose(
                        try list(controls.map { try frame.difference(name, method: .toOverall, control: $0) }),
                        try table.doubles("to_overall"), absolute: 1e-15)
                    expectClose(
                        try list(controls.map { try frame.ratio(name, method: .toOverall, control: $0) }),
                        try table.doubles("ratio_to_overall"), absolute: 1e-15)
                    expectClose(
                        try list(controls.map { try frame.groupMax(name, control: $0) }), try table.doubles("max"))
                    expectClose(
                        try list(controls.map { try frame.groupMin(name, control: $0) }), try table.doubles("min"))
                }
            }
        }
    }

    @Test func aGroupWithoutPositivesIsUndefinedWithItsCount() throws {
        let truth = Labels([1, 0, 1, 0, 0, 0, 0])
        let prediction = Labels([1, 0, 0, 1, 1, 0, 1])
        let sensitive = Labels(["a", "a", "b", "b", "c", "c", "c"])
        let frame = try MetricFrame(
            [.truePositiveRate, .falsePositiveRate], Outcomes(truth: truth, prediction: prediction),
            sensitive: sensitive)
        let third = frame.byGroup[2].values[0]
        #expect(third.value == nil)
        #expect(third.note?.contains("no row is positive among 3") == true)
        let gap = try frame.difference("truePositiveRate")
        #expect(gap.value == 1)
        #expect(gap.note?.contains("without c (3 rows") == true)
        let metric = try FairnessMetric.equalOpportunityDifference.value(truth, prediction, sensitive: sensitive)
        #expect(metric == gap)
    }

    @Test func oneGroupAndAbsentGroupsCompareNothing() throws {
        let truth = Labels([1, 0, 1])
        let alone = try FairnessMetric.demographicParityDifference.value(
            truth, truth, sensitive: Labels(["a", "a", "a"]))
        #expect(alone.value == nil)
        #expect(alone.note?.contains("only one group") == true)
        let absent = try MetricFrame(
            [.selectionRate], Outcomes(truth: truth, prediction: truth), sensitive: Self.labels([0, 0, 1], 3))
        #expect(absent.byGroup[2].rows == 0)
        #expect(absent.byGroup[2].values[0].value == nil)
        #expect(try absent.difference("selectionRate").value == 0.5)
    }

    @Test func allOneAnswersAreParityWithUndefinedPrecisionOnlyWhereNobodyIsSelected() throws {
        let truth = Labels([1, 0, 1, 0])
        let all = try Labels(codes: [1, 1, 1, 1], classes: .integers([0, 1]))
        let none = try Labels(codes: [0, 0, 0, 0], classes: .integers([0, 1]))
        let sensitive = Labels(["a", "a", "b", "b"])
        #expect(try FairnessMetric.demographicParityDifference.value(truth, all, sensitive: sensitive).value == 0)
        #expect(try FairnessMetric.demographicParityRatio.value(truth, none, sensitive: sensitive).value == nil)
        #expect(try FairnessMetric.predictiveParityDifference.value(truth, none, sensitive: sensitive).value == nil)
    }

    @Test func entropyIndicesAreTheirFormulas() throws {
        let truth = Labels([1, 0, 1, 0, 1])
        let prediction = Labels([1, 1, 0, 0, 1])
        let sensitive = Labels(["a", "a", "a", "b", "b"])
        // Benefits 1, 2, 0, 1, 1 with mean 1.
        let index = try FairnessMetric.generalizedEntropyIndex.value(truth, prediction, sensitive: sensitive).get()
        expectClose(index, (3.0 * 0 + (4 - 1) + (0 - 1)) / 2 / 5)
        let theil = try FairnessMetric.theilIndex.value(truth, prediction, sensitive: sensitive).get()
        expectClose(theil, 2 * 0.6931471805599453 / 5)
        #expect(try FairnessMetric.betweenGroupEntropyIndex.value(truth, prediction, sensitive: sensitive).get() == 0)
    }

    @Test func scorersCompareGroupsByName() throws {
        let scorer = try Scorer.named("demographicParityDifference")
        #expect(scorer.isLoss && scorer.needsSensitive)
        let (truth, sensitive) = (Labels([1, 0, 1, 0]), Labels(["a", "a", "b", "b"]))
        let prediction = Labels([1, 1, 1, 0])
        #expect(try scorer.score(truth, prediction, sensitive: sensitive).value == 0.5)
        let turned = try Scorer.named("neg_demographic_parity_difference")
        #expect(try turned.score(truth, prediction, sensitive: sensitive).value == -0.5)
        #expect(throws: ApusError.self) { try scorer.score(truth, prediction) }
        let errors = try Scorer.named("mean_prediction_difference")
        #expect(try errors.score([1, 2, 3, 4], [1, 2, 3, 5], sensitive: sensitive).value == 2.5)
    }

    @Test func intervalsAreTheSameOnAnyNumberOfThreadsAndHoldTheValue() throws {
        let example = try Oracle("fairness/metrics").array("cases")[1]
        let outcomes = try Outcomes(
            truth: Labels(try example.ints("truth")), prediction: Labels(try example.ints("prediction")))
        let frame = try MetricFrame(
            [.selectionRate], outcomes, sensitive: Labels(try example.ints("group")))
        let before = Parallel.threads
        defer { Parallel.threads = before }
        Parallel.threads = 1
        let one = try frame.bootstrap(draws: 60, seed: 7)
        Parallel.threads = 3
        let many = try frame.bootstrap(draws: 60, seed: 7)
        #expect(one.byGroup == many.byGroup && one.difference == many.difference)
        for (entry, ranges) in zip(frame.byGroup, one.byGroup) {
            let (value, range) = (try entry.values[0].get(), try #require(ranges[0]))
            #expect(range.lower <= value && value <= range.upper)
            let wilson = try #require(Interval(wilson: value * Double(entry.rows), of: Double(entry.rows)))
            expectClose(range.upper - range.lower, wilson.upper - wilson.lower, relative: 0.5)
        }
        #expect(throws: ApusError.self) { try frame.bootstrap(draws: 0) }
    }

    @Test func wilsonIntervalsStayWithinTheUnit() throws {
        let all = try #require(Interval(wilson: 3, of: 3))
        #expect(all.upper == 1 && all.lower > 0.4 && all.lower < 0.45)
        #expect(Interval(wilson: 0, of: 0) == nil)
    }

    @Test func consistencyIsOneForAlikeAnswers() throws {
        let x = Matrix(rows: 6, columns: 1, values: [0, 0.1, 0.2, 5, 5.1, 5.2])
        #expect(try individualConsistency(x, selected: [true, true, true, false, false, false], neighbors: 3) == 1)
        let mixed = try individualConsistency(x, selected: [true, false, true, false, false, false], neighbors: 3)
        expectClose(mixed, 1 - (1.0 / 3 + 2.0 / 3 + 1.0 / 3) / 6)
    }
}
