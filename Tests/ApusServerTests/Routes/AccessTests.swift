#if Server
import HTTPTypes
import Testing

@testable import ApusServer

@Suite struct AccessTests {
    private static let flower = #"{"data": [5.1, 3.5, 1.4, 0.2]}"#

    private func asker(tokens: [String] = [], origins: [String] = []) throws -> Asker {
        var configuration = ServerConfiguration()
        configuration.tokens = tokens
        configuration.corsOrigins = origins
        return try .standard(configuration)
    }

    @Test func asksForATokenOnEveryPathButHealth() async throws {
        let asker = try asker(tokens: ["first-token", "second-token"])
        for path in ["/healthz", "/v2/health/live", "/v2/health/ready", "/docs"] {
            #expect(try await asker.ask(path).status == 200)
        }
        for path in ["/", "/models", "/v2", "/openapi.json", "/nothing", "/models/nobody"] {
            let answer = try await asker.ask(path)
            #expect(answer.status == 401 && answer.code == "unauthorized")
            #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        }
        for token in ["first-token", "second-token"] {
            let answer = try await asker.ask(
                "/predict", .post, Self.flower, headers: [.authorization: "Bearer \(token)"])
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [
        "Bearer first-toke", "Bearer first-tokenX", "Bearer ", "Bearer", "Basic first-token", "first-token",
        "Bearer FIRST-TOKEN", "Bearer first-token second-token",
    ])
    func refusesEveryOtherToken(_ header: String) async throws {
        let answer = try await asker(tokens: ["first-token", "second-token"])
            .ask("/predict", .post, Self.flower, headers: [.authorization: header])
        #expect(answer.status == 401)
    }

    @Test func letsPagesOfOtherOriginsInOnlyWhereTheyAreNamed() async throws {
        let method = HTTPField.Name.accessControlRequestMethod
        let page: HTTPFields = [.origin: "https://a.example", method: "POST"]
        let off = try await asker().ask("/predict", .options, headers: page)
        #expect(off.status == 405 && off.headers[.accessControlAllowOrigin] == nil)
        let on = try asker(origins: ["https://a.example"])
        let preflight = try await on.ask("/predict", .options, headers: page)
        #expect(preflight.status == 204 && preflight.headers[.accessControlAllowOrigin] == "https://a.example")
        let other = try await on.ask("/predict", .options, headers: [.origin: "https://b.example", method: "POST"])
        #expect(other.status == 405 && other.headers[.accessControlAllowOrigin] == nil)
        let answer = try await on.ask("/predict", .post, Self.flower, headers: [.origin: "https://a.example"])
        #expect(answer.status == 200 && answer.headers[.accessControlAllowOrigin] == "https://a.example")
        #expect(answer.headers[.vary] == "Origin")
    }

    @Test func namesEveryRequest() async throws {
        let asker = try asker()
        let own = try await asker.ask("/healthz", headers: [.requestID: "mine-1"])
        #expect(own.headers[.requestID] == "mine-1")
        for bad in ["", "a b", "ä", String(repeating: "x", count: 129)] {
            let answer = try await asker.ask("/healthz", headers: [.requestID: bad])
            #expect(answer.headers[.requestID]?.count == 15)
        }
        var names: Set<String> = []
        for _ in 0..<100 { names.insert(try #require(await asker.ask("/nothing").headers[.requestID])) }
        #expect(names.count == 100)
    }

    @Test func holdsNoMoreBytesThanItMay() async throws {
        var configuration = ServerConfiguration()
        configuration.maxPendingBytes = 20
        let answer = try await Asker.standard(configuration).ask("/predict", .post, Self.flower)
        #expect(answer.status == 503 && answer.headers[.retryAfter] == "1")
    }
}
#endif
