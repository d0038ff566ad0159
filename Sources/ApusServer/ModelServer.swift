#if Server
import Apus
import ApusCore
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Serves models over HTTP.
///
///     let server = try ModelServer(modelFiles: ["iris.apus"])
///     try await server.run()
///
///     curl http://127.0.0.1:8080/predict -d '{"data": [5.1, 3.5, 1.4, 0.2]}'
///     {"prediction":["setosa"]}
///
/// `POST /predict` asks the first model, `POST /models/NAME/predict` any; `GET /models` tells which columns they need,
/// `GET /healthz` whether the server is up. Whatever is wrong with a request comes back as JSON that names the field:
/// `{"error": {"code": "wrongType", "message": "…", "field": "data[1].age"}}`.
public struct ModelServer: Sendable {
    /// The models, the first of which answers `/predict`.
    public let models: [ServedModel]
    /// Where the server listens, and what it takes at most.
    public let configuration: ServerConfiguration
    /// Told of every answer; add yours before the server runs.
    public var observers: [any ServerObserver] = []
    /// Add paths of their own; add yours before the server runs.
    public var contributors: [any RouteContributor] = []
    /// Where it writes what happens; by default the standard error stream, from level `info` up.
    public var logger = Logger(label: "apus") { StreamLogHandler.standardError(label: $0) }

    /// A server of some models.
    ///
    /// - Parameters:
    ///   - models: At least one; the first answers `/predict`.
    ///   - configuration: Where to listen, and what to take at most.
    /// - Throws: `ApusError` with code `invalidParameter` when two models have the same name, one has none, or the
    ///   configuration is out of range.
    public init(models: [ServedModel], configuration: ServerConfiguration = ServerConfiguration()) throws {
        try configuration.check()
        guard !models.isEmpty || configuration.modelsFolder != nil else {
            throw ApusError(.invalidParameter, "There is no model to serve; give at least one.")
        }
        var names: Set<String> = []
        for model in models {
            guard !model.name.isEmpty else {
                throw ApusError(.invalidParameter, "A model has no name to serve it by; give it one.")
            }
            guard names.insert(model.name + "\n" + model.version).inserted else {
                throw ApusError(
                    .invalidParameter,
                    "Two models are called \(model.name); give each a name or a version of its own.")
            }
        }
        self.models = models
        self.configuration = configuration
    }

    /// A server of the models in some files, each by the name of its file without extension.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`, or as the other initialiser.
    public init(modelFiles: [String], configuration: ServerConfiguration = ServerConfiguration()) throws {
        let models = try modelFiles.map { path in
            try ServedModel(ModelFile(path: path))
        }
        try self.init(models: models, configuration: configuration)
    }

    // MARK: Running

    /// Serves until the process is told to stop (SIGTERM or SIGINT), then answers the requests under way and returns.
    ///
    /// - Throws: `ApusError` with code `unavailable` when the server cannot listen at its address.
    public func run() async throws {
        let engine = engine()
        try await run(engine, try group(engine, stoppingAt: [.sigterm, .sigint]) { announce($0, engine) })
        logger.info("Stopped.")
    }

