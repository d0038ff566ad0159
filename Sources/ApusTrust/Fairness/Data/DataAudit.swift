@_spi(Trusted) import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn

/// What a table says about groups before anything is learned: who is in it, how often each group has the outcome of
/// interest, where values are missing, and which other columns give the group away.
///
///     let audit = try DataAudit(of: frame, sensitive: ["sex", "race"], target: "income")
///     audit.groupings[0].groups       // rows, share and base rate of each sex, with intervals
///     audit.proxies[0].columns        // what tells the sex, the most telling first
public struct DataAudit: Sendable {
    /// One group.
    public struct Group: Sendable, Hashable {
        /// Its name: a value of the column, or values of several, `Female × Black`.
        public let name: String
        /// Number of rows.
        public let rows: Int
        /// The share of all rows.
        public let share: Double
        /// The interval of the share.
        public let shareInterval: Interval?
        /// The share of rows with the positive class; undefined without a target of classes.
        public let baseRate: MetricValue
        /// The interval of the base rate.
        public let baseRateInterval: Interval?
        /// The mean of a numeric target; nil for classes.
        public let targetMean: Double?
        /// The share of missing values in each column that misses any anywhere, by column.
        public let missingShares: [String: Double]
    }

    /// The groups of one sensitive column, or of all of them together.
    public struct Grouping: Sendable, Hashable {
        /// The columns.
        public let columns: [String]
        /// The groups.
        public let groups: [Group]
        /// The greatest difference of base rates.
        public let baseRateDifference: MetricValue
        /// The smallest ratio of base rates.
        public let baseRateRatio: MetricValue

        /// The columns as a title: `sex × race`.
        public var title: String { columns.joined(separator: " × ") }
    }

    /// How well the other columns tell a sensitive one.
    public struct Proxy: Sendable, Hashable {
        /// The sensitive column.
        public let column: String
        /// The area under the ROC curve of telling its groups from all other columns, on rows that were not learned from:
        /// 0.5 tells nothing, 1 everything. For more than two groups the mean over each against the rest.
        public let rocAUC: MetricValue
        /// The accuracy of the same.
        public let accuracy: MetricValue
        /// The share of the largest group: the accuracy of knowing nothing.
        public let largestShare: Double
        /// The same area for each column alone, greatest first.
        public let columns: [(name: String, rocAUC: Double)]
        /// Rows that were used; fewer than there are in large tables.
        public let rows: Int

