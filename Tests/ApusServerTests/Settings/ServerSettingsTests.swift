#if Server
import ApusCore
import Foundation
import Logging
import Testing

@testable import ApusServer

@Suite struct ServerSettingsTests {
    private func settings(_ yaml: String) throws -> ServerSettings {
        var settings = ServerSettings()
        try settings.add(yaml: yaml)
        return settings
    }

    @Test func readsEverySettingFromAFile() throws {
        let configuration = try settings(
            """
            host: 0.0.0.0
            port: 9000
            max_body: 1000
            answer-timeout: 2.5
            tokens: [first-token, "second-token"]
            cors-origins: https://a.example
            allow-control: true
            traffic:
              loans: {split: {1: 90, 2: 10}, shadow: [3]}
            """
        ).configuration()
        #expect(configuration.host == "0.0.0.0" && configuration.port == 9000)
        #expect(configuration.maxBodyBytes == 1000 && configuration.answerTimeout == 2.5)
        #expect(configuration.tokens == ["first-token", "second-token"] && configuration.allowsControl)
        #expect(configuration.corsOrigins == ["https://a.example"])
        #expect(configuration.policies["loans"] == VersionPolicy(shares: ["1": 90, "2": 10], shadows: ["3"]))
        #expect(try settings("").configuration() == ServerConfiguration())
    }

    @Test func weighsFlagsAboveTheEnvironmentAboveTheFile() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString).yaml")
        try Data("port: 1\nmax-rows: 2\nmax-queue: 3\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let environment = [
            "APUS_MAX_ROWS": "20", "APUS_MAX_QUEUE": "30", "APUS_DATA": "/x", "APUS_TOKENS": "12345678, abcdefgh",
        ]
        let settings = try ServerSettings(file: file.path(), environment: environment, flags: ["max-queue": 300])
        let configuration = try settings.configuration()
        #expect(configuration.port == 1 && configuration.maxRows == 20 && configuration.maxQueue == 300)
        #expect(configuration.tokens == ["12345678", "abcdefgh"])
    }

    @Test(arguments: [
        "prot: 1", "port: yes", "port: 1.5", "port: 70000", "max-rows: 0", "tokens: [1]", "tokens: short", "- a",
        "a: [",
        "traffic: 1", "traffic: {a: {split: {1: 50}}}", "traffic: {a: {splits: {}}}",
        "traffic: {a: {split: {1: -1, 2: 101}}}",
        "tls-key: a.pem", "answer-timeout: .nan", "allow-control: 1", "log-level: 3\nport: x", "watch-interval: -1",
    ])
    func refusesWhatNoSettingHas(_ yaml: String) throws {
        let error = #expect(throws: ApusError.self) { try settings(yaml).configuration() }
        #expect(error?.message.isEmpty == false)
    }

    @Test func namesTheSettingThatWasMeant() throws {
        let error = #expect(throws: ApusError.self) { try settings("prot: 1") }
        #expect(error?.message.contains("port") == true)
    }

    @Test func writesLogLinesAsJSON() throws {
        var settings = ServerSettings()
        try settings.add(yaml: "log-format: json\nlog-level: debug")
        #expect(try settings.logger().logLevel == .debug)
        try settings.add(yaml: "log-format: xml")
        #expect(throws: ApusError.self) { try settings.logger() }
    }
}
#endif
