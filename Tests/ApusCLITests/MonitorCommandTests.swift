#if Server
import Foundation
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite struct MonitorCommandTests {
    /// What the server has acknowledged as logged outlives the worst end of its process.
    @Test func loggedPredictionsSurviveAKilledServer() async throws {
        let work = try Workplace()
        let (model, database) = (work.path("iris.apus"), work.path("predictions.db"))
        #expect(try ApusProcess.run("train", "iris", "--target", "species", "-o", model).status == 0)
        let (server, base) = try await start(model, "--database", database)
        defer { if server.isRunning { server.terminate() } }
        for _ in 0..<100 {
            _ = try await post(base + "/predict", #"{"data": [[5.1, 3.5, 1.4, 0.2], [6.3, 2.9, 5.6, 1.8]]}"#)
        }
        let flushed = try await post(base + "/log/flush", "")
        #expect(flushed.contains(#""written":200"#), "\(flushed)")
        // More is under way when the end comes.
        for _ in 0..<20 { _ = try await post(base + "/predict", #"{"data": [5.1, 3.5, 1.4, 0.2]}"#) }
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()

        let described = try ApusProcess.run("data", "describe", database + "#predictions", "--json")
        #expect(described.status == 0, "\(described.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(described.output.utf8)) as? [String: Any]
        let rows = try #require(json?["rows"] as? Int)
        #expect((200...220).contains(rows), "\(rows) rows")

        // And the log goes on where it was.
        let (next, again) = try await start(model, "--database", database)
        defer { if next.isRunning { next.terminate() } }
        _ = try await post(again + "/predict", #"{"data": [5.1, 3.5, 1.4, 0.2]}"#)
        #expect(try await post(again + "/log/flush", "") == #"{"written":1}"#)
    }

    @Test func refusesAForeignDatabaseAndAWrongConfiguration() throws {
        let work = try Workplace()
        let model = work.path("iris.apus")
        #expect(try ApusProcess.run("train", "iris", "--target", "species", "-o", model).status == 0)
        let foreign = try ApusProcess.run("serve", model, "--port", "0", "--database", model)
        #expect(foreign.status == 1 && foreign.errors.contains("not a prediction log"), "\(foreign.errors)")
        let config = work.path("monitor.yaml")
        try Data("alerts:\n  - {gauge: psj, above: 1}\n".utf8).write(to: URL(filePath: config))
        let wrong = try ApusProcess.run("serve", model, "--port", "0", "--monitor-config", config)
        #expect(wrong.status == 1 && wrong.errors.contains("line 2") && wrong.errors.contains("psi"), "\(wrong.errors)")
    }

    private func start(_ arguments: String...) async throws -> (Process, String) {
        for _ in 0..<10 {
            let port = Int.random(in: 20_000..<60_000)
            let process = Process()
            process.executableURL = try ApusProcess.executable
            process.arguments = ["serve"] + arguments + ["--port", "\(port)"]
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            let base = "http://127.0.0.1:\(port)"
            for _ in 0..<200 where process.isRunning {
                if let url = URL(string: base + "/healthz"), (try? await URLSession.shared.data(from: url)) != nil {
                    return (process, base)
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            if process.isRunning { process.terminate() }
        }
        throw CancellationError()
    }

    private func post(_ address: String, _ body: String) async throws -> String {
        var request = URLRequest(url: try #require(URL(string: address)))
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        let (data, _) = try await URLSession.shared.data(for: request)
        return String(decoding: data, as: UTF8.self)
    }
}
#endif
