#if Server
import Apus
import ApusCore

/// The server's own description in OpenAPI's form: every path, with the columns of each model as they are now.
struct OpenAPI: Sendable {
    let engine: ModelEngine
    let table: RouteTable

    /// The document, version 3.1.
    var document: JSONValue {
        let entries = engine.entries
        let models = entries.compactMap { entry in entry.choose(for: "").map { (entry.name, $0.served) } }
        var paths: [String: JSONValue] = [
            "/healthz": get("Tells whether the server is up", Self.object(["status": ["const": "ok"]])),
            "/models": get(
                "The models and the columns they need", Self.object(["models": Self.list(["type": "object"])])),
            "/openapi.json": get("This document", ["type": "object"]),
            "/v2": get(
                "The server",
                Self.object(["name": Self.text, "version": Self.text, "extensions": Self.list(Self.text)])),
            "/v2/health/live": get("Whether the process lives", Self.object(["live": ["const": true]])),
            "/v2/health/ready": get(
                "Whether requests are taken", Self.object(["ready": Self.flag]),
                also: ["503": Self.object(["ready": Self.flag])]),
            "/v2/repository/index": post(
                "The versions of all models, and why one is not ready",
                Self.object(["ready": Self.flag], required: []), Self.list(["type": "object"]), isInference: true,
                needsBody: false),
        ]
        if let first = models.first {
            paths["/predict"] = predict("Predictions of \(first.0), the first model", first.1)
        }
        for (name, served) in models {
            let part = Self.escaped(name)
            paths["/models/\(part)"] = get("The model \(name)", ["type": "object"])
            paths["/models/\(part)/predict"] = predict("Predictions of \(name)", served)
            paths.merge(inference(name, served, at: "/v2/models/\(part)")) { first, _ in first }
            if engine.configuration.allowsControl {
                paths["/v2/repository/models/\(part)/load"] = control("Loads \(name) anew from its files", [:])
                paths["/v2/repository/models/\(part)/unload"] = control(
                    "Serves \(name) no longer", ["unload_dependents": Self.flag])
            }
        }
        for entry in entries {
            for version in entry.versions {
                let place = "/v2/models/\(Self.escaped(entry.name))/versions/\(Self.escaped(version.version))"
                let title = "\(entry.name), version \(version.version)"
                paths.merge(inference(title, version.served, at: place)) { first, _ in first }
            }
        }
        for route in table.routes {
            let path = "/" + route.parts.map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : $0 }.joined(separator: "/")
            paths[path] = .object((paths[path]?.objectValue ?? [:]).merging(contributed(route)) { $1 })
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Apus", "version": .string(TrainedModel.libraryVersion),
                "description": "Predictions of trained models. Whatever is wrong with a request is said in the answer.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": ["Error": Self.error, "InferenceError": Self.inferenceError],
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
            "security": engine.configuration.tokens.isEmpty ? [] : [["token": []]],
        ]
    }

    // MARK: Operations

    /// The paths of a model in the Open Inference Protocol.
    private func inference(_ name: String, _ served: ServedModel, at place: String) -> [String: JSONValue] {
        let ready = Self.object(["name": Self.text, "ready": Self.flag])
        let answer = Self.object(
            [
                "model_name": Self.text, "model_version": Self.text, "id": Self.text, "outputs": Self.list(Self.output),
            ],
            required: ["model_name", "model_version", "outputs"])
        return [
            place: get("The tensors of \(name)", ["type": "object"]),
            place + "/ready": get("Whether \(name) is ready", ready, also: ["503": ready]),
            place + "/infer": post(
                "Predictions of \(name) by the Open Inference Protocol", Self.inference(served), answer,
                isInference: true),
            place + "/explain": post(
                "What each column adds to predictions of \(name), by the Open Inference Protocol",
                Self.inference(served, outputs: ServedModel.explanationNames), answer, isInference: true),
        ]
    }

    private func control(_ summary: String, _ parameters: [String: JSONValue]) -> JSONValue {
        post(
            summary, Self.object(["parameters": Self.object(parameters, required: [])], required: []),
            Self.object(["name": Self.text, "state": Self.text]), isInference: true, needsBody: false)
    }

    /// A path that a contributor has added, as far as it says what it takes.
    private func contributed(_ route: RouteTable.Route) -> [String: JSONValue] {
        let named = route.parts.filter { $0.hasPrefix(":") }.map { part -> JSONValue in
            ["name": .string(String(part.dropFirst())), "in": "path", "required": true, "schema": Self.text]
        }
        let asked = route.query.sorted { $0.name < $1.name }.map { parameter -> JSONValue in
            [
                "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isNeeded),
                "schema": Self.text,
            ]
        }
        let error: JSONValue = ["$ref": "#/components/schemas/Error"]
        var operation: [String: JSONValue] = [
            "summary": .string(route.help), "parameters": .array(named + asked),
            "responses": [
                "200": ["description": "The answer"], "default": Self.response("Why the request was refused", error),
            ],
        ]
        if let body = route.body {
            operation["requestBody"] = ["required": true, "content": ["application/json": ["schema": body]]]
        }
        if route.access == .open { operation["security"] = [] }
        return [route.method.lowercased(): .object(operation)]
    }

    private func predict(_ summary: String, _ served: ServedModel) -> JSONValue {
        let wish: JSONValue = served.model.givesProbabilities ? Self.flag : ["enum": [false]]
        let request = Self.object(
            ["data": served.columns.dataSchema(maxRows: engine.configuration.maxRows), "probabilities": wish],
            required: ["data"])
        var value: JSONValue = ["type": "number"]
        if let classes = served.model.classes { value = ["enum": .array(classes.json)] }
        let answer = Self.object(
            [
                "prediction": Self.list(value), "probabilities": Self.list(Self.list(["type": "number"])),
                "classes": Self.list(value), "explanation": ["type": "object"],
            ],
            required: ["prediction"])
        let parameter: JSONValue = [
            "name": "probabilities", "in": "query", "required": false, "schema": wish,
            "description": "Whether probabilities are wanted if the body does not say",
        ]
        let explain: JSONValue = [
            "name": "explain", "in": "query", "required": false, "schema": ["enum": ["shap"]],
            "description": "Adds what each column contributes",
        ]
        return post(summary, request, answer, parameters: [parameter, explain])
    }

    private func get(_ summary: String, _ answer: JSONValue, also: [String: JSONValue] = [:]) -> JSONValue {
        var responses = Self.responses(answer, isInference: false)
        for (status, schema) in also { responses[status] = Self.response("not now", schema) }
        return [
            "get": ["summary": .string(summary), "responses": .object(responses)],
            "head": [
                "summary": .string(summary + ", headers alone"),
                "responses": ["default": ["description": "as for GET"]],
            ],
        ]
    }

    private func post(
        _ summary: String, _ request: JSONValue, _ answer: JSONValue, parameters: [JSONValue] = [],
        isInference: Bool = false, needsBody: Bool = true
    ) -> JSONValue {
        [
            "post": [
                "summary": .string(summary), "parameters": .array(parameters),
                "requestBody": [
                    "required": .bool(needsBody), "content": ["application/json": ["schema": request]],
                ],
                "responses": .object(Self.responses(answer, isInference: isInference)),
            ]
        ]
    }

    private static func responses(_ answer: JSONValue, isInference: Bool) -> [String: JSONValue] {
        let error: JSONValue = ["$ref": .string("#/components/schemas/" + (isInference ? "InferenceError" : "Error"))]
        return ["200": response("The answer", answer), "default": response("Why the request was refused", error)]
    }

    private static func response(_ description: String, _ schema: JSONValue) -> JSONValue {
        ["description": .string(description), "content": ["application/json": ["schema": schema]]]
    }

    // MARK: Schemas

    private static let text: JSONValue = ["type": "string"]
    private static let flag: JSONValue = ["type": "boolean"]

    private static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    static func object(_ properties: [String: JSONValue], required: [String]? = nil) -> JSONValue {
        let required = required ?? properties.keys.sorted()
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return .object(schema)
    }

    private static let error = object([
        "error": object(["code": text, "message": text, "field": text], required: ["code", "message"])
    ])
    private static let inferenceError = object(
        ["error": text, "code": text, "field": text], required: ["error", "code"])
    private static let parameters: JSONValue = [
        "type": "object", "additionalProperties": ["type": ["string", "number", "boolean", "null"]],
    ]
    private static let output: JSONValue = [
        "type": "object", "required": ["name", "datatype", "shape"],
        "properties": ["name": text, "datatype": text, "shape": list(["type": "integer"]), "data": ["type": "array"]],
    ]

    /// A request of the Open Inference Protocol. That shapes and data agree, and that there is a tensor for each column, is
    /// more than a schema can say.
    private static func inference(_ served: ServedModel, outputs: [String]? = nil) -> JSONValue {
        let input: JSONValue = object(
            [
                "name": text, "datatype": ["enum": .array(TensorType.allCases.map { .string($0.rawValue) })],
                "shape": [
                    "type": "array", "minItems": 1, "maxItems": 8,
                    "items": ["type": "integer", "minimum": 0, "maximum": 100_000],
                ],
                "data": ["type": "array", "items": ["type": ["number", "string", "boolean", "null", "array"]]],
            ], required: ["name", "datatype", "shape", "data"])
        let output = object(
            ["name": ["enum": .array((outputs ?? served.outputNames).map { .string($0) })]], required: ["name"])
        return object(
            [
                "id": text, "inputs": ["type": "array", "minItems": 1, "items": input],
                "outputs": ["type": "array", "items": output],
            ], required: ["inputs"])
    }

    private static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return text
    }
}
#endif
