import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import Foundation
import Testing

/// Model files that were written once and must be read for ever.
@Suite struct GoldenModelTests {
    private func model(_ name: String) throws -> TrainedModel {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try TrainedModel(contentsOf: tests.appending(path: "Fixtures/models/\(name).apus").path)
    }

    @Test func readsALinearRegressionOfVersionOne() throws {
        let prediction = try model("diabetes-linear-regression-v1").predict(Datasets.load("diabetes-raw"))
        guard case .numbers(let numbers) = prediction.values else {
            Issue.record("a regression predicts numbers")
            return
        }
        #expect(zip(numbers, [210.5703000327701, 66.98992013012526]).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test func readsALogisticRegressionOfVersionOneWithItsRoles() throws {
        let read = try model("breast-cancer-logistic-regression-v1")
        let prediction = try read.predict(Datasets.load("breast-cancer"), probabilities: true)
        let first = try #require(prediction.probabilities?.row(1))
        #expect(abs(first[0] - 5.8737816523324327e-05) < 1e-15)
        #expect(Set(read.summary.groups.map(\.column)) == ["mean radius"])
        #expect((read.encoder as? FittedFrameEncoder)?.isScaled == true)
    }

    @Test func readsADecisionTreeOfVersionOne() throws {
        let read = try model("iris-decision-tree-v1")
        #expect(read.parameters["maxDepth"] == 3)
        let evaluation = try Evaluation(of: read, on: Datasets.load("iris"))
        #expect(evaluation.judgement.scores.first == TrainingSummary.Score(name: "accuracy", value: 145.0 / 150))
    }
}
