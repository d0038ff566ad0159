#if Server
import ApusCore
import ApusTestSupport
import Foundation
import HTTPTypes
import Testing

@testable import ApusServer

@Suite struct InferenceRouteTests {
    private static let flower = #"{"name": "rows", "shape": [1, 4], "datatype": "FP64", "data": [5.1, 3.5, 1.4, 0.2]}"#

    @Test func describesTheServerAndItsModels() async throws {
        let server = try await Asker.standard().ask("/v2")
        #expect(server.json["name"] == "apus")
        #expect(server.json["extensions"]?.arrayValue?.contains("binary_tensor_data") == true)
        for path in [
            "/v2/health/live", "/v2/health/ready", "/v2/models/iris/ready", "/v2/models/iris/versions/1/ready",
        ] {
            #expect(try await Asker.standard().ask(path).status == 200)
        }
        let model = try await Asker.standard().ask("/v2/models/iris")
        #expect(model.json["versions"] == ["1"])
        #expect(model.json["inputs"]?.arrayValue?.count == 4)
        #expect(model.json["inputs"]?.arrayValue?[0]["datatype"] == "FP64")
        #expect(model.json["outputs"]?.arrayValue?.map { $0["name"] } == ["prediction", "probabilities"])
        #expect(model.json["outputs"]?.arrayValue?[0]["datatype"] == "BYTES")
        let types = try await Asker.standard().ask("/v2/models/loans").json["inputs"]?.arrayValue?.map {
            $0["datatype"]
        }
        #expect(types == ["FP64", "BYTES", "BOOL", "BYTES"])
    }

    @Test func predictsATableAndGivesTheIDBack() async throws {
        let answer = try await Asker.standard().ask(
            "/v2/models/iris/infer", .post, #"{"id": "seven", "inputs": [\#(Self.flower)]}"#)
        #expect(answer.status == 200)
        #expect(
            answer.json["id"] == "seven" && answer.json["model_name"] == "iris" && answer.json["model_version"] == "1")
        let outputs = try #require(answer.json["outputs"]?.arrayValue)
        #expect(outputs[0]["data"] == ["setosa"] && outputs[0]["datatype"] == "BYTES" && outputs[0]["shape"] == [1])
        #expect(outputs[1]["shape"] == [1, 3] && outputs[1]["data"]?.arrayValue?.count == 3)
        #expect(answer.headers[.requestID] == "seven")
    }

    @Test func predictsWhatTheOtherPathPredicts() async throws {
        let body = """
            {"inputs": [{"name": "member", "shape": [2, 1], "datatype": "BOOL", "data": [[true], [false]]},
             {"name": "age", "shape": [2], "datatype": "INT64", "data": [34, null]},
             {"name": "joined", "shape": [2], "datatype": "BYTES", "data": ["1970-01-05", "1970-02-01T00:00:00Z"]},
             {"name": "work", "shape": [2], "datatype": "BYTES", "data": ["Private", null]}],
             "outputs": [{"name": "prediction"}]}
            """
        let answer = try await Asker.standard().ask("/v2/models/loans/infer", .post, body)
        let rows = #"{"data": [[34, "Private", true, "1970-01-05"], [null, null, false, "1970-02-01T00:00:00Z"]]}"#
        let plain = try await Asker.standard().ask("/models/loans/predict", .post, rows)
        #expect(plain.status == 200 && answer.status == 200)
        #expect(answer.json["outputs"]?.arrayValue?.count == 1)
        #expect(answer.json["outputs"]?.arrayValue?[0]["data"] == plain.json["prediction"])
        #expect(answer.json["outputs"]?.arrayValue?[0]["datatype"] == "BOOL")
    }

    @Test func answersTheRecordedRequestsOfTriton() async throws {
        let oracle = try Oracle("inference/requests").object("iris-table")
        let body = try #require(Data(base64Encoded: oracle.string("body")))
        let answer = try await Asker.standard().ask(
            "/v2/models/iris/infer", .post, Array(body),
            headers: [.inferenceHeaderLength: "\(oracle.int("headerLength"))"])
        #expect(answer.status == 200)
        let length = try #require(answer.headers[.inferenceHeaderLength].flatMap { Int($0) })
        let json = try JSONDecoder().decode(JSONValue.self, from: Data(answer.bytes[..<length]))
        let outputs = try #require(json["outputs"]?.arrayValue)
        #expect(outputs[0]["name"] == "probabilities" && outputs[0]["parameters"]?["binary_data_size"] == 48)
        #expect(outputs[1]["data"] == ["setosa", "virginica"])
        let values = answer.bytes[length...]
        #expect(values.count == 48)
        let plain = try await Asker.standard().ask(
            "/predict?probabilities=true", .post, #"{"data": [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]}"#)
        let expected = try #require(plain.json["probabilities"]?.arrayValue).flatMap { $0.arrayValue ?? [] }
        for (place, value) in expected.enumerated() {
            let bits = values.dropFirst(8 * place).prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            #expect(Double(bitPattern: bits) == value.doubleValue)
        }
    }

    @Test(arguments: [
        ("/v2/models/nobody/infer", 404), ("/v2/models/nobody", 404), ("/v2/models/iris/versions/2", 404),
        ("/v2/models/iris/versions/2/infer", 404), ("/v2/models/nobody/ready", 404), ("/v2/nothing", 404),
        ("/v2/models/iris/versions", 404), ("/v2/models/../iris", 404), ("/v2//models", 404),
        ("/v2/models/iris/x", 404),
    ])
    func answersUnknownPathsWithTheProtocolsError(_ path: String, _ status: Int) async throws {
        let answer = try await Asker.standard().ask(path, path.hasSuffix("infer") ? .post : .get, "{}")
        #expect(answer.status == status)
        #expect(answer.json["error"]?.stringValue?.isEmpty == false)
    }

    @Test(arguments: [
        (#"{"inputs": [{"name": "a", "shape": [1], "datatype": "FP64", "data": [1]}]}"#, "unknownField"),
        (#"{"inputs": [{"name": "rows", "shape": [1, 3], "datatype": "FP64", "data": [1, 2, 3]}]}"#, "unknownField"),
        (#"{"inputs": [{"name": "rows", "shape": [0, 4], "datatype": "FP64", "data": []}]}"#, "emptyData"),
        (
            #"{"inputs": [{"name": "rows", "shape": [1, 4], "datatype": "BYTES", "data": ["1", "2", "3", "4"]}]}"#,
            "wrongType"
        ),
        (#"{"inputs": [\#(flower)], "outputs": [{"name": "nothing"}]}"#, "unknownOutput"),
        (#"{"inputs": [\#(flower)], "outputs": [{"name": "prediction"}, {"name": "prediction"}]}"#, "duplicateField"),
        (#"{"inputs": [\#(flower), \#(flower)]}"#, "unknownField"),
    ])
    func namesWhatIsWrong(_ body: String, _ code: String) async throws {
        let answer = try await Asker.standard().ask("/v2/models/iris/infer", .post, body)
        #expect(answer.json["code"]?.stringValue == code, "\(answer.json)")
        #expect((400..<500).contains(answer.status))
    }
}
#endif