        /// Whether column, figures and the order of columns are the same.
        public static func == (a: Proxy, b: Proxy) -> Bool {
            a.column == b.column && a.rocAUC == b.rocAUC && a.accuracy == b.accuracy && a.rows == b.rows
                && a.columns.map(\.name) == b.columns.map(\.name)
                && a.columns.map(\.rocAUC) == b.columns.map(\.rocAUC)
        }
        /// Feeds the column and its figures.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(column)
            hasher.combine(rocAUC)
        }
    }

    /// Groups with fewer rows than this are called small.
    public static let smallGroup = 100
    /// The most rows that proxies are looked for in.
    public static let proxyRows = 10_000

    /// Number of rows.
    public let rows: Int
    /// The target; nil without one.
    public let target: String?
    /// The positive class of the target; nil for numbers or without a target.
    public let positive: String?
    /// The groups of each sensitive column and, for several, of all of them together.
    public let groupings: [Grouping]
    /// How well the other columns tell each sensitive one.
    public let proxies: [Proxy]
    /// What needs attention, in sentences.
    public let warnings: [String]

    /// Checks a table.
    ///
    /// - Parameters:
    ///   - frame: The table, at least one row.
    ///   - sensitive: The sensitive columns, at least one.
    ///   - target: The column that is to be predicted; default nil: no base rates.
    ///   - positive: The positive class of the target by name; default nil: the last one.
    ///   - ignored: Columns that are no proxies, such as identifiers; default none.
    ///   - seed: The seed of the folds of the proxies; default 0.
    /// - Throws: `ApusError` with code `unknownName` or `invalidSchema` for columns that are not there or make too many
    ///   groups, `invalidInput` for an empty table.
    public init(
        of frame: DataFrame, sensitive: [String], target: String? = nil, positive: String? = nil,
        ignored: [String] = [], seed: UInt32 = 0
    ) throws {
        guard frame.rowCount > 0 else { throw ApusError(.invalidInput, "The table has no rows to check.") }
        guard !sensitive.isEmpty else {
            throw ApusError(.invalidParameter, "No sensitive column is named; name at least one (--sensitive COLUMN).")
        }
        if let target, sensitive.contains(target) {
            throw ApusError(.invalidSchema, "The target \(target) cannot be sensitive too; name other columns.")
        }
        rows = frame.rowCount
        self.target = target
        let outcome = try target.map { try Outcome(of: $0, in: frame, positive: positive) }
        self.positive = outcome?.positive
        let rules = try sensitive.map { try GroupRule(of: frame[$0]) }
        var groupings = try rules.map { try Self.grouping([$0], frame, outcome) }
        if rules.count > 1 { groupings.append(try Self.grouping(rules, frame, outcome)) }
        self.groupings = groupings
        let hidden = Set(sensitive + ignored + (target.map { [$0] } ?? []))
        let others = frame.columnNames.filter { !hidden.contains($0) }
        proxies = try rules.compactMap { try ProxySearch(frame, $0, others, seed: seed).found }
        warnings = Self.warnings(groupings, proxies)
    }

    private static func grouping(
        _ rules: [GroupRule], _ frame: DataFrame, _ outcome: Outcome?
    ) throws -> Grouping {
        let labels = try GroupRule.groups(of: rules, in: frame)
        let incomplete = frame.columns.filter { $0.missingCount > 0 && !rules.map(\.column).contains($0.name) }
        var rows = [[Int]](repeating: [], count: labels.classes.count)
        for (row, code) in labels.codes.enumerated() { rows[code].append(row) }
        let n = Double(frame.rowCount)
        let groups = zip(labels.classes.names, rows).map { name, rows in
            let count = Double(rows.count)
            let missing = incomplete.map { column in
                (column.name, rows.isEmpty ? 0 : Double(rows.count { column.missing[$0] }) / count)
            }
            let (rate, interval) = outcome?.rate(of: rows) ?? (MetricValue(undefined: "there is no target"), nil)
            return Group(
                name: name, rows: rows.count, share: count / n, shareInterval: Interval(wilson: count, of: n),
                baseRate: rate, baseRateInterval: interval, targetMean: outcome?.mean(of: rows),
                missingShares: Dictionary(missing, uniquingKeysWith: { a, _ in a }))
        }
        let rates = groups.map { (name: $0.name, rows: $0.rows, value: $0.baseRate) }
        let none = MetricValue(undefined: "there is no target of classes")
        return Grouping(
            columns: rules.map(\.column), groups: groups,
            baseRateDifference: outcome?.positive == nil
                ? none : Disparity.difference(rates, overall: none, method: .betweenGroups),
            baseRateRatio: outcome?.positive == nil
                ? none : Disparity.ratio(rates, overall: none, method: .betweenGroups))
    }

    private static func warnings(_ groupings: [Grouping], _ proxies: [Proxy]) -> [String] {
        func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
        var lines: [String] = []
        for grouping in groupings {
            if grouping.groups.count == 1, let only = grouping.groups.first {
                lines.append(
                    "\(grouping.title) has one group only (\(only.name)), so there is nothing to compare by it.")
            }
            for group in grouping.groups {
                if group.name == GroupRule.missing {
                    lines.append(
                        "\(group.rows) rows have no \(grouping.title); they are a group of their own here, called "
                            + "\(GroupRule.missing).")
                }
                if group.rows < smallGroup {
                    let range = group.baseRateInterval.map {
                        "; its base rate may lie anywhere from \(percent($0.lower)) to \(percent($0.upper))"
                    }
                    lines.append(
                        "\(grouping.title) = \(group.name) has only \(group.rows) row\(group.rows == 1 ? "" : "s")"
                            + (range ?? "") + ".")
                }
                if let rate = group.baseRate.value, rate == 0 || rate == 1, group.rows > 0 {
                    lines.append(
                        "\(grouping.title) = \(group.name) has \(rate == 0 ? "no positive" : "only positive") rows among "
                            + "\(group.rows): some rates are not defined for it.")
                }
                for (column, share) in group.missingShares.sorted(by: { $0.key < $1.key }) where group.rows >= 30 {
                    let all = grouping.groups.reduce(0.0) { $0 + ($1.missingShares[column] ?? 0) * $1.share }
                    if share > 2 * all, share - all > 0.02 {
                        lines.append(
                            "\(column) is missing in \(percent(share)) of \(grouping.title) = \(group.name), but in "
                                + "\(percent(all)) of all rows.")
                    }
                }
            }
            if let ratio = grouping.baseRateRatio.value, ratio < 0.8, grouping.columns.count == 1 {
                lines.append(
                    "Base rates differ by \(grouping.title): the lowest is \(percent(ratio)) of the highest. A model that "
                        + "learns them will select groups as unequally.")
            }
        }
        for proxy in proxies {
            if let auc = proxy.rocAUC.value, auc >= 0.7 {
                let named = proxy.columns.prefix(3).filter { $0.rocAUC >= 0.6 }.map {
                    "\($0.name) (\(($0.rocAUC * 100).rounded() / 100))"
                }
                lines.append(
                    "The other columns tell \(proxy.column) with a ROC AUC of \((auc * 100).rounded() / 100)"
                        + (named.isEmpty ? "" : ", above all \(named.joined(separator: ", "))")
                        + ": leaving \(proxy.column) out does not hide it.")
            }
        }
        return lines
    }
}

