@_spi(Trusted) import ApusCore
import ApusEvaluation

/// Any metrics by group: overall, for each group, and how far the groups are apart.
///
///     let frame = try MetricFrame(
///         [.accuracy, .selectionRate], try Outcomes(truth: y, prediction: answers), sensitive: sex)
///     frame.byGroup                                    // rows and values of each group
///     try frame.difference("selectionRate")            // the same as fairlearn's demographic parity difference
///     try frame.ratio("selectionRate", method: .toOverall)
///
/// A metric that is not defined for a group, such as the true positive rate where no row is positive, is undefined with the
/// reason and the number of rows, never 0 or 1; comparisons leave such a group out and say so in their note. With control
/// features every comparison is made within each of their values.
public struct MetricFrame: Sendable {
    /// The values of some rows.
    public struct Entry: Sendable, Hashable {
        /// The value of the control features; empty without any.
        public let control: String
        /// The group; empty for all groups together.
        public let group: String
        /// Number of rows.
        public let rows: Int
        /// The value of each metric, in the order of ``MetricFrame/metrics``.
        public let values: [MetricValue]
    }

    /// The names of the metrics.
    public let metrics: [String]
    /// The values of all groups together: one entry, or one for each value of the control features.
    public let overall: [Entry]
    /// The values of each group (of each value of the control features), also of groups without rows.
    public let byGroup: [Entry]

    private let measures: [GroupMetric]
    private let outcomes: Outcomes
    private let sensitive: Labels
    private let control: Labels?

    /// Computes metrics by group.
    ///
    /// - Parameters:
    ///   - metrics: At least one; names must differ.
    ///   - outcomes: Answers beside the truth, n rows.
    ///   - sensitive: The group of each row. Groups that do not occur stay in the results, without a value.
    ///   - control: The value of the control features of each row; default nil.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidParameter`, or what a metric throws.
    /// - Complexity: That of the metrics, twice.
    public init(_ metrics: [GroupMetric], _ outcomes: Outcomes, sensitive: Labels, control: Labels? = nil) throws {
        guard sensitive.count == outcomes.count, control.map({ $0.count == outcomes.count }) ?? true else {
            throw ApusError(
                .shapeMismatch, "There are \(sensitive.count) groups for \(outcomes.count) rows; give one for each row."
            )
        }
        guard outcomes.count > 0 else {
            throw ApusError(.invalidInput, "There is no row to compute metrics of.")
        }
        guard !metrics.isEmpty, Set(metrics.map(\.name)).count == metrics.count else {
            throw ApusError(.invalidParameter, "Name at least one metric, and none twice.")
        }
        self.metrics = metrics.map(\.name)
        measures = metrics
        self.outcomes = outcomes
        self.sensitive = sensitive
        self.control = control
        (overall, byGroup) = try Self.entries(measures, outcomes, sensitive, control)
    }

    private static func entries(
        _ measures: [GroupMetric], _ outcomes: Outcomes, _ sensitive: Labels, _ control: Labels?
    ) throws -> (overall: [Entry], byGroup: [Entry]) {
        func entry(_ control: String, _ group: String, _ rows: [Int]?) throws -> Entry {
            if let rows, rows.isEmpty {
                let missing = MetricValue(undefined: "the group has no row")
                return Entry(
                    control: control, group: group, rows: 0,
                    values: [MetricValue](repeating: missing, count: measures.count))
            }
            let part = rows.map(outcomes.selecting(rows:)) ?? outcomes
            return Entry(
                control: control, group: group, rows: part.count,
                values: try measures.map { metric in
                    guard !(part.weights?.allSatisfy { $0 == 0 } ?? false) else {
                        return MetricValue(undefined: "no row has a weight")
                    }
                    return try metric.measure(part)
                })
        }
        func rows(_ labels: Labels, within rows: [Int]) -> [[Int]] {
            var found = [[Int]](repeating: [], count: labels.classes.count)
            for row in rows { found[labels.codes[row]].append(row) }
            return found
        }
        let all = Array(0..<outcomes.count)
        let groups = sensitive.classes.names
        guard let control else {
            let parts = try zip(groups, rows(sensitive, within: all)).map { try entry("", $0, $1) }
            return ([try entry("", "", nil)], parts)
        }
        var overall: [Entry] = []
        var byGroup: [Entry] = []
        for (name, chosen) in zip(control.classes.names, rows(control, within: all)) where !chosen.isEmpty {
            overall.append(try entry(name, "", chosen))
            byGroup += try zip(groups, rows(sensitive, within: chosen)).map { try entry(name, $0, $1) }
        }
        return (overall, byGroup)
    }

    // MARK: Comparisons

    /// The greatest distance between groups (or from all rows) of a metric.
    ///
    /// - Parameters:
    ///   - metric: The metric's name.
    ///   - method: What groups are compared with; default each other.
    ///   - control: The value of the control features, where there are any.
    /// - Throws: `ApusError` with code `unknownName`.
    public func difference(
        _ metric: String, method: DisparityMethod = .betweenGroups, control: String = ""
    ) throws -> MetricValue {
        let (groups, overall) = try values(of: metric, control)
        return Disparity.difference(groups, overall: overall, method: method)
    }

