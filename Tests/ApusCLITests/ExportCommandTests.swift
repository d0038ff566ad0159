#if Server
import Foundation
import Testing

@Suite struct ExportCommandTests {
    @Test func aModelBecomesAnONNXFile() throws {
        let work = try Workplace()
        let train = try ApusProcess.run("train", "iris", "--target", "species", "-o", work.path("m.apus"))
        #expect(train.status == 0, "\(train.errors)")
        let said = try ApusProcess.run("export", work.path("m.apus"), "--onnx", work.path("m.onnx"))
        #expect(said.status == 0 && said.errors.isEmpty)
        let rows = said.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(rows.contains(["in", "sepal", "length", "(cm)", "double", "[N,", "1]"]))
        #expect(rows.contains(["out", "label", "string", "[N]"]))
        #expect(rows.contains(["probabilities", "double", "[N,", "3]"]))
        let first = try Data(contentsOf: URL(filePath: work.path("m.onnx")))
        #expect(first.count > 500)

        let export = try ApusProcess.run("export", work.path("m.apus"), "--onnx", work.path("m.onnx"), "--json")
        let facts = try export.json()
        #expect(facts["model"] as? String == "logistic-regression" && facts["file"] as? String == work.path("m.onnx"))
        #expect((facts["inputs"] as? [[String: Any]])?.count == 4)
        let outputs = try #require(facts["outputs"] as? [[String: Any]])
        #expect(outputs.map { $0["name"] as? String } == ["label", "probabilities"])
        #expect(outputs[0]["columns"] is NSNull && outputs[1]["columns"] as? Int == 3)
        #expect((facts["opset"] as? [String: Int]) == ["ai.onnx": 18, "ai.onnx.ml": 3])
        #expect(try Data(contentsOf: URL(filePath: work.path("m.onnx"))) == first)
    }

    @Test func whatHasNoFormLeavesNoFile() throws {
        let work = try Workplace()
        let train = try ApusProcess.run(
            "train", "iris", "--target", "species", "--model", "k-neighbors", "-o", work.path("m.apus"))
        #expect(train.status == 0, "\(train.errors)")
        let export = try ApusProcess.run("export", work.path("m.apus"), "--onnx", work.path("m.onnx"))
        #expect(export.status == 1 && export.output.isEmpty)
        #expect(export.errors.contains("k-neighbors has no form in ONNX; train one of"))
        #expect(!FileManager.default.fileExists(atPath: work.path("m.onnx")))
        let absent = try ApusProcess.run("export", work.path("none.apus"), "--onnx", work.path("m.onnx"))
        #expect(absent.status == 1 && absent.errors.contains("none.apus"))
    }
}
#endif
