#if Server
import Foundation
import Synchronization

/// Counts what one version of a model does.
final class ModelFigures: Sendable {
    private let counts: Mutex<EngineStatistics.Model>

    init(name: String, version: String) { counts = Mutex(EngineStatistics.Model(name: name, version: version)) }

    var snapshot: EngineStatistics.Model { counts.withLock { $0 } }

    func answered(rows: Int, seconds: Double) {
        counts.withLock {
            $0.requests += 1
            $0.rows += rows
            $0.latency.add(seconds)
        }
    }

    func called(rows: Int) { counts.withLock { $0.batchSizes.add(Double(rows)) } }

    func shadowed() { counts.withLock { $0.shadowRequests += 1 } }

    func refused(_ code: String) { counts.withLock { $0.refusals[code, default: 0] += 1 } }
}

/// Counts what a server answers, whatever the path.
final class ServerFigures: Sendable {
    private let counts = Mutex(EngineStatistics(started: Date(), queueLimit: 0))

    var snapshot: EngineStatistics { counts.withLock { $0 } }

    func answered(_ status: Int, refusal code: String? = nil) {
        counts.withLock {
            $0.answers[status, default: 0] += 1
            if let code { $0.refusals[code, default: 0] += 1 }
        }
    }
}
#endif
