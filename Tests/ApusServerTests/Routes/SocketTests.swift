#if Server
import Apus
import ApusCore
import Foundation
import Logging
import Testing

@testable import ApusServer

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite(.serialized) struct SocketTests {
    /// What every JSON answer ends with, and nothing before does.
    private static let end = "}"

    private func withServer<Result: Sendable>(
        _ configuration: ServerConfiguration = ServerConfiguration(),
        _ body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        var configuration = configuration
        configuration.port = 0
        var server = try ModelServer(
            models: [SampleModels.iris.get(), SampleModels.line.get()], configuration: configuration)
        server.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await server.withRunning(body)
    }

    private static func request(_ path: String, _ body: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func answersAClientOfTheSystem() async throws {
        let (text, status) = try await withServer { port in
            var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)/predict")))
            request.httpMethod = "POST"
            request.httpBody = Data(#"{"data": [5.1, 3.5, 1.4, 0.2]}"#.utf8)
            let (data, response) = try await URLSession.shared.data(for: request)
            return (String(decoding: data, as: UTF8.self), (response as? HTTPURLResponse)?.statusCode)
        }
        #expect(status == 200)
        #expect(text == #"{"prediction":["setosa"]}"#)
    }

    @Test func neverMixesUpTheAnswersOfConcurrentClients() async throws {
        let line = try SampleModels.line.get()
        let wrong = try await withServer { port in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for client in 0..<40 {
                    group.addTask {
                        try await RawConnection.away {
                            let connection = try RawConnection(port: port)
                            var wrong = 0
                            for round in 0..<20 {
                                let body = #"{"data": [\#(client * 1000 + round), \#(round)]}"#
                                let expected = try line.answer(body)
                                connection.send(Self.request("/models/line/predict", body))
                                if !connection.receive(until: Self.end).hasSuffix("\r\n\r\n" + expected) { wrong += 1 }
                            }
                            return wrong
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(wrong == 0)
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        let line = try SampleModels.line.get()
        let bodies = (0..<50).map { #"{"data": [\#($0), 1]}"# }
        let text = try await withServer { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send(bodies.map { Self.request("/models/line/predict", $0) }.joined())
                return connection.receive(until: try line.answer(#"{"data": [49, 1]}"#))
            }
        }
        let answers = text.components(separatedBy: "HTTP/1.1 200 OK").dropFirst()
            .map { $0.components(separatedBy: "\r\n\r\n").last ?? "" }
        #expect(try answers == bodies.map { try line.answer($0) })
    }

    @Test func refusesAnAnnouncedGigabyteBeforeItIsSent() async throws {
        let text = try await withServer { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send(
                    "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n{\"data\": [")
                return connection.receive()
            }
        }
        #expect(text.hasPrefix("HTTP/1.1 413"))
        #expect(text.lowercased().contains("connection: close"))
        #expect(text.contains("bodyTooLarge"))
    }

    @Test func answersAClientThatSendsAGigabyteRegardless() async throws {
        let text = try await withServer { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n")
                let part = String(repeating: " ", count: 1 << 20)
                for _ in 0..<16 where !connection.send(part) { break }
                return connection.receive()
            }
        }
        #expect(text.hasPrefix("HTTP/1.1 413"))
    }

    @Test func stopsChunksThatNeverEnd() async throws {
        let (text, sent) = try await withServer(ServerConfiguration(maxBodyBytes: 1 << 20)) { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send("POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
                var sent = 0
                while sent < 2000, connection.send(chunk) { sent += 1 }
                return (connection.receive(), sent)
            }
        }
        #expect(text.hasPrefix("HTTP/1.1 413") || sent < 2000)
        #expect(sent >= 15)
    }

    @Test func takesChunkedBodiesAndExpectations() async throws {
        let (chunked, expected) = try await withServer { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send(
                    "POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "9\r\n{\"data\": \r\n15\r\n[5.1, 3.5, 1.4, 0.2]}\r\n0\r\n\r\n")
                let chunked = connection.receive(until: Self.end)
                connection.send(
                    "POST /predict HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 30\r\n\r\n")
                var expected = connection.receive(until: "\r\n\r\n")
                connection.send(#"{"data": [5.1, 3.5, 1.4, 0.2]}"#)
                expected += connection.receive(until: Self.end)
                return (chunked, expected)
            }
        }
        #expect(chunked.hasSuffix(#"{"prediction":["setosa"]}"#))
        #expect(expected.hasPrefix("HTTP/1.1 100 Continue\r\n"))
        #expect(expected.hasSuffix(#"{"prediction":["setosa"]}"#))
    }

    @Test func refusesRequestsThatAreNotCompleteInTime() async throws {
        let (text, healthy) = try await withServer(ServerConfiguration(requestTimeout: 0.3)) { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\n{\"data\"")
                let text = connection.receive()
                let other = try RawConnection(port: port)
                other.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return (text, other.receive(until: Self.end))
            }
        }
        #expect(text.hasPrefix("HTTP/1.1 408"))
        #expect(text.hasSuffix("}}"))
        #expect(text.contains("requestTimeout"))
        #expect(healthy.hasPrefix("HTTP/1.1 200"))
    }

    @Test func closesConnectionsThatStayIdle() async throws {
        let text = try await withServer(ServerConfiguration(idleTimeout: 0.3)) { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send("GET /heal")
                return connection.receive()
            }
        }
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400"))
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST /predict HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "POST /predict HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\n{}",
        "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        "GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "x", count: 200_000) + "\r\n\r\n",
    ])
    func refusesMalformedHTTPAndGoesOn(_ text: String) async throws {
        let (answer, healthy) = try await withServer(ServerConfiguration(requestTimeout: 0.5)) { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send(text)
                let answer = connection.receive()
                let other = try RawConnection(port: port)
                other.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return (answer, other.receive(until: Self.end))
            }
        }
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
        #expect(healthy.hasPrefix("HTTP/1.1 200"))
    }

    @Test func goesOnWhenClientsLeaveInTheMiddle() async throws {
        let healthy = try await withServer { port in
            try await RawConnection.away {
                for length in 0..<60 {
                    let connection = try RawConnection(port: port)
                    connection.send(
                        String(Self.request("/predict", #"{"data": [5.1, 3.5, 1.4, 0.2]}"#).prefix(length)))
                }
                let other = try RawConnection(port: port)
                other.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return other.receive(until: Self.end)
            }
        }
        #expect(healthy.hasPrefix("HTTP/1.1 200"))
    }

    @Test func saysThatThePortIsTaken() async throws {
        let (error, port) = try await withServer { port in
            var second = try ModelServer(
                models: [SampleModels.iris.get()], configuration: ServerConfiguration(port: port))
            second.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            do {
                try await second.withRunning { _ in }
                return (ApusError?.none, port)
            } catch {
                return (error as? ApusError, port)
            }
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("port \(port) of 127.0.0.1") == true)
    }

    @Test func saysThatTheHostIsNotItsOwn() async throws {
        for host in ["203.0.113.1", "no-such-host.invalid"] {
            let server = try ModelServer(
                models: [SampleModels.iris.get()], configuration: ServerConfiguration(host: host, port: 0))
            let error = await #expect(throws: ApusError.self) { try await server.withRunning { _ in } }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(host) == true)
        }
    }

    @Test func answersRequestsUnderWayBeforeItStops() async throws {
        let late = try await withServer { port in
            let late = Task {
                try await RawConnection.away {
                    let connection = try RawConnection(port: port)
                    let request = Self.request("/predict", #"{"data": [5.1, 3.5, 1.4, 0.2]}"#)
                    connection.send(String(request.dropLast(10)))
                    Thread.sleep(forTimeInterval: 1)
                    connection.send(String(request.suffix(10)))
                    return connection.receive()
                }
            }
            let idle = try await RawConnection.away { try RawConnection(port: port) }
            try await Task.sleep(for: .milliseconds(500))
            _ = idle
            return late
        }
        #expect(try await late.value.hasSuffix(#"{"prediction":["setosa"]}"#))
    }

    @Test(.timeLimit(.minutes(1))) func stopsInTimeWhateverAClientDoes() async throws {
        let connection = try await withServer(ServerConfiguration(shutdownTimeout: 0.3)) { port in
            try await RawConnection.away {
                let connection = try RawConnection(port: port)
                connection.send("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\n{\"data\"")
                Thread.sleep(forTimeInterval: 0.3)
                return connection
            }
        }
        let rest = try await RawConnection.away { connection.receive() }
        #expect(!rest.contains("prediction"))
    }

    /// A path that holds the thread it runs on.
    private struct Holding: RouteContributor {
        func addRoutes(to router: inout RouteTable) {
            router.on("GET", "/hold") { _ in
                usleep(800_000)
                return RouteAnswer(text: "held")
            }
        }
    }

    @Test func answersWhileContributedPathsTakeTheirTime() async throws {
        var server = try ModelServer(
            models: [SampleModels.iris.get()], configuration: ServerConfiguration(port: 0))
        server.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        server.contributors = [Holding()]
        let longest = try await server.withRunning { port in
            try await RawConnection.away {
                let holding = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
                    try RawConnection(port: port)
                }
                for connection in holding { connection.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n") }
                var longest = Duration.zero
                for _ in 0..<20 {
                    let start = ContinuousClock.now
                    let connection = try RawConnection(port: port)
                    connection.send(Self.request("/predict", #"{"data": [5.1, 3.5, 1.4, 0.2]}"#))
                    guard connection.receive(until: Self.end).contains("setosa") else { return Duration.seconds(9) }
                    longest = max(longest, ContinuousClock.now - start)
                }
                return longest
            }
        }
        #expect(longest < .milliseconds(500))
    }

    @Test func handsOnWhatItsCallerThrows() async throws {
        struct Mine: Error {}
        await #expect(throws: Mine.self) { try await withServer { _ in throw Mine() } }
    }
}
#endif
