import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import ApusTrust
import Foundation
import Testing

@Suite struct TrainedModelExplanationTests {
    /// Numbers with gaps, a category with gaps, and a target that depends on both.
    private static func table(rows: Int = 160) throws -> DataFrame {
        var random = RandomState(seed: 4)
        var (age, kind, income, answer): ([Double?], [String?], [Double], [String]) = ([], [], [], [])
        for _ in 0..<rows {
            let years = Double(random.integer(in: 18..<70))
            let name = ["red", "green", "blue"][random.integer(in: 0..<3)]
            let money = random.gaussian() * 10 + 50
            age.append(random.uniform() < 0.05 ? nil : years)
            kind.append(random.uniform() < 0.05 ? nil : name)
            income.append(money)
            answer.append(
                years / 50 + (name == "red" ? 0.7 : 0) + money / 100 + 0.2 * random.gaussian() > 1.6 ? "yes" : "no")
        }
        return try DataFrame(columns: [
            Column("age", age), Column("kind", kind), Column("income", income), Column("answer", answer),
        ])
    }

    private static func model(_ name: String, target: String = "answer", sampleRows: Int = 100) throws -> TrainedModel {
        var plan = TrainingPlan(target: target)
        plan.model = name
        plan.sampleRows = sampleRows
        return try plan.run(on: try table()).model
    }

    @Test(arguments: [
        "random-forest", "hist-gradient-boosting", "decision-tree", "extra-trees", "logistic-regression",
        "gaussian-nb", "k-neighbors", "svc", "linear-svc", "ridge",
    ])
    func everyModelIsExplainedByItsColumns(name: String) throws {
        let frame = try Self.table().head(12)
        let model = try Self.model(name)
        let explanation = try model.explain(frame)
        #expect(explanation.featureNames == ["age", "kind", "income"])
        #expect(explanation.rowCount == 12)
        #expect(explanation.gap < 1e-9)
        // Rows of a request give the same as the table.
        let rows = try (0..<12).map { row in try ["age", "kind", "income"].map { try frame[row, $0] } }
        #expect(try model.explain(rows: rows) == explanation)
        for method in [ExplanationMethod.exact, .permutation, .kernel] {
            #expect(try model.explain(frame.head(2), method: method).gap < 1e-9)
        }
    }

    @Test(arguments: ["random-forest", "linear-regression", "k-neighbors"])
    func numbersAreExplained(name: String) throws {
        let model = try Self.model(name, target: "income")
        let explanation = try model.explain(try Self.table().head(5))
        #expect(explanation.outputNames == ["income"])
        #expect(explanation.unit == .prediction)
        #expect(explanation.gap < 1e-9)
    }

    @Test func theFileKeepsTheSample() throws {
        let model = try Self.model("gaussian-nb")
        let read = try TrainedModel(model.encoded())
        #expect(read.summary.sample?.rowCount == 100)
        let frame = try Self.table().head(3)
        #expect(try read.explain(frame) == model.explain(frame))
        let bare = try TrainedModel(Self.model("gaussian-nb", sampleRows: 0).encoded())
        #expect(bare.summary.sample == nil)
        #expect(throws: ApusError.self) { try bare.explain(frame) }
        #expect(try bare.explain(frame, background: frame).gap < 1e-9)
        // Trees need no sample.
        #expect(try Self.model("decision-tree", sampleRows: 0).explain(frame).gap < 1e-9)
    }

    @Test func localModelsImportanceAndDependence() throws {
        let frame = try Self.table()
        let model = try Self.model("random-forest")
        let locals = try model.explainLocally(frame.head(2), samples: 400)
        #expect(locals.count == 2)
        #expect(locals[0].terms.contains { $0.condition.hasPrefix("kind=") })
        #expect(try model.localStability(frame, samples: 200).agreement == 1)
        let importance = try model.permutationImportance(frame)
        #expect(importance.featureNames == ["age", "kind", "income"])
        #expect(importance.means.allSatisfy { $0 > 0 })
        let dependence = try model.partialDependence(on: "kind", frame)
        #expect(dependence.grid == [0, 1, 2])
        #expect(dependence.average[1, 2] > dependence.average[1, 0])
        #expect(try model.accumulatedLocalEffects(of: "age", frame).bounds.count > 5)
        #expect(throws: ApusError.self) { try model.accumulatedLocalEffects(of: "kind", frame) }
        #expect(throws: ApusError.self) { try model.partialDependence(on: "height", frame) }
        #expect(throws: ApusError.self) { try model.permutationImportance(frame.dropping(columns: ["answer"])) }
        #expect(throws: ApusError.self) { try model.explainLocally(frame, output: "maybe") }
    }

    @Test func counterfactualsChangeTheDecisionAndKeepWhatMustStay() throws {
        let frame = try Self.table()
        let model = try Self.model("logistic-regression")
        let found = try model.counterfactual(frame, immutable: ["kind"])
        #expect(found.otherDecision != nil && found.otherDecision != found.decision)
        #expect(found.changes.allSatisfy { $0.column != "kind" })
        let none = try model.counterfactual(frame, mutable: [])
        #expect(none.otherDecision == nil && none.changes.isEmpty)
        #expect(throws: ApusError.self) { try model.counterfactual(frame, immutable: ["height"]) }
    }

    @Test func theReportSaysTheSameInTextJSONAndPictures() throws {
        let frame = try Self.table().head(30)
        let model = try Self.model("random-forest")
        let report = try ExplanationReport(model.explain(frame), of: model, on: frame)
        #expect(report.measure == "probability of yes")
        let text = report.text(width: 80)
        #expect(
            text.contains("Row 1: probability of yes") && text.split(separator: "\n").allSatisfy { $0.count <= 110 })
        guard case .object(let json) = report.json(), case .array(let rows)? = json["rows"] else {
            Issue.record("not an object")
            return
        }
        #expect(rows.count == 30)
        let page = try report.page(file: "m.apus", data: "d.csv").html
        #expect(page.components(separatedBy: "<svg").count > 8)
        #expect(!page.contains("http://") || page.contains("www.w3.org"))
        // The log-odds of one class are explained; the probabilities shown beside them are those of the same class.
        let boosted = try Self.model("hist-gradient-boosting")
        let other = try ExplanationReport(boosted.explain(frame), of: boosted, on: frame)
        #expect(other.measure == "log-odds of yes")
        let pictures = try other.page(file: "m.apus", data: "d.csv").html
        #expect(pictures.contains("Probability of yes by") && !pictures.contains("Probability of no by"))
        #expect(throws: ApusError.self) {
            try ExplanationReport(model.explain(frame), of: model, on: frame, output: "maybe")
        }
    }
}
