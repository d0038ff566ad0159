#if Server
import Foundation
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite struct ServeCommandTests {
    @Test func servesAModelUntilItIsAskedToStop() async throws {
        let work = try Workplace()
        #expect(try ApusProcess.run("train", "iris", "--target", "species", "-o", work.path("iris.apus")).status == 0)
        let (server, base) = try await start(work.path("iris.apus"))
        defer { if server.isRunning { server.terminate() } }

        let one = try await post(base + "/predict", #"{"data": [5.1, 3.5, 1.4, 0.2]}"#)
        #expect(one.status == 200)
        #expect(one.json["prediction"] as? [String] == ["setosa"])
        let record =
            #"{"data": [{"sepal length (cm)": 6.3, "sepal width (cm)": 2.9, "petal length (cm)": 5.6, "petal width (cm)": 1.8}], "#
            + #""probabilities": true}"#
        let named = try await post(base + "/models/iris/predict", record)
        #expect(named.json["prediction"] as? [String] == ["virginica"])
        #expect((named.json["probabilities"] as? [[Double]])?.first?.count == 3)
        let wrong = try await post(base + "/predict", #"{"data": [1, 2]}"#)
        #expect(wrong.status == 422)
        #expect(wrong.json["error"] != nil)

        server.terminate()
        server.waitUntilExit()
        #expect(server.terminationStatus == 0 && server.terminationReason == .exit)
    }

    @Test func refusesATakenPortAndAMissingModel() async throws {
        let work = try Workplace()
        #expect(try ApusProcess.run("train", "iris", "--target", "species", "-o", work.path("iris.apus")).status == 0)
        let (server, base) = try await start(work.path("iris.apus"))
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let port = String(base.split(separator: ":").last ?? "")
        let taken = try ApusProcess.run("serve", work.path("iris.apus"), "--port", port)
        #expect(taken.status == 1 && taken.errors.contains(port), "\(taken.errors)")
        let missing = try ApusProcess.run("serve", work.path("none.apus"))
        #expect(missing.status == 1 && missing.errors.contains("none.apus"), "\(missing.errors)")
    }

    /// Starts a server on a free port and waits until it answers.
    private func start(_ model: String) async throws -> (Process, String) {
        for _ in 0..<10 {
            let port = Int.random(in: 20_000..<60_000)
            let process = Process()
            process.executableURL = try ApusProcess.executable
            process.arguments = ["serve", model, "--port", "\(port)"]
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

    private func post(_ address: String, _ body: String) async throws -> (status: Int, json: [String: Any]) {
        var request = URLRequest(url: try #require(URL(string: address)))
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        let (data, response) = try await URLSession.shared.data(for: request)
        let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return (try #require(response as? HTTPURLResponse).statusCode, try #require(json))
    }
}
#endif
