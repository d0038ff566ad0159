import ApusCore
import ApusTestSupport
import ApusTrust
import Foundation
import Testing

@Suite struct LimeTests {
    private let probability = ModelFunction(featureCount: 6, outputNames: ["no", "yes"], unit: .probability) { x in
        Matrix(rows: x.rows, columns: 2) { values in
            for row in 0..<x.rows {
                let score = x[row, 0] + x[row, 1] * x[row, 2] - (x[row, 3] == 2 ? x[row, 4] : 0)
                values[2 * row + 1] = 1 / (1 + exp(-score))
                values[2 * row] = 1 - values[2 * row + 1]
            }
        }
    }

    private func expectSame(_ local: LocalExplanation, _ oracle: Oracle) throws {
        #expect(local.terms.map(\.feature) == (try oracle.ints("features")))
        expectClose(local.terms.map(\.weight), try oracle.doubles("weights"), relative: 1e-8, absolute: 1e-10)
        expectClose(local.intercept, try oracle.double("intercept"), relative: 1e-8)
        expectClose(local.score ?? .nan, try oracle.double("score"), relative: 1e-8)
        expectClose(local.localPrediction, try oracle.double("prediction"), relative: 1e-8)
    }

    @Test func rowsHaveTheReferencesWeightsForTheSameSamples() throws {
        let oracle = try Oracle("inspection/lime-table")
        let x = try oracle.matrix("x")
        let explainer = try LimeTabularExplainer(
            training: x, categorical: [3], categoryNames: [3: ["p", "q", "r", "s"]],
            featureNames: ["a", "b", "c", "d", "e", "f"], seed: 11)
        // The reference's generator goes on from row to row, whatever the number of features.
        for (features, row) in [(4, 0), (6, 1), (10, 2)] {
            let locals = try explainer.explain(
                x.selecting(rows: [0, 1, 2]), probability, features: features, samples: 500)
            try expectSame(locals[row], oracle.array("rows")[row])
            if row == 2 { #expect(locals[row].terms.map(\.condition) == (try oracle.strings("conditions"))) }
        }
    }

    @Test func textsHaveTheReferencesWeightsForTheSameSamples() throws {
        let oracle = try Oracle("inspection/lime-text")
        let text = try oracle.string("text")
        func sentiment(_ texts: [String]) -> Matrix {
            Matrix(rows: texts.count, columns: 2) { values in
                for (row, text) in texts.enumerated() {
                    func count(_ word: String) -> Double { Double(text.components(separatedBy: word).count - 1) }
                    let words = Double(text.split(whereSeparator: \.isWhitespace).count)
                    values[2 * row + 1] = 1 / (1 + exp(-(1.5 * count("good") - count("bad") + 0.1 * words)))
                    values[2 * row] = 1 - values[2 * row + 1]
                }
            }
        }
        let few = try LimeTextExplainer(seed: 3).explain(
            text, outputNames: ["bad", "good"], features: 5, samples: 300, sentiment)
        try expectSame(few, oracle.object("few"))
        let many = try LimeTextExplainer(seed: 4).explain(
            text, outputNames: ["bad", "good"], features: 12, samples: 300, sentiment)
        try expectSame(many, oracle.object("many"))
        #expect(many.terms.map(\.condition) == (try oracle.strings("words")))
    }

    @Test func stabilityTellsFirmFromLooseFeatures() throws {
        let x = try Oracle("inspection/lime-table").matrix("x")
        let explainer = try LimeTabularExplainer(training: x, categorical: [3])
        let stability = try explainer.stability(x.row(0), probability, features: 6, samples: 400)
        #expect(stability.agreement == 1)
        #expect(stability.deviations.allSatisfy { $0 > 0 && $0 < 0.1 })
        let one = try explainer.stability(x.row(0), probability, features: 2, samples: 50)
        #expect(one.agreement <= 1 && one.agreement > 0)
    }

    @Test func badInputIsRefused() throws {
        let x = try Oracle("inspection/lime-table").matrix("x")
        let explainer = try LimeTabularExplainer(training: x, categorical: [3])
        #expect(throws: ApusError.self) { try LimeTabularExplainer(training: x, categorical: [6]) }
        #expect(throws: ApusError.self) { try LimeTabularExplainer(training: x, kernelWidth: 0) }
        #expect(throws: ApusError.self) { try LimeTabularExplainer(training: Matrix(rows: 0, columns: 2)) }
        #expect(throws: ApusError.self) { try explainer.explain(x, probability, output: 2) }
        #expect(throws: ApusError.self) { try explainer.explain(x, probability, samples: 1) }
        #expect(throws: ApusError.self) { try explainer.explain(Matrix(rows: 1, columns: 2), probability) }
        #expect(throws: ApusError.self) {
            try LimeTextExplainer().explain(" - ", outputNames: ["a"]) { Matrix(rows: $0.count, columns: 1) }
        }
    }

    @Test func oneValueInAColumnAndOneSampleInAPartDoNotTrap() throws {
        let x = Matrix(rows: 3, columns: 6, values: (0..<18).map { $0 % 6 == 1 ? 2 : Double($0 % 4) })
        let explainer = try LimeTabularExplainer(training: x)
        let locals = try explainer.explain(x, probability, samples: 20)
        #expect(locals.count == 3)
        #expect(locals.allSatisfy { $0.terms.allSatisfy { $0.weight.isFinite } })
    }
}
