#if Server
import ApusCore
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

    @Test func showsAPageThatAsksNobodyElse() async throws {
        let page = try await Asker.standard().ask("/docs")
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(!page.text.contains("http://") && !page.text.contains("https://"))
        #expect(page.text.contains("prefers-color-scheme: dark"))
    }
}
#endif
