#if Server
import Crypto
import HTTPTypes
import Hummingbird

/// Decides who may ask: those who hold one of the server's tokens, and pages of the origins that are allowed.
struct Gatekeeper: Sendable {
    private let digests: [[UInt8]]
    private let origins: [String]

    init(_ configuration: ServerConfiguration) {
        digests = configuration.tokens.map { Array(SHA256.hash(data: Array($0.utf8))) }
        origins = configuration.corsOrigins
    }

    /// Throws unless the request brings one of the tokens, where there are any.
    ///
    /// Digests of equal length are compared to their last byte and against every token, so that the time taken tells nothing
    /// of how much of a token was right.
    func admit(_ request: Request) throws {
        guard !digests.isEmpty else { return }
        let header = request.headers[.authorization] ?? ""
        guard header.utf8.count <= 4096, header.lowercased().hasPrefix("bearer ") else {
            throw RequestFailure(
                401, "unauthorized", "This path needs a token; send the header Authorization: Bearer TOKEN.")
        }
        let token = header.utf8.dropFirst(7).drop { $0 == 0x20 }
        let digest = Array(SHA256.hash(data: Array(token)))
        var isKnown: UInt8 = 0
        for known in digests {
            var difference: UInt8 = 0
            for (a, b) in zip(known, digest) { difference |= a ^ b }
            // One where there is no difference, zero otherwise, without a branch.
            isKnown |= UInt8(truncatingIfNeeded: (UInt16(difference) &- 1) >> 15)
        }
        guard isKnown == 1 else {
            throw RequestFailure(401, "unauthorized", "The token is not one of this server's.")
        }
    }

    /// The answer to a browser that asks whether a page of another origin may send a request; nil for other requests.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, let origin = allowed(request),
            request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowOrigin: origin, .vary: "Origin", .accessControlAllowMethods: "GET, HEAD, POST",
                .accessControlAllowHeaders:
                    "Authorization, Content-Type, Content-Encoding, X-Request-Id, Inference-Header-Content-Length",
                .accessControlMaxAge: "600",
            ])
    }

    /// Tells a browser that a page of an allowed origin may read an answer.
    func sign(_ response: inout Response, to request: Request) {
        guard !origins.isEmpty, let origin = allowed(request) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
        response.headers[.accessControlExposeHeaders] = "X-Request-Id, Inference-Header-Content-Length, Retry-After"
    }

    private func allowed(_ request: Request) -> String? {
        guard !origins.isEmpty, let origin = request.headers[.origin] else { return nil }
        if origins.contains("*") { return "*" }
        return origins.contains(origin) ? origin : nil
    }
}
#endif
