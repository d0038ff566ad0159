#if Server
import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import Foundation
import Logging
import Testing

@testable import ApusServer

/// The drill: ordinary rows, then shifted and biased ones, then ordinary ones again. Alarms have to rise within one
/// window of the change and to fall within one window of its end.
@Suite struct DrillTests {
    private struct Phase {
        let name: String
        let cells: [[Cell]]
        let truth: [String]
    }

    /// Replays the phases through a monitor with a log, brings the true labels, and tells which alarms were up after how
    /// many rows of each phase.
    private func drill(
        _ model: TrainedModel, _ phases: [Phase], rules: [AlertRule], window: Int
    ) async throws -> [(rose: [String: Int], fell: [String: Int], up: Set<String>)] {
        var settings = MonitorSamples.settings(rows: window)
        settings.alerts = rules
        settings.minGroupRows = 20
        let file = TemporaryFile()
        let monitor = try Monitor(
            settings, database: file.path, logger: Logger(label: "drill") { _ in SwiftLogNoOpLogHandler() })
        monitor.loaded(model: model, name: "m", version: "1")
        var found: [(rose: [String: Int], fell: [String: Int], up: Set<String>)] = []
        var up: Set<String> = []
        var time = 1_800_000_000.0
        for phase in phases {
            var (rose, fell): ([String: Int], [String: Int]) = ([:], [:])
            for start in stride(from: 0, to: phase.cells.count, by: 50) {
                let end = min(phase.cells.count, start + 50)
                time += 1
                let id = "\(phase.name)-\(start)"
                monitor.answered(
                    try MonitorSamples.event(model, Array(phase.cells[start..<end]), id: id, time: time))
                await monitor.core.drain()
                _ = try await monitor.core.bring(
                    (start..<end).map {
                        BroughtOutcome(request: id, row: $0 - start, outcome: .text(phase.truth[$0]))
                    })
                let now = Set(await monitor.core.alerts.all.filter(\.isFiring).map(\.rule.name))
                for name in now.subtracting(up) { rose[name] = rose[name] ?? end }
                for name in up.subtracting(now) { fell[name] = end }
                up = now
            }
            found.append((rose, fell, up))
        }
        let metrics = try PrometheusText(await monitor.core.metrics())
        #expect(metrics.values("apus_alert_firing").allSatisfy { $0 == 0 })
        await monitor.stopped()
        return found
    }

    private let rules = [
        AlertRule(name: "age has drifted", gauge: "psi", column: "age", above: 0.2),
        AlertRule(name: "unfair", gauge: "equalized_odds_difference", column: "sex", above: 0.3),
    ]

    private func check(
        _ found: [(rose: [String: Int], fell: [String: Int], up: Set<String>)], window: Int
    ) {
        let all: Set = ["age has drifted", "unfair"]
        #expect(found[0].up.isEmpty && found[0].rose.isEmpty, "calm: \(found[0])")
        #expect(Set(found[1].rose.keys) == all && found[1].up == all, "drill: \(found[1])")
        for (name, rows) in found[1].rose { #expect(rows <= window, "\(name) rose after \(rows) rows") }
        #expect(Set(found[2].fell.keys) == all && found[2].up.isEmpty, "calm again: \(found[2])")
        for (name, rows) in found[2].fell { #expect(rows <= window + window / 5, "\(name) fell after \(rows) rows") }
    }

    @Test func alarmsRiseAndFallOnMadeUpRows() async throws {
        let model = try MonitorSamples.model.get()
        func phase(_ name: String, _ seed: UInt64, isDrill: Bool) throws -> Phase {
            let frame = try MonitorSamples.frame(1200, seed: seed, ageShift: isDrill ? 10 : 0)
            let (sex, label) = (try frame["sex"] as Column, try frame["label"] as Column)
            return Phase(
                name: name, cells: try MonitorSamples.cells(frame, model),
                truth: (0..<1200).map { row in
                    // Of women the opposite of what the model learned is true.
                    let isRight = !isDrill || sex.text(at: row) == "m"
                    return isRight ? label.text(at: row) : label.text(at: row) == "yes" ? "no" : "yes"
                })
        }
        let found = try await drill(
            model,
            [
                phase("calm", 41, isDrill: false), phase("drill", 42, isDrill: true),
                phase("again", 43, isDrill: false),
            ], rules: rules, window: 500)
        check(found, window: 500)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["APUS_DATA"] != nil))
    func alarmsRiseAndFallOnAdult() async throws {
        let frame = try Datasets.load("adult").head(32_000)
        var plan = TrainingPlan(target: "income")
        plan.sensitive = ["sex"]
        plan.scale = true
        plan.testSize = 0.25
        let result = try plan.run(on: frame)
        let model = result.model
        let held = try frame.selecting(rows: result.split.test)
        let cells = try MonitorSamples.cells(held, model)
        let truth = try held["income"] as Column
        let names = model.encoder.inputColumns.map(\.schema.name)
        let (age, sex) = (try #require(names.firstIndex(of: "age")), try #require(names.firstIndex(of: "sex")))
        func rows(_ range: Range<Int>, _ name: String) -> Phase {
            Phase(name: name, cells: Array(cells[range]), truth: range.map { truth.text(at: $0) })
        }
        // Everyone is 12 years older, and of the women who earn much only those come whom the model misses.
        guard case .labels(let labels) = try model.predict(rows: cells).values else { return }
        let answers = labels.strings
        let pool = 1000..<7000
        let men = pool.filter { cells[$0][sex] == "Male" }.prefix(650)
        let women = pool.filter { cells[$0][sex] == "Female" }
        let missed = women.filter { truth.text(at: $0).contains(">") && answers[$0] != truth.text(at: $0) }.prefix(150)
        let others = women.filter { !truth.text(at: $0).contains(">") }.prefix(200)
        var random = SystemSeed(5)
        let drilled = (men + missed + others).shuffled(using: &random)
        let older = drilled.map { row in
            var values = cells[row]
            if case .number(let years) = values[age] { values[age] = .number(years + 12) }
            return values
        }
        let found = try await drill(
            model,
            [
                rows(0..<1000, "calm"),
                Phase(name: "drill", cells: older, truth: drilled.map { truth.text(at: $0) }),
                rows(7000..<8000, "again"),
            ], rules: rules, window: 500)
        check(found, window: 500)
    }
}
#endif
