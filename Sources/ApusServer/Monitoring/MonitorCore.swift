#if Server
import Apus
import ApusCore
import ApusFrame
import ApusTrust
import Foundation
import Logging

/// Does the monitor's work, apart from the threads that answer.
actor MonitorCore {
    struct Key: Hashable, Sendable {
        let name: String
        let version: String
    }

    /// What is known of a version of a model: an object that this actor keeps to itself, so that a request is counted where
    /// the counts are.
    final class Watched {
        let model: TrainedModel
        let format: LogFormat
        var monitor: ModelMonitor

        init(model: TrainedModel, format: LogFormat, monitor: ModelMonitor) {
            self.model = model
            self.format = format
            self.monitor = monitor
        }
    }

    /// Recent requests that the dashboard can show.
    private static let recentLimit = 15
    /// Seconds between two looks at the log's age and size.
    private static let pruneEvery = 60.0

    let settings: MonitorConfiguration
    let inbox: MonitorInbox
    let writer: LogWriter?
    let webhooks: Webhooks
    private let metrics: MetricsObserver?
    private let logger: Logger
    private let hash: @Sendable ([UInt8]) -> String
    private(set) var engine: ModelEngine?
    /// The versions in the order in which they came.
    private(set) var keys: [Key] = []
    private(set) var watched: [Key: Watched] = [:]
    private(set) var alerts: AlertBook
    /// The alarms that rose or ended last, the newest last.
    private(set) var changes: [AlertBook.Change] = []
    private(set) var recent: [PredictionEvent] = []
    private(set) var logState = LogWriter.State()
    private(set) var logBytes = 0
    private var pruned = 0.0
    private var isClosed = false

    init(
        _ settings: MonitorConfiguration, inbox: MonitorInbox, writer: LogWriter?, metrics: MetricsObserver? = nil,
        logger: Logger, hash: @escaping @Sendable ([UInt8]) -> String
    ) {
        self.settings = settings
        self.inbox = inbox
        self.writer = writer
        self.metrics = metrics
        self.logger = logger
        self.hash = hash
        alerts = AlertBook(settings.alerts)
        webhooks = Webhooks(timeout: settings.webhookTimeout, attempts: settings.webhookAttempts, logger: logger)
    }

    /// What was found last of each version.
    var reports: [MonitorReport] { keys.compactMap { watched[$0]?.monitor.report } }

    func attach(_ engine: ModelEngine) { self.engine = engine }

    // MARK: Work

    /// Looks at all that has come.
    func drain() async {
        let items = inbox.takeAll()
        guard !items.isEmpty else { return }
        var entries: [PredictionLog.Entry] = []
        var risen: [AlertBook.Change] = []
        for item in items {
            switch item {
            case .loaded(let model, let name, let version): load(model, Key(name: name, version: version))
            case .unloaded(let name, let version):
                let key = Key(name: name, version: version)
                watched[key] = nil
                keys.removeAll { $0 == key }
                metrics?.unloaded(name: name, version: version)
                risen += alerts.forget(model: name, version: version, time: Date().timeIntervalSince1970)
            case .answered(let event):
                let key = Key(name: event.model, version: event.version)
                guard let known = watched[key] else { continue }
                known.monitor.observe(event) { risen += look(at: $0) }
                if writer != nil { entries.append(PredictionLog.Entry(event: event, format: known.format)) }
            }
        }
        remember(items)
        // The log first: what was answered is more than what is made of it.
        if let writer { await writer.submit(entries) }
        await tell(risen)
    }

    private func load(_ model: TrainedModel, _ key: Key) {
        let monitor = ModelMonitor(model, name: key.name, version: key.version, settings: settings)
        let format = LogFormat(
            columns: model.encoder.inputColumns.map(\.schema.name) + model.watchedColumns.map(\.column),
            privacy: settings.privacy, layout: monitor.layout, hash: hash)
        if watched[key] == nil { keys.append(key) }
        watched[key] = Watched(model: model, format: format, monitor: monitor)
    }

    private func remember(_ items: [MonitorInbox.Item]) {
        let newest = items.suffix(Self.recentLimit).compactMap { item in
            if case .answered(let event) = item, !event.isShadow { event } else { nil }
        }
        recent = Array((recent + newest).suffix(Self.recentLimit))
    }

    /// Looks at every window in which something has changed.
    private func look(at time: Double) -> [AlertBook.Change] {
        var risen: [AlertBook.Change] = []
        for key in keys {
            var reports: [MonitorReport] = []
            watched[key]?.monitor.tick(at: time) { reports.append($0) }
            for report in reports { risen += look(at: report) }
        }
        return risen
    }

    private func look(at report: MonitorReport) -> [AlertBook.Change] {
        metrics?.record(report)
        guard !alerts.rules.isEmpty else { return [] }
        return alerts.look(at: report.gauges, model: report.model, version: report.version, time: report.time)
    }

    private func tell(_ risen: [AlertBook.Change]) async {
        for change in risen {
            changes.append(change)
            logger.notice(
                change.state.isFiring ? "An alarm has risen." : "An alarm has ended.",
                metadata: [
                    "alert": "\(change.state.rule.name)", "value": "\(change.state.value ?? .nan)",
                    "labels": "\(change.state.key.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ","))",
                ])
            await webhooks.send(change)
        }
        if changes.count > 50 { changes.removeFirst(changes.count - 50) }
    }

    /// Lets time pass: windows that grow old, figures of the server, the log's age and size.
    func tick(at time: Double) async {
        await drain()
        var risen = look(at: time)
        if let writer { logState = await writer.state }
        if !alerts.rules.isEmpty {
            risen += alerts.look(at: serverGauges(at: time), model: nil, version: nil, time: time)
        }
        await tell(risen)
        // While this waited the log may have been closed.
        if let writer, !isClosed, time - pruned >= Self.pruneEvery {
            pruned = time
            await writer.prune(at: time)
            logBytes = (try? await writer.log.size()) ?? logBytes
        }
    }

    /// The figures of the server that alarms can watch.
    func serverGauges(at time: Double) -> [Gauge] {
        let uptime = engine.map { time - $0.statistics.started.timeIntervalSince1970 } ?? 60
        let minute = inbox.traffic.lastMinute(at: time, uptime: uptime)
        return [
            Gauge(name: "latency_p50", value: minute.latency.quantile(0.5)),
            Gauge(name: "latency_p95", value: minute.latency.quantile(0.95)),
            Gauge(name: "latency_p99", value: minute.latency.quantile(0.99)),
            Gauge(name: "request_rate", value: minute.rate),
            Gauge(name: "error_rate", value: minute.errorRate),
            Gauge(name: "server_error_rate", value: minute.failureRate),
            Gauge(name: "queue_depth", value: engine.map { Double($0.statistics.queueDepth) }),
            Gauge(name: "log_pending_rows", value: Double(logState.pending)),
            Gauge(name: "log_lost_rows", value: Double(logState.lost + inbox.lost)),
        ]
    }

    /// Takes in what came and closes the log.
    func close() async {
        isClosed = true
        await drain()
        await writer?.close()
    }

    // MARK: Requests

    private static let withoutLog = RouteFailure(
        503, "noLog", "The server keeps no prediction log; start it with --database FILE.")

    /// Looks at all that has come, and at how the log stands.
    func refresh() async {
        await drain()
        await tell(look(at: Date().timeIntervalSince1970))
        if let writer { logState = await writer.state }
    }

    /// Waits until all that was answered is in the log.
    func flush() async throws -> Int {
        guard let writer else { throw Self.withoutLog }
        await drain()
        return try await writer.flush()
    }

    /// Joins true labels with their predictions.
    func bring(_ outcomes: [BroughtOutcome]) async throws -> JSONValue {
        guard let writer else { throw Self.withoutLog }
        // A label may come right behind its prediction.
        _ = try await flush()
        let classes = watched.mapValues { $0.monitor.layout.isRegression ? nil : $0.monitor.layout.classes }
        let time = Date().timeIntervalSince1970
        let joining = try await writer.log.join(
            outcomes, classes: { classes[Key(name: $0, version: $1)] ?? nil }, at: time)
        var risen: [AlertBook.Change] = []
        let parts = Dictionary(grouping: joining.joined) { Key(name: $0.model, version: $0.version) }
        for key in keys {
            var reports: [MonitorReport] = []
            if let part = parts[key] { watched[key]?.monitor.observe(part, at: time) { reports.append($0) } }
            for report in reports { risen += look(at: report) }
        }
        await tell(risen)
        return [
            "joined": .int(joining.new), "replaced": .int(joining.replaced), "unknown": .int(joining.unknown),
        ]
    }

    /// Text for Prometheus.
    func metrics() async -> String {
        await refresh()
        var text = MetricsText()
        if let engine { text.add(engine.statistics) }
        text.add(
            log: writer == nil ? nil : logState, bytes: logBytes, lostByMonitor: inbox.lost,
            delivered: await webhooks.delivered, undelivered: await webhooks.lost)
        text.add(reports)
        text.add(alerts.all)
        return text.text
    }
}
#endif
