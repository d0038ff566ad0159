#if Server
import ApusCore
import Configuration
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

    @Test func readsEverySettingFromAFile() async throws {
        let configuration = try await settings(
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
        #expect(try await settings("").configuration() == ServerConfiguration())
    }

    @Test func weighsFlagsAboveTheEnvironmentAboveTheFile() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString).yaml")
        try Data("port: 1\nmax-rows: 2\nmax-queue: 3\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let environment = [
            "APUS_MAX_ROWS": "20", "APUS_MAX_QUEUE": "30", "APUS_DATA": "/x", "APUS_TOKENS": "12345678, abcdefgh",
        ]
        let settings = try ServerSettings(file: file.path(), environment: environment, flags: ["max-queue": 300])
        let configuration = try await settings.configuration()
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
    func refusesWhatNoSettingHas(_ yaml: String) async throws {
        let error = await #expect(throws: ApusError.self) { try await settings(yaml).configuration() }
        #expect(error?.message.isEmpty == false)
    }

    @Test(arguments: [
        ["APUS_PORT": "x"], ["APUS_PORT": "70000"], ["APUS_ANSWER_TIMEOUT": "nan"], ["APUS_ALLOW_CONTROL": "perhaps"],
        ["APUS_TOKENS": "short"], ["APUS_TLS_KEY": "a.pem"], ["APUS_TOKEN_FILE": "/nowhere/tokens"],
    ])
    func refusesVariablesThatNoSettingHas(_ environment: [String: String]) async throws {
        let error = await #expect(throws: ApusError.self) {
            try await ServerSettings(environment: environment).configuration()
        }
        #expect(error?.message.isEmpty == false)
    }

    @Test func readsTheReaderOfAService() async throws {
        let config = ConfigReader(providers: [
            EnvironmentVariablesProvider(environmentVariables: [
                "APUS_PORT": "9000", "APUS_CORS_ORIGINS": "https://a.example",
            ]),
            InMemoryProvider(values: ["apus.max-rows": 7, "apus.port": 1, "apus.idle-timeout": 2.5]),
        ])
        let configuration = try await ServerConfiguration(config: config.scoped(to: "apus"))
        #expect(configuration.port == 9000 && configuration.maxRows == 7 && configuration.idleTimeout == 2.5)
        #expect(configuration.corsOrigins == ["https://a.example"] && configuration.host == "127.0.0.1")
        let wrong = ConfigReader(provider: InMemoryProvider(values: ["port": "x"]))
        let error = await #expect(throws: ApusError.self) { try await ServerConfiguration(config: wrong) }
        #expect(error?.message == "The setting “port” must be a whole number.")
    }

    @Test func tokensAreSecretsToEveryProviderAndNothingElseIs() throws {
        #expect(Setting.secretVariables == ["APUS_TOKENS"])
        let token = try #require(Setting.all.first { $0.name == "tokens" }).value(["not-for-logs"])
        #expect(token.isSecret && !"\(token)".contains("not-for-logs"))
        let host = try #require(Setting.all.first { $0.name == "host" }).value("a.example")
        #expect(!host.isSecret && "\(host)".contains("a.example"))
    }

    @Test func namesTheSettingThatWasMeant() throws {
        let error = #expect(throws: ApusError.self) { try settings("prot: 1") }
        #expect(error?.message.contains("port") == true)
    }

    @Test func namesTheMomentOfALogLineWithItsZone() throws {
        let event = LogEvent(
            level: .notice, message: "An “alarm”.", metadata: ["rows": ["1", "2"], "time": "never"], source: nil,
            file: "f", function: "g", line: 1)
        let line = try JSONDecoder().decode(JSONValue.self, from: Data(JSONLogHandler().line(event)))
        let time = try #require(line["time"]?.stringValue)
        let moment = try Date(time, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        #expect(abs(moment.timeIntervalSinceNow) < 60 && time.hasSuffix("Z"))
        #expect(line["level"] == "notice" && line["message"] == "An “alarm”." && line["rows"] == ["1", "2"])
    }

    @Test func writesLogLinesAsJSON() async throws {
        var settings = ServerSettings()
        try settings.add(yaml: "log-format: json\nlog-level: debug")
        #expect(try await settings.logger().logLevel == .debug)
        try settings.add(yaml: "log-format: xml")
        await #expect(throws: ApusError.self) { try await settings.logger() }
    }
}
#endif
