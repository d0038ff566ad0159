#if Server
import Apus
import ApusCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What stands at a path of the Open Inference Protocol.
enum InferenceEndpoint {
    case server, live, ready
    case metadata(ModelEntry, String?)
    case modelReady(String, String?)
    case infer(ModelEntry, String?)
    case explain(ModelEntry, String?)
    case index
    case load(String)
    case unload(String)

    var methods: [String] {
        switch self {
        case .server, .live, .ready, .metadata, .modelReady: ["GET", "HEAD"]
        case .infer, .explain, .index, .load, .unload: ["POST"]
        }
    }

    /// Whether everybody may ask, also without a token.
    var isOpen: Bool {
        switch self {
        case .live, .ready: true
        default: false
        }
    }
}

extension Routes {
    /// The endpoint at a path that begins with `/v2`; nil where nothing is.
    func inferenceEndpoint(at path: Substring) throws -> InferenceEndpoint? {
        let parts = path.utf8.dropFirst().split(separator: 0x2F, maxSplits: 8, omittingEmptySubsequences: false)
            .map { Substring($0) }
        switch (parts.count, parts.dropFirst().first) {
        case (1, _): return .server
        case (3, "health"):
            if parts[2] == "live" { return .live }
            return parts[2] == "ready" ? .ready : nil
        case (3, "repository"): return parts[2] == "index" ? .index : nil
        case (5, "repository"):
            guard parts[2] == "models", let name = Self.decoded(parts[3]) else { return nil }
            if parts[4] == "load" { return .load(name) }
            return parts[4] == "unload" ? .unload(name) : nil
        case (3..., "models"): break
        default: return nil
        }
        var rest = parts[3...]
        var version: String?
        if rest.first == "versions" {
            guard rest.count > 1, let text = Self.decoded(rest[4]) else { return nil }
            version = text
            rest = rest.dropFirst(2)
        }
        guard rest.count < 2 else { return nil }
        switch rest.first {
        case nil: return .metadata(try model(parts[2]), version)
        case "ready": return .modelReady(Self.decoded(parts[2]) ?? "", version)
        case "infer": return .infer(try model(parts[2]), version)
        case "explain": return .explain(try model(parts[2]), version)
        default: return nil
        }
    }

    /// Answers a request of the Open Inference Protocol.
    func answer(_ endpoint: InferenceEndpoint, _ call: inout Call) async throws -> Response {
        switch endpoint {
        case .server:
            return Self.response([
                "name": "apus", "version": .string(TrainedModel.libraryVersion),
                "extensions": ["binary_tensor_data", "model_repository"],
            ])
        case .live: return Self.response(["live": true])
        case .ready:
            let isReady = engine.isReady && !engine.entries.isEmpty
            return Self.response(["ready": .bool(isReady)], status: isReady ? .ok : .serviceUnavailable)
        case .metadata(let entry, let version):
            let chosen = try self.version(version, of: entry, call)
            return Self.response(chosen.served.metadata(versions: entry.versions.map(\.version)))
        case .modelReady(let name, let version):
            let entry = engine.entry(name)
            let isReady = engine.isReady && (version.map { entry?.version($0) != nil } ?? (entry != nil))
            guard isReady || entry != nil && version == nil || repositoryKnows(name) else {
                throw RequestFailure(
                    404, "unknownModel",
                    "There is no model “\(name.prefix(100))”"
                        + (version.map { " of version “\($0.prefix(100))”" } ?? "") + ".")
            }
            return Self.response(
                ["name": .string(name), "ready": .bool(isReady)], status: isReady ? .ok : .serviceUnavailable)
        case .infer(let entry, let version): return try await infer(entry, version, &call)
        case .explain(let entry, let version): return try await explain(entry, version, &call)
        case .index: return try await index(&call)
        case .load(let name): return try await load(name, &call)
        case .unload(let name): return try await unload(name, &call)
        }
    }

