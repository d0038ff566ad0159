import Apus
import ApusCore

/// When to raise an alarm: a gauge above or below a limit for some looks at the windows in a row.
public struct AlertRule: Sendable, Hashable {
    /// What the alarm is called.
    public var name: String
    /// The gauge, such as `psi`, `equalized_odds_difference` or `latency_p99`.
    public var gauge: String
    /// The column, for gauges that have one; nil watches each.
    public var column: String?
    /// The model; nil watches each.
    public var model: String?
    /// The group, for gauges that have one; nil watches each.
    public var group: String?
    /// The limit that must not be exceeded.
    public var above: Double?
    /// The limit that must be reached.
    public var below: Double?
    /// For how many looks in a row the limit has to be broken to raise the alarm, and kept to end it.
    public var windows = 1
    /// Whether the change must also be more than chance, for gauges that can tell.
    public var isSignificanceNeeded = true
    /// Where to POST when the alarm rises and when it ends.
    public var webhook: String?

    /// A rule.
    ///
    /// - Parameters:
    ///   - name: What the alarm is called.
    ///   - gauge: The gauge.
    ///   - column: The column; nil watches each.
    ///   - above: The limit that must not be exceeded.
    ///   - below: The limit that must be reached.
    ///   - windows: For how many looks in a row.
    ///   - webhook: Where to POST.
    public init(
        name: String, gauge: String, column: String? = nil, above: Double? = nil, below: Double? = nil,
        windows: Int = 1, webhook: String? = nil
    ) {
        self.name = name
        self.gauge = gauge
        self.column = column
        self.above = above
        self.below = below
        self.windows = windows
        self.webhook = webhook
    }

    /// Throws unless the rule makes sense.
    func check() throws {
        guard !name.isEmpty else { throw ApusError(.invalidParameter, "An alert has no name; give it one.") }
        let known = Gauge.help.map(\.name)
        guard known.contains(gauge) else {
            throw ApusError(
                .invalidParameter,
                "The alert “\(name)” watches “\(gauge)”, which is no gauge\(suggestion(for: gauge, among: known)); "
                    + "the gauges are \(known.joined(separator: ", ")).")
        }
        guard above != nil || below != nil else {
            throw ApusError(.invalidParameter, "The alert “\(name)” has no limit; give it “above” or “below”.")
        }
        for limit in [above, below].compactMap({ $0 }) where !limit.isFinite {
            throw ApusError(.invalidParameter, "The limit of the alert “\(name)” is \(limit); give a number.")
        }
        guard (1...10_000).contains(windows) else {
            throw ApusError(
                .invalidParameter, "windows of the alert “\(name)” is \(windows); it must be from 1 to 10000.")
        }
        if let webhook, !(webhook.hasPrefix("http://") || webhook.hasPrefix("https://")) {
            throw ApusError(
                .invalidParameter,
                "The webhook of the alert “\(name)” is “\(webhook)”; it must begin with http:// or https://.")
        }
    }

    /// Whether the rule watches a gauge of a model, or of the server.
    func watches(_ gauge: Gauge, model: String?) -> Bool {
        guard gauge.name == self.gauge else { return false }
        if let wanted = self.model, Gauge.serverNames.contains(gauge.name) == false, wanted != model { return false }
        if let column, column != gauge.column { return false }
        if let group, group != gauge.labels.first(where: { $0.name == "group" })?.value { return false }
        return true
    }

    /// Whether a gauge breaks the limit.
    func isBroken(by gauge: Gauge) -> Bool {
        guard let value = gauge.value, value.isFinite else { return false }
        let isOver = above.map { value > $0 } ?? false
        let isUnder = below.map { value < $0 } ?? false
        return (isOver || isUnder) && !(isSignificanceNeeded && gauge.isSignificant == false)
    }
}
