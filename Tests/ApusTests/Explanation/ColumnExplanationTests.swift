import Apus
import ApusCore
import ApusFrame
import ApusLearn
import ApusTrust
import Foundation
import Testing

/// Contributions of the columns of a table, whatever a preparation makes of them and whichever model learns from it.
@Suite(.serialized) struct ColumnExplanationTests {
    /// Whole numbers from 0 to 4, categories with gaps, a text, classes and numbers that depend on all of them.
    private static let frame: DataFrame = {
        var random = RandomState(seed: 8)
        var (stars, size, shop, note, liked, spent): ([Double], [Double], [String?], [String], [String], [Double]) =
            ([], [], [], [], [], [])
        for _ in 0..<140 {
            let (a, b) = (Double(random.integer(in: 0..<5)), Double(random.integer(in: 0..<4)))
            let place = ["north", "south", "east"][random.integer(in: 0..<3)]
            let isGood = random.uniform() < 0.5
            stars.append(a)
            size.append(b)
            shop.append(random.uniform() < 0.06 ? nil : place)
            note.append((isGood ? "good " : "poor ") + ["service", "parking", "coffee"][random.integer(in: 0..<3)])
            let score = a + 0.5 * b + (place == "north" ? 1.5 : 0) + (isGood ? 1 : 0) + 0.3 * random.gaussian()
            liked.append(score > 5 ? "yes" : "no")
            spent.append(score + 1)
        }
        return
            (try? DataFrame(columns: [
                Column("stars", stars), Column("size", size), Column("shop", shop), Column("note", note),
                Column("liked", liked), Column("spent", spent),
            ])) ?? DataFrame()
    }()

    private static let columns = ColumnTransformer()
        .adding("num", .named(["stars", "size"]), MinMaxScaler())
        .adding(
            "cat", .named(["shop"]), SimpleImputer(strategy: .mostFrequent).then(OneHotEncoder(handleUnknown: .ignore)))

    private func model(
        _ name: String, target: String, _ preparation: ColumnTransformer? = nil, text: Bool = false
    ) throws -> TrainedModel {
        var plan = TrainingPlan(target: target)
        plan.model = name
        plan.columnTransformer = preparation
        plan.dropped = ["liked", "spent", "note"].filter { $0 != target && !($0 == "note" && text) }
        if text, preparation == nil { plan.text = ["note"] }
        if ["random-forest", "extra-trees"].contains(name) { plan.settings = [("n_estimators", "10")] }
        if name == "nu-svc" { plan.settings = [("nu", "0.2")] }
        if name.hasPrefix("radius") { plan.settings = [("radius", "50")] }
        return try plan.run(on: Self.frame).model
    }

    private func check(_ model: TrainedModel, _ columns: [String], _ methods: [ExplanationMethod]) throws {
        let rows = Self.frame.head(3)
        let background = try Self.frame.selecting(rows: Array(40..<52))
        for method in methods {
            do {
                let explanation = try model.explain(rows, method: method, background: background)
                #expect(explanation.featureNames == columns, "\(model.catalogName) \(method)")
                #expect(explanation.gap < 1e-9, "\(model.catalogName) \(method): \(explanation.gap)")
                // What is added up is what the model says.
                let answer = try model.predict(rows, probabilities: model.givesProbabilities)
                if explanation.unit == .probability, let table = answer.probabilities {
                    for (found, known) in zip(explanation.outputs.values, table.values) {
                        #expect(abs(found - known) < 1e-12, "\(model.catalogName) \(method)")
                    }
                }
                if case .numbers(let numbers) = answer.values, explanation.unit == .prediction {
                    for (found, known) in zip(explanation.outputs.values, numbers) {
                        #expect(abs(found - known) < 1e-9 * max(1, abs(known)), "\(model.catalogName) \(method)")
                    }
                }
            } catch let error as ApusError where error.code == .unavailable {
                // A classifier that gives neither probabilities nor decision values has no number to explain.
                #expect(error.message.contains("neither probabilities"), "\(model.catalogName): \(error.message)")
            }
        }
    }

    @Test func everyClassifierAddsUpToItsColumns() throws {
        var seen = 0
        for entry in Catalog.entries where entry.classifier != nil {
            for preparation in [nil, Self.columns] {
                let model = try model(entry.name, target: "liked", preparation)
                try check(model, ["stars", "size", "shop"], [.shap, .exact, .kernel, .permutation])
            }
            seen += 1
        }
        #expect(seen >= 16)
    }

    @Test func everyRegressorAddsUpToItsColumns() throws {
        var seen = 0
        for entry in Catalog.entries where entry.regressor != nil {
            for preparation in [nil, Self.columns] {
                let model = try model(entry.name, target: "spent", preparation)
                try check(model, ["stars", "size", "shop"], [.shap, .exact, .kernel, .permutation])
            }
            seen += 1
        }
        #expect(seen >= 13)
    }

    @Test(arguments: FairTraining.Mitigation.allCases)
    func fairModelsAddUp(_ mitigation: FairTraining.Mitigation) throws {
        var plan = TrainingPlan(target: "liked")
        plan.sensitive = ["shop"]
        plan.dropped = ["spent", "note"]
        plan.fair = FairTraining(mitigation: mitigation)
        plan.settings = mitigation == .reductions ? [("mitigation.max_iter", "5")] : []
        let frame = try Self.frame.selecting(
            rows: (0..<140).filter { row in
                let column: Column? = try? Self.frame["shop"]
                return column?.missing[row] == false
            })
        let model = try plan.run(on: frame).model
        let explanation = try model.explain(frame.head(3))
        #expect(Set(explanation.featureNames) == ["stars", "size", "shop"])
        #expect(explanation.gap < 1e-9)
    }

