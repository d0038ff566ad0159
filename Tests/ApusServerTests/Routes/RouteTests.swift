#if Server
import Apus
import ApusCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import ApusServer

@Suite struct RouteTests {
    private struct Answer {
        let status: Int
        let json: JSONValue
        let headers: HTTPFields

        var code: String? { json["error"]?["code"]?.stringValue }
    }

    private func ask(
        _ path: String, _ method: HTTPRequest.Method = .get, _ body: String? = nil, headers: HTTPFields = [:],
        configuration: ServerConfiguration = ServerConfiguration()
    ) async throws -> Answer {
        let server = try ModelServer(
            models: [SampleModels.iris.get(), SampleModels.loans.get(), SampleModels.line.get()],
            configuration: configuration)
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let response = try await server.routes(server.engine()).respond(to: request)
        let sink = Sink()
        try await response.body.write(sink)
        let bytes = Data(sink.buffer.withLockedValue { $0 }.readableBytesView)
        let json = bytes.isEmpty ? .null : try JSONDecoder().decode(JSONValue.self, from: bytes)
        return Answer(status: response.status.code, json: json, headers: response.headers)
    }

    /// Collects the body of a response.
    private struct Sink: ResponseBodyWriter {
        let buffer = NIOLockedValueBox(ByteBuffer())