    /// The smallest ratio between groups (or with all rows) of a metric, at most 1.
    ///
    /// - Parameters: As for ``difference(_:method:control:)``.
    /// - Throws: `ApusError` with code `unknownName`.
    public func ratio(
        _ metric: String, method: DisparityMethod = .betweenGroups, control: String = ""
    ) throws -> MetricValue {
        let (groups, overall) = try values(of: metric, control)
        return Disparity.ratio(groups, overall: overall, method: method)
    }

    /// The greatest value of a metric among the groups in which it is defined.
    ///
    /// - Throws: `ApusError` with code `unknownName`.
    public func groupMax(_ metric: String, control: String = "") throws -> MetricValue {
        try extreme(metric, control) { $0.max() }
    }

    /// The smallest value of a metric among the groups in which it is defined.
    ///
    /// - Throws: `ApusError` with code `unknownName`.
    public func groupMin(_ metric: String, control: String = "") throws -> MetricValue {
        try extreme(metric, control) { $0.min() }
    }

    private func extreme(
        _ metric: String, _ control: String, _ choose: ([Double]) -> Double?
    ) throws -> MetricValue {
        let groups = try values(of: metric, control).groups
        let left = groups.filter { $0.value.value == nil }
        guard let value = choose(groups.compactMap(\.value.value)) else {
            return MetricValue(undefined: "\(metric) is not defined in any group")
        }
        return MetricValue(
            value,
            note: left.isEmpty ? nil : "without " + left.map { "\($0.name) (\($0.rows) rows)" }.joined(separator: ", "))
    }

    private func values(
        of metric: String, _ control: String
    ) throws -> (groups: [(name: String, rows: Int, value: MetricValue)], overall: MetricValue) {
        guard let place = metrics.firstIndex(of: metric) else {
            throw ApusError(
                .unknownName, "There is no metric \(metric) here; there are \(metrics.joined(separator: ", ")).")
        }
        guard let all = overall.first(where: { $0.control == control }) else {
            throw ApusError(
                .unknownName,
                "There is no value “\(control)” of the control features; there are "
                    + overall.map(\.control).joined(separator: ", ") + ".")
        }
        let groups = byGroup.filter { $0.control == control }.map {
            (name: $0.group, rows: $0.rows, value: $0.values[place])
        }
        return (groups, all.values[place])
    }

    // MARK: Intervals

    /// What a resampling found for the same rows and metrics.
    public struct Intervals: Sendable {
        /// For each overall entry and metric the interval, or nil where the metric was never defined.
        public let overall: [[Interval?]]
        /// For each entry by group and metric the interval.
        public let byGroup: [[Interval?]]
        /// For each metric the interval of the difference between groups; only without control features.
        public let difference: [Interval?]
        /// For each metric the interval of the ratio between groups; only without control features.
        public let ratio: [Interval?]
    }

    /// Percentile intervals from rows drawn with replacement.
    ///
    /// A draw in which a metric is not defined for a group does not count for that group. The draws depend on the seed and
    /// the number of rows alone, so that they are the same for any number of threads.
    ///
    /// - Parameters:
    ///   - draws: How many times rows are drawn; default 200.
    ///   - confidence: The share of draws within the interval, above 0 and below 1; default 0.95.
    ///   - seed: The seed of the draws; default 0.
    /// - Throws: `ApusError` with code `invalidParameter`, or what a metric throws.
    /// - Complexity: `draws` times that of the metrics.
    public func bootstrap(draws: Int = 200, confidence: Double = 0.95, seed: UInt32 = 0) throws -> Intervals {
        guard draws > 0, draws <= 1_000_000 else {
            throw ApusError(.invalidParameter, "draws is \(draws), but it must be from 1 to 1,000,000.")
        }
        guard confidence > 0, confidence < 1 else {
            throw ApusError(.invalidParameter, "confidence is \(confidence), but it must be above 0 and below 1.")
        }
        var random = RandomState(seed: seed)
        let seeds = (0..<draws).map { _ in random.childSeed() }
        let n = outcomes.count
        let frames: [MetricFrame?] = try Parallel.tryMap(draws) { draw in
            var own = RandomState(seed: seeds[draw])
            let rows = own.integers(in: 0..<n, count: n)
            if let weights = outcomes.weights, rows.allSatisfy({ weights[$0] == 0 }) { return nil }
            return try MetricFrame(
                measures, outcomes.selecting(rows: rows), sensitive: sensitive.selecting(rows: rows),
                control: control?.selecting(rows: rows))
        }
        let drawn = frames.compactMap(\.self)
        func intervals(_ entries: [Entry], _ list: (MetricFrame) -> [Entry]) -> [[Interval?]] {
            let tables = drawn.map { frame in
                Dictionary(list(frame).map { ([$0.control, $0.group], $0.values) }, uniquingKeysWith: { a, _ in a })
            }
            return entries.map { entry in
                metrics.indices.map { k in
                    Interval(percentiles: tables.compactMap { $0[[entry.control, entry.group]]?[k].value }, confidence)
                }
            }
        }
        func comparison(_ compare: (MetricFrame, String) throws -> MetricValue) rethrows -> [Interval?] {
            guard control == nil else { return [] }
            return try metrics.map { name in
                Interval(percentiles: try drawn.compactMap { try compare($0, name).value }, confidence)
            }
        }
        return Intervals(
            overall: intervals(overall, \.overall), byGroup: intervals(byGroup, \.byGroup),
            difference: try comparison { try $0.difference($1) }, ratio: try comparison { try $0.ratio($1) })
    }
}
