#if Server
import Apus
import ApusCore
import CoreMetrics
import Crypto
import Foundation
import Logging
import Synchronization

/// Watches a server: keeps its predictions in an SQLite file, compares them with the training, judges them when the true
/// labels come, raises alarms, and shows all of it.
///
///     let monitor = try Monitor(MonitorConfiguration(contentsOf: "monitor.yaml"), database: "predictions.db")
///     var server = try ModelServer(modelFiles: ["adult.apus"])
///     server.observers.append(monitor)
///     server.contributors.append(monitor)
///     try await server.run()
///
/// It adds `POST /outcomes` for the true labels, `GET /metrics` for Prometheus, `GET /dashboard` for people and
/// `GET /monitor.json`, which the dashboard reads. An answer never waits for any of it.
public final class Monitor: ServerObserver, RouteContributor {
    /// The settings.
    public let configuration: MonitorConfiguration
    let inbox: MonitorInbox
    let core: MonitorCore
    private let metrics: MetricsObserver?
    private let work = Mutex<[Task<Void, Never>]>([])

    /// Seconds that predictions gather before they are looked at together.
    private static let gathering = 0.02

    /// A monitor.
    ///
    /// - Parameters:
    ///   - configuration: What to watch.
    ///   - database: The SQLite file of the prediction log; without one, predictions are watched but not kept, and true
    ///     labels cannot be joined.
    ///   - metrics: A backend of swift-metrics that gets what it finds as gauges, and the server's figures, as
    ///     `MetricsObserver` says; nil for `/metrics` alone.
    ///   - logger: Where it writes what goes wrong.
    /// - Throws: `ApusError` when the configuration is out of range or the file cannot be used.
    public init(
        _ configuration: MonitorConfiguration = MonitorConfiguration(), database: String? = nil,
        metrics: (any MetricsFactory)? = nil,
        logger: Logger = Logger(label: "apus") { StreamLogHandler.standardError(label: $0) }
    ) throws {
        try configuration.check()
        self.configuration = configuration
        inbox = MonitorInbox(maxRows: configuration.maxPendingRows)
        let writer = try database.map {
            LogWriter(
                try PredictionLog(path: $0, isDurable: configuration.isDurable), settings: configuration,
                logger: logger)
        }
        self.metrics = metrics.map { MetricsObserver(factory: $0) }
        core = MonitorCore(
            configuration, inbox: inbox, writer: writer, metrics: self.metrics, logger: logger,
            hash: Self.hash(key: configuration.hashKey))
    }

    /// HMAC-SHA-256 in hexadecimal digits.
    static func hash(key: [UInt8]) -> @Sendable ([UInt8]) -> String {
        let key = SymmetricKey(data: key)
        return { bytes in
            HMAC<SHA256>.authenticationCode(for: bytes, using: key)
                .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    // MARK: What the server tells

    /// True: the estimate of performance and the drift of scores are made from probabilities.
    public var needsProbabilities: Bool { true }

    /// Begins to watch.
    public func started(_ engine: ModelEngine) async {
        await core.attach(engine)
        let (core, signs) = (core, inbox.signs)
        work.withLock { work in
            work.append(
                Task {
                    for await _ in signs {
                        try? await Task.sleep(for: .seconds(Self.gathering))
                        await core.drain()
                    }
                })
            work.append(
                Task {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .seconds(1))
                        await core.tick(at: Date().timeIntervalSince1970)
                    }
                })
        }
    }

    /// Begins to watch a model.
    public func loaded(model: TrainedModel, name: String, version: String) {
        inbox.put(.loaded(model, name: name, version: version))
    }

    /// Ends watching a model.
    public func unloaded(name: String, version: String) { inbox.put(.unloaded(name: name, version: version)) }

    /// Takes in what was answered.
    public func answered(_ event: PredictionEvent) {
        inbox.put(event)
        metrics?.answered(event)
    }

    /// Counts what was refused.
    public func refused(_ event: RefusalEvent) {
        inbox.refused(status: event.status)
        metrics?.refused(event)
    }

    /// Writes what waits to the log and closes it.
    public func stopped() async {
        inbox.close()
        for task in work.withLock({ $0 }) { task.cancel() }
        await core.close()
    }

    // MARK: Paths

    /// Adds `/outcomes`, `/log/flush`, `/metrics`, `/monitor.json`, `/monitor/explain` and `/dashboard`.
    public func addRoutes(to router: inout RouteTable) {
        let core = core
        router.on(
            "POST", "/outcomes", help: "bring true labels, by request id and row", body: BroughtOutcome.schema
        ) { request in
            let outcomes = try BroughtOutcome.read(request.body)
            return RouteAnswer(json: try await core.bring(outcomes))
        }
        router.on("POST", "/log/flush", help: "wait until every prediction answered so far is in the log") { _ in
            RouteAnswer(json: ["written": .int(try await core.flush())])
        }
        router.on("GET", "/metrics", help: "figures of the server, its models and their drift, for Prometheus") { _ in
            RouteAnswer(contentType: MetricsText.contentType, text: await core.metrics())
        }
        router.on("GET", "/monitor.json", help: "what the dashboard shows") { _ in
            var answer = RouteAnswer(json: await core.json())
            answer.headers.append(("Cache-Control", "no-store"))
            return answer
        }
        router.on(
            "GET", "/monitor/explain", help: "what each column added to a recent prediction",
            query: [.init("request", isNeeded: true), .init("model"), .init("version")]
        ) { request in
            guard let id = request.query["request"] else {
                throw RouteFailure(400, "missingField", "Name the request: ?request=ID.", field: "request")
            }
            return RouteAnswer(
                json: try await core.explain(
                    request: id, model: request.query["model"], version: request.query["version"]))
        }
        router.on(
            "GET", "/dashboard", access: .open, help: "traffic, drift, fairness and recent predictions, for people"
        ) { _ in
            var answer = RouteAnswer(contentType: "text/html; charset=utf-8", text: DashboardPage.html)
            answer.headers += DashboardPage.headers
            return answer
        }
    }
}
#endif
