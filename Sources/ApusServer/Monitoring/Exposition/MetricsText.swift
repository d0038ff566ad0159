#if Server
import ApusCore
import Foundation

/// Figures in Prometheus' text format, version 0.0.4: families of samples, each with its help and its type.
struct MetricsText {
    /// The type of the answer.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// What was written so far.
    private(set) var text = ""

    /// What a family is.
    enum Kind: String { case counter, gauge, histogram }

    typealias Labels = [(name: String, value: String)]

    // MARK: Format

    /// Begins a family, whose samples have to follow at once.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        let escaped = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(name) \(escaped)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// A sample.
    mutating func sample(_ name: String, _ labels: Labels = [], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// A value of a label without what would end it.
    static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
        return TextNumber.short(value)
    }

    /// A histogram's samples: counts up to each bound, the sum and the count.
    mutating func histogram(_ name: String, _ labels: Labels, _ histogram: EngineStatistics.Histogram) {
        var below = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            below += count
            sample("\(name)_bucket", labels + [("le", Self.number(bound))], Double(below))
        }
        sample("\(name)_bucket", labels + [("le", "+Inf")], Double(histogram.count))
        sample("\(name)_sum", labels, histogram.sum)
        sample("\(name)_count", labels, Double(histogram.count))
    }

    // MARK: Content

    /// What the engine has done.
    mutating func add(_ engine: EngineStatistics) {
        family("apus_start_time_seconds", .gauge, "When the server started, in seconds since 1970.")
        sample("apus_start_time_seconds", [], engine.started.timeIntervalSince1970)
        family("apus_answers_total", .counter, "Answers of every path by HTTP status.")
        for (status, count) in engine.answers.sorted(by: { $0.key < $1.key }) {
            sample("apus_answers_total", [("status", "\(status)")], Double(count))
        }
        family("apus_refusals_total", .counter, "Refused requests by the kind of failure.")
        for (code, count) in engine.refusals.sorted(by: { $0.key < $1.key }) {
            sample("apus_refusals_total", [("code", code)], Double(count))
        }
        for (name, value, help) in [
            ("apus_requests_running", engine.running, "Requests that are being predicted."),
            ("apus_queue_depth", engine.queueDepth, "Requests that wait for their turn."),
            ("apus_queue_limit", engine.queueLimit, "The most requests that may wait."),
        ] {
            family(name, .gauge, help)
            sample(name, [], Double(value))
        }
        typealias Model = EngineStatistics.Model
        func labels(_ model: Model) -> Labels { [("model", model.name), ("version", model.version)] }
        let counters: [(String, String, KeyPath<Model, Int>)] = [
            ("apus_model_requests_total", "Requests answered with predictions.", \.requests),
            ("apus_model_rows_total", "Rows predicted.", \.rows),
            ("apus_model_shadow_requests_total", "Requests predicted as a shadow.", \.shadowRequests),
        ]
        for (name, help, value) in counters {
            family(name, .counter, help)
            for model in engine.models { sample(name, labels(model), Double(model[keyPath: value])) }
        }
        family("apus_model_refusals_total", .counter, "Requests that a model refused, by the kind of failure.")
        for model in engine.models {
            for (code, count) in model.refusals.sorted(by: { $0.key < $1.key }) {
                sample("apus_model_refusals_total", labels(model) + [("code", code)], Double(count))
            }
        }
        family("apus_request_duration_seconds", .histogram, "Seconds from the complete body to the answer.")
        for model in engine.models { histogram("apus_request_duration_seconds", labels(model), model.latency) }
        family("apus_batch_rows", .histogram, "Rows of each call of a model, where requests may have been joined.")
        for model in engine.models { histogram("apus_batch_rows", labels(model), model.batchSizes) }
    }

    /// How the prediction log and the webhooks stand.
    mutating func add(
        log: LogWriter.State?, bytes: Int, lostByMonitor: Int, delivered: Int, undelivered: Int
    ) {
        family(
            "apus_monitor_lost_rows_total", .counter, "Rows that were answered but not watched: too many came at once.")
        sample("apus_monitor_lost_rows_total", [], Double(lostByMonitor))
        family("apus_webhooks_total", .counter, "Alarms that were delivered or could not be.")
        sample("apus_webhooks_total", [("result", "delivered")], Double(delivered))
        sample("apus_webhooks_total", [("result", "lost")], Double(undelivered))
        guard let log else { return }
        family("apus_log_up", .gauge, "1 while predictions can be logged, 0 while they cannot.")
        sample("apus_log_up", [], log.trouble == nil ? 1 : 0)
        for (name, value, help) in [
            ("apus_log_written_rows_total", log.written, "Rows that are in the log."),
            ("apus_log_lost_rows_total", log.lost, "Rows that were answered but never logged."),
            ("apus_log_failed_batches_total", log.failures, "Batches that could not be written at first."),
            ("apus_log_deleted_rows_total", log.deleted, "Rows deleted because they were too old or too many."),
        ] {
            family(name, .counter, help)
            sample(name, [], Double(value))
        }
        family("apus_log_pending_rows", .gauge, "Rows that wait to be logged.")
        sample("apus_log_pending_rows", [], Double(log.pending))
        family("apus_log_bytes", .gauge, "The size of the log, as of the last minute.")
        sample("apus_log_bytes", [], Double(bytes))
    }

    /// What the monitors found; gauges that are not defined are left out.
    mutating func add(_ reports: [MonitorReport]) {
        let gauges = reports.map { report in
            (labels: [("model", report.model), ("version", report.version)] as Labels, gauges: report.gauges)
        }
        for (name, help) in Gauge.help where !Gauge.serverNames.contains(name) {
            let samples = gauges.flatMap { part in
                part.gauges.filter { $0.name == name }.compactMap { gauge in
                    gauge.value.map { (part.labels + gauge.labels.map { ($0.name, $0.value) }, $0) }
                }
            }
            guard !samples.isEmpty else { continue }
            family("apus_\(name)", .gauge, help)
            for (labels, value) in samples { sample("apus_\(name)", labels, value) }
        }
    }

    /// Which alarms are up.
    mutating func add(_ alerts: [AlertBook.State]) {
        guard !alerts.isEmpty else { return }
        family("apus_alert_firing", .gauge, "1 while an alarm is up, 0 while it is not.")
        for alert in alerts {
            var labels: Labels = [("alert", alert.rule.name), ("gauge", alert.rule.gauge)]
            if let model = alert.key.model { labels.append(("model", model)) }
            if let version = alert.key.version { labels.append(("version", version)) }
            labels += alert.key.labels.map { ($0.name, $0.value) }
            sample("apus_alert_firing", labels, alert.isFiring ? 1 : 0)
        }
    }
}
#endif
