#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation
import Testing

@testable import ApusServer

@Suite struct ModelMonitorTests {
    private func watch(
        _ frame: DataFrame, rows: Int = 500, step: Int = 50
    ) throws -> (last: MonitorReport, all: [MonitorReport]) {
        let model = try MonitorSamples.model.get()
        var monitor = ModelMonitor(model, name: "m", version: "1", settings: MonitorSamples.settings(rows: rows))
        let cells = try MonitorSamples.cells(frame, model)
        var reports: [MonitorReport] = []
        for start in stride(from: 0, to: cells.count, by: step) {
            let part = Array(cells[start..<min(cells.count, start + step)])
            monitor.observe(try MonitorSamples.event(model, part)) { reports.append($0) }
        }
        return (monitor.report, reports)
    }

    @Test func unchangedRowsRaiseNothingHoweverManyThereAre() throws {
        for rows in [200, 1000, 20_000] {
            let (report, all) = try watch(MonitorSamples.frame(rows, seed: UInt64(rows)), rows: rows)
            #expect(all.count == 10)
            #expect(report.rows == rows)
            for column in report.columns {
                #expect(!report.isSignificant(column), "\(rows) \(column)")
                #expect(try #require(column.psi) < 0.1, "\(rows) \(column)")
            }
            let drift = try #require(report.predictions)
            #expect(try #require(drift.psi) < 0.05)
            #expect(abs(report.columns[0].missingShare ?? 1 - 0.05) < 0.06)
        }
    }

    @Test func aShiftedColumnIsFoundAndTheOthersAreNot() throws {
        let report = try watch(MonitorSamples.frame(500, seed: 9, ageShift: 8)).last
        let age = try #require(report.columns.first { $0.name == "age" })
        #expect(try #require(age.psi) > 0.2)
        #expect(report.isSignificant(age))
        // The mean moved by 8 years, the standard deviation is that of 40 equally likely ones.
        #expect(abs(try #require(age.wasserstein) - 8 / 11.5) < 0.1)
        #expect(abs(try #require(age.mean) - 47.5) < 1.5)
        #expect(abs(try #require(age.referenceMean) - 39.5) < 1)
        for column in report.columns where column.name != "age" { #expect(!report.isSignificant(column)) }
        #expect(try #require(report.predictions?.psi) > 0.1)
    }

    @Test func missingAndUnseenValuesAreCounted() throws {
        let model = try MonitorSamples.model.get()
        var cells = try MonitorSamples.cells(MonitorSamples.frame(400, seed: 4), model)
        for row in 0..<200 { cells[row][0] = .missing }
        for row in 0..<100 { cells[row][1] = .text("astronaut") }
        var monitor = ModelMonitor(model, name: "m", version: "1", settings: MonitorSamples.settings(rows: 400))
        monitor.observe(try MonitorSamples.event(model, cells)) { _ in }
        let report = monitor.report
        #expect(try #require(report.columns[0].missingShare) > 0.5)
        #expect(abs(report.columns[0].referenceMissingShare - 0.05) < 0.02)
        #expect(report.columns[1].unseenShare == 0.25)
        #expect(report.isSignificant(report.columns[1]))
        #expect(try #require(report.columns[1].psi).isFinite)
    }

    @Test func fewRowsSayNothing() throws {
        let report = try watch(MonitorSamples.frame(60, seed: 5, ageShift: 40), rows: 50).last
        #expect(report.rows == 50 && report.columns.allSatisfy { $0.psi == nil && $0.pValue == nil })
        #expect(report.performance.measures[0].estimated == nil)
        #expect(report.gauges.filter { $0.name == "psi" }.allSatisfy { $0.value == nil })
    }

    @Test func accuracyIsEstimatedBeforeAndMeasuredAfterOutcomesCome() throws {
        let model = try MonitorSamples.model.get()
        let frame = try MonitorSamples.frame(4000, seed: 11)
        let cells = try MonitorSamples.cells(frame, model)
        var monitor = ModelMonitor(model, name: "m", version: "1", settings: MonitorSamples.settings(rows: 4000))
        let event = try MonitorSamples.event(model, cells)
        monitor.observe(event) { _ in }
        guard case .labels(let labels) = event.prediction.values else { return }
        let truth = try frame["label"] as Column
        let names = labels.classes.names
        let right = (0..<4000).count { names[labels.codes[$0]] == truth.text(at: $0) }
        let accuracy = Double(right) / 4000
        let before = try #require(monitor.report.performance.measures.first { $0.name == "accuracy" })
        #expect(before.realized == nil && before.reference != nil)
        #expect(abs(try #require(before.estimated) - accuracy) < 0.025)
        #expect(try #require(before.estimatedInterval).contains(try #require(before.estimated)))
        let outcomes = (0..<2000).map { row in
            JoinedOutcome(
                model: "m", version: "1", predictedAt: 1_800_000_000,
                pair: .classes(
                    predicted: labels.codes[row], truth: names.firstIndex(of: truth.text(at: row)) ?? 0),
                groups: ["sex": (try? frame["sex"] as Column)?.text(at: row) ?? ""])
        }
        monitor.observe(outcomes, at: 1_800_000_100) { _ in }
        monitor.tick(at: 1_800_000_200) { _ in }
        let after = monitor.report
        let measured = after.performance.measures[0]
        let half = (0..<2000).count { names[labels.codes[$0]] == truth.text(at: $0) }
        #expect(measured.realized == Double(half) / 2000 && after.performance.outcomes == 2000)
        #expect(after.labelCoverage == 0.5)
        for name in ["precision", "recall", "f1"] {
            let measure = try #require(after.performance.measures.first { $0.name == name })
            #expect(abs(try #require(measure.realized) - (try #require(measure.estimated))) < 0.06, "\(measure)")
        }
        let sex = try #require(after.fairness.first)
        #expect(sex.groups.map(\.name) == ["f", "m"])
        #expect(sex.groups.reduce(0) { $0 + $1.outcomes } == 2000)
        #expect(Set(sex.gaps.map(\.name)).contains("equalized_odds_difference"))
        #expect(sex.groups.allSatisfy { abs(($0.coverage ?? 0) - 0.5) < 0.06 })
    }

    @Test func groupsThatFareDifferentlyAreFound() throws {
        let model = try MonitorSamples.model.get()
        var frame = try MonitorSamples.frame(600, seed: 21)
        // Women come with low ages, so fewer of them are selected.
        let sex = try frame["sex"] as Column
        let ages = try (frame["age"] as Column).numbers()
        frame["age"] = Column("age", (0..<600).map { sex.text(at: $0) == "f" ? 22.0 : ages[$0].isNaN ? 50 : ages[$0] })
        var monitor = ModelMonitor(model, name: "m", version: "1", settings: MonitorSamples.settings(rows: 600))
        monitor.observe(try MonitorSamples.event(model, MonitorSamples.cells(frame, model))) { _ in }
        let gap = try #require(
            monitor.report.fairness[0].gaps.first { $0.name == "demographic_parity_difference" })
        #expect(gap.value > 0.4 && gap.isSignificant && gap.high == "m" && gap.low == "f")
        #expect(gap.interval.contains(gap.value))
        // Without outcomes nothing is said of errors.
        #expect(!monitor.report.fairness[0].gaps.contains { $0.name == "equalized_odds_difference" })
    }

