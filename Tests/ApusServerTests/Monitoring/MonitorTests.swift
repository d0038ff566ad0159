#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation
import Logging
import Synchronization
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@testable import ApusServer

/// The monitor in a server, over a socket.
@Suite struct MonitorTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func ask(
        _ port: Int, _ path: String, _ body: String? = nil, id: String? = nil
    ) async throws -> (status: Int, text: String, type: String?) {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
        if let body {
            request.httpMethod = "POST"
            request.httpBody = Data(body.utf8)
        }
        if let id { request.setValue(id, forHTTPHeaderField: "X-Request-Id") }
        let (data, response) = try await URLSession.shared.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        return (http.statusCode, String(decoding: data, as: UTF8.self), http.value(forHTTPHeaderField: "Content-Type"))
    }

    private func json(_ text: String) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    private func server(
        _ monitor: Monitor, named name: String = "m", of model: Result<TrainedModel, any Error> = MonitorSamples.model
    ) throws -> ModelServer {
        var configuration = ServerConfiguration()
        configuration.port = 0
        var server = try ModelServer(
            models: [ServedModel(name: name, model: model.get())], configuration: configuration)
        server.logger = Self.silent
        server.observers.append(monitor)
        server.contributors.append(monitor)
        return server
    }

    private func body(_ rows: [[Cell]]) -> String {
        var text = JSONText()
        text.raw(#"{"data":["#)
        for (place, row) in rows.enumerated() {
            text.raw(place > 0 ? ",[" : "[")
            for (column, cell) in row.enumerated() {
                if column > 0 { text.raw(",") }
                text.cell(cell)
            }
            text.raw("]")
        }
        text.raw("]}")
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func watchesGroupsOfAColumnThatTheModelDoesNotLearnFrom() async throws {
        let file = TemporaryFile()
        let monitor = try Monitor(MonitorSamples.settings(rows: 200), database: file.path, logger: Self.silent)
        let frame = try MonitorSamples.frame(200, seed: 5)
        let (ages, jobs, groups) = (try frame["age"] as Column, try frame["job"] as Column, try frame["sex"] as Column)
        func record(_ row: Int, withSex: Bool = true) -> String {
            let age = ages.missing[row] ? "null" : ages.text(at: row)
            let sex = withSex ? #","sex":"\#(groups.text(at: row))""# : ""
            return #"{"age":\#(age),"job":"\#(jobs.text(at: row))"\#(sex)}"#
        }
        try await server(monitor, of: MonitorSamples.unaware).withRunning { port in
            let body = #"{"data":[\#((0..<150).map { record($0, withSex: $0 != 7) }.joined(separator: ","))]}"#
            #expect(try await ask(port, "/predict", body, id: "named").status == 200)
            // The answer does not depend on what is only watched.
            let one = try await ask(port, "/predict", #"{"data":\#(record(3))}"#)
            #expect(try await ask(port, "/predict", #"{"data":\#(record(3, withSex: false))}"#).text == one.text)
            #expect(try await ask(port, "/predict", #"{"data":{"age":1,"job":"pilot","sexx":"f"}}"#).status == 422)
            #expect(try await ask(port, "/predict", #"{"data":{"age":1,"job":"pilot","sex":[]}}"#).status == 422)
            let tensors = (150..<200).map { row in groups.text(at: row) }
            let named = #"{"name":"sex","shape":[50],"datatype":"BYTES","data":\#(tensors)}"#
            let inputs =
                #"{"inputs":[\#(named),{"name":"age","shape":[50],"datatype":"FP64","data":\#((0..<50).map { Double($0) })},"#
                + #"{"name":"job","shape":[50],"datatype":"BYTES","data":\#([String](repeating: "pilot", count: 50))}]}"#
            #expect(try await ask(port, "/v2/models/m/infer", inputs, id: "tensors").status == 200)
            #expect(try json(await ask(port, "/log/flush", "").text)["written"] == 202)

            let text = try PrometheusText(await ask(port, "/metrics").text)
            #expect(text.values("apus_selection_rate", "group=f").count == 1)
            let shown = try json(await ask(port, "/monitor.json").text)
            let parts = try #require(shown["models"]?.arrayValue?.first?["fairness"]?.arrayValue?.first?["groups"])
            let counts = Dictionary(
                uniqueKeysWithValues: (parts.arrayValue ?? []).map { ($0["name"]?.stringValue ?? "", $0["rows"]) })
            let women = (0..<200).filter { $0 != 7 && groups.text(at: $0) == "f" }.count
            #expect(counts["f"] == .int(women + (groups.text(at: 3) == "f" ? 1 : 0)))
            #expect(counts["(missing)"] == 2)
            let recent = try #require(shown["recent"]?.arrayValue?.first?["inputs"]?.stringValue)
            #expect(recent.contains(#""sex":"#))
            #expect(try await ask(port, "/models/m").text.contains(#""watched":["sex"]"#))
            #expect(try await ask(port, "/openapi.json").text.contains(#""sex""#))
            let truth = try frame["label"] as Column
            let brought = try await ask(
                port, "/outcomes", #"{"request":"named","row":0,"outcome":"\#(truth.text(at: 0))"}"#)
            #expect(try json(brought.text)["joined"] == 1)
        }
    }

    @Test func logsWatchesJoinsAndShowsRequests() async throws {
        let file = TemporaryFile()
        let monitor = try Monitor(MonitorSamples.settings(rows: 200), database: file.path, logger: Self.silent)
        let model = try MonitorSamples.model.get()
        let frame = try MonitorSamples.frame(300, seed: 31, ageShift: 12)
        let cells = try MonitorSamples.cells(frame, model)
        let name = "m \"\\\n"
        try await server(monitor, named: name).withRunning { port in
            for start in stride(from: 0, to: 300, by: 50) {
                let rows = Array(cells[start..<start + 50])
                #expect(try await ask(port, "/predict", body(rows), id: "batch-\(start)").status == 200)
            }
            #expect(try await ask(port, "/predict", body([Array(cells[0].dropLast())])).status == 422)
            #expect(try json(await ask(port, "/log/flush", "").text)["written"] == 300)
            let truth = try frame["label"] as Column
            let outcomes = (0..<50).map { #"{"request":"batch-0","row":\#($0),"outcome":"\#(truth.text(at: $0))"}"# }
            let brought = try await ask(
                port, "/outcomes", #"{"outcomes":[\#(outcomes.joined(separator: ",")),{"request":"?","outcome":"no"}]}"#
            )
            #expect(try json(brought.text) == ["joined": 50, "replaced": 0, "unknown": 1])
            let wrong = try await ask(port, "/outcomes", #"{"request":"batch-0","row":1,"outcome":"perhaps"}"#)
            #expect(wrong.status == 422 && wrong.text.contains("perhaps"))
            #expect(try await ask(port, "/outcomes", "{").status == 400)

            let metrics = try await ask(port, "/metrics")
            #expect(metrics.type == "text/plain; version=0.0.4; charset=utf-8")
            let text = try PrometheusText(metrics.text)
            #expect(text.values("apus_psi", "column=age", "model=\(name)").first ?? 0 > 0.2)
            #expect(text.values("apus_psi", "column=job").first ?? 1 < 0.2)
            #expect(text.values("apus_model_rows_total") == [300])
            #expect(text.values("apus_answers_total", "status=422").first ?? 0 >= 2)
            #expect(text.values("apus_log_written_rows_total") == [300])
            #expect(text.values("apus_request_duration_seconds_count") == [6])
            #expect(text.values("apus_label_coverage").count == 1)
            #expect(text.values("apus_accuracy").count == 1 && text.values("apus_estimated_accuracy").count == 1)
            #expect(text.values("apus_selection_rate", "group=f").count == 1)

            let shown = try json(await ask(port, "/monitor.json").text)
            let first = try #require(shown["models"]?.arrayValue?.first)
            #expect(first["name"] == .string(name) && first["outcomes"] == 50)
            #expect(first["columns"]?.arrayValue?.first?["name"] == "age")
            #expect(shown["recent"]?.arrayValue?.first?["request"] == "batch-250")
            #expect(shown["log"]?["written"] == 300)
            let explained = try json(await ask(port, "/monitor/explain?request=batch-250").text)
            let parts = try #require(explained["contributions"]?.arrayValue)
            #expect(Set(parts.compactMap { $0["column"]?.stringValue }) == ["age", "job", "sex"])
            let sum = parts.reduce(explained["base"]?.doubleValue ?? .nan) { $0 + ($1["value"]?.doubleValue ?? .nan) }
            #expect(abs(sum - (explained["output"]?.doubleValue ?? .nan)) < 1e-9)
            #expect(try await ask(port, "/monitor/explain?request=nobody").status == 404)
            let page = try await ask(port, "/dashboard")
            #expect(page.status == 200 && page.type == "text/html; charset=utf-8")
        }
        // Stopped: everything is in the file, which any program can read.
        #expect(try await PredictionLog(path: file.path).rowCount() == 300)
    }

    @Test func withoutALogOutcomesAreRefused() async throws {
        try await server(Monitor(logger: Self.silent)).withRunning { port in
            let answer = try await ask(port, "/outcomes", #"{"request":"a","outcome":"no"}"#)
            #expect(answer.status == 503 && answer.text.contains("--database"))
            #expect(try await ask(port, "/log/flush", "").status == 503)
            _ = try PrometheusText(await ask(port, "/metrics").text)
            #expect(try json(await ask(port, "/monitor.json").text)["log"] == .null)
        }
    }

    @Test func alarmsReachTheirWebhookInOrderAlsoWhenItFailsAtFirst() async throws {
        let hook = HookServer()
        let (port, received) = try await hook.start(failing: 2)
        var settings = MonitorSamples.settings(rows: 100)
        settings.alerts = [
            AlertRule(name: "age", gauge: "psi", column: "age", above: 0.2, webhook: "http://127.0.0.1:\(port)/hook")
        ]
        let monitor = try Monitor(settings, logger: Self.silent)
        let model = try MonitorSamples.model.get()
        monitor.loaded(model: model, name: "m", version: "1")
        for (shift, seed) in [(15.0, 1), (0, 2)] {
            let cells = try MonitorSamples.cells(
                MonitorSamples.frame(200, seed: UInt64(seed), ageShift: shift), model)
            monitor.answered(try MonitorSamples.event(model, cells))
            await monitor.core.drain()
        }
        // The second is delivered when its answer is back, a moment after it was received.
        for _ in 0..<200 where await monitor.core.webhooks.delivered < 2 {
            try await Task.sleep(for: .milliseconds(50))
        }
        let bodies = try received.withLock { $0 }.map { try json($0) }
        #expect(bodies.map { $0["state"] } == ["firing", "resolved"])
        #expect(bodies.allSatisfy { $0["alert"] == "age" && $0["column"] == "age" && $0["model"] == "m" })
        #expect(bodies.last?["rose"] != nil)
        #expect(await monitor.core.webhooks.delivered == 2)
        await hook.stop()
        await monitor.stopped()
    }

    @Test func aWebhookThatIsNotThereIsGivenUp() async throws {
        let hooks = Webhooks(timeout: 0.2, attempts: 2, logger: Self.silent)
        let rule = AlertRule(name: "a", gauge: "psi", above: 0, webhook: "http://127.0.0.1:9/nothing")
        let state = AlertBook.State(
            rule: rule, key: AlertBook.Key(rule: "a", model: nil, version: nil, labels: []), isFiring: true)
        await hooks.send(AlertBook.Change(state: state, time: 0, rose: nil))
        for _ in 0..<100 where await hooks.lost == 0 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(await hooks.lost == 1)
        #expect(await hooks.delivered == 0)
    }

    @Test func aStormIsCountedAndNotKept() async throws {
        var settings = MonitorSamples.settings()
        settings.maxPendingRows = 100
        let monitor = try Monitor(settings, logger: Self.silent)
        let model = try MonitorSamples.model.get()
        monitor.loaded(model: model, name: "m", version: "1")
        let cells = try MonitorSamples.cells(MonitorSamples.frame(60, seed: 1), model)
        for _ in 0..<5 { monitor.answered(try MonitorSamples.event(model, cells)) }
        #expect(monitor.inbox.lost == 240)
        await monitor.core.drain()
        #expect(await monitor.core.reports.first?.model == "m")
        #expect(monitor.inbox.traffic.steps.reduce(0) { $0 + $1.answered } == 5)
    }
}
#endif
