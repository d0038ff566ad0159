#if Server
import Apus
import ApusCore
import ApusFrame
import CoreMetrics
import Foundation
import Logging
import MetricsTestKit
import Testing

@testable import ApusServer

@Suite struct MetricsObserverTests {
    private let backend = TestMetrics()
    private let dimensions = [("model", "m"), ("version", "1")]

    private func event(rows: Int, isShadow: Bool = false) throws -> PredictionEvent {
        let model = try MonitorSamples.model.get()
        let cells = try MonitorSamples.cells(MonitorSamples.frame(rows, seed: 2, ageShift: 30), model)
        return PredictionEvent(
            requestID: "r", model: "m", version: "1", isShadow: isShadow, rows: cells,
            prediction: try model.predict(rows: cells, probabilities: true), duration: 0.25)
    }

    @Test func countsWhatTheServerDoes() throws {
        let observer = MetricsObserver(factory: backend)
        observer.answered(try event(rows: 3))
        observer.answered(try event(rows: 2))
        observer.answered(try event(rows: 7, isShadow: true))
        for _ in 0..<2 {
            observer.refused(
                RefusalEvent(requestID: "r", model: "m", status: 400, code: "wrongType", message: "It is wrong."))
        }
        #expect(backend.counterTotal(label: "apus_model_requests_total", dimensions: dimensions) == 2)
        #expect(backend.counterTotal(label: "apus_model_rows_total", dimensions: dimensions) == 5)
        #expect(backend.counterTotal(label: "apus_model_shadow_requests_total", dimensions: dimensions) == 1)
        #expect(
            backend.counterTotal(
                label: "apus_refusals_total", dimensions: [("code", "wrongType"), ("status", "400")]) == 2)
        let duration = try backend.expectTimer("apus_request_duration_seconds", dimensions)
        #expect(duration.values == [250_000_000, 250_000_000])
        observer.unloaded(name: "m", version: "1")
        #expect(backend.counters(label: "apus_model_requests_total").isEmpty)
    }

    @Test func handsOnWhatAMonitorFinds() async throws {
        let monitor = try Monitor(metrics: backend, logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
        monitor.loaded(model: try MonitorSamples.model.get(), name: "m", version: "1")
        for _ in 0..<20 { monitor.answered(try event(rows: 100)) }
        await monitor.core.refresh()
        await monitor.core.tick(at: Date().timeIntervalSince1970 + 2)
        #expect(backend.counterTotal(label: "apus_model_rows_total", dimensions: dimensions) == 2000)
        let drift = try backend.expectGauge("apus_psi", dimensions + [("column", "age")])
        #expect(try #require(drift.lastValue) > 0.2)
        let still = try backend.expectGauge("apus_psi", dimensions + [("column", "job")])
        #expect(try #require(still.lastValue) < 0.2)
        await monitor.stopped()
    }
}
#endif
