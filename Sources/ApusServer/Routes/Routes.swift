#if Server
import ApusCore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Answers the requests of a server, one path after another.
struct Routes: HTTPResponder {
    /// What is known of a request besides the request: nothing is needed.
    struct Context: InitializableFromSource {
        init(source: ApplicationRequestContextSource) {}
    }

    /// What stands at a path.
    enum Endpoint {
        case help, health, models, openAPI, page
        case model(ModelEntry)
        case predict(ModelEntry)
        case inference(InferenceEndpoint)
        case contributed([(route: RouteTable.Route, parameters: [String: String])])

        var methods: [String] {
            switch self {
            case .help, .health, .models, .model, .openAPI, .page: ["GET", "HEAD"]
            case .predict: ["POST"]
            case .inference(let endpoint): endpoint.methods
            case .contributed(let matches):
                matches.map(\.route.method) + (matches.contains { $0.route.method == "GET" } ? ["HEAD"] : [])
            }
        }

        /// Whether everybody may ask by that method, also without a token.
        func isOpen(to method: String) -> Bool {
            switch self {
            case .health: true
            case .inference(let endpoint): endpoint.isOpen
            case .contributed(let matches):
                Self.routes(matches, method).allSatisfy { $0.route.access == .open }
            case .page: true
            case .help, .models, .model, .predict, .openAPI: false
            }
        }

        /// The routes that answer a method, or all of them where none does.
        private static func routes(
            _ matches: [(route: RouteTable.Route, parameters: [String: String])], _ method: String
        ) -> [(route: RouteTable.Route, parameters: [String: String])] {
            let fitting = matches.filter { $0.route.method == (method == "HEAD" ? "GET" : method) }
            return fitting.isEmpty ? matches : fitting
        }
    }

    let engine: ModelEngine
    let repository: ModelRepository?
    let table: RouteTable
    private let ids = RequestIDs()
    private let gatekeeper: Gatekeeper
    private let api: OpenAPI

    init(engine: ModelEngine, repository: ModelRepository? = nil, contributors: [any RouteContributor] = []) {
        self.engine = engine
        self.repository = repository
        gatekeeper = Gatekeeper(engine.configuration)
        var table = RouteTable()
        for contributor in contributors { contributor.addRoutes(to: &table) }
        self.table = table
        api = OpenAPI(engine: engine, table: table)
    }

    var configuration: ServerConfiguration { engine.configuration }

    // MARK: Requests

    func respond(to request: Request, context: Context) async throws -> Response {
        try await respond(to: request)
    }

