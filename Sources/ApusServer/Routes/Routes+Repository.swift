#if Server
import ApusCore
import HTTPTypes
import Hummingbird

extension Routes {
    /// Whether the repository has, or had, a model by a name.
    func repositoryKnows(_ name: String) -> Bool { repository?.knows(name) ?? false }

    /// Answers `POST /v2/repository/index`.
    func index(_ call: inout Call) async throws -> Response {
        let wish = try await settings(&call, allowed: ["ready"])
        var onlyReady = false
        switch wish["ready"] {
        case nil: break
        case .bool(let value)?: onlyReady = value
        default: throw RequestFailure(400, "invalidRequest", "“ready” must be true or false.", field: "ready")
        }
        let listings =
            repository?.index
            ?? engine.models.map { .init(name: $0.name, version: $0.version, isReady: true, reason: "") }
        return Self.response(
            .array(
                listings.filter { $0.isReady || !onlyReady }.map { listing in
                    [
                        "name": .string(listing.name), "version": .string(listing.version),
                        "state": listing.isReady ? "READY" : "UNAVAILABLE", "reason": .string(listing.reason),
                    ]
                }))
    }

    /// Answers `POST /v2/repository/models/NAME/load`.
    func load(_ name: String, _ call: inout Call) async throws -> Response {
        let parameters = try await settings(&call, allowed: ["parameters"])["parameters"]
        try check(parameters, allowed: [])
        try await controlled().load(name)
        return Self.response(["name": .string(name), "state": "READY"])
    }

    /// Answers `POST /v2/repository/models/NAME/unload`.
    func unload(_ name: String, _ call: inout Call) async throws -> Response {
        let parameters = try await settings(&call, allowed: ["parameters"])["parameters"]
        try check(parameters, allowed: ["unload_dependents"])
        try await controlled().unload(name)
        return Self.response(["name": .string(name), "state": "UNAVAILABLE"])
    }

    private func controlled() throws -> ModelRepository {
        guard configuration.allowsControl, let repository else {
            throw RequestFailure(
                403, "controlNotAllowed",
                "This server does not let clients load or unload models; start it with `--allow-control`.")
        }
        return repository
    }

    private func check(_ parameters: JSONValue?, allowed: Set<String>) throws {
        guard let parameters else { return }
        guard let values = parameters.objectValue else {
            throw RequestFailure(400, "invalidRequest", "“parameters” must be an object.", field: "parameters")
        }
        if let name = values.keys.sorted().first(where: { !allowed.contains($0) }) {
            throw RequestFailure(
                400, "unknownField",
                "There is no parameter “\(name.prefix(100))” here: models come from the server's own files.",
                field: "parameters.\(name.prefix(100))")
        }
        if let flag = values["unload_dependents"], flag.boolValue == nil {
            throw RequestFailure(
                400, "invalidRequest", "“unload_dependents” must be true or false.",
                field: "parameters.unload_dependents")
        }
    }

    /// The fields of a small body, which may be empty.
    private func settings(_ call: inout Call, allowed: Set<String>) async throws -> [String: JSONValue] {
        let body = try await body(of: &call)
        if body.isEmpty { return [:] }
        guard let fields = try JSONReader.tree(body).objectValue else {
            throw RequestFailure(400, "invalidRequest", "The body must be a JSON object.")
        }
        if let name = fields.keys.sorted().first(where: { !allowed.contains($0) }) {
            throw RequestFailure(
                400, "unknownField", "There is no field “\(name.prefix(100))” here.", field: "\(name.prefix(100))")
        }
        return fields
    }
}
#endif
