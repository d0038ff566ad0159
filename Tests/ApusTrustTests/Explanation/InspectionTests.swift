import ApusCore
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import ApusTrust
import Testing

@Suite struct InspectionTests {
    @Test func permutationImportanceHasTheReferencesShuffles() throws {
        let oracle = try Oracle("inspection/scores")
        let x = try oracle.matrix("x")
        let labels = Labels(try oracle.ints("y"))
        let forest = try RandomForestClassifier(nEstimators: 10, seed: 0).fit(x, labels)
        let accuracy = try PermutationImportance(of: forest, x, labels, repeats: 4, seed: 9)
        expectClose(accuracy.importances, try oracle.matrix("classifier"), relative: 1e-12, absolute: 1e-15)
        let score = try oracle.doubles("score")
        let linear = try LinearRegression().fit(x, score)
        let r2 = try PermutationImportance(of: linear, x, score, repeats: 3, seed: 2)
        expectClose(r2.importances, try oracle.matrix("regressor"), relative: 1e-9, absolute: 1e-12)
        let loss = try PermutationImportance(
            of: forest, x, labels, scorer: Scorer.named("neg_brier_score"), repeats: 2, seed: 1)
        expectClose(loss.importances, try oracle.matrix("loss"), relative: 1e-10, absolute: 1e-14)
    }

    @Test func partialDependenceIsTheReferences() throws {
        let oracle = try Oracle("inspection/scores")
        let x = try oracle.matrix("x")
        let forest = try RandomForestClassifier(nEstimators: 10, seed: 0).fit(x, Labels(oracle.ints("y")))
        let function = try ModelFunction(forest)
        for (feature, resolution) in [(0, 12), (0, 200), (4, 12), (4, 200)] {
            let expected = try oracle.object("dependence").object("\(feature)-\(resolution)")
            let found = try PartialDependence(of: function, x, feature: feature, gridResolution: resolution)
            expectClose(found.grid, try expected.doubles("grid"), relative: 1e-14, absolute: 1e-15)
            expectClose(found.average.row(1), try expected.doubles("average"), relative: 1e-12)
            let rows = (0..<3).flatMap { found.individual[1].row($0) }
            expectClose(rows, try expected.doubles("first"), relative: 1e-12, absolute: 1e-15)
        }
    }

    @Test func recursionIsTheReferences() throws {
        let oracle = try Oracle("inspection/recursion")
        let x = try oracle.matrix("x")
        let (score, labels) = (try oracle.doubles("score"), Labels(try oracle.ints("y")))
        let models: [(String, any TreeBasedModel)] = [
            ("tree", try DecisionTreeRegressor(maxDepth: 5, seed: 0).fit(x, score)),
            ("forest", try RandomForestRegressor(nEstimators: 6, maxDepth: 6, seed: 0).fit(x, score)),
            ("boosting", try HistGradientBoostingRegressor(maxIter: 8, maxLeafNodes: 7, seed: 0).fit(x, score)),
            (
                "boosted-classes",
                try HistGradientBoostingClassifier(maxIter: 8, maxLeafNodes: 7, seed: 0).fit(x, labels)
            ),
        ]
        for (name, model) in models {
            // The reference leaves out what boosting begins with.
            let start = name.hasPrefix("boost") ? try oracle.object("baselines").double(name) : 0
            for feature in [0, 4] {
                let expected = try oracle.object("found").object("\(name)-\(feature)")
                let found = try PartialDependence(recursing: model, x, feature: feature, gridResolution: 12)
                expectClose(found.grid, try expected.doubles("grid"), relative: 1e-14, absolute: 1e-15)
                // Boosted leaves are 64-bit here and sums of 32-bit gradients there.
                expectClose(
                    found.average.row(0).map { $0 - start }, try expected.doubles("average"), relative: 1e-6,
                    absolute: 1e-6)
                #expect(found.individual.isEmpty)
            }
        }
    }

    @Test func recursionOfClassesAddsUpToOne() throws {
        let oracle = try Oracle("inspection/recursion")
        let x = try oracle.matrix("x")
        let forest = try RandomForestClassifier(nEstimators: 5, seed: 0).fit(x, Labels(oracle.ints("y")))
        let found = try PartialDependence(recursing: forest, x, feature: 1, gridResolution: 10)
        for k in found.grid.indices { expectClose(found.average[0, k] + found.average[1, k], 1, relative: 1e-12) }
        #expect(Set(found.average.row(1)).count > 1)
        #expect(throws: ApusError.self) { try PartialDependence(recursing: forest, x, feature: 9) }
    }