    @Test func regressorsAreWatchedByTheirNumbers() throws {
        let model = try MonitorSamples.line.get()
        var monitor = ModelMonitor(model, name: "m", version: "1", settings: MonitorSamples.settings(rows: 300))
        let rows = (0..<300).map { [Cell.number(Double($0 % 97) + 60)] }
        monitor.observe(try MonitorSamples.event(model, rows)) { _ in }
        #expect(try #require(monitor.report.predictions?.psi) > 0.2)
        #expect(monitor.report.performance.measures.map(\.name) == ["mae", "rmse", "mean_error"])
        #expect(monitor.report.performance.measures[0].reference != nil)
        monitor.observe(
            [3.0, -1].map {
                JoinedOutcome(
                    model: "m", version: "1", predictedAt: 0, pair: .numbers(predicted: 5 + $0, truth: 5), groups: [:])
            }, at: 1_800_000_001
        ) { _ in }
        monitor.tick(at: 1_800_000_002) { _ in }
        #expect(monitor.report.performance.outcomes == 2)
        monitor.tick(at: 1_800_004_000) { _ in }
        #expect(monitor.report.rows == 0, "the window has grown old")
        #expect(monitor.report.performance.measures.map(\.realized) == [2, 5.0.squareRoot(), 1])
    }

    @Test func modelsWithoutABaselineOrWithABrokenOneAreWatchedWithoutIt() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let model = try TrainedModel(
            contentsOf: tests.appending(path: "Fixtures/models/iris-decision-tree-v1.apus").path)
        var monitor = ModelMonitor(model, name: "m", version: "1", settings: MonitorSamples.settings(rows: 100))
        monitor.observe(
            try MonitorSamples.event(model, Array(repeating: [5.1, 3.5, 1.4, 0.2], count: 200))
        ) { _ in }
        #expect(monitor.report.columns.count == 4 && monitor.report.predictions == nil)
        #expect(try #require(monitor.report.columns[0].psi) > 0.2)
        #expect(monitor.report.columns[0].wasserstein == nil)
    }
}
#endif
