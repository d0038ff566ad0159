import ApusCore

/// How many rows each combination of values of some columns has, and what their target is.
public struct GroupTally: Sendable {
    /// What is known about a group.
    public struct Facts: Sendable, Hashable {
        /// Number of rows.
        public var count = 0
        /// How many of them have a target.
        public var targetCount = 0
        /// The sum of the targets that are numbers.
        public var sum = 0.0
        /// The sum of their squares.
        public var squares = 0.0
        /// How often each value of the target occurs; nil where there are too many to be classes.
        public var classes: [String: Int]? = [:]

        /// A group without rows.
        public init() {}
    }

    /// The columns whose values make the groups.
    public let names: [String]
    /// The column to predict.
    public let target: String?
    /// The groups by the texts of their values; nil for a missing one.
    public private(set) var groups: [[String?]: Facts] = [:]

    /// How many groups, and how many classes of a target, are counted.
    private static let limits = (groups: 20_000, classes: 1000)

    init(names: [String], target: String?) {
        self.names = names
        self.target = target
    }

    mutating func add(_ chunk: DataFrame) throws {
        let columns = try names.map { try chunk[$0] as Column }
        let groups = KeyCodes.of(columns, includesMissing: true)
        let target = try self.target.map { try chunk[$0] as Column }
        let numbers = target.flatMap { $0.type.isNumeric ? try? $0.numbers() : nil }
        let targetCodes = target.map { KeyCodes.of([$0], includesMissing: false) }
        var facts = [Facts](repeating: Facts(), count: groups.count)
        var pairs: [Int: Int] = [:]
        let width = Swift.max(1, targetCodes?.count ?? 1)
        for row in 0..<chunk.rowCount {
            let group = Int(groups.codes[row])
            facts[group].count += 1
            guard let code = targetCodes?.codes[row], code >= 0 else { continue }
            facts[group].targetCount += 1
            if let number = numbers?[row], number.isFinite {
                facts[group].sum += number
                facts[group].squares += number * number
            }
            if width <= GroupTally.limits.classes { pairs[group * width + Int(code), default: 0] += 1 }
        }
        let names = targetCodes?.firstRows.map { $0 < 0 ? "" : target?.text(at: $0) ?? "" } ?? []
        for (group, row) in groups.firstRows.enumerated() where row >= 0 {
            let key = columns.map { $0.missing[row] ? nil : $0.text(at: row) }
            merge(facts[group], into: key, tooMany: width > GroupTally.limits.classes)
        }
        for (pair, count) in pairs {
            let row = groups.firstRows[pair / width]
            let key = columns.map { $0.missing[row] ? nil : $0.text(at: row) }
            self.groups[key]?.classes?[names[pair % width], default: 0] += count
        }
        guard self.groups.count <= GroupTally.limits.groups else {
            throw ApusError(
                .invalidInput,
                "The columns \(self.names.joined(separator: ", ")) make more than \(GroupTally.limits.groups) groups; name "
                    + "columns with fewer values, such as bins.")
        }
    }

    private mutating func merge(_ facts: Facts, into key: [String?], tooMany: Bool) {
        var sum = groups[key] ?? Facts()
        sum.count += facts.count
        sum.targetCount += facts.targetCount
        sum.sum += facts.sum
        sum.squares += facts.squares
        if tooMany || sum.classes?.count ?? 0 > GroupTally.limits.classes { sum.classes = nil }
        groups[key] = sum
    }
}