/// The target of a table that is checked.
private struct Outcome {
    let positive: String?
    private let isPositive: [Bool?]
    private let numbers: [Double]

    init(of target: String, in frame: DataFrame, positive: String?) throws {
        let column: Column = try frame[target]
        guard try frame.suggestedTask(of: target) == .classification else {
            if let positive {
                throw ApusError(
                    .invalidParameter, "\(target) is a number and has no class \(positive); leave out the class.")
            }
            self.positive = nil
            isPositive = []
            numbers = try column.numbers()
            return
        }
        numbers = []
        let known = (0..<column.count).filter { !column.missing[$0] }
        let labels = try frame.selecting(rows: known).labels(of: target)
        let names = labels.classes.names
        if let positive, !names.contains(positive) {
            throw ApusError(
                .unknownName, "\(target) has no class “\(positive)”; it has \(names.joined(separator: ", ")).")
        }
        self.positive = positive ?? names.last
        let texts = labels.strings
        var flags = [Bool?](repeating: nil, count: column.count)
        for (place, row) in known.enumerated() { flags[row] = texts[place] == self.positive }
        isPositive = flags
    }

    func rate(of rows: [Int]) -> (MetricValue, Interval?) {
        guard positive != nil else { return (MetricValue(undefined: "the target is a number"), nil) }
        let known = rows.compactMap { isPositive[$0] }
        guard !known.isEmpty else { return (MetricValue(undefined: "no row of \(rows.count) has a target"), nil) }
        let count = Double(known.count(where: \.self))
        return (MetricValue(count / Double(known.count)), Interval(wilson: count, of: Double(known.count)))
    }

    func mean(of rows: [Int]) -> Double? {
        guard positive == nil else { return nil }
        let known = rows.map { numbers[$0] }.filter { !$0.isNaN }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}