        func write(_ part: ByteBuffer) async throws {
            _ = buffer.withLockedValue { $0.writeImmutableBuffer(part) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    @Test func predictsByTheFirstModelAndByName() async throws {
        let first = try await ask("/predict", .post, #"{"data": [5.1, 3.5, 1.4, 0.2]}"#)
        #expect(first.status == 200)
        #expect(first.json == ["prediction": ["setosa"]])
        #expect(first.headers[.contentType] == "application/json")
        #expect(first.headers[.contentLength] == "25")
        let named = try await ask("/models/line/predict", .post, #"{"data": {"a": 2, "b": 1}}"#)
        let value = try #require(named.json["prediction"]?.arrayValue?.first?.doubleValue)
        #expect(abs(value - 5) < 1e-9)
    }

    @Test func takesTheWishForProbabilitiesFromTheQuery() async throws {
        let body = #"{"data": [5.1, 3.5, 1.4, 0.2]}"#
        #expect(try await ask("/predict?probabilities=true", .post, body).json["classes"]?.arrayValue?.count == 3)
        #expect(try await ask("/predict?probabilities=false", .post, body).json["classes"] == nil)
        #expect(try await ask("/predict?other=1", .post, body).status == 200)
        #expect(try await ask("/predict?probabilities=maybe", .post, body).status == 400)
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"])
    func takesJSONUnderAnyContentType(_ type: String) async throws {
        let answer = try await ask(
            "/predict", .post, #"{"data": [5.1, 3.5, 1.4, 0.2]}"#, headers: [.contentType: type])
        #expect(answer.status == 200)
    }

    @Test func tellsThatItIsUp() async throws {
        let answer = try await ask("/healthz")
        #expect(answer.status == 200)
        #expect(answer.json == ["status": "ok"])
    }

    @Test func describesTheModels() async throws {
        let models = try #require(try await ask("/models").json["models"]?.arrayValue)
        #expect(models.map { $0["name"] } == ["iris", "loans", "line"])
        #expect(models[0]["kind"] == "logistic-regression")
        #expect(models[0]["task"] == "classification")
        #expect(models[0]["target"] == "species")
        #expect(models[0]["classes"] == ["setosa", "versicolor", "virginica"])
        #expect(models[0]["parameters"]?.objectValue?.isEmpty == false)
        #expect(models[1]["classes"] == [false, true])
        let columns = try #require(models[1]["columns"]?.arrayValue)
        #expect(columns.map { $0["name"] } == ["age", "work", "member", "joined"])
        #expect(columns[1]["levels"] == ["Größe \"7\"", "Private", "State-gov"])
        #expect(columns[0]["roles"] == ["feature"])
        #expect(models[2]["classes"] == nil)
        #expect(try await ask("/models/loans").json == models[1])
    }

    @Test func answersHeadLikeGetWithoutBody() async throws {
        let answer = try await ask("/models", .head)
        #expect(answer.status == 200 && answer.json == .null)
        #expect(try Int(#require(answer.headers[.contentLength])) ?? 0 > 100)
    }

    @Test(arguments: [
        "/nothing", "/predict/", "/Predict", "/models/", "/models/x/y", "/models/iris/predict/x", "//predict",
        "/../etc/passwd", "/models/../predict", "/%70redict", "/v3",
    ])
    func answersUnknownPathsAsNotFound(_ path: String) async throws {
        let answer = try await ask(path, .post, "{}")
        #expect(answer.status == 404 || (path == "/models/" && answer.status == 405))
        #expect(answer.json["error"]?["message"]?.stringValue != nil)
    }

    @Test(arguments: ["nobody", "..", "..%2f..%2fetc%2fpasswd", "iris%00", "%ff", "%", "iris.apus"])
    func knowsNoModelsButItsOwn(_ name: String) async throws {
        let answer = try await ask("/models/\(name)/predict", .post, "{}")
        #expect(answer.status == 404 && answer.code == "unknownModel")
    }

    @Test(arguments: [
        ("/predict", HTTPRequest.Method.get, "POST"), ("/predict", .put, "POST"), ("/predict", .options, "POST"),
        ("/models/iris/predict", .delete, "POST"), ("/models", .post, "GET, HEAD"),
        ("/healthz", .post, "GET, HEAD"),
        ("/", .post, "GET, HEAD"),
    ])
    func namesTheMethodsOfAPath(_ path: String, _ method: HTTPRequest.Method, _ allowed: String) async throws {
        let answer = try await ask(path, method)
        #expect(answer.status == 405 && answer.code == "methodNotAllowed")
        #expect(answer.headers[.allow] == allowed)
    }

    @Test func refusesBodiesAboveTheLimit() async throws {
        let configuration = ServerConfiguration(maxBodyBytes: 100)
        let large = #"{"data": ["# + String(repeating: "1,", count: 100) + "1]}"
        let answer = try await ask("/predict", .post, large, configuration: configuration)
        #expect(answer.status == 413 && answer.code == "bodyTooLarge")
        let small = try await ask(
            "/predict", .post, #"{"data": [5.1, 3.5, 1.4, 0.2]}"#, configuration: configuration)
        #expect(small.status == 200)
    }

    @Test func answersLargeRequestsLikeSmallOnes() async throws {
        let rows = (0..<5000).map { "[\(Double($0) * 0.37), \($0 % 7)]" }.joined(separator: ",")
        let large = try await ask("/models/line/predict", .post, #"{"data": [\#(rows)]}"#)
        let predictions = try #require(large.json["prediction"]?.arrayValue)
        #expect(predictions.count == 5000)
        let small = try await ask("/models/line/predict", .post, #"{"data": [\#(Double(4321) * 0.37), 2]}"#)
        #expect(small.json["prediction"]?.arrayValue?.first == predictions[4321])
    }

    @Test func namesTheFieldInTheAnswer() async throws {
        let answer = try await ask("/models/loans/predict", .post, #"{"data": [{"age": "forty"}]}"#)
        #expect(answer.status == 422)
        #expect(answer.json["error"]?["field"] == "data[0].age")
    }

    @Test func refusesSettingsOutOfRangeAndModelsOfOneName() throws {
        let iris = try SampleModels.iris.get()
        #expect(throws: ApusError.self) { try ModelServer(models: []) }
        #expect(throws: ApusError.self) { try ModelServer(models: [iris, iris]) }
        for port in [-1, 65536, .max, .min] {
            #expect(throws: ApusError.self) {
                try ModelServer(models: [iris], configuration: ServerConfiguration(port: port))
            }
        }
        for seconds in [0, -1, .nan, .infinity] {
            #expect(throws: ApusError.self) {
                try ModelServer(models: [iris], configuration: ServerConfiguration(requestTimeout: seconds))
            }
        }
    }

    @Test func namesModelsByTheirFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "apus-server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["flowers.v2.apus", "plain", ".hidden"].map { folder.appending(path: $0).path() }
        for file in files { try SampleModels.iris.get().model.write(to: file) }
        #expect(try ModelServer(modelFiles: files).models.map(\.name) == ["flowers.v2", "plain", ".hidden"])
        #expect(throws: ApusError.self) { try ModelServer(modelFiles: [files[0], files[0]]) }
        #expect(throws: ApusError.self) { try ModelServer(modelFiles: [folder.appending(path: "none").path()]) }
    }
}
#endif
