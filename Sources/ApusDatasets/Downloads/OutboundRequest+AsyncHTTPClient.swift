#if Server
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension OutboundRequest {
    /// Sends it and hands over the answer as it comes.
    ///
    /// - Throws: What the handlers throw, or an error of the transport.
    func stream(
        onHead: (Head) throws -> Void, onBytes: (Data) throws -> Void
    ) async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await stream(client, onHead, onBytes)
        } catch {
            try? await client.shutdown()
            throw error
        }
        try? await client.shutdown()
    }

    private func stream(
        _ client: HTTPClient, _ onHead: (Head) throws -> Void, _ onBytes: (Data) throws -> Void
    ) async throws {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.headers = HTTPHeaders(fields.sorted { $0.key < $1.key })
        if let body {
            request.method = .POST
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let deadline =
            timeout.map { NIODeadline.now() + .nanoseconds(Int64(clamping: Int($0 / .nanoseconds(1)))) }
            ?? .distantFuture
        let response = try await client.execute(request, deadline: deadline)
        let headers = response.headers
        try onHead(Head(status: Int(response.status.code)) { headers.first(name: $0) })
        for try await part in response.body { try onBytes(Data(part.readableBytesView)) }
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .follow(max: 20, allowCycles: false),
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(30)))
        let proxy = OutboundProxy(for: url, environment: ProcessInfo.processInfo.environment)
        configuration.proxy = proxy.map { proxy in
            .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) })
        }
        return configuration
    }

    /// Why a request brought no answer, in words.
    package static func reason(_ error: any Error) -> String {
        switch error {
        case is CancellationError: return "it was cancelled"
        case let error as NIOConnectionError:
            let place = "\(error.host):\(error.port)"
            switch error.connectionErrors.first?.error {
            case let error as IOError: return "no connection to \(place): \(String(cString: strerror(error.errnoCode)))"
            case let error?: return "no connection to \(place): \(error)"
            case nil: return "no connection to \(place): the host is not known"
            }
        case let error as HTTPClientError:
            switch error {
            case .remoteConnectionClosed: return "the connection ended early"
            case .connectTimeout: return "no connection in time"
            case .deadlineExceeded, .readTimeout: return "no answer in time"
            case .cancelled: return "it was cancelled"
            default: return error.shortDescription
            }
        default: return "\(error)"
        }
    }
}
#endif
