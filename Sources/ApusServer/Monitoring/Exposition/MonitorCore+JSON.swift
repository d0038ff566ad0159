#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation

extension JSONValue {
    /// A number, or null where it is not defined.
    init(_ value: Double?) {
        if let value, value.isFinite { self = .double(value) } else { self = .null }
    }

    /// A range as its two ends, or null.
    init(_ range: ClosedRange<Double>?) {
        self = range.map { [.double($0.lowerBound), .double($0.upperBound)] } ?? .null
    }
}

extension MonitorCore {
    /// Columns whose drift is shown over time at most: those that have drifted most.
    private static let shownColumns = 12

    /// What the dashboard shows.
    func json() async -> JSONValue {
        let now = Date().timeIntervalSince1970
        await refresh()
        return [
            "time": .double(now),
            "server": server(at: now),
            "log": log,
            "alerts": .array(alerts.all.map(\.json)),
            "changes": .array(changes.reversed().map(\.json)),
            "models": .array(keys.compactMap { watched[$0] }.map { model($0.monitor) }),
            "recent": .array(recentRows),
        ]
    }

    private func server(at time: Double) -> JSONValue {
        let traffic = inbox.traffic
        let statistics = engine?.statistics
        let uptime = statistics.map { time - $0.started.timeIntervalSince1970 } ?? 60
        let minute = traffic.lastMinute(at: time, uptime: uptime)
        let now = Int(time / Traffic.seconds)
        let steps = Dictionary(traffic.steps.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
        let begin = max(now - Traffic.limit + 1, now - Int(uptime / Traffic.seconds) - 1)
        // The step under way is not over, so its rate would be too small.
        let history: [JSONValue] = (begin..<max(begin, now)).map { number in
            let step = steps[number]
            return [
                "time": .double(Double(number) * Traffic.seconds),
                "rate": .double(Double(step?.requests ?? 0) / Traffic.seconds),
                "errors": .double(Double((step?.refused ?? 0) + (step?.failed ?? 0)) / Traffic.seconds),
                "p50": JSONValue(step?.latency.quantile(0.5)), "p99": JSONValue(step?.latency.quantile(0.99)),
            ]
        }
        return [
            "uptime": .double(uptime), "rate": .double(minute.rate), "rowRate": .double(minute.rowRate),
            "errorRate": JSONValue(minute.errorRate), "failureRate": JSONValue(minute.failureRate),
            "p50": JSONValue(minute.latency.quantile(0.5)), "p95": JSONValue(minute.latency.quantile(0.95)),
            "p99": JSONValue(minute.latency.quantile(0.99)),
            "requests": .int(statistics?.models.reduce(0) { $0 + $1.requests } ?? 0),
            "rows": .int(statistics?.models.reduce(0) { $0 + $1.rows } ?? 0),
            "running": .int(statistics?.running ?? 0), "queueDepth": .int(statistics?.queueDepth ?? 0),
            "queueLimit": .int(statistics?.queueLimit ?? 0), "history": .array(history),
        ]
    }

    private var log: JSONValue {
        guard let writer else { return .null }
        return [
            "file": .string(String(writer.log.path.split(separator: "/").last ?? "")),
            "written": .int(logState.written), "pending": .int(logState.pending), "lost": .int(logState.lost),
            "deleted": .int(logState.deleted), "trouble": logState.trouble.map { .string($0) } ?? .null,
            "bytes": .int(logBytes),
        ]
    }

    private func model(_ monitor: ModelMonitor) -> JSONValue {
        let report = monitor.report
        let ranked = report.columns.indices.sorted {
            (report.columns[$0].psi ?? 0, $1) > (report.columns[$1].psi ?? 0, $0)
        }
        let points = monitor.history.points
        let shown = ranked.prefix(Self.shownColumns)
        return [
            "name": .string(report.model), "version": .string(report.version), "rows": .int(report.rows),
            "needed": .int(settings.minRows), "start": JSONValue(report.start), "time": .double(report.time),
            "columns": .array(ranked.map { column(report.columns[$0], report) }),
            "predictions": report.predictions.map(predictions) ?? .null,
            "scores": report.scores.map { column($0, report) } ?? .null,
            "outcomes": .int(report.performance.outcomes), "labelCoverage": JSONValue(report.labelCoverage),
            "measures": .array(report.performance.measures.map(measure)),
            "fairness": .array(report.fairness.map(fairness)),
            "history": [
                "time": .array(points.map { .double($0.time) }),
                "psi": .array(
                    shown.map { place in
                        [
                            "column": .string(report.columns[place].name),
                            "values": .array(points.map { JSONValue($0.psi[place].map(Double.init)) }),
                        ]
                    }),
                "prediction": .array(points.map { JSONValue($0.prediction) }),
                "estimated": .array(points.map { JSONValue($0.estimated) }),
                "realized": .array(points.map { JSONValue($0.realized) }),
                "gaps": .array(
                    report.fairness.indices.map { place in
                        [
                            "column": .string(report.fairness[place].column),
                            "parity": .array(points.map { JSONValue($0.gaps[place].parity) }),
                            "odds": .array(points.map { JSONValue($0.gaps[place].odds) }),
                        ]
                    }),
            ],
        ]
    }

    private func column(_ column: ColumnDrift, _ report: MonitorReport) -> JSONValue {
        [
            "name": .string(column.name), "rows": .int(column.rows), "psi": JSONValue(column.psi),
            "expectedPSI": JSONValue(column.expectedPSI), "jensenShannon": JSONValue(column.jensenShannon),
            "wasserstein": JSONValue(column.wasserstein), "test": .string(column.test.rawValue),
            "statistic": JSONValue(column.statistic), "pValue": JSONValue(column.pValue),
            "significant": .bool(report.isSignificant(column)), "missing": JSONValue(column.missingShare),
            "referenceMissing": .double(column.referenceMissingShare), "unseen": JSONValue(column.unseenShare),
            "mean": JSONValue(column.mean), "referenceMean": JSONValue(column.referenceMean),
            "labels": .array(column.labels.map { .string($0) }),
            "reference": .array(column.referenceShares.map { .double($0) }),
            "shares": .array(column.shares.map { .double($0) }),
        ]
    }

    private func predictions(_ drift: MonitorReport.PredictionDrift) -> JSONValue {
        [
            "labels": .array(drift.labels.map { .string($0) }),
            "reference": .array(drift.referenceShares.map { .double($0) }),
            "shares": .array(drift.shares.map { .double($0) }), "psi": JSONValue(drift.psi),
            "jensenShannon": JSONValue(drift.jensenShannon), "pValue": JSONValue(drift.pValue),
        ]
    }

    private func measure(_ measure: PerformanceReport.Measure) -> JSONValue {
        [
            "name": .string(measure.name), "realized": JSONValue(measure.realized),
            "interval": JSONValue(measure.interval), "estimated": JSONValue(measure.estimated),
            "estimatedInterval": JSONValue(measure.estimatedInterval), "reference": JSONValue(measure.reference),
        ]
    }

    private func fairness(_ report: FairnessReport) -> JSONValue {
        func rate(_ rate: FairnessReport.Rate?) -> JSONValue {
            rate.map { ["value": JSONValue($0.value), "interval": JSONValue($0.interval), "rows": .int($0.rows)] }
                ?? .null
        }
        return [
            "column": .string(report.column),
            "groups": .array(
                report.groups.map { group in
                    [
                        "name": .string(group.name), "rows": .int(group.rows), "selection": rate(group.selection),
                        "meanPrediction": JSONValue(group.meanPrediction), "coverage": JSONValue(group.coverage),
                        "outcomes": .int(group.outcomes), "accuracy": rate(group.accuracy),
                        "truePositives": rate(group.truePositives), "falsePositives": rate(group.falsePositives),
                        "mae": JSONValue(group.meanAbsoluteError),
                        "referenceSelection": JSONValue(group.referenceSelection),
                        "referencePerformance": JSONValue(group.referencePerformance),
                    ]
                }),
            "gaps": .array(
                report.gaps.map {
                    [
                        "name": .string($0.name), "value": .double($0.value), "interval": JSONValue($0.interval),
                        "high": .string($0.high), "low": .string($0.low), "significant": .bool($0.isSignificant),
                    ]
                }),
        ]
    }

    // MARK: Recent predictions

    /// The first row of each recent request, the newest first, without what the log must not hold.
    private var recentRows: [JSONValue] {
        recent.reversed().compactMap { event in
            let key = Key(name: event.model, version: event.version)
            guard let known = watched[key], !event.rows.isEmpty, event.prediction.count > 0 else { return nil }
            let (value, probability) = known.answer(event.prediction, row: 0)
            return [
                "request": .string(event.requestID), "model": .string(event.model), "version": .string(event.version),
                "time": .double(event.time.timeIntervalSince1970), "rows": .int(event.rows.count),
                "milliseconds": .double(event.duration * 1000), "prediction": .string(value),
                "probability": JSONValue(probability), "inputs": .string(known.format.inputs(event.cells(of: 0))),
            ]
        }
    }
}

extension MonitorCore.Watched {
    /// What was predicted for a row as text, and how probable it is.
    func answer(_ prediction: Prediction, row: Int) -> (value: String, probability: Double?) {
        switch prediction.values {
        case .numbers(let numbers): return (TextTable.significant(numbers[row], 6), nil)
        case .labels(let labels):
            let code = labels.codes[row]
            let name = code < format.classes.count ? format.classes[code] : ""
            return (name, prediction.probabilities.map { $0[row, code] })
        }
    }
}
#endif
