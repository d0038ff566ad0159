#if Server
import Foundation
import HTTPTypes
import Testing

@testable import ApusServer

/// Bodies that were compressed by Python's gzip and zlib.
@Suite struct CompressedBodyTests {
    /// `{"data": [5.1, 3.5, 1.4, 0.2]}`
    private static let gzip =
        "H4sIAAAAAAACA6tWSkksSVSyUog21TPUUTDWM9VRMNQz0VEw0DOKrQUA/YNiIB4AAAA="
    private static let deflate = "eJyrVkpJLElUslKINtUz1FEw1jPVUTDUM9FRMNAziq0FAHWKBxo="
    /// The same and three thousand spaces.
    private static let padded =
        "H4sIAAAAAAACA6tWSkksSVSyUog21TPUUTDWM9VRMNQz0VEw0DOKrVUYBaNgFIyCUTAKRsEoGAWjYBQMegAApNv5INYLAAA="

    private static func bytes(_ text: String) throws -> [UInt8] { Array(try #require(Data(base64Encoded: text))) }

    private func ask(
        _ body: [UInt8], _ encoding: String, path: String = "/predict",
        configuration: ServerConfiguration = ServerConfiguration()
    ) async throws -> Asker.Answer {
        try await Asker.standard(configuration).ask(path, .post, body, headers: [.contentEncoding: encoding])
    }

    @Test(arguments: [(gzip, "gzip"), (gzip, "GZIP"), (gzip, "x-gzip"), (deflate, "deflate"), (padded, "gzip")])
    func readsWhatIsInTheBody(_ text: String, _ encoding: String) async throws {
        let answer = try await ask(Self.bytes(text), encoding)
        #expect(answer.status == 200 && answer.text == #"{"prediction":["setosa"]}"#)
    }

    @Test func limitsWhatIsInTheBodyAsAnyBody() async throws {
        var configuration = ServerConfiguration(maxBodyBytes: 3030)
        #expect(try await ask(Self.bytes(Self.padded), "gzip", configuration: configuration).status == 200)
        configuration.maxBodyBytes = 3029
        let answer = try await ask(Self.bytes(Self.padded), "gzip", configuration: configuration)
        #expect(answer.status == 413 && answer.code == "bodyTooLarge")
        configuration = ServerConfiguration()
        configuration.maxPendingBytes = 10_000
        #expect(try await ask(Self.bytes(Self.padded), "gzip", configuration: configuration).status == 503)
    }

    @Test func refusesWhatCannotBeDecompressed() async throws {
        let whole = try Self.bytes(Self.gzip)
        var damaged = whole
        damaged[whole.count - 6] ^= 1
        for (body, encoding) in [
            (Array(whole.dropLast(3)), "gzip"), (damaged, "gzip"), (Array("{}".utf8), "gzip"), ([], "gzip"),
            (whole, "deflate"), (try Self.bytes(Self.deflate), "gzip"),
        ] {
            let answer = try await ask(body, encoding)
            #expect(answer.status == 400 && answer.code == "invalidEncoding")
        }
        for encoding in ["br", "gzip, gzip", "zstd", ""] {
            let answer = try await ask(whole, encoding)
            #expect(answer.status == 415 && answer.code == "unsupportedEncoding")
        }
    }

    @Test func givesTheRoomBack() async throws {
        let asker = try Asker.standard()
        for _ in 0..<3 {
            let headers: HTTPFields = [.contentEncoding: "gzip"]
            #expect(try await asker.ask("/predict", .post, Self.bytes(Self.gzip), headers: headers).status == 200)
        }
        #expect(asker.engine.reserve(asker.engine.configuration.maxPendingBytes))
    }
}
#endif
