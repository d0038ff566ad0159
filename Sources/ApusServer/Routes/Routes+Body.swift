#if Server
import ApusCore
import HTTPTypes
import Hummingbird
import NIOCore

extension Routes {
    /// The whole body, decompressed if it was sent so, or a failure as soon as it is known to be too large.
    func body(of call: inout Call) async throws -> [UInt8] {
        let format = try call.request.headers[.contentEncoding].flatMap(Self.format)
        let bytes = try await receivedBody(of: &call)
        guard let format else { return bytes }
        return try await inflated(bytes, format, &call)
    }

    /// How a body is compressed; nil where it is not.
    private static func format(_ encoding: String) throws -> InflateKernel.Format? {
        switch encoding.lowercased() {
        case "identity": return nil
        case "gzip", "x-gzip": return .gzip
        case "deflate": return .zlib
        default:
            throw RequestFailure(
                415, "unsupportedEncoding",
                "The body is encoded as \(encoding.prefix(40)); send it as gzip or deflate, or without Content-Encoding."
            )
        }
    }

    /// The bytes as they were sent.
    private func receivedBody(of call: inout Call) async throws -> [UInt8] {
        let request = call.request
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= configuration.maxBodyBytes else { throw tooLarge }
        try reserve(announced, &call)
        var bytes: [UInt8] = []
        do {
            for try await part in request.body {
                let count = bytes.count + part.readableBytes
                guard count <= configuration.maxBodyBytes else { throw tooLarge }
                if count > call.reserved { try reserve(count - call.reserved, &call) }
                if bytes.isEmpty { bytes.reserveCapacity(max(announced, part.readableBytes)) }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let error where !(error is RequestFailure || error is CancellationError) {
            // Nobody may be there to read this any more, but it is no failure of the server.
            throw RequestFailure(
                400, "incompleteBody", "The connection ended before the whole body had come; send all of it.")
        }
        return bytes
    }

    /// The content of a compressed body, which may be as large as any other and no larger.
    private func inflated(
        _ bytes: [UInt8], _ format: InflateKernel.Format, _ call: inout Call
    ) async throws -> [UInt8] {
        let limit = configuration.maxBodyBytes
        // How much there is in it shows only at its end: room is taken for the most.
        let (most, overflow) = bytes.count.multipliedReportingOverflow(by: InflateKernel.largestRatio)
        try reserve(overflow ? limit : min(limit, most), &call)
        do {
            return try await engine.queue.run(timeout: configuration.answerTimeout) {
                try InflateKernel.inflate(bytes, format: format, limit: limit)
            }
        } catch let failure as InflateKernel.Failure {
            switch failure {
            case .tooLarge: throw tooLarge
            case .noMemory:
                throw RequestFailure(
                    503, "overloaded", "The server has no memory to decompress the body.", retryAfter: 1)
            case .truncated, .corrupt:
                let name = format == .gzip ? "gzip" : "deflate"
                let finding = failure == .truncated ? "ends too early" : "is damaged or not \(name) at all"
                throw RequestFailure(
                    400, "invalidEncoding",
                    "The body was sent as \(name) but \(finding); send all of it as it was written.")
            }
        }
    }

    private var tooLarge: RequestFailure {
        RequestFailure(
            413, "bodyTooLarge",
            "The body is larger than \(configuration.maxBodyBytes) bytes; send the rows in several requests.")
    }

    /// Takes room for bytes of a body; `respond` gives it back.
    private func reserve(_ count: Int, _ call: inout Call) throws {
        guard engine.reserve(count) else {
            throw RequestFailure(
                503, "overloaded", "The server holds as many requests as it can; send the request again in a moment.",
                retryAfter: 1)
        }
        call.reserved += count
    }
}
#endif