    private let sum = ModelFunction(featureCount: 2, outputNames: ["sum"]) { x in
        Matrix(column: (0..<x.rows).map { 2 * x[$0, 0] + x[$0, 1] * x[$0, 1] })
    }

    @Test func localEffectsOfALinearPartAreItsLine() throws {
        let x = Matrix(rows: 50, columns: 2, values: (0..<100).map { Double($0 * 7 % 13) })
        let effects = try AccumulatedLocalEffects(of: sum, x, feature: 0, intervals: 6)
        for k in 1..<effects.bounds.count {
            expectClose(
                effects.effects[0, k] - effects.effects[0, k - 1], 2 * (effects.bounds[k] - effects.bounds[k - 1]),
                relative: 1e-12)
        }
        #expect(effects.counts.reduce(0, +) == 50)
        #expect(throws: ApusError.self) { try AccumulatedLocalEffects(of: sum, x, feature: 2) }
        #expect(throws: ApusError.self) {
            try AccumulatedLocalEffects(of: sum, Matrix(repeating: 1, rows: 5, columns: 2), feature: 0)
        }
    }

    @Test func badInputIsRefused() throws {
        let x = Matrix(rows: 4, columns: 2, values: [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(throws: ApusError.self) { try PartialDependence(of: sum, x, feature: 2) }
        #expect(throws: ApusError.self) { try PartialDependence(of: sum, x, feature: 0, gridResolution: 1) }
        #expect(throws: ApusError.self) { try PartialDependence(of: sum, x, feature: 0, percentiles: (0.9, 0.1)) }
        #expect(throws: ApusError.self) { try PermutationImportance(of: x, repeats: 0) { _ in 0 } }
        #expect(throws: ApusError.self) { try PermutationImportance(of: x, groups: [[3]]) { _ in 0 } }
        #expect(throws: ApusError.self) { try PermutationImportance(of: Matrix(rows: 0, columns: 2)) { _ in 0 } }
    }

    @Test func theNearestChangeCrossesTheThresholdAndNoMore() throws {
        let known = Matrix(rows: 11, columns: 2, values: (0...10).flatMap { [Double($0), Double($0) / 2 + 0.25] })
        let search = try Counterfactuals(sum, output: 0, known: known)
        let row = [4.0, 1.6]
        let found = try #require(try search.nearest(to: row, threshold: 12))
        // The line 2a + b² = 12 is nearest in ranges (10 and 5) along the second column: b = 2.
        #expect(found.answer > 12 && found.answer < 12.001)
        #expect(found.values.count == 1)
        expectClose(found.row[1], 2, relative: 1e-4)
        expectClose(found.distance, 0.08, relative: 1e-3)
        let first = try Counterfactuals(sum, output: 0, known: known, mutable: [0])
        let other = try #require(try first.nearest(to: row, threshold: 12))
        #expect(other.row[1] == 1.6 && other.answer > 12)
        #expect(try search.nearest(to: row, threshold: 1e6) == nil)
    }

    @Test func changesOfSeveralFeaturesAreFound() throws {
        let both = ModelFunction(featureCount: 3, outputNames: ["and"]) { x in
            Matrix(column: (0..<x.rows).map { (x[$0, 0] > 3 ? 0.4 : 0) + (x[$0, 1] == 2 ? 0.4 : 0) })
        }
        let known = Matrix(rows: 6, columns: 3, values: (0..<6).flatMap { [Double($0), Double($0 % 3), 1] })
        let search = try Counterfactuals(both, output: 0, known: known, categorical: [1])
        let found = try #require(try search.nearest(to: [1, 0, 1], threshold: 0.5))
        #expect(found.values.keys.sorted() == [0, 1])
        #expect(found.row[1] == 2 && found.row[0] > 3)
        let one = try Counterfactuals(both, output: 0, known: known, categorical: [1], mostChanges: 1)
        #expect(try one.nearest(to: [1, 0, 1], threshold: 0.5) == nil)
    }
}
