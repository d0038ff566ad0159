#if Server
import CoreMetrics
import Synchronization

/// Hands the figures of a server to swift-metrics, and so to whatever backend the process has set up: StatsD,
/// OpenTelemetry, a Prometheus of its own.
///
///     MetricsSystem.bootstrap(backend)
///     var server = try ModelServer(modelFiles: ["adult.apus"])
///     server.observers.append(MetricsObserver())
///
/// The names are those of `/metrics`: counters `apus_model_requests_total`, `apus_model_rows_total` and
/// `apus_model_shadow_requests_total` with the dimensions `model` and `version`, `apus_refusals_total` with `code` and
/// `status`, and the timer `apus_request_duration_seconds`. A `Monitor` made with `metrics:` adds what it finds: every
/// gauge of drift, performance and fairness, such as `apus_psi` with `model`, `version` and `column`.
public final class MetricsObserver: ServerObserver {
    private struct Handles {
        let requests: Counter
        let rows: Counter
        let shadows: Counter
        let duration: CoreMetrics.Timer
    }

    private struct Series: Hashable {
        let name: String
        let labels: [String]
    }

    private struct State {
        var handles: [MonitorCore.Key: Handles] = [:]
        var refusals: [Series: Counter] = [:]
        var gauges: [Series: CoreMetrics.Gauge] = [:]
    }

    private let factory: any MetricsFactory
    private let state = Mutex(State())

    /// An observer.
    ///
    /// - Parameter factory: The backend; by default the one that the process was bootstrapped with.
    public init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    /// Counts an answer and its time.
    public func answered(_ event: PredictionEvent) {
        let handles = handles(MonitorCore.Key(name: event.model, version: event.version))
        guard !event.isShadow else { return handles.shadows.increment() }
        handles.requests.increment()
        handles.rows.increment(by: event.rows.count)
        handles.duration.recordSeconds(event.duration)
    }

    private func handles(_ version: MonitorCore.Key) -> Handles {
        state.withLock { state in
            if let known = state.handles[version] { return known }
            let dimensions = [("model", version.name), ("version", version.version)]
            func counter(_ name: String) -> Counter {
                Counter(label: "apus_model_\(name)_total", dimensions: dimensions, factory: factory)
            }
            let handles = Handles(
                requests: counter("requests"), rows: counter("rows"), shadows: counter("shadow_requests"),
                duration: CoreMetrics.Timer(
                    label: "apus_request_duration_seconds", dimensions: dimensions, factory: factory))
            state.handles[version] = handles
            return handles
        }
    }

    /// Counts a refusal.
    public func refused(_ event: RefusalEvent) {
        let counter = state.withLock { state in
            let key = Series(name: event.code, labels: ["\(event.status)"])
            if let known = state.refusals[key] { return known }
            let counter = Counter(
                label: "apus_refusals_total", dimensions: [("code", event.code), ("status", "\(event.status)")],
                factory: factory)
            state.refusals[key] = counter
            return counter
        }
        counter.increment()
    }

    /// Forgets a version and what was found of it.
    public func unloaded(name: String, version: String) {
        state.withLock { state in
            if let handles = state.handles.removeValue(forKey: MonitorCore.Key(name: name, version: version)) {
                handles.requests.destroy()
                handles.rows.destroy()
                handles.shadows.destroy()
                handles.duration.destroy()
            }
            for (key, gauge) in state.gauges where key.labels.starts(with: [name, version]) {
                gauge.destroy()
                state.gauges[key] = nil
            }
        }
    }

    /// Hands on what a monitor has found; what is not defined stays as it was.
    func record(_ report: MonitorReport) {
        for gauge in report.gauges {
            guard let value = gauge.value else { continue }
            let key = Series(
                name: gauge.name,
                labels: [report.model, report.version] + gauge.labels.flatMap { [$0.name, $0.value] })
            let handle = state.withLock { state in
                if let known = state.gauges[key] { return known }
                let handle = CoreMetrics.Gauge(
                    label: "apus_\(gauge.name)",
                    dimensions: [("model", report.model), ("version", report.version)]
                        + gauge.labels.map { ($0.name, $0.value) }, factory: factory)
                state.gauges[key] = handle
                return handle
            }
            handle.record(value)
        }
    }
}
#endif