    /// The version that a path names, or the one that answers the request.
    private func version(_ name: String?, of entry: ModelEntry, _ call: Call) throws -> ServedVersion {
        guard let name else {
            guard let chosen = entry.choose(for: call.id) else { throw Self.nothingLoaded(entry) }
            return chosen
        }
        guard let version = entry.version(name) else {
            let names = entry.versions.suffix(20).map(\.version).joined(separator: ", ")
            throw RequestFailure(
                404, "unknownVersion",
                "The model “\(entry.name)” has no version “\(name.prefix(100))”; its versions are \(names).")
        }
        return version
    }

    // MARK: Predictions

    private func infer(_ entry: ModelEntry, _ version: String?, _ call: inout Call) async throws -> Response {
        call.model = entry.name
        // A version that is not there is said before anything is asked of the body.
        if version != nil { call.version = try self.version(version, of: entry, call) }
        let body = try await body(of: &call)
        let headerLength = try Self.headerLength(of: call.request)
        if body.count <= Self.smallBody {
            let request = try inferenceRequest(body, headerLength, entry)
            if let id = request.id.flatMap(RequestIDs.usable), call.request.headers[.requestID] == nil { call.id = id }
            let (ask, outputs) = try ask(request, entry, version, &call)
            return Self.response(
                try ask.version.served.answer(try await engine.predict(ask), to: request, outputs))
        }
        let (answer, after) = try await engine.queue.run(timeout: configuration.answerTimeout) { [call] in
            var call = call
            let request = try inferenceRequest(body, headerLength, entry)
            if let id = request.id.flatMap(RequestIDs.usable), call.request.headers[.requestID] == nil { call.id = id }
            let (ask, outputs) = try ask(request, entry, version, &call)
            return (try ask.version.served.answer(try engine.predictHere(ask), to: request, outputs), call)
        }
        call = after
        return Self.response(answer)
    }

    private func explain(_ entry: ModelEntry, _ name: String?, _ call: inout Call) async throws -> Response {
        call.model = entry.name
        let body = try await body(of: &call)
        let headerLength = try Self.headerLength(of: call.request)
        let version = try version(name, of: entry, call)
        call.version = version
        let maxRows = configuration.maxExplainedRows
        let answer = try await engine.queue.run(timeout: configuration.answerTimeout) {
            let request = try inferenceRequest(body, headerLength, entry)
            let (rows, _) = try request.rows(for: version.served.columns, maxRows: maxRows)
            let explanation = try version.served.explanation(of: rows, maxRows: maxRows)
            return try version.served.answer(explanation, to: request)
        }
        return Self.response(answer)
    }

    private static func headerLength(of request: Request) throws -> Int? {
        guard let text = request.headers[.inferenceHeaderLength] else { return nil }
        guard let length = Int(text), length >= 0 else {
            throw RequestFailure(
                400, "invalidHeader", "The header Inference-Header-Content-Length must be a number of bytes.")
        }
        return length
    }

    private func inferenceRequest(
        _ body: [UInt8], _ headerLength: Int?, _ entry: ModelEntry
    ) throws -> InferenceRequest {
        let widest = entry.versions.map(\.served.columns.count).max() ?? 1
        let most = configuration.maxRows.multipliedReportingOverflow(by: max(1, widest))
        return try InferenceRequest(
            body, headerLength: headerLength, maxElements: most.overflow ? Int.max : most.partialValue)
    }

    private func ask(
        _ request: InferenceRequest, _ entry: ModelEntry, _ name: String?, _ call: inout Call
    ) throws -> (Ask, [InferenceRequest.Output]) {
        let version = try version(name, of: entry, call)
        call.version = version
        let outputs = try version.served.outputs(of: request)
        let (rows, watched) = try request.rows(for: version.served.columns, maxRows: configuration.maxRows)
        return (
            Ask(
                requestID: call.id, version: version, shadows: name == nil ? entry.shadows(of: version) : [],
                rows: rows, watched: watched, probabilities: outputs.contains { $0.name == "probabilities" }), outputs
        )
    }

    private static func response(_ answer: (bytes: [UInt8], headerLength: Int?)) -> Response {
        var response = json(answer.bytes)
        if let length = answer.headerLength {
            response.headers[.contentType] = "application/octet-stream"
            response.headers[.inferenceHeaderLength] = "\(length)"
        }
        return response
    }
}
#endif
