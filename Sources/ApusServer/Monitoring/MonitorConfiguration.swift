import ApusCore

/// What a server's monitor looks at, what the prediction log keeps, and when to raise an alarm.
///
/// It is usually read from a YAML file:
///
///     window: {rows: 1000, seconds: 3600}
///     log:
///       private: [name]
///       hashed: [zip]
///       hash_key_file: /etc/apus/log.key
///       keep: {days: 30, megabytes: 512}
///     webhooks: {timeout: 5, attempts: 4}
///     alerts:
///       - name: age has drifted
///         gauge: psi
///         column: age
///         above: 0.2
///         windows: 2
///         webhook: http://127.0.0.1:9000/alerts
public struct MonitorConfiguration: Sendable, Hashable {
    /// What the prediction log does with a column that must not be in it as it is.
    public enum Privacy: Sendable, Hashable {
        /// It is left out.
        case leftOut
        /// A keyed hash stands in its place: equal values stay equal, and nobody without the key can tell which.
        case hashed
    }

    /// How far back the window of predictions reaches: rows, seconds, and the blocks that it moves by.
    var window = SlidingWindow.Extent(rows: 1000, seconds: 3600, blocks: 10)
    /// How far back the window of outcomes reaches; outcomes may come days after their predictions.
    var outcomeWindow = SlidingWindow.Extent(rows: 1000, seconds: 30 * 86_400, blocks: 10)
    /// Seconds between two looks at a window at least; 0 looks whenever it moves.
    public var evaluateEvery = 1.0
    /// Rows that a window must have before columns are compared.
    public var minRows = 100
    /// Rows that a group must have to take part in differences between groups.
    public var minGroupRows = 30
    /// The level of significance; it is shared out among the columns.
    public var significance = 0.01
    /// The columns that the log must not hold as they are.
    public var privacy: [String: Privacy] = [:]
    /// The key of the hashes.
    public var hashKey: [UInt8] = []
    /// Days after which logged predictions are deleted; nil keeps them.
    public var keepDays: Double?
    /// The size of the log above which the oldest predictions are deleted, in bytes.
    public var keepBytes = 1 << 30
    /// Whether every batch of the log is forced to the disk, so that it outlives also a power failure.
    public var isDurable = false
    /// Rows that may wait to be logged; what comes above that is counted and lost.
    public var maxPendingRows = 100_000
    /// Seconds that a webhook may take.
    public var webhookTimeout = 5.0
    /// How often a webhook is tried at most.
    public var webhookAttempts = 4
    /// When to raise an alarm.
    public var alerts: [AlertRule] = []

    /// The defaults: windows of 1000 rows, a log of at most 1 GB, no alerts.
    public init() {}

    /// Sets how many rows the windows of predictions and of outcomes have, and in how many steps they move.
    public mutating func setWindow(rows: Int, seconds: Double = 3600, blocks: Int = 10) {
        window = SlidingWindow.Extent(rows: rows, seconds: seconds, blocks: blocks)
        outcomeWindow.rows = rows
        outcomeWindow.blocks = blocks
    }

    /// Throws unless each value is in its range.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the value.
    func check() throws {
        func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
            guard !range.contains(value) else { return }
            throw ApusError(
                .invalidParameter,
                "\(name) is \(TextNumber.short(value)); it must be from \(TextNumber.short(range.lowerBound)) to "
                    + "\(TextNumber.short(range.upperBound)).")
        }
        for (name, extent) in [("window", window), ("outcome_window", outcomeWindow)] {
            try check("\(name).rows", Double(extent.rows), 1...1e9)
            try check("\(name).seconds", extent.seconds, 0.001...3.2e8)
            try check("\(name).blocks", Double(extent.blocks), 1...1000)
            guard extent.blocks <= extent.rows else {
                throw ApusError(
                    .invalidParameter,
                    "\(name) has \(extent.blocks) blocks but only \(extent.rows) rows; give it more rows or fewer blocks."
                )
            }
        }
        try check("evaluate_every", evaluateEvery, 0...86_400)
        try check("min_rows", Double(minRows), 1...1e9)
        try check("min_group_rows", Double(minGroupRows), 1...1e9)
        try check("significance", significance, 1e-12...0.5)
        if let keepDays { try check("log.keep.days", keepDays, 0.001...36_500) }
        try check("log.keep.megabytes", Double(keepBytes) / Double(1 << 20), 1...1e8)
        try check("log.max_pending_rows", Double(maxPendingRows), 1...1e8)
        try check("webhooks.timeout", webhookTimeout, 0.05...300)
        try check("webhooks.attempts", Double(webhookAttempts), 1...20)
        if privacy.values.contains(.hashed), hashKey.count < 16 {
            throw ApusError(
                .invalidParameter,
                "Columns of the log are to be hashed, but there is no key of at least 16 bytes; "
                    + "name a file that holds one by log.hash_key_file.")
        }
        var names: Set<String> = []
        for rule in alerts {
            try rule.check()
            guard names.insert(rule.name).inserted else {
                throw ApusError(
                    .invalidParameter, "Two alerts are called “\(rule.name)”; give each a name of its own.")
            }
        }
    }
}

/// Numbers as people write them.
enum TextNumber {
    /// Whole numbers without decimals, others in their shortest form.
    static func short(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : "\(value)"
    }
}
