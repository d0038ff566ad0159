import ApusCore
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import Testing

@testable import ApusTrust

@Suite struct MitigationTests {
    private static func table(_ count: Int = 300, seed: UInt32 = 3) -> (x: Matrix, y: Labels, group: Labels) {
        var random = RandomState(seed: seed)
        var (values, labels, groups): ([Double], [Int], [String]) = ([], [], [])
        for row in 0..<count {
            let group = row % 2
            let a = random.gaussian() + Double(group)
            let b = random.gaussian()
            values += [a, b]
            labels.append(a + 0.4 * b + 0.5 * random.gaussian() > 0.6 ? 1 : 0)
            groups.append(group == 0 ? "f" : "m")
        }
        return (Matrix(rows: count, columns: 2, values: values), Labels(labels), Labels(groups))
    }

    @Test func exponentiatedGradientIsTheReferenceWithinItsTolerance() throws {
        for example in try Oracle("fairness/reductions").array("cases") {
            let constraint = try #require(FairnessConstraint(rawValue: try example.string("constraint")))
            let fair = ExponentiatedGradient(
                LogisticRegression(), constraint: constraint, bound: try example.double("bound"),
                ratioBound: example.has("ratio") ? try example.double("ratio") : nil)
            let model = try fair.fit(
                example.matrix("x"), Labels(try example.ints("y")), sensitive: Labels(try example.ints("group")))
            let nu = try example.double("nu")
            let reached = try max(example.double("bound"), example.double("disparity"))
            #expect(model.achieved.disparity <= reached + nu + 1e-9, "\(constraint)")
            expectClose(
                model.achieved.error, try example.double("error"), relative: 0, absolute: 2 * nu + 1e-9, "\(constraint)"
            )
            expectClose(model.weights.reduce(0, +), 1, relative: 1e-9)
        }
    }

    @Test func gridIsThatOfTheReference() throws {
        for example in try Oracle("fairness/grid").array("cases") {
            let constraint = try #require(FairnessConstraint(rawValue: try example.string("constraint")))
            let fair = ReductionGridSearch(
                LogisticRegression(), constraint: constraint, bound: 0.1, gridSize: try example.int("size"))
            let x = try example.matrix("x")
            let model = try fair.fit(x, Labels(try example.ints("y")), sensitive: Labels(try example.ints("group")))
            expectClose(model.candidates.map(\.error), try example.doubles("errors"), absolute: 1e-12)
            expectClose(model.candidates.map(\.disparity), try example.doubles("disparities"), absolute: 1e-12)
            #expect(try model.predict(x).strings == example.ints("prediction").map { "\($0)" })
        }
    }

    @Test func thresholdsAreThoseOfTheReference() throws {
        let constraints: [String: ThresholdConstraint] = [
            "demographic_parity": .demographicParity, "equalized_odds": .equalizedOdds,
            "true_positive_rate_parity": .truePositiveRateParity,
            "false_positive_rate_parity": .falsePositiveRateParity,
            "false_negative_rate_parity": .falseNegativeRateParity,
            "true_negative_rate_parity": .trueNegativeRateParity,
        ]
        let objectives: [String: ThresholdObjective] = [
            "accuracy_score": .accuracyScore, "balanced_accuracy_score": .balancedAccuracyScore,
            "true_positive_rate": .truePositiveRate,
        ]
        for example in try Oracle("fairness/thresholds").array("cases") {
            let constraint = try #require(constraints[try example.string("constraint")])
            let objective = try #require(objectives[try example.string("objective")])
            let (scores, y, groups) = (
                try example.doubles("scores"), try example.ints("y"), try example.ints("group")
            )
            let count = Set(groups).count
            let curves = try (0..<count).map { group in
                let rows = scores.indices.filter { groups[$0] == group }
                return try TradeOffCurve(
                    rows.map { (scores[$0], y[$0] == 1, 1) }, name: "\(group)", flip: try example.bool("flip"),
                    x: constraint.rate, y: constraint == .equalizedOdds ? .truePositiveRate : objective.rate)
            }
            let rules = ThresholdSearch(curves: curves, constraint: constraint, objective: objective).randomized(
                gridSize: 100, tolerance: example.has("tol") ? try example.double("tol") : nil)
            let shares = scores.indices.map { rules[groups[$0]].share(scores[$0]) }
            expectClose(shares, try example.doubles("shares"), relative: 0, absolute: 1e-9, "\(constraint)")
        }
    }

    @Test func correlationIsRemovedAsByTheReference() throws {
        for example in try Oracle("fairness/correlation").array("cases") {
            let x = try example.matrix("x")
            let remover = CorrelationRemover(
                sensitiveColumns: ColumnIndices(try example.ints("sensitive")), alpha: try example.double("alpha"))
            let model = try remover.fit(x)
            expectClose(model.coefficients, try example.matrix("beta"), relative: 1e-9, absolute: 1e-11)
            expectClose(try model.transform(x), try example.matrix("changed"), relative: 1e-9, absolute: 1e-11)
        }
    }

