import ApusCore
import ApusLearn
import ApusTestSupport
import ApusTrust
import Foundation
import Testing

@Suite struct AnyModelTests {
    private func function() -> ModelFunction {
        ModelFunction(featureCount: 7, outputNames: ["probability"]) { x in
            Matrix(
                column: (0..<x.rows).map { row in
                    let v = x.row(row)
                    return 1 / (1 + exp(-(v[0] + v[1] * v[2] - 0.5 * v[3] * v[4] * v[5])))
                })
        }
    }

    private func rows(_ x: Matrix, _ range: Range<Int>) -> Matrix { x.selecting(rows: Array(range)) }

    @Test func linearModels() throws {
        let oracle = try Oracle("explanations/any-model")
        let x = try oracle.matrix("x")
        let model = try LogisticRegression().fit(x, Labels(oracle.ints("y")))
        let explanation = try LinearExplainer(model, background: rows(x, 0..<50)).explain(rows(x, 0..<12))
        // The solvers stop at 1e-4, each at its own point.
        expectClose(explanation.values, try oracle.doubles("linear"), relative: 2e-3, absolute: 2e-4)
        #expect(explanation.gap < 1e-12)
        #expect(explanation.unit == .logOdds)
    }

    @Test func kernelValuesAreTheReferencesForTheSameCoalitions() throws {
        let oracle = try Oracle("explanations/any-model")
        let x = try oracle.matrix("x")
        let background = try Background(rows(x, 0..<15))
        let drawn = try KernelExplainer(function(), background: background, sampleCount: 60, seed: 5).explain(
            rows(x, 100..<103))
        expectClose(drawn.values, try oracle.doubles("kernel-drawn"), relative: 1e-9, absolute: 1e-10)
        #expect(drawn.gap < 1e-12)
        let full = try KernelExplainer(function(), background: background).explain(rows(x, 100..<102))
        expectClose(full.values, try oracle.doubles("kernel-full"), relative: 1e-9, absolute: 1e-10)
    }

    private let mostly = ModelFunction(featureCount: 12, outputNames: ["probability"], unit: .probability) { x in
        Matrix(
            column: (0..<x.rows).map { row in
                let v = x.row(row)
                let score = 1.2 * v[0] - 0.8 * v[1] + 0.9 * v[2] * v[3] + 0.3 * v[4] + 0.05 * v[5]
                return 1 / (1 + exp(-score))
            })
    }

    @Test(arguments: [
        ("features", KernelSelection.features(4)), ("aic", .aic), ("bic", .bic), ("alpha", .alpha(0.002)),
        ("auto", .auto),
    ])
    func kernelSelectsTheReferencesFeatures(_ name: String, _ selection: KernelSelection) throws {
        let oracle = try Oracle("explanations/kernel-choices")
        let x = try oracle.matrix("x")
        let found = try KernelExplainer(
            mostly, background: Background(rows(x, 0..<10)), sampleCount: 200, seed: 7, selection: selection
        ).explain(rows(x, 100..<103))
        let expected = try oracle.doubles(name)
        #expect(found.values.map { abs($0) > 1e-10 } == expected.map { $0 != 0 })
        expectClose(found.values, expected, relative: 1e-8, absolute: 1e-9)
        #expect(found.gap < 1e-12)
    }

    @Test func kernelExplainsLogOdds() throws {
        let oracle = try Oracle("explanations/kernel-choices")
        let x = try oracle.matrix("x")
        let found = try KernelExplainer(
            mostly, background: Background(rows(x, 0..<10)), sampleCount: 300, seed: 3, link: .logit
        ).explain(rows(x, 100..<103))
        expectClose(found.values, try oracle.doubles("odds"), relative: 1e-8, absolute: 1e-9)
        let mean = try oracle.double("odds-base")
        expectClose(found.bases[0, 0], mean, relative: 1e-12)
        #expect(found.unit == .logOdds)
        #expect(found.gap < 1e-12)
        let odds = try mostly(rows(x, 100..<103)).values.map { log($0 / (1 - $0)) }
        expectClose(found.outputs.values, odds, relative: 1e-12)
    }