    /// Answers a request; whatever is wrong with it comes back as JSON.
    func respond(to request: Request) async throws -> Response {
        var call = Call(request, id: request.headers[.requestID].flatMap(RequestIDs.usable) ?? ids.next())
        var response: Response
        defer { engine.release(call.reserved) }
        if let preflight = gatekeeper.preflight(request) { return preflight }
        do {
            let endpoint = try admitted(call)
            response = try await answer(endpoint, &call)
            answered(response, call)
        } catch {
            let failure = failure(error, call)
            response = Self.response(failure, isInference: call.isInference)
            engine.figures.answered(failure.status, refusal: failure.code)
            refused(failure, call)
        }
        response.headers[.requestID] = call.id
        gatekeeper.sign(&response, to: request)
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// What stands at the path; who may not ask is not told whether anything does.
    private func admitted(_ call: Call) throws -> Endpoint {
        let endpoint: Endpoint
        do {
            endpoint = try self.endpoint(at: call.path)
        } catch {
            try gatekeeper.admit(call.request)
            throw error
        }
        if !endpoint.isOpen(to: call.request.method.rawValue) { try gatekeeper.admit(call.request) }
        return endpoint
    }

    private func failure(_ error: any Error, _ call: Call) -> RequestFailure {
        switch error {
        case let failure as RequestFailure: return failure
        case let failure as RouteFailure: return failure.failure
        case let error as ApusError: return RequestFailure(error)
        case is CancellationError:
            return RequestFailure(503, "stopping", "The server is being stopped; ask again later.", retryAfter: 1)
        default:
            engine.logger.error(
                "A request failed.", metadata: ["request": "\(call.id)", "path": "\(call.path)", "error": "\(error)"])
            return RequestFailure(500, "internalError", "The server could not answer the request.")
        }
    }

    private func answered(_ response: Response, _ call: Call) {
        engine.figures.answered(response.status.code)
        guard engine.logger.logLevel <= .debug else { return }
        engine.logger.debug(
            "Answered.",
            metadata: [
                "request": "\(call.id)", "path": "\(call.path.prefix(200))", "status": "\(response.status.code)",
                "model": "\(call.model ?? "")", "version": "\(call.version?.version ?? "")",
            ])
    }

    private func refused(_ failure: RequestFailure, _ call: Call) {
        engine.logger.log(
            level: failure.status >= 500 ? .warning : .debug, "Refused.",
            metadata: [
                "request": "\(call.id)", "path": "\(call.path.prefix(200))", "status": "\(failure.status)",
                "code": "\(failure.code)",
            ])
        call.version?.figures.refused(failure.code)
        let event = RefusalEvent(
            requestID: call.id, model: call.model, status: failure.status, code: failure.code,
            message: failure.message)
        for observer in engine.observers { observer.refused(event) }
    }

    // MARK: Paths

    private func endpoint(at path: Substring) throws -> Endpoint {
        switch path {
        case "/predict":
            guard let first = engine.first else {
                throw RequestFailure(404, "noModel", "There is no model here yet; load one first.")
            }
            return .predict(first)
        case "/healthz": return .health
        case "/models": return .models
        case "/", "": return .help
        case "/openapi.json": return .openAPI
        case "/docs": return .page
        default:
            let parts = path.utf8.split(separator: 0x2F, maxSplits: 4).map { Substring($0) }
            if parts.first == "models", parts.count == 2 { return .model(try model(parts[1])) }
            if parts.first == "models", parts.count == 3, parts[2] == "predict" {
                return .predict(try model(parts[1]))
            }
            if parts.first == "v2", let endpoint = try inferenceEndpoint(at: path) { return .inference(endpoint) }
            let matches = table.matches(path)
            guard matches.isEmpty else { return .contributed(matches) }
            throw RequestFailure(
                404, "notFound",
                "There is nothing at \(path.prefix(200)); GET / tells what there is.")
        }
    }

    /// A part of a path as it was meant; nil where its percent signs encode nothing.
    static func decoded(_ part: Substring) -> String? {
        part.utf8.contains(0x25) ? String(part).removingPercentEncoding : String(part)
    }

    func model(_ part: Substring) throws -> ModelEntry {
        if let name = Self.decoded(part), let entry = engine.entry(name) { return entry }
        let all = engine.entries.map(\.name)
        let names = all.prefix(20).joined(separator: ", ") + (all.count > 20 ? ", …" : "")
        throw RequestFailure(
            404, "unknownModel",
            "There is no model “\(part.prefix(100))”; "
                + (all.isEmpty ? "there is none here yet." : "the models are \(names)."))
    }

    // MARK: Answers

    private func answer(_ endpoint: Endpoint, _ call: inout Call) async throws -> Response {
        let methods = endpoint.methods
        guard methods.contains(call.request.method.rawValue) else {
            let list = methods.joined(separator: ", ")
            let failure = RequestFailure(
                405, "methodNotAllowed", "\(call.path.prefix(200)) answers to \(list) alone.")
            refused(failure, call)
            var response = Self.response(failure, isInference: call.isInference)
            response.headers[.allow] = list
            return response
        }
        switch endpoint {
        case .predict(let model): return try await predict(model, &call)
        case .health: return Self.response(["status": "ok"])
        case .models: return Self.response(["models": .array(descriptions)])
        case .model(let model):
            return Self.response(model.choose(for: call.id)?.served.description ?? .null)
        case .help: return Self.response(help)
        case .openAPI: return await Self.aside { Self.response(api.document) }
        case .page:
            return Response(
                status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: TryPage.html)))
        case .inference(let endpoint): return try await answer(endpoint, &call)
        case .contributed(let matches): return try await contributed(matches, &call)
        }
    }

    private var descriptions: [JSONValue] {
        engine.entries.compactMap { $0.choose(for: "")?.served.description }
    }

    private var help: JSONValue {
        var paths: [String: JSONValue] = [
            "POST /predict": .string("predictions of \(engine.first?.name ?? "the first model")"),
            "POST /models/NAME/predict": "predictions of a model by its name",
            "GET /models": "the models and the columns they need",
            "GET /models/NAME": "one model",
            "GET /openapi.json": "every path in OpenAPI's form, with the columns of each model",
            "GET /docs": "a page to try the models by hand",
            "GET /healthz": "whether the server is up",
            "GET /v2": "the Open Inference Protocol: models, readiness, POST /v2/models/NAME/infer",
        ]
        for route in table.routes {
            paths["\(route.method) /\(route.parts.joined(separator: "/"))"] = .string(route.help)
        }
        return [
            "service": "apus",
            "paths": .object(paths),
            "example": ["data": [.object(["COLUMN": "VALUE"])], "probabilities": false],
        ]
    }

    private func contributed(
        _ matches: [(route: RouteTable.Route, parameters: [String: String])], _ call: inout Call
    ) async throws -> Response {
        let method = call.request.method == .head ? "GET" : call.request.method.rawValue
        guard let (route, parameters) = matches.first(where: { $0.route.method == method }) else {
            throw RequestFailure(405, "methodNotAllowed", "The path does not answer to \(method).")
        }
        let body = method == "GET" ? [] : try await body(of: &call)
        var headers: [String: String] = [:]
        for field in call.request.headers { headers[field.name.canonicalName] = field.value }
        let request = RouteRequest(
            method: method, path: String(call.path), parameters: parameters, query: call.query, headers: headers,
            body: body, requestID: call.id)
        let answer = try await Self.aside { try await route.handler(request) }
        var fields: HTTPFields = [.contentType: answer.contentType]
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(
            status: HTTPResponse.Status(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    /// Does what may take a while apart from the threads that read requests.
    private static func aside<Result: Sendable, Failure: Error>(
        _ work: @Sendable () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await withTaskExecutorPreference(globalConcurrentExecutor, operation: work)
    }

    // MARK: Responses

    private static let jsonHeaders: HTTPFields = [.contentType: "application/json"]

    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: jsonHeaders, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func response(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        var text = JSONText()
        text.value(value)
        return json(text.bytes, status: status)
    }

    static func response(_ failure: RequestFailure, isInference: Bool = false) -> Response {
        let body = isInference ? failure.inferenceJSON : failure.json
        var response = json(body, status: HTTPResponse.Status(code: failure.status))
        if failure.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        if let seconds = failure.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }
}

/// A request on its way through the routes.
struct Call {
    let request: Request
    /// The request's name in headers and logs.
    var id: String
    /// The path without its query.
    let path: Substring
    /// The query as it was sent.
    let rawQuery: Substring?
    /// The model that was asked, as soon as it is known.
    var model: String?
    /// Bytes of the body that were reserved.
    var reserved = 0
    /// The version that answers, as soon as it is known.
    var version: ServedVersion?

    init(_ request: Request, id: String) {
        self.request = request
        self.id = id
        let target = request.head.path ?? "/"
        if let mark = target.utf8.firstIndex(of: 0x3F) {
            path = target[..<mark]
            rawQuery = target[target.utf8.index(after: mark)...]
        } else {
            path = target[...]
            rawQuery = nil
        }
    }

    /// Whether the path belongs to the Open Inference Protocol, whose errors have a form of their own.
    var isInference: Bool { path == "/v2" || path.hasPrefix("/v2/") }

    /// The query, decoded; the last of equal names counts.
    var query: [String: String] {
        var query: [String: String] = [:]
        for item in rawQuery?.split(separator: "&") ?? [] {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let texts = parts.map { part in
                part.replacing("+", with: " ").removingPercentEncoding ?? String(part)
            }
            query[texts[0]] = texts.count > 1 ? texts[1] : ""
        }
        return query
    }
}

/// Names for requests that bring none: fifteen letters and digits, unique in the process and unlikely anywhere else.
final class RequestIDs: Sendable {
    private static let digits = Array("0123456789abcdefghijkmnpqrstuvwx".utf8)
    private let prefix: [UInt8]
    private let counter = Atomic<UInt64>(0)

    init() {
        var seed = UInt64.random(in: 0...(.max))
        prefix = (0..<8).map { _ in
            defer { seed >>= 5 }
            return Self.digits[Int(seed & 31)]
        }
    }

    /// A new name.
    func next() -> String {
        var count = counter.wrappingAdd(1, ordering: .relaxed).oldValue
        return String(unsafeUninitializedCapacity: 15) { text in
            for place in 0..<8 { text[place] = prefix[place] }
            for place in stride(from: 14, through: 8, by: -1) {
                text[place] = Self.digits[Int(count & 31)]
                count >>= 5
            }
            return 15
        }
    }

    /// A client's own name for a request, if it may stand in headers and logs.
    static func usable(_ text: String) -> String? {
        guard !text.isEmpty, text.utf8.count <= 128, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        return text
    }
}
#endif
