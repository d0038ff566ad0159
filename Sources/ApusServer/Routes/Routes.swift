#if Server
import ApusCore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix

/// Answers the requests of a server, one path after another.
struct Routes: HTTPResponder {
    /// What is known of a request besides the request: nothing is needed yet.
    struct Context: InitializableFromSource {
        init(source: ApplicationRequestContextSource) {}
    }

    /// What stands at a path.
    private enum Endpoint {
        case help, health, models
        case model(ServedModel)
        case predict(ServedModel)

        var methods: [HTTPRequest.Method] {
            switch self {
            case .help, .health, .models, .model: [.get, .head]
            case .predict: [.post]
            }
        }
    }

    private let models: [ServedModel]
    private let places: [String: Int]
    private let configuration: ServerConfiguration
    private let logger: Logger

    init(models: [ServedModel], configuration: ServerConfiguration, logger: Logger) {
        self.models = models
        self.configuration = configuration
        self.logger = logger
        places = Dictionary(zip(models.map(\.name), 0...), uniquingKeysWith: { first, _ in first })
    }

    // MARK: Paths

    func respond(to request: Request, context: Context) async throws -> Response {
        try await respond(to: request)
    }

    /// Answers a request; whatever is wrong with it comes back as JSON.
    func respond(to request: Request) async throws -> Response {
        do {
            let (path, query) = Self.split(request.head.path ?? "/")
            let endpoint = try endpoint(at: path)
            guard endpoint.methods.contains(request.method) else {
                let methods = endpoint.methods.map(\.rawValue).joined(separator: ", ")
                var response = Self.response(
                    RequestFailure(
                        405, "methodNotAllowed", "\(path.prefix(200)) answers to \(methods) alone."))
                response.headers[.allow] = methods
                return response
            }
            return try await answer(endpoint, request, query)
        } catch let failure as RequestFailure {
            return Self.response(failure)
        }
    }

    private static func split(_ target: String) -> (path: Substring, query: Substring?) {
        guard let mark = target.utf8.firstIndex(of: 0x3F) else { return (target[...], nil) }
        return (target[..<mark], target[target.utf8.index(after: mark)...])
    }

    private func endpoint(at path: Substring) throws -> Endpoint {
        switch path {
        case "/predict": return .predict(models[0])
        case "/healthz": return .health
        case "/models": return .models
        case "/", "": return .help
        default:
            let parts = path.utf8.split(separator: 0x2F, maxSplits: 4).map { Substring($0) }
            if parts.first == "models", parts.count == 2 { return .model(try model(parts[1])) }
            if parts.first == "models", parts.count == 3, parts[2] == "predict" {
                return .predict(try model(parts[1]))
            }
            throw RequestFailure(
                404, "notFound",
                "There is nothing at \(path.prefix(200)); GET / tells what there is.")
        }
    }

    private func model(_ part: Substring) throws -> ServedModel {
        if let name = String(part).removingPercentEncoding, let place = places[name] { return models[place] }
        let names = models.prefix(20).map(\.name).joined(separator: ", ") + (models.count > 20 ? ", …" : "")
        throw RequestFailure(
            404, "unknownModel", "There is no model “\(part.prefix(100))”; the models are \(names).")
    }

    // MARK: Answers

    private func answer(_ endpoint: Endpoint, _ request: Request, _ query: Substring?) async throws -> Response {
        switch endpoint {
        case .predict(let model): try await predict(model, request, query)
        case .health: Self.response(["status": "ok"], to: request)
        case .models: Self.response(["models": .array(models.map(\.description))], to: request)
        case .model(let model): Self.response(model.description, to: request)
        case .help: Self.response(help, to: request)
        }
    }

    private var help: JSONValue {
        [
            "service": "apus",
            "paths": [
                "POST /predict": .string("predictions of \(models[0].name)"),
                "POST /models/NAME/predict": "predictions of a model by its name",
                "GET /models": "the models and the columns they need",
                "GET /models/NAME": "one model",
                "GET /healthz": "whether the server is up",
            ],
            "example": ["data": [.object(["COLUMN": "VALUE"])], "probabilities": false],
        ]
    }

    /// Bodies above this size are worked on by a thread of their own, so that small requests need not wait for them.
    private static let smallBody = 16 << 10

    private func predict(_ model: ServedModel, _ request: Request, _ query: Substring?) async throws -> Response {
        let probabilities = try query.map(Self.wantsProbabilities) ?? false
        let body = try await body(of: request)
        let maxRows = configuration.maxRows
        do {
            if body.count <= Self.smallBody {
                return Self.json(try model.answer(body, maxRows: maxRows, probabilities: probabilities))
            }
            let answer = try await NIOThreadPool.singleton.runIfActive {
                try model.answer(body, maxRows: maxRows, probabilities: probabilities)
            }
            return Self.json(answer)
        } catch let failure as RequestFailure {
            throw failure
        } catch {
            logger.error("The prediction failed.", metadata: ["model": "\(model.name)", "error": "\(error)"])
            throw RequestFailure(500, "internalError", "The server could not compute the prediction.")
        }
    }

    private static func wantsProbabilities(_ query: Substring) throws -> Bool {
        for item in query.split(separator: "&") where item.hasPrefix("probabilities=") {
            switch item.dropFirst("probabilities=".count) {
            case "true", "1": return true
            case "false", "0": return false
            default:
                throw RequestFailure(
                    400, "invalidRequest", "In the query, probabilities must be true or false.",
                    field: "probabilities")
            }
        }
        return false
    }

    /// The whole body, or a failure as soon as it is known to be too large.
    private func body(of request: Request) async throws -> [UInt8] {
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw RequestFailure(
                415, "unsupportedEncoding",
                "The body is encoded as \(encoding.prefix(40)); send plain JSON without Content-Encoding.")
        }
        let limit = configuration.maxBodyBytes
        let failure = RequestFailure(
            413, "bodyTooLarge", "The body is larger than \(limit) bytes; send the rows in several requests.")
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw failure }
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= limit else { throw failure }
            if bytes.isEmpty { bytes.reserveCapacity(max(announced, part.readableBytes)) }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }

    // MARK: Responses

    private static let jsonHeaders: HTTPFields = [.contentType: "application/json"]

    private static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: jsonHeaders, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func response(_ value: JSONValue, to request: Request) -> Response {
        var text = JSONText()
        text.value(value)
        let response = json(text.bytes)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func response(_ failure: RequestFailure) -> Response {
        json(failure.json, status: HTTPResponse.Status(code: failure.status))
    }
}
#endif
