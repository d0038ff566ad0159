#if Server
import ApusCore
import Foundation
import Testing

@testable import ApusServer

@Suite struct AlertTests {
    private func gauge(_ value: Double?, column: String = "age", significant: Bool? = true) -> Gauge {
        Gauge(name: "psi", labels: [.init(name: "column", value: column)], value: value, isSignificant: significant)
    }

    @Test func risesAndEndsAfterEnoughLooksInARow() {
        var book = AlertBook([AlertRule(name: "drift", gauge: "psi", column: "age", above: 0.2, windows: 3)])
        func look(_ value: Double?) -> [Bool] {
            book.look(at: [gauge(value), gauge(9, column: "other")], model: "m", version: "1", time: 1)
                .map(\.state.isFiring)
        }
        #expect([0.3, 0.3, 0.1, 0.3, 0.3].map(look) == [[], [], [], [], []])
        #expect(look(0.4) == [true])
        #expect(look(0.4) == [])
        #expect([0.1, 0.1, 0.5, 0.1, nil].map(look) == [[], [], [], [], []])
        #expect(look(0.0) == [false])
        #expect(book.all.count == 1)
    }

    @Test func chanceRaisesNoAlarmUnlessItShall() {
        var rule = AlertRule(name: "drift", gauge: "psi", above: 0.2)
        #expect(!rule.isBroken(by: gauge(5, significant: false)))
        #expect(rule.isBroken(by: gauge(5, significant: nil)))
        rule.isSignificanceNeeded = false
        #expect(rule.isBroken(by: gauge(5, significant: false)))
        #expect(!rule.isBroken(by: gauge(.nan)))
        rule = AlertRule(name: "low", gauge: "psi", below: 0.1)
        #expect(rule.isBroken(by: gauge(0.05)) && !rule.isBroken(by: gauge(0.1)))
    }

    @Test func modelsThatLeaveTakeTheirAlarmsWithThem() {
        var book = AlertBook([AlertRule(name: "drift", gauge: "psi", above: 0.2)])
        _ = book.look(at: [gauge(1)], model: "m", version: "1", time: 1)
        _ = book.look(at: [gauge(1)], model: "m", version: "2", time: 1)
        let ended = book.forget(model: "m", version: "1", time: 5)
        #expect(ended.count == 1 && ended[0].state.isFiring == false && ended[0].rose == 1)
        #expect(book.all.map(\.key.version) == ["2"])
    }

    @Test func readsYAML() throws {
        let settings = try MonitorConfiguration(
            yaml: """
                window: {rows: 2000, seconds: 60, blocks: 20}
                evaluate_every: 0.5
                significance: 0.001
                log:
                  private: [name]
                  keep: {days: 7, megabytes: 64}
                  durable: true
                webhooks: {timeout: 2, attempts: 3}
                alerts:
                  - {gauge: psi, column: age, above: 0.2, windows: 2, webhook: "http://127.0.0.1:9/x"}
                  - name: slow
                    gauge: latency_p99
                    above: 0.005
                    significant: false
                """)
        #expect(settings.window == SlidingWindow.Extent(rows: 2000, seconds: 60, blocks: 20))
        #expect(settings.outcomeWindow.rows == 2000)
        #expect(settings.privacy == ["name": .leftOut] && settings.isDurable)
        #expect(settings.keepDays == 7 && settings.keepBytes == 64 << 20)
        #expect(settings.alerts.map(\.name) == ["psi of age", "slow"])
        #expect(settings.alerts[0].windows == 2 && !settings.alerts[1].isSignificanceNeeded)
        #expect(try MonitorConfiguration(yaml: "") == MonitorConfiguration())
        #expect(try MonitorConfiguration(yaml: "# nothing\n").window.rows == 1000)
    }

    @Test(arguments: [
        ("windw: {rows: 3}", "window"), ("window: 3", "fields"), ("window: {rows: many}", "whole number"),
        ("window: {rows: 5, blocks: 10}", "blocks"), ("alerts: 3", "list"), ("alerts: [{above: 1}]", "gauge"),
        ("alerts: [{gauge: psj, above: 1}]", "psi"), ("alerts: [{gauge: psi}]", "limit"),
        ("alerts: [{gauge: psi, above: .inf}]", "number"),
        ("alerts: [{gauge: psi, above: 1, webhook: ftp://x}]", "http"),
        ("alerts:\n  - {gauge: psi, above: 1}\n  - {gauge: psi, above: 2}", "own"), ("log: {hashed: [zip]}", "key"),
        ("log: {private: [a], hashed: [a]}", "both"), ("significance: 2", "0.5"),
        ("log: {durable: 1}", "true or false"),
        ("window: {rows: 1, rows: 2}", "YAML"), ("{", "YAML"), ("- 1", "fields"), ("log: {keep: {days: -1}}", "days"),
    ])
    func saysWhatIsWrongWithYAML(_ yaml: String, _ word: String) {
        let error = #expect(throws: ApusError.self) { try MonitorConfiguration(yaml: yaml) }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
}
#endif
