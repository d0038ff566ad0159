#if Server
import Apus
import ApusCore
import ApusFrame
import HTTPTypes
import Testing

@testable import ApusServer

@Suite struct OpenAPITests {
    @Test func describesTheColumnsOfEachModel() async throws {
        let document = try await Asker.standard().ask("/openapi.json").json
        #expect(document["openapi"] == "3.1.0")
        let paths = try #require(document["paths"]?.objectValue)
        #expect(paths.keys.contains("/models/loans/predict") && paths.keys.contains("/v2/models/line/infer"))
        let schema = paths["/models/loans/predict"]?["post"]?["requestBody"]?["content"]?["application/json"]?["schema"]
        let record = try #require(schema?["properties"]?["data"]?["anyOf"]?.arrayValue?.first)
        #expect(record["required"] == ["age", "work", "member", "joined"])
        #expect(record["properties"]?["age"]?["type"] == ["number", "null"])
        #expect(record["properties"]?["nothing"] != nil)
        #expect(record["additionalProperties"] == false)
        let answer = paths["/models/loans/predict"]?["post"]?["responses"]?["200"]?["content"]?["application/json"]
        #expect(answer?["schema"]?["properties"]?["prediction"]?["items"]?["enum"] == [false, true])
    }

    @Test func describesVersionsControlAndWhatContributorsAdd() async throws {
        var configuration = ServerConfiguration()
        let monitor = try Monitor()
        let models = try [SampleModels.iris.get()]
        let closed = try await Asker(models, configuration: configuration, contributors: [monitor]).ask("/openapi.json")
        let paths = try #require(closed.json["paths"]?.objectValue)
        #expect(paths["/v2/models/iris/versions/1/infer"]?["post"] != nil)
        #expect(paths["/outcomes"]?["post"]?["requestBody"]?["content"]?["application/json"]?["schema"] != nil)
        let explain = try #require(paths["/monitor/explain"]?["get"]?["parameters"]?.arrayValue)
        #expect(explain.filter { $0["required"] == true }.map { $0["name"] } == ["request"])
        #expect(paths["/dashboard"]?["get"]?["security"] == [])
        #expect(!paths.keys.contains { $0.hasPrefix("/v2/repository/models") })
        configuration.allowsControl = true
        let open = try await Asker(models, configuration: configuration).ask("/openapi.json")
        #expect(open.json["paths"]?["/v2/repository/models/iris/unload"]?["post"] != nil)
    }

    @Test(arguments: [("linear-regression", 1e100), ("decision-tree", 3.4e38)])
    func saysHowLargeNumbersMayBe(_ kind: String, _ largest: Double) async throws {
        let x = (0..<40).map { Double($0 % 9) }
        let frame = try DataFrame(columns: [Column("x", x), Column("y", x.map { 2 * $0 })])
        var plan = TrainingPlan(target: "y")
        plan.model = kind
        plan.task = .regression
        let asker = try Asker([ServedModel(name: "m", model: plan.run(on: frame).model)])
        let schema = try await asker.ask("/openapi.json").json["paths"]?["/predict"]?["post"]?["requestBody"]?[
            "content"]?[
                "application/json"]?["schema"]?["properties"]?["data"]?["anyOf"]?.arrayValue?.first
        #expect(schema?["properties"]?["x"]?["maximum"]?.doubleValue == largest)
        for sign in ["", "-"] {
            #expect(try await asker.ask("/predict", .post, #"{"data": [\#(sign)\#(largest)]}"#).status == 200)
            let answer = try await asker.ask("/predict", .post, #"{"data": [\#(sign)\#(largest * 1.01)]}"#)
            #expect(answer.status == 422 && answer.code == "notFinite")
        }
    }

    @Test func showsAPageThatAsksNobodyElse() async throws {
        let page = try await Asker.standard().ask("/docs")
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(!page.text.contains("http://") && !page.text.contains("https://"))
        #expect(page.text.contains("prefers-color-scheme: dark"))
    }
}
#endif