    @Test func mixedColumnsStandForThemselvesOrAreAskedAboutWhole() throws {
        let mixing = ColumnTransformer()
            .adding("two", .named(["stars", "size"]), StandardScaler().then(PCA(nComponents: 2)))
            .adding("cat", .named(["shop"]), OneHotEncoder(handleUnknown: .ignore))
        let linear = try model("logistic-regression", target: "liked", mixing)
        try check(linear, ["shop", "two__pca0", "two__pca1"], [.shap])
        try check(linear, ["stars", "size", "shop"], [.exact, .kernel, .permutation])
        let report = try ExplanationReport(linear.explain(Self.frame.head(20)), of: linear, on: Self.frame.head(20))
        #expect(report.text().contains("two__pca0"))
        #expect(try report.page(file: "m", data: "d").html.contains("How the model answers to a column"))
        let importance = try linear.permutationImportance(Self.frame)
        #expect(importance.featureNames == ["stars", "size", "shop"] && importance.means[0] > 0)
    }

    @Test func wordsAreExplainedOneByOneAndTextsAsAWhole() throws {
        for name in ["logistic-regression", "random-forest"] {
            let model = try model(name, target: "liked", text: true)
            let rows = Self.frame.head(4)
            let background = try Self.frame.selecting(rows: Array(40..<60))
            let words = try model.explain(rows, background: background)
            #expect(words.featureNames.prefix(3) == ["stars", "size", "shop"])
            #expect(words.featureNames.contains("note__good") && words.gap < 1e-9)
            let whole = try model.explain(rows, method: .kernel, background: background)
            #expect(whole.featureNames == ["stars", "size", "shop", "note"] && whole.gap < 1e-9)
            let report = try ExplanationReport(whole, of: model, on: rows)
            #expect(report.text().contains("note = "))
            #expect(try report.page(file: "m", data: "d").html.contains("<svg"))
            #expect(try ExplanationReport(words, of: model, on: rows).page(file: "m", data: "d").html.contains("<svg"))
            #expect(try model.partialDependence(on: "stars", Self.frame).grid.count == 5)
            #expect(try model.permutationImportance(Self.frame).featureNames == ["stars", "size", "shop", "note"])
        }
    }

    @Test func aTextIsImitatedByItsWords() throws {
        let model = try model("logistic-regression", target: "liked", text: true)
        #expect(model.textColumns == ["note"])
        let found = try model.explainTexts(Self.frame.head(3), samples: 600)
        #expect(found.map(\.row) == [0, 1, 2] && found.allSatisfy { $0.column == "note" })
        let notes: Column = try Self.frame["note"]
        for text in found {
            let words = notes.text(at: text.row).split(separator: " ").map(String.init)
            #expect(Set(text.local.terms.map(\.condition)) == Set(words))
            let weight = try #require(text.local.terms.first { ["good", "poor"].contains($0.condition) })
            #expect((weight.weight > 0) == (weight.condition == "good"))
            // What is imitated is the model's own answer to the row.
            let row = try Self.frame.selecting(rows: [text.row])
            let answer = try #require(try model.predict(row, probabilities: true).probabilities)
            #expect(abs(text.local.prediction - answer[0, 1]) < 1e-12)
        }
        let stability = try model.textStability(Self.frame, samples: 300)
        #expect(stability.agreement == 1 && (stability.score ?? 0) > 0.5)
        let tree = try self.model("decision-tree", target: "liked", text: true)
        #expect(try tree.explainTexts(Self.frame.head(1), samples: 200).count == 1)
        let number = try self.model("ridge", target: "spent", text: true)
        #expect(try number.explainTexts(Self.frame.head(1), samples: 200)[0].local.terms.count == 2)
        let none = try self.model("ridge", target: "spent")
        #expect(throws: ApusError.self) { try none.explainTexts(Self.frame.head(1)) }
        #expect(throws: ApusError.self) { try model.explainTexts(Self.frame.head(1), column: "shop") }
        #expect(throws: ApusError.self) { try model.explainTexts(Self.frame.head(1), output: "maybe") }
        // A row without words has nothing to explain.
        var silent = Self.frame.head(2)
        silent["note"] = Column("note", [nil, "good coffee"])
        #expect(try model.explainTexts(silent, samples: 100).map(\.row) == [1])
    }

    @Test func optionsReachTheMethodsThatHaveThem() throws {
        let model = try model("logistic-regression", target: "liked")
        let rows = Self.frame.head(4)
        let odds = try model.explain(rows, method: .kernel, options: ExplanationOptions(link: .logit))
        #expect(odds.unit == .logOdds && odds.gap < 1e-9)
        // The log-odds of a linear model: kernel SHAP finds what linear SHAP does but for the base.
        let linear = try model.explain(rows)
        let difference = linear.outputs[0, 0] - odds.outputs[0, 1]
        #expect(abs(difference) < 1e-9)
        let few = try model.explain(rows, method: .kernel, options: ExplanationOptions(selection: .features(1)))
        #expect(few.gap < 1e-9)
        for row in 0..<4 { #expect(few.contributions(row: row, output: 1).count { $0 != 0 } <= 1) }
        let correlated = try model.explain(rows, options: ExplanationOptions(followsCorrelations: true))
        #expect(correlated.gap < 1e-9 && correlated.values != linear.values)
        #expect(throws: ApusError.self) { try model.explain(rows, options: ExplanationOptions(link: .logit)) }
        let tree = try self.model("decision-tree", target: "liked")
        #expect(throws: ApusError.self) {
            try tree.explain(rows, options: ExplanationOptions(followsCorrelations: true))
        }
    }
}
