#if Server
import ApusCore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Serves the guide's pages from a folder, and redraws their figures when a reader turns a knob.
///
/// It answers to this machine alone: `GET /`, `GET /section-N.html`, `GET /live/NAME` and `GET /live/NAME/draw?knob=value`.
public struct GuideServer: Sendable {
    /// The folder with the pages.
    public let folder: String
    /// The port; 0 for a free one.
    public let port: Int

    /// A server of the pages in a folder.
    public init(folder: String, port: Int = 8090) {
        self.folder = folder
        self.port = port
    }

    /// Serves until the process is told to stop.
    ///
    /// - Parameter started: Is told the port as soon as the server listens.
    /// - Throws: `ApusError` with code `unavailable` when the port is taken.
    public func run(started: @escaping @Sendable (Int) async -> Void) async throws {
        let router = Router()
        router.get("/live/:name") { _, context in
            try Self.json(200, Self.figure(context.parameters.get("name")).json)
        }
        router.get("/live/:name/draw") { request, context in
            do {
                let figure = try Self.figure(context.parameters.get("name"))
                let pairs = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
                return try Self.json(200, figure.answer(to: Dictionary(pairs, uniquingKeysWith: { $1 })))
            } catch let error as ApusError {
                return try Self.json(error.code == .unknownName ? 404 : 400, ["error": .string(error.message)])
            }
        }
        router.get("/") { _, _ in page("index.html") }
        router.get("/:file") { _, context in page(context.parameters.get("file") ?? "") }
        var logger = Logger(label: "apus.guide")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in await started(channel.localAddress?.port ?? port) }, logger: logger)
        do {
            try await application.runService()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ApusError(
                .unavailable, "Port \(port) is taken; stop what uses it, or name another with --port.", cause: error)
        }
    }

    private static func figure(_ name: String?) throws -> LiveFigure {
        if let figure = LiveFigures.all.first(where: { $0.name == name }) { return figure }
        throw ApusError(
            .unknownName,
            "There is no live figure \((name ?? "").prefix(40)); there are "
                + "\(LiveFigures.all.map(\.name).joined(separator: ", ")).")
    }

    /// A page of the folder: its name has to be one that the guide gives, so that no other file can be read.
    private func page(_ file: String) -> Response {
        let known = ["index.html"] + (1...99).map(GuidePages.file)
        let path = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent(file)
        guard known.contains(file), let content = try? Data(contentsOf: path) else {
            return Response(
                status: .notFound, headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "There is no such page; / lists those there are.\n")))
        }
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: content)))
    }

    private static func json(_ status: Int, _ value: JSONValue) throws -> Response {
        let content = try JSONEncoder().encode(value)
        return Response(
            status: .init(code: status), headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: content)))
    }
}
#endif