    @Test func reweighingMakesLabelAndGroupIndependent() throws {
        let (_, y, group) = Self.table()
        let weights = try reweighing(y, sensitive: group)
        var sums = [[Double]](repeating: [0, 0], count: 2)
        for row in 0..<y.count { sums[group.codes[row]][y.codes[row]] += weights[row] }
        expectClose(sums[0][1] / (sums[0][0] + sums[0][1]), sums[1][1] / (sums[1][0] + sums[1][1]))
        expectClose(weights.reduce(0, +), Double(y.count))
    }

    @Test func anyClassifierWithWeightsKeepsTheBound() throws {
        let (x, y, group) = Self.table()
        func check<Base: Classifier>(_ base: Base) throws {
            let fair = ExponentiatedGradient(base, constraint: .demographicParity, bound: 0.02, maxIter: 12)
            let model = try fair.fit(x, y, sensitive: group)
            #expect(model.achieved.disparity <= 0.05, "\(Base.catalogName)")
            try survivesTheFile(model, x)
        }
        try check(LogisticRegression())
        try check(DecisionTreeClassifier(maxDepth: 3))
        try check(GaussianNB())
        #expect(throws: ApusError.self) {
            try ExponentiatedGradient(KNeighborsClassifier()).fit(x, y, sensitive: group)
        }
    }

    private func survivesTheFile<Model: ClassifierModel>(_ model: Model, _ x: Matrix) throws {
        var archive = ModelArchive()
        model.encode(into: &archive)
        let again = try Model(from: archive)
        #expect(again == model)
        #expect(try again.predict(x) == model.predict(x))
        #expect(throws: ApusError.self) { try Model(from: ModelArchive()) }
    }

    @Test func drawsDependOnTheRowAndTheSeedAlone() throws {
        let (x, y, group) = Self.table()
        let model = try ExponentiatedGradient(LogisticRegression(), seed: 5).fit(x, y, sensitive: group)
        let whole = try model.predict(x)
        let some = [17, 3, 250]
        #expect(try model.predict(x.selecting(rows: some)).codes == some.map { whole.codes[$0] })
        let selected = Double(whole.codes.reduce(0, +)) / Double(x.rows)
        let expected = try model.predictProba(x).column(1).reduce(0, +) / Double(x.rows)
        expectClose(selected, expected, relative: 0, absolute: 0.06)
        let numbers = RowDraw(seed: 1).numbers(x)
        #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
        expectClose(numbers.reduce(0, +) / Double(numbers.count), 0.5, relative: 0, absolute: 0.06)
        var signed = Matrix(rows: 1, columns: 2, values: [0, 1])
        let plain = RowDraw(seed: 1).numbers(signed)
        signed[0, 0] = -0.0
        #expect(RowDraw(seed: 1).numbers(signed) == plain)
    }

    @Test func thresholdsCrossValidateSearchAndRefuseUnknownGroups() throws {
        let (x, y, group) = Self.table()
        let joined = try Matrix(column: group.codes.map { Double($0) }).appending(columns: x)
        let routed = Routed(ThresholdOptimizer(LogisticRegression()), sensitiveColumns: [0])
        let options = ValidationOptions(
            scoring: [try Scorer.named("accuracy"), try Scorer.named("demographic_parity_difference")],
            sensitive: group)
        let result = try crossValidate(routed, joined, y, options)
        #expect(try result.mean("accuracy").get() > 0.6)
        let plain = try crossValidate(LogisticRegression(), x, y, options)
        #expect(
            try result.mean("demographic_parity_difference").get()
                < plain.mean("demographic_parity_difference").get())
        let model = try routed.fit(joined, y)
        try survivesTheFile(model, joined)
        var strange = joined.selecting(rows: [0])
        strange[0, 0] = 7
        let error = try #require(throws: ApusError.self) { try model.predict(strange) }
        #expect(error.message.contains("belongs to no group"))
        let pipeline = StandardScaler().then(routed)
        #expect(try pipeline.fit(joined, y).predict(joined).count == 300)
        let fairPipeline = StandardScaler().then(ExponentiatedGradient(LogisticRegression()))
        #expect(try fairPipeline.fit(x, y, sensitive: group).predict(x).count == 300)
    }

    @Test func singleThresholdsComeNearAndMixedOnesHold() throws {
        let (x, y, group) = Self.table()
        for constraint in [ThresholdConstraint.demographicParity, .equalizedOdds, .truePositiveRateParity] {
            let mixed = try ThresholdOptimizer(LogisticRegression(), constraint: constraint).fit(x, y, sensitive: group)
            #expect(mixed.achieved < 1e-9, "\(constraint)")
            let fixed = try ThresholdOptimizer(LogisticRegression(), constraint: constraint, randomized: false)
                .fit(x, y, sensitive: group)
            #expect(fixed.achieved < 0.06, "\(constraint)")
            let shares = try fixed.predictProba(x, sensitive: group).column(1)
            #expect(shares.allSatisfy { $0 == 0 || $0 == 1 })
        }
        let error = try #require(throws: ApusError.self) {
            try ThresholdOptimizer<LogisticRegression>.answers(
                of: ThresholdOptimizer(LogisticRegression()).fit(x, y, sensitive: group), x, sensitive: nil)
        }
        #expect(error.message.contains("pass the sensitive column"))
    }

    @Test func adversaryTakesTheGroupOutOfTheAnswers() throws {
        let (x, y, group) = Self.table(1200)
        func gap(_ alpha: Double) throws -> Double {
            let model = try AdversarialDebiasing(alpha: alpha, epochs: 40, batchSize: 64).fit(x, y, sensitive: group)
            try survivesTheFile(model, x)
            let answers = try model.predict(x)
            #expect(try accuracyScore(y, answers) > 0.6)
            return try FairnessMetric.demographicParityDifference.value(y, answers, sensitive: group).get()
        }
        let plain = try FairnessMetric.demographicParityDifference.value(
            y, LogisticRegression().fit(x, y).predict(x), sensitive: group
        ).get()
        #expect(plain > 0.3)
        #expect(try gap(1) < 0.15)
    }

    @Test func theNetworksGradientIsItsSlope() throws {
        var random = RandomState(seed: 1)
        for hidden in [0, 3] {
            let x = Matrix(rows: 4, columns: 2, values: random.gaussian(count: 8))
            var network = DebiasingNetwork(features: 2, hidden: hidden, &random)
            for k in network.weights.indices { network.weights[k] += 0.1 * random.gaussian() }
            let errors = [0.5, -1, 0.25, 2]
            func value(_ network: DebiasingNetwork) throws -> Double {
                BLAS.dot(try network.forward(x).scores, errors)
            }
            let gradient = try network.gradient(x, network.forward(x), errors)
            for k in network.weights.indices {
                var (up, down) = (network, network)
                up.weights[k] += 1e-6
                down.weights[k] -= 1e-6
                expectClose(gradient[k], (try value(up) - value(down)) / 2e-6, relative: 1e-6, absolute: 1e-7)
            }
        }
    }

    @Test func mixturesAreTheCheapestWithinTheBound() {
        // Two classifiers on both sides of the bound: the mixture lies on it.
        let solution = MixtureProgram.solve(errors: [0.1, 0.3], gaps: [[0.2], [-0.2]], penalty: 100)
        expectClose(solution.mixture, [0.5, 0.5], absolute: 1e-12)
        expectClose(solution.multipliers[0], 0.5, absolute: 1e-12)
        // One that breaks it and none to help: the slack pays.
        let forced = MixtureProgram.solve(errors: [0.1], gaps: [[0.2, 0.1]], penalty: 100)
        #expect(forced.mixture == [1])
        expectClose(forced.multipliers, [100, 0], absolute: 1e-9)
    }

    @Test func badInputIsRefusedWithAReason() throws {
        let (x, y, group) = Self.table(40)
        let one = Labels([String](repeating: "f", count: 40))
        func message(_ body: () throws -> some Any) throws -> String {
            try #require(throws: ApusError.self) { try body() }.message
        }
        let fair = ExponentiatedGradient(LogisticRegression())
        #expect(try message { try fair.fit(x, y, sensitive: one) }.contains("one group"))
        #expect(
            try message { try fair.fit(x, y, sensitive: group.selecting(rows: [0, 1])) }.contains("2 groups for 40"))
        let three = Labels((0..<40).map { $0 % 3 })
        #expect(try message { try fair.fit(x, three, sensitive: group) }.contains("two classes"))
        let many = Labels(Array(0..<200))
        let wide = Matrix(rows: 200, columns: 1, values: (0..<200).map(Double.init))
        #expect(
            try message { try fair.fit(wide, Labels((0..<200).map { $0 % 2 }), sensitive: many) }.contains("too many"))
        let degenerate = Labels((0..<40).map { group.strings[$0] == "f" ? 0 : $0 % 4 < 2 ? 1 : 0 })
        #expect(
            try message { try ThresholdOptimizer(LogisticRegression()).fit(x, degenerate, sensitive: group) }
                .contains("group “f” are negative"))
        #expect(try message { try CorrelationRemover(sensitiveColumns: [9]).fit(x) }.contains("column 9"))
        var broken = fair
        broken.eps = 0
        #expect(try message { try broken.fit(x, y, sensitive: group) }.contains("eps"))
    }

    @Test func aBoundThatNobodyKeepsSaysHowNearItCame() throws {
        // The labels are noisy, so that a loss of next to nobody is out of reach.
        let (x, y, group) = Self.table()
        let model = try ExponentiatedGradient(
            LogisticRegression(), constraint: .boundedGroupLoss, bound: 0.001, maxIter: 8
        ).fit(x, y, sensitive: group)
        #expect(!model.keepsBound)
        #expect(model.achieved.disparity > 0.001 && model.achieved.disparity < 0.5)
    }
}