    @Test func choicesThatMakeNoSenseAreRefused() throws {
        let x = Matrix(rows: 4, columns: 2, values: [0, 1, 1, 0, 0.5, 0.5, 0.2, 0.9])
        let sure = ModelFunction(featureCount: 2, outputNames: ["p"], unit: .probability) { x in
            Matrix(column: (0..<x.rows).map { x[$0, 0] > 0.4 ? 1 : 0 })
        }
        let background = try Background(x)
        func message(_ body: () throws -> Void) throws -> String {
            try #require(throws: ApusError.self) { try body() }.message
        }
        #expect(
            try message { _ = try KernelExplainer(sure, background: background, link: .logit).explain(x) }.contains(
                "logarithm"))
        #expect(
            try message { _ = try KernelExplainer(sure, background: background, selection: .features(0)) }.contains(
                "at least one"))
        #expect(
            try message { _ = try KernelExplainer(sure, background: background, selection: .alpha(0)) }.contains(
                "penalty"))
        // A penalty that leaves nothing takes all.
        let all = try KernelExplainer(sure, background: background, selection: .alpha(1e6)).explain(x)
        #expect(all.gap < 1e-12)
    }

    @Test func correlatedFeaturesShareAsInTheReference() throws {
        let oracle = try Oracle("explanations/correlated")
        let x = try oracle.matrix("x")
        let model = try Ridge(alpha: 0.5).fit(x, oracle.doubles("y"))
        let explainer = try LinearExplainer(
            model, background: rows(x, 0..<50), dependence: .correlated(orders: 200, seed: 11))
        let found = try explainer.explain(rows(x, 50..<60))
        expectClose(found.values, try oracle.doubles("values"), relative: 1e-7, absolute: 1e-8)
        expectClose(found.bases[0, 0], try oracle.double("base"), relative: 1e-9)
        #expect(found.gap < 1e-9)
        // Even where features differ that never did in the background.
        var strange = rows(x, 50..<52)
        strange[0, 3] = 9
        strange[1, 6] = -4
        #expect(try explainer.explain(strange).gap < 1e-9)
        // And where two features are the same on different scales.
        var scaled = x
        for row in 0..<x.rows { scaled[row, 3] = 2 * x[row, 2] - 1 }
        let wider = try Ridge(alpha: 0.5).fit(scaled, oracle.doubles("y"))
        let parts = try LinearExplainer(wider, background: rows(scaled, 0..<50), dependence: .correlated()).explain(
            rows(scaled, 50..<60))
        #expect(parts.gap < 1e-9)
        for row in 0..<10 { expectClose(parts[row, 0, 2], parts[row, 0, 3], relative: 1e-6, absolute: 1e-9) }
        // The second column tells of the first, which the model uses; without the correlations it has its own weight alone.
        let single = Matrix(rows: 1, columns: 7, values: x.row(50))
        #expect(
            try explainer.explain(single).values
                != LinearExplainer(model, background: rows(x, 0..<50)).explain(single).values)
    }

    @Test func permutationValuesAreTheReferencesForTheSameOrders() throws {
        let oracle = try Oracle("explanations/any-model")
        let x = try oracle.matrix("x")
        let explanation = try PermutationExplainer(
            function(), background: Background(rows(x, 0..<15)), maxEvaluations: 100, seed: 4
        ).explain(rows(x, 100..<104))
        expectClose(explanation.values, try oracle.doubles("permutation"), relative: 1e-10, absolute: 1e-12)
        expectClose(explanation.bases.column(0), try oracle.doubles("permutation-base"), relative: 1e-12)
        #expect(explanation.gap < 1e-12)
    }

    @Test func exactAndFullKernelValuesAgree() throws {
        let oracle = try Oracle("explanations/any-model")
        let x = try oracle.matrix("x")
        let background = try Background(rows(x, 0..<15))
        let exact = try ExactExplainer(function(), background: background).explain(rows(x, 100..<103))
        expectClose(exact.values, try oracle.doubles("exact"), relative: 1e-10, absolute: 1e-12)
        let kernel = try KernelExplainer(function(), background: background).explain(rows(x, 100..<103))
        expectClose(kernel.values, exact.values, relative: 1e-8, absolute: 1e-10)
        #expect(exact.gap < 1e-12)
        // The last feature is not used.
        #expect((0..<3).allSatisfy { exact[$0, 0, 6].magnitude < 1e-15 })
    }

    @Test func groupsOfColumnsAreOneFeature() throws {
        let x = Matrix(rows: 2, columns: 7, values: (0..<14).map { Double($0 % 5) - 1 })
        let background = try Background(Matrix(rows: 1, columns: 7))
        let groups = [[0], [1, 2], [3, 4, 5], [6]]
        let explanation = try ExactExplainer(
            function(), background: background, groups: groups, featureNames: ["a", "b", "c", "d"]
        ).explain(x)
        #expect(explanation.featureNames == ["a", "b", "c", "d"])
        #expect(explanation.gap < 1e-12)
        #expect(throws: ApusError.self) {
            try ExactExplainer(function(), background: background, groups: [[0], [1, 2], [3, 4, 5]])
        }
    }

    @Test func everyKindOfModelAddsUp() throws {
        var random = RandomState(seed: 9)
        let x = Matrix(rows: 80, columns: 4) { values in for k in values.indices { values[k] = random.gaussian() } }
        let y = (0..<80).map { x[$0, 0] * x[$0, 1] + x[$0, 2] }
        let labels = Labels(y.map { $0 > 0.5 ? "high" : $0 > -0.5 ? "middle" : "low" })
        let two = Labels(y.map { $0 > 0 })
        let functions = [
            try ModelFunction(KNeighborsClassifier().fit(x, labels)), try ModelFunction(GaussianNB().fit(x, labels)),
            try ModelFunction(SVC().fit(x, two)), ModelFunction(try KNeighborsRegressor().fit(x, y)),
            try ModelFunction(RidgeClassifier().fit(x, labels)),
        ]
        let background = try Background(rows(x, 0..<20)).summarized(by: 6)
        for function in functions {
            let rows = rows(x, 20..<26)
            for explanation in [
                try ExactExplainer(function, background: background).explain(rows),
                try KernelExplainer(function, background: background).explain(rows),
                try PermutationExplainer(function, background: background).explain(rows),
            ] {
                #expect(explanation.gap < 1e-9)
            }
        }
    }

    @Test func badInputIsRefused() throws {
        let background = try Background(Matrix(rows: 3, columns: 7))
        #expect(throws: ApusError.self) { try Background(Matrix(rows: 0, columns: 3)) }
        #expect(throws: ApusError.self) { try Background(Matrix(rows: 2, columns: 3), weights: [1]) }
        #expect(throws: ApusError.self) { try Background(Matrix(rows: 2, columns: 3), weights: [1, 0]) }
        #expect(throws: ApusError.self) { try background.summarized(by: 4) }
        #expect(throws: ApusError.self) {
            try KernelExplainer(function(), background: Background(Matrix(rows: 3, columns: 6)))
        }
        let few = try PermutationExplainer(function(), background: background, maxEvaluations: 14)
        #expect(throws: ApusError.self) { try few.explain(Matrix(repeating: 1, rows: 1, columns: 7)) }
        let wide = ModelFunction(featureCount: 20, outputNames: ["sum"]) { x in
            Matrix(column: (0..<x.rows).map { x.row($0).reduce(0, +) })
        }
        let exact = try ExactExplainer(wide, background: Background(Matrix(rows: 1, columns: 20)))
        #expect(throws: ApusError.self) { try exact.explain(Matrix(repeating: 1, rows: 1, columns: 20)) }
        let broken = ModelFunction(featureCount: 7, outputNames: ["x"]) {
            Matrix(repeating: .nan, rows: $0.rows, columns: 1)
        }
        #expect(throws: ApusError.self) { try ExactExplainer(broken, background: background) }
    }
}
