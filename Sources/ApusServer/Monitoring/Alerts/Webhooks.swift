#if Server
import ApusCore
import ApusDatasets
import Foundation
import Logging

/// Tells other services of alarms, each service in the order in which the alarms rose and ended.
actor Webhooks {
    /// Deliveries that may wait for one address; what comes above that is lost.
    private static let limit = 100

    private let timeout: Double
    private let attempts: Int
    private let logger: Logger
    private var queues: [String: [Data]] = [:]
    private var running: Set<String> = []
    /// Deliveries that arrived.
    private(set) var delivered = 0
    /// Deliveries that did not, after every attempt.
    private(set) var lost = 0

    init(timeout: Double, attempts: Int, logger: Logger) {
        self.timeout = timeout
        self.attempts = attempts
        self.logger = logger
    }

    /// Sends an alarm to the rule's address, if it has one, without waiting for it.
    func send(_ change: AlertBook.Change) {
        guard let address = change.state.rule.webhook else { return }
        guard queues[address, default: []].count < Self.limit else {
            lost += 1
            return
        }
        let body = RouteAnswer(json: change.json).body
        queues[address, default: []].append(Data(body))
        guard running.insert(address).inserted else { return }
        Task { await deliver(to: address) }
    }

    private func deliver(to address: String) async {
        while let body = queues[address]?.first {
            let isDelivered = await post(body, to: address)
            if isDelivered { delivered += 1 } else { lost += 1 }
            queues[address]?.removeFirst()
        }
        queues[address] = nil
        running.remove(address)
    }

    private func post(_ body: Data, to address: String) async -> Bool {
        guard let url = URL(string: address) else { return false }
        let request = OutboundRequest(
            url: url, fields: ["Content-Type": "application/json", "User-Agent": "apus"], body: body,
            timeout: .seconds(timeout))
        var reason = ""
        for attempt in 0..<attempts {
            if attempt > 0 { try? await Task.sleep(for: .seconds(min(30, 0.25 * Double(1 << min(attempt, 8))))) }
            do {
                let status = try await request.status()
                if (200..<300).contains(status) { return true }
                reason = "status \(status)"
                // What the receiver calls our mistake does not become right by repetition.
                if (400..<500).contains(status), status != 408, status != 429 { break }
            } catch {
                reason = OutboundRequest.reason(error)
            }
        }
        logger.warning(
            "An alarm could not be delivered.", metadata: ["webhook": "\(address)", "reason": "\(reason)"])
        return false
    }
}

extension AlertBook.Change {
    /// What is sent: which alarm, whether it rose or ended, and by which value.
    var json: JSONValue {
        var fields = state.json.objectValue ?? [:]
        fields["state"] = .string(state.isFiring ? "firing" : "resolved")
        fields["time"] = .double(time)
        if let rose { fields["rose"] = .double(rose) }
        return .object(fields)
    }
}

extension AlertBook.State {
    /// The rule, the series and how it stands.
    var json: JSONValue {
        var fields: [String: JSONValue] = [
            "alert": .string(rule.name), "gauge": .string(rule.gauge),
            "state": .string(isFiring ? "firing" : "quiet"), "windows": .int(rule.windows),
            "value": value.map { .double($0) } ?? .null,
        ]
        if let above = rule.above { fields["above"] = .double(above) }
        if let below = rule.below { fields["below"] = .double(below) }
        if let model = key.model { fields["model"] = .string(model) }
        if let version = key.version { fields["version"] = .string(version) }
        if let since { fields["since"] = .double(since) }
        for label in key.labels { fields[label.name] = .string(label.value) }
        return .object(fields)
    }
}
#endif
