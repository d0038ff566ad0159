import ApusCore
import Foundation

/// Adds paths of its own to a server, such as `/metrics`.
public protocol RouteContributor: Sendable {
    /// Adds the paths; called once, before the server listens.
    func addRoutes(to router: inout RouteTable)
}

/// The paths that contributors have added.
public struct RouteTable: Sendable {
    /// What answers a request.
    public typealias Handler = @Sendable (RouteRequest) async throws -> RouteAnswer

    /// Who may ask for a path.
    public enum Access: Sendable, Hashable {
        /// Those who hold a token, where the server has tokens.
        case restricted
        /// Everyone, as for health checks.
        case open
    }

    /// A value that a path takes in its query.
    public struct QueryParameter: Sendable, Hashable {
        let name: String
        let isNeeded: Bool

        /// A value by its name, which has to be given or may be left out.
        public init(_ name: String, isNeeded: Bool = false) {
            self.name = name
            self.isNeeded = isNeeded
        }
    }

    struct Route: Sendable {
        let method: String
        let parts: [String]
        let access: Access
        let help: String
        let query: [QueryParameter]
        let body: JSONValue?
        let handler: Handler
    }

    private(set) var routes: [Route] = []

    /// No paths.
    init() {}

    /// Adds a path.
    ///
    /// - Parameters:
    ///   - method: `GET` (which answers `HEAD` too), `POST`, `PUT` or `DELETE`.
    ///   - path: The path, such as `/dashboard/:model`; a part with a colon takes any text and names it.
    ///   - access: Who may ask; by default whoever may ask for predictions.
    ///   - help: What is there, for `GET /` and `/openapi.json`.
    ///   - query: What the query may hold, for `/openapi.json`.
    ///   - body: What the body has to be, as a JSON schema for `/openapi.json`; nil where none is read.
    ///   - handler: What answers. It may throw `ApusError`, which becomes a JSON error with status 422, or a
    ///     `RouteFailure` with a status of its own.
    public mutating func on(
        _ method: String, _ path: String, access: Access = .restricted, help: String = "",
        query: [QueryParameter] = [], body: JSONValue? = nil, handler: @escaping Handler
    ) {
        routes.append(
            Route(
                method: method, parts: path.split(separator: "/").map(String.init), access: access, help: help,
                query: query, body: body, handler: handler))
    }

    /// The routes at a path with what its named parts stand for.
    func matches(_ path: Substring) -> [(route: Route, parameters: [String: String])] {
        if routes.isEmpty { return [] }
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        return routes.compactMap { route in
            guard route.parts.count == parts.count else { return nil }
            var parameters: [String: String] = [:]
            for (wanted, part) in zip(route.parts, parts) {
                if wanted.hasPrefix(":") {
                    guard let text = String(part).removingPercentEncoding, !text.isEmpty else { return nil }
                    parameters[String(wanted.dropFirst())] = text
                } else if wanted != part {
                    return nil
                }
            }
            return (route, parameters)
        }
    }
}

/// A request to a contributor's path.
public struct RouteRequest: Sendable {
    /// The method, such as `GET`.
    public let method: String
    /// The path without its query.
    public let path: String
    /// What the named parts of the path stand for.
    public let parameters: [String: String]
    /// The query, decoded; the last of equal names counts.
    public let query: [String: String]
    /// The headers, by their names in lower case.
    public let headers: [String: String]
    /// The body, complete and within the server's limit.
    public let body: [UInt8]
    /// The request, for logs.
    public let requestID: String
}

/// The answer to a `RouteRequest`.
public struct RouteAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The type of the body, such as `text/html; charset=utf-8`.
    public var contentType: String
    /// Further headers.
    public var headers: [(name: String, value: String)] = []
    /// The body.
    public var body: [UInt8]

    /// An answer of bytes.
    public init(status: Int = 200, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// An answer of text.
    public init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", text: String) {
        self.init(status: status, contentType: contentType, body: Array(text.utf8))
    }

    /// An answer of JSON; numbers that are not finite become null.
    public init(status: Int = 200, json: JSONValue) {
        var text = JSONText()
        text.value(json)
        self.init(status: status, contentType: "application/json", body: text.bytes)
    }
}

/// Why a contributor refuses a request.
public struct RouteFailure: Error, Sendable {
    let failure: RequestFailure

    /// A failure, answered as `{"error": {"code": …, "message": …, "field": …}}`.
    ///
    /// - Parameters:
    ///   - status: The HTTP status, 400 to 599.
    ///   - code: The kind of failure for programs, in lowerCamelCase.
    ///   - message: What was found and how to mend it, in whole sentences.
    ///   - field: The place in the body, if there is one.
    public init(_ status: Int, _ code: String, _ message: String, field: String? = nil) {
        failure = RequestFailure(min(599, max(400, status)), code, message, field: field)
    }
}
