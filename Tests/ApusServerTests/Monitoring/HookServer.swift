#if Server
import ApusServer
import Foundation
import Logging
import Synchronization

/// Receives webhooks on this machine; the first few are answered with status 500.
final class HookServer: RouteContributor {
    /// Bodies that were received.
    final class Received: Sendable {
        private let bodies = Mutex<[String]>([])

        func withLock<Result>(_ work: (inout sending [String]) throws -> sending Result) rethrows -> Result {
            try bodies.withLock(work)
        }
    }

    private let received = Received()
    private let failing = Mutex(0)
    private let task = Mutex<Task<Void, Never>?>(nil)

    func addRoutes(to router: inout RouteTable) {
        router.on("POST", "/hook") { [self] request in
            let fails = failing.withLock { count in
                count -= 1
                return count >= 0
            }
            if fails { throw RouteFailure(500, "notNow", "Not now.") }
            received.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
            return RouteAnswer(status: 204, text: "")
        }
    }

    func start(failing count: Int) async throws -> (port: Int, received: Received) {
        failing.withLock { $0 = count }
        var configuration = ServerConfiguration()
        configuration.port = 0
        var server = try ModelServer(
            models: [ServedModel(name: "m", model: MonitorSamples.model.get())], configuration: configuration)
        server.logger = Logger(label: "hook") { _ in SwiftLogNoOpLogHandler() }
        server.contributors.append(self)
        let (ports, found) = AsyncStream<Int>.makeStream()
        let running = server
        task.withLock {
            $0 = Task {
                try? await running.withRunning { port in
                    found.yield(port)
                    while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(50)) }
                }
            }
        }
        for await port in ports { return (port, received) }
        throw CancellationError()
    }

    func stop() async {
        let running = task.withLock { $0 }
        running?.cancel()
        await running?.value
    }
}
#endif
