import ApusCore
import ApusFrame
import ApusTrust

/// The groups that one sensitive column, or several together, make of the rows: how large they are, and how often the
/// target is what in them.
public struct GroupHealth: Sendable, Hashable {
    /// A share with the interval in which the true one plausibly lies.
    public struct Rate: Sendable, Hashable {
        /// The class whose share it is.
        public let name: String
        /// How many rows have it.
        public let count: Int
        /// The share of the rows that have a target; nil without any.
        public let share: Double?
        /// The interval of 95 % by Wilson; nil without any row.
        public let interval: Interval?
    }

    /// One group.
    public struct Group: Sendable, Hashable {
        /// The value of each column; nil where it is missing.
        public let values: [String?]
        /// Number of rows.
        public let count: Int
        /// The share of all rows.
        public let share: Double
        /// The interval of that share.
        public let interval: Interval?
        /// The share of each class of the target; empty without a target and for numbers.
        public let rates: [Rate]
        /// The mean of a target of numbers, with half the width of its interval of 95 %.
        public let mean: Double?
        /// See `mean`; nil for fewer than two rows.
        public let margin: Double?

        /// The values as one text.
        public var name: String { values.map { $0 ?? "missing" }.joined(separator: " × ") }
    }

    /// The columns.
    public let columns: [String]
    /// The groups, the largest first.
    public let groups: [Group]

    /// A column of numbers with more values than this is cut at its quartiles.
    static let mostValues = 12

    /// The groups of each column and, where there are several, of all together.
    static func all(_ tally: GroupTally, task: LearningTask?, classes: [String]) -> [GroupHealth] {
        let keys = Array(tally.groups.keys)
        let names = tally.names.indices.map { place in binned(place, tally) }
        func made(_ places: [Int]) -> GroupHealth {
            var facts: [[String?]: GroupTally.Facts] = [:]
            for key in keys {
                let group = places.map { place in key[place].map { names[place][$0] ?? $0 } }
                if let more = tally.groups[key] { facts[group, default: GroupTally.Facts()].add(more) }
            }
            let total = facts.values.reduce(0) { $0 + $1.count }
            let groups = facts.map { Group($0.key, $0.value, total: total, task: task, classes: classes) }
            return GroupHealth(
                columns: places.map { tally.names[$0] },
                groups: groups.sorted { $0.count == $1.count ? $0.name < $1.name : $0.count > $1.count })
        }
        let single = tally.names.indices.map { made([$0]) }
        return tally.names.count > 1 ? single + [made(Array(tally.names.indices))] : single
    }

    /// The ranges that take the place of numbers, if they are too many to be groups.
    private static func binned(_ place: Int, _ tally: GroupTally) -> [String: String] {
        var counts: [String: Int] = [:]
        for (key, facts) in tally.groups { if let text = key[place] { counts[text, default: 0] += facts.count } }
        guard counts.count > mostValues else { return [:] }
        let numbers = counts.compactMap { text, count in Double(text).map { (text: text, number: $0, count: count) } }
            .sorted { $0.number < $1.number }
        guard numbers.count == counts.count else { return [:] }
        let total = numbers.reduce(0) { $0 + $1.count }
        var bins: [[(text: String, number: Double, count: Int)]] = [[]]
        var seen = 0
        for entry in numbers {
            bins[bins.count - 1].append(entry)
            seen += entry.count
            if bins.count < 4, seen * 4 >= total * bins.count, seen < total { bins.append([]) }
        }
        var names: [String: String] = [:]
        for bin in bins {
            guard let first = bin.first, let last = bin.last else { continue }
            let name = first.text == last.text ? first.text : "\(first.text)–\(last.text)"
            for entry in bin { names[entry.text] = name }
        }
        return names
    }
}

extension GroupHealth.Group {
    fileprivate init(
        _ values: [String?], _ facts: GroupTally.Facts, total: Int, task: LearningTask?, classes: [String]
    ) {
        self.values = values
        count = facts.count
        share = total > 0 ? Double(facts.count) / Double(total) : 0
        interval = Interval(wilson: Double(facts.count), of: Double(total))
        let known = facts.targetCount
        if task == .classification, let found = facts.classes {
            rates = classes.sorted().prefix(SingleColumnScore.mostClasses).map { name in
                let hits = found[name] ?? 0
                return GroupHealth.Rate(
                    name: name, count: hits, share: known > 0 ? Double(hits) / Double(known) : nil,
                    interval: Interval(wilson: Double(hits), of: Double(known)))
            }
        } else {
            rates = []
        }
        guard task == .regression, known > 0 else {
            (mean, margin) = (nil, nil)
            return
        }
        let mean = facts.sum / Double(known)
        self.mean = mean
        let variance = known > 1 ? max(0, facts.squares - facts.sum * mean) / Double(known - 1) : nil
        margin = variance.map { 1.959963984540054 * ($0 / Double(known)).squareRoot() }
    }
}

extension GroupTally.Facts {
    fileprivate mutating func add(_ other: GroupTally.Facts) {
        count += other.count
        targetCount += other.targetCount
        sum += other.sum
        squares += other.squares
        classes = classes.flatMap { mine in other.classes.map { mine.merging($0, uniquingKeysWith: +) } }
    }
}
