import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import ApusLearn
import ApusTrust
import Foundation
import Testing

@Suite struct FairTrainingTests {
    /// 800 rows with a known bias: the score is the same for both groups, and 40 % of the hired f were written down as not.
    static let frame: DataFrame = {
        var random = RandomState(seed: 9)
        var (score, other, sex, hired): ([Double], [Double], [String], [String]) = ([], [], [], [])
        for row in 0..<800 {
            let merit = random.gaussian()
            let isF = row % 2 == 0
            score.append(merit)
            other.append(random.gaussian() + (isF ? 1.2 : 0))
            sex.append(isF ? "f" : "m")
            let deserves = merit + 0.3 * random.gaussian() > 0
            hired.append(deserves && !(isF && random.uniform() < 0.4) ? "yes" : "no")
        }
        return
            (try? DataFrame(columns: [
                Column("score", score), Column("other", other), Column("sex", sex), Column("hired", hired),
            ])) ?? DataFrame()
    }()

    private func plan(_ mitigation: FairTraining.Mitigation?, _ model: String? = nil) -> TrainingPlan {
        var plan = TrainingPlan(target: "hired")
        plan.sensitive = ["sex"]
        plan.model = model
        plan.fair = mitigation.map { FairTraining(constraint: .demographicParity, mitigation: $0) }
        return plan
    }

    private func gap(_ result: TrainingPlan.Result) throws -> Double {
        let found = result.model.summary.disparities?.first { $0.metric == "demographicParityDifference" }
        return try #require(found?.value)
    }

    @Test(arguments: FairTraining.Mitigation.allCases)
    func everyMitigationNarrowsTheGapAndSurvivesTheFile(_ mitigation: FairTraining.Mitigation) throws {
        var unfair = plan(nil)
        unfair.model = "logistic-regression"
        let before = try gap(unfair.run(on: Self.frame))
        #expect(before > 0.15)
        var fair = plan(mitigation)
        if mitigation == .adversarial { fair.settings = [("mitigation.batchSize", "32")] }
        let result = try fair.run(on: Self.frame)
        #expect(try gap(result) < before - 0.04, "\(mitigation)")
        let fairness = try #require(result.model.summary.fairness)
        #expect(fairness.before.first { $0.name == "demographicParityDifference" }?.value == before)
        let again = try TrainedModel(result.model.encoded())
        #expect(again.catalogName == result.model.catalogName)
        #expect(again.summary == result.model.summary)
        #expect(try again.predict(Self.frame).values == result.model.predict(Self.frame).values)
        #expect(try again.encoded() == result.model.encoded())
    }

    @Test(arguments: ["random-forest", "decision-tree", "gaussian-nb", "hist-gradient-boosting"])
    func anyModelOfTheCatalogIsStoredWithin(_ model: String) throws {
        for mitigation in [FairTraining.Mitigation.reductions, .threshold] {
            var plan = plan(mitigation, model)
            if model == "random-forest" { plan.settings = [("nEstimators", "5"), ("maxDepth", "3")] }
            if mitigation == .reductions { plan.settings.append(("mitigation.maxIter", "6")) }
            let result = try plan.run(on: Self.frame)
            let again = try TrainedModel(result.model.encoded())
            #expect(try again.predict(Self.frame).values == result.model.predict(Self.frame).values)
            #expect(again.parameters["estimator"] == .string(model))
        }
    }

    @Test func thresholdsKeepTheSensitiveColumnAsAnInputAndRefuseWithoutIt() throws {
        var plan = plan(.threshold)
        plan.dropped = ["sex"]
        let model = try plan.run(on: Self.frame).model
        let column = try #require(model.encoder.inputColumns.first { $0.schema.name == "sex" })
        #expect(column.schema.isSensitive && column.schema.use == .ignored)
        let without = try Self.frame.selecting(columns: ["score", "other"])
        #expect(try #require(throws: ApusError.self) { try model.predict(without) }.message.contains("sex"))
        let strange = try DataFrame(columns: [Column("score", [0.1]), Column("other", [0.1]), Column("sex", ["x"])])
        #expect(
            try #require(throws: ApusError.self) { try model.predict(strange) }.message.contains("no group"))
        // The reductions never ask for it.
        var reduced = self.plan(.reductions)
        reduced.dropped = ["sex"]
        #expect(try reduced.run(on: Self.frame).model.predict(without).count == 800)
    }