    /// Serves while `body` runs, for tests and demonstrations: the server stops when it returns.
    ///
    /// - Parameters:
    ///   - isolation: The caller's actor, on which `body` runs.
    ///   - body: Gets the port, which is a free one where the configuration says 0.
    /// - Throws: What `body` throws, or `ApusError` with code `unavailable`.
    public func withRunning<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Int) async throws -> Result
    ) async throws -> Result {
        let (ports, started) = AsyncThrowingStream<Int, any Error>.makeStream()
        let engine = engine()
        let group = try group(engine, stoppingAt: []) { started.yield($0) }
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                do {
                    try await run(engine, group)
                    started.finish()
                } catch {
                    started.finish(throwing: error)
                    throw error
                }
            }
            guard let port = try await ports.first(where: { _ in true }) else { throw CancellationError() }
            do {
                let result = try await body(port)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    /// The engine with the models in it.
    func engine() -> ModelEngine {
        ModelEngine(configuration: configuration, observers: observers, logger: logger)
    }

    /// What answers requests, apart from any socket; loads the models into the engine.
    func routes(_ engine: ModelEngine) -> Routes {
        Routes(
            engine: engine,
            repository: ModelRepository(engine, models: models, folder: configuration.modelsFolder),
            contributors: contributors)
    }

    private func application(
        _ routes: Routes, onStart: @escaping @Sendable (Int) -> Void
    ) throws -> Application<Routes> {
        let timeout = TimeAmount.nanoseconds(Int64(configuration.requestTimeout * 1e9))
        // The web framework speaks up only when something goes wrong.
        let quiet = Logger(label: logger.label) { [logger] _ in
            FrameworkLog(base: logger, logLevel: max(logger.logLevel, .warning))
        }
        let idleTimeout = TimeAmount.nanoseconds(Int64(configuration.idleTimeout * 1e9))
        let plain = HTTPServerBuilder { responder in
            LoopBoundChannel(
                base: HTTP1Channel(
                    responder: responder,
                    configuration: .init(
                        additionalChannelHandlers: [ConnectionGuard(timeout: timeout)], idleTimeout: idleTimeout)))
        }
        return Application(
            responder: routes,
            server: try configuration.tls().map { try .tls(plain, tlsConfiguration: $0) } ?? plain,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.maxConnections, logger: quiet)),
            onServerRunning: { onStart($0.localAddress?.port ?? 0) }, logger: quiet)
    }

    private func group(
        _ engine: ModelEngine, stoppingAt signals: [UnixSignal], onStart: @escaping @Sendable (Int) -> Void
    ) throws -> ServiceGroup {
        let routes = routes(engine)
        let application = try application(routes, onStart: onStart)
        let services: [any Service] =
            [LoopBoundService(base: application)] + (routes.repository.map { [$0] } ?? []) + [Drain(engine: engine)]
        var settings = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: signals,
            logger: application.logger)
        settings.maximumGracefulShutdownDuration = .seconds(configuration.shutdownTimeout)
        return ServiceGroup(configuration: settings)
    }

    private func run(_ engine: ModelEngine, _ group: ServiceGroup) async throws {
        for observer in observers { await observer.started(engine) }
        defer { engine.drain() }
        do {
            try await group.run()
            for observer in observers { await observer.stopped() }
        } catch let error as IOError {
            throw unavailable(error)
        } catch let error where error is SocketAddressError || error is SocketAddressError.UnknownHost {
            throw ApusError(
                .unavailable, "The host \(configuration.host) is not known; give an address of this machine.")
        }
    }

    private func unavailable(_ error: IOError) -> ApusError {
        let place = "port \(configuration.port) of \(configuration.host)"
        switch error.errnoCode {
        case EADDRINUSE:
            return ApusError(
                .unavailable,
                "Another process listens at \(place); stop it, or choose another port (0 takes a free one).")
        case EACCES:
            return ApusError(
                .unavailable, "The system does not let this process listen at \(place); choose one above 1023.")
        case EADDRNOTAVAIL:
            return ApusError(
                .unavailable,
                "The host \(configuration.host) is no address of this machine; use 127.0.0.1 or 0.0.0.0.")
        default:
            return ApusError(.unavailable, "The server cannot listen at \(place).", cause: error)
        }
    }

    /// Tells load balancers, as soon as the process is told to stop, that no more requests are wanted.
    private struct Drain: Service {
        let engine: ModelEngine

        func run() async throws {
            try await gracefulShutdown()
            engine.drain()
        }
    }

    private func announce(_ port: Int, _ engine: ModelEngine) {
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        logger.info(
            "Serving at \(configuration.tlsCertificate == nil ? "http" : "https")://\(host):\(port)",
            metadata: ["models": .array(engine.entries.map { "\($0.name)" })])
    }
}
#endif
