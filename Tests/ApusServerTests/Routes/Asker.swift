#if Server
import ApusCore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore

@testable import ApusServer

/// Asks the routes of a server without a socket.
struct Asker {
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]

        /// The body as JSON; null where it is none.
        var json: JSONValue { (try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))) ?? .null }
        var text: String { String(decoding: bytes, as: UTF8.self) }
        var code: String? { json["error"]?["code"]?.stringValue ?? json["code"]?.stringValue }
    }

    /// Collects the body of a response.
    private struct Sink: ResponseBodyWriter {
        let buffer = NIOLockedValueBox(ByteBuffer())

        func write(_ part: ByteBuffer) async throws {
            _ = buffer.withLockedValue { $0.writeImmutableBuffer(part) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    let engine: ModelEngine
    let routes: Routes

    init(
        _ models: [ServedModel], configuration: ServerConfiguration = ServerConfiguration(),
        observers: [any ServerObserver] = [], contributors: [any RouteContributor] = []
    ) throws {
        var server = try ModelServer(models: models, configuration: configuration)
        server.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        server.observers = observers
        server.contributors = contributors
        engine = server.engine()
        routes = server.routes(engine)
    }

    /// A server of three models.
    static func standard(_ configuration: ServerConfiguration = ServerConfiguration()) throws -> Asker {
        try Asker(
            [SampleModels.iris.get(), SampleModels.loans.get(), SampleModels.line.get()], configuration: configuration)
    }

    func ask(
        _ path: String, _ method: HTTPRequest.Method = .get, _ body: String = "", headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await ask(path, method, Array(body.utf8), headers: headers)
    }

    func ask(
        _ path: String, _ method: HTTPRequest.Method = .get, _ body: [UInt8], headers: HTTPFields = [:]
    ) async throws -> Answer {
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let response = try await routes.respond(to: request)
        let sink = Sink()
        try await response.body.write(sink)
        let bytes = Array(sink.buffer.withLockedValue { $0 }.readableBytesView)
        return Answer(status: response.status.code, headers: response.headers, bytes: bytes)
    }
}
#endif