    @Test func crossValidationRoutesTheGroups() throws {
        for mitigation in [FairTraining.Mitigation.threshold, .reductions] {
            let result = try plan(mitigation).validate(
                on: Self.frame,
                scoring: [.named("accuracy"), .named("demographicParityDifference")])
            let plain = try plan(nil).validate(on: Self.frame, scoring: [.named("demographicParityDifference")])
            let (fair, unfair) = (try #require(result.summary(of: 1)), try #require(plain.summary(of: 0)))
            #expect(fair.mean < unfair.mean)
        }
    }

    @Test func badPlansSayWhatToDo() throws {
        func message(_ change: (inout TrainingPlan) -> Void) throws -> String {
            var plan = plan(.reductions)
            change(&plan)
            return try #require(throws: ApusError.self) { try plan.run(on: Self.frame) }.message
        }
        #expect(try message { $0.sensitive = [] }.contains("--sensitive"))
        #expect(try message { $0.model = "exponentiated-gradient" }.contains("--mitigation reductions"))
        #expect(try message { $0.target = "score" }.contains("is for classes"))
        #expect(try message { $0.model = "k-neighbors" }.contains("weights"))
        #expect(
            try message {
                $0.sensitive = ["other"]
                $0.fair?.mitigation = .threshold
            }.contains("bands"))
        var one = Self.frame
        one["sex"] = Column("sex", [String](repeating: "f", count: 800))
        #expect(
            try #require(throws: ApusError.self) { try plan(.reductions).run(on: one) }.message
                .contains("f in every row"))
    }

    @Test func theBaselineForAMonitorCountsWhatHappened() throws {
        let model = try plan(nil).run(on: Self.frame).model
        for group in model.summary.groups {
            let (positives, selected) = (try #require(group.positives), try #require(group.selected))
            let (both, wrong) = (try #require(group.truePositives), try #require(group.falsePositives))
            #expect(both + wrong == selected && both <= positives && positives <= group.rows)
            #expect(group.selectionRate == Double(selected) / Double(group.rows))
        }
        #expect(model.summary.groupRules?.first?.names == ["f", "m"])
    }

    @Test func theModelCardHasItsParts() throws {
        let result = try plan(.reductions).run(on: Self.frame)
        let page = try TrainingReport(result, data: "hiring", frame: Self.frame, seconds: 1).page()
        #expect(
            page.sections.map(\.title) == [
                "Scores", "Use", "Groups", "Mitigation", "What it leans on", "On the rows held out", "Data",
                "Groups in the data", "Limits",
                "Model",
            ])
        #expect(page.html.contains("Selection rate by sex"))
        #expect(!page.html.contains("http://") || page.html.contains("http://www.w3.org"))
        // What each column adds, for all rows together and row by row.
        #expect(page.html.contains("Mean size of the contributions") && page.html.contains("What each column adds"))
        #expect(page.html.contains("drawn again, the rows give changes from"))
        let audit = try ModelAudit(of: result.model, on: Self.frame)
        #expect(try audit.page(model: "m.apus", data: "hiring").html.contains("Limits"))
        #expect(audit.text(model: "m.apus", data: "hiring").contains("demographic parity difference"))
        let data = try DataAudit(of: Self.frame, sensitive: ["sex"], target: "hired")
        #expect(DataAuditReport(data, data: "hiring").page().html.contains("Base rate by sex"))
    }
}

/// The census that papers on fairness compare by, where it is at hand.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["APUS_DATA"] != nil))
struct AdultFairnessTests {
    @Test func gapsBetweenTheSexesNarrowAtLittleCost() throws {
        let frame = try Datasets.load("adult").selecting(rows: Array(0..<6000))
        let target = try #require(frame.columnNames.last)
        func result(_ mitigation: FairTraining.Mitigation?) throws -> TrainingPlan.Result {
            var plan = TrainingPlan(target: target)
            plan.sensitive = ["sex"]
            plan.dropped = ["fnlwgt", "native-country"]
            plan.scale = true
            plan.fair = mitigation.map { FairTraining(mitigation: $0) }
            if mitigation == .reductions { plan.settings = [("mitigation.maxIter", "8")] }
            return try plan.run(on: frame)
        }
        func figures(_ result: TrainingPlan.Result) throws -> (gap: Double, accuracy: Double) {
            let gap = result.model.summary.disparities?.first { $0.metric == "demographicParityDifference" }?.value
            let accuracy = result.judgement.scores.first { $0.name == "accuracy" }?.value
            return (try #require(gap), try #require(accuracy))
        }
        let plain = try figures(result(nil))
        #expect(plain.gap > 0.12)
        for mitigation in [FairTraining.Mitigation.reductions, .threshold] {
            let fair = try figures(result(mitigation))
            #expect(fair.gap < 0.06, "\(mitigation)")
            #expect(fair.accuracy > plain.accuracy - 0.04, "\(mitigation)")
        }
    }

    @Test func theArticleSaysWhatATrainingGives() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let article = try String(
            contentsOf: tests.appending(path: "../../Sources/ApusTrust/ApusTrust.docc/AdultFairness.md"),
            encoding: .utf8)
        let part = try #require(
            article.components(separatedBy: "### ").first { $0.hasPrefix("By sex, logistic regression") })
        var plan = TrainingPlan(target: "income")
        plan.model = "logistic-regression"
        plan.sensitive = ["sex"]
        plan.scale = true
        plan.fair = FairTraining(constraint: .demographicParity, mitigation: .reweighing)
        let fairness = try #require(try plan.run(on: Datasets.load("adult")).model.summary.fairness)
        for (name, scores) in [("none", fairness.before), ("reweighing", fairness.after)] {
            let line = try #require(part.split(separator: "\n").first { $0.hasPrefix("| \(name) |") })
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            for (cell, metric) in zip(
                cells.dropFirst(), ["accuracy", "demographicParityDifference", "demographicParityRatio"])
            {
                let found = try #require(scores.first { $0.name == metric }?.value)
                #expect(abs(found - (Double(cell) ?? .nan)) < 0.0021, "\(name) \(metric): \(found), not \(cell)")
            }
        }
        // Drawn again, the rows leave no doubt that the gap narrows.
        let change = try #require(fairness.change)
        #expect(change.upper < -0.05 && change.lower > -0.15)
    }
}
