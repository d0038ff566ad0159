import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusFrame
import ApusLearn
import Foundation
import Testing

@Suite struct TrainingPlanTests {
    @Test func trainsWhatTheLibraryTrainsOnANumericTable() throws {
        let (x, y, _) = try Datasets.breastCancer()
        var plan = TrainingPlan(target: "diagnosis")
        plan.model = "decision-tree"
        plan.settings = [("seed", "42"), ("max_depth", "4")]
        plan.seed = 7
        let result = try plan.run(on: Datasets.load("breast-cancer"))
        let split = try trainTestSplit(rows: x.rows, testSize: 0.2, seed: 7)
        #expect(result.split == split)
        let model = try DecisionTreeClassifier(maxDepth: 4, seed: 42).fit(
            x.selecting(rows: split.train), y.selecting(rows: split.train))
        let predicted = try model.predict(x.selecting(rows: split.test))
        #expect(result.test?.prediction.values == .labels(predicted))
    }

    @Test func keepsTheRoleOfSensitiveColumnsIntoTheFile() throws {
        let n = 200
        let frame = try DataFrame(columns: [
            Column("sex", (0..<n).map { $0 % 3 == 0 ? "f" : "m" }),
            Column("points", (0..<n).map { Double(($0 * 37) % 101) }),
            Column("hired", (0..<n).map { ($0 * 37) % 101 > 50 }),
        ])
        var plan = TrainingPlan(target: "hired")
        plan.sensitive = ["sex"]
        let model = try plan.run(on: frame).model
        let read = try TrainedModel(model.encoded())
        #expect(read.encoder.inputColumns.filter(\.schema.isSensitive).map(\.schema.name) == ["sex"])
        #expect(read.summary == model.summary)
        #expect(read.summary.groups.map(\.group) == ["f", "m"])
        #expect(read.summary.groups.reduce(0) { $0 + $1.rows } == 40)
        #expect(read.summary.references.map(\.column) == ["sex", "points"])
        #expect(read.summary.references[1].counts.reduce(0, +) == 160)
        #expect(try read.predict(frame, probabilities: true) == model.predict(frame, probabilities: true))
    }

    @Test func sensitiveColumnsMayBeKeptOutOfTheModel() throws {
        let frame = try Datasets.load("iris")
        var plan = TrainingPlan(target: "species")
        plan.sensitive = ["sepal width (cm)"]
        plan.dropped = ["sepal width (cm)"]
        let model = try plan.run(on: frame).model
        #expect(!model.encoder.featureNames.contains("sepal width (cm)"))
        #expect(Set(model.summary.groups.map(\.column)) == ["sepal width (cm)"])
    }

    @Test func theTaskFollowsTheTargetTheNameOrTheAsking() throws {
        let frame = try DataFrame(columns: [
            Column("a", (0..<60).map { Double($0 * $0 % 17) }), Column("few", (0..<60).map { $0 % 3 }),
            Column("many", (0..<60).map { $0 }),
        ])
        func task(_ target: String, _ model: String? = nil, _ asked: LearningTask? = nil) throws -> LearningTask {
            var plan = TrainingPlan(target: target)
            plan.model = model
            plan.task = asked
            plan.testSize = nil
            return try plan.run(on: frame).model.task
        }
        #expect(try task("few") == .classification)
        #expect(try task("many") == .regression)
        #expect(try task("few", "linear-regression") == .regression)
        #expect(try task("few", "decision-tree", .regression) == .regression)
        #expect(throws: ApusError.self) { try task("many", "linear-regression", .classification) }
        #expect(throws: ApusError.self) { try task("few", "k-means") }
    }

    @Test func noModelOutlivesABitFlippedInItsFile() throws {
        let data = try TrainingPlan(target: "species").run(on: Datasets.load("iris")).model.encoded()
        #expect(try TrainedModel(data).catalogName == "logistic-regression")
        var random = RandomState(seed: 1)
        for _ in 0..<200 {
            var changed = data
            changed[random.integer(in: 0..<data.count)] ^= 1 << UInt8(random.integer(in: 0..<8))
            #expect(throws: ApusError.self) { try TrainedModel(changed) }
            let length = random.integer(in: 0..<data.count)
            #expect(throws: ApusError.self) { try TrainedModel(data.prefix(length)) }
        }
    }
}
