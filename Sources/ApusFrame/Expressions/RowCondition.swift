import ApusCore

/// For each row of a frame whether something holds, made by comparing columns and combined with `&&`, `||` and `!`.
///
/// The logic is SQL's, with three values: a comparison with a missing value is neither true nor false but unknown,
/// whichever way it goes, and so is its negation. `unknown && false` is false, `unknown || true` is true. Filters take the
/// rows where a condition is known to hold. `isMissing` asks for missing values and is always known.
public struct RowCondition: Sendable, Hashable {
    /// Whether it is known to hold, row by row.
    public let flags: [Bool]
    /// Where it is not known whether it holds.
    public let unknown: MissingMask

    /// A condition that holds in the rows where `flags` is true.
    public init(_ flags: [Bool]) { self.init(flags, unknown: MissingMask(complete: flags.count)) }

    /// A condition that holds in the rows where `flags` is true, unless it is unknown there.
    init(_ flags: [Bool], unknown: MissingMask) {
        self.unknown = unknown
        guard !unknown.isComplete else {
            self.flags = flags
            return
        }
        var known = flags
        for row in known.indices where known[row] && unknown[row] { known[row] = false }
        self.flags = known
    }

    /// How many rows it is about.
    public var count: Int { flags.count }

    /// The rows where it holds, ascending.
    public var rows: [Int] {
        var rows: [Int] = []
        rows.reserveCapacity(flags.count { $0 })
        for row in flags.indices where flags[row] { rows.append(row) }
        return rows
    }

    /// Where both hold; unknown where one is unknown and the other not false.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when they are about different numbers of rows.
    public static func && (a: RowCondition, b: RowCondition) throws -> RowCondition {
        try checkRows(a.count, b.count)
        let flags = a.flags.indices.map { a.flags[$0] && b.flags[$0] }
        if a.unknown.isComplete && b.unknown.isComplete { return RowCondition(flags) }
        let unknown = a.flags.indices.map { row in
            (a.unknown[row] && (b.flags[row] || b.unknown[row])) || (b.unknown[row] && a.flags[row])
        }
        return RowCondition(flags, unknown: MissingMask(unknown))
    }

    /// Where at least one holds; unknown where one is unknown and the other not true.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when they are about different numbers of rows.
    public static func || (a: RowCondition, b: RowCondition) throws -> RowCondition {
        try checkRows(a.count, b.count)
        let flags = a.flags.indices.map { a.flags[$0] || b.flags[$0] }
        if a.unknown.isComplete && b.unknown.isComplete { return RowCondition(flags) }
        let unknown = a.flags.indices.map { !flags[$0] && (a.unknown[$0] || b.unknown[$0]) }
        return RowCondition(flags, unknown: MissingMask(unknown))
    }

    /// Where it is known not to hold.
    public static prefix func ! (a: RowCondition) -> RowCondition {
        RowCondition(a.flags.map { !$0 }, unknown: a.unknown)
    }
}

/// Throws unless two columns have the same number of rows.
func checkRows(_ a: Int, _ b: Int) throws {
    guard a == b else {
        throw ApusError(.shapeMismatch, "Columns of \(a) and \(b) rows cannot be combined; take them from one frame.")
    }
}

extension Column {
    /// Where the value is missing.
    public var isMissing: RowCondition { RowCondition((0..<count).map { missing[$0] }) }

    /// Where the text is one of the given ones.
    public func isOne(of texts: Set<String>) throws -> RowCondition { try compareText { texts.contains($0) } }

    /// Where the number equals `b`.
    public static func == (a: Column, b: Double) throws -> RowCondition { try a.compare { $0 == b } }
    /// Where the number is there and is not `b`.
    public static func != (a: Column, b: Double) throws -> RowCondition { try a.compare { $0 != b } }
    /// Where the number is below `b`.
    public static func < (a: Column, b: Double) throws -> RowCondition { try a.compare { $0 < b } }
    /// Where the number is at most `b`.
    public static func <= (a: Column, b: Double) throws -> RowCondition { try a.compare { $0 <= b } }
    /// Where the number is above `b`.
    public static func > (a: Column, b: Double) throws -> RowCondition { try a.compare { $0 > b } }
    /// Where the number is at least `b`.
    public static func >= (a: Column, b: Double) throws -> RowCondition { try a.compare { $0 >= b } }

    /// Where the text is `b`.
    public static func == (a: Column, b: String) throws -> RowCondition { try a.compareText { $0 == b } }
    /// Where there is a text and it is not `b`.
    public static func != (a: Column, b: String) throws -> RowCondition { try a.compareText { $0 != b } }

    /// Where the truth value is `b`.
    public static func == (a: Column, b: Bool) throws -> RowCondition { try a.compare { ($0 != 0) == b } }

    /// Where the point in time is before `b`.
    public static func < (a: Column, b: DateTime) throws -> RowCondition { try a.compareTime { $0 < b.microseconds } }
    /// Where the point in time is `b` or after it.
    public static func >= (a: Column, b: DateTime) throws -> RowCondition {
        try a.compareTime { $0 >= b.microseconds }
    }

    /// Where the number on the left is below the one on the right.
    public static func < (a: Column, b: Column) throws -> RowCondition { try a.compare(b) { $0 < $1 } }
    /// Where the number on the left is at most the one on the right.
    public static func <= (a: Column, b: Column) throws -> RowCondition { try a.compare(b) { $0 <= $1 } }
    /// Where the number on the left is above the one on the right.
    public static func > (a: Column, b: Column) throws -> RowCondition { try a.compare(b) { $0 > $1 } }
    /// Where the number on the left is at least the one on the right.
    public static func >= (a: Column, b: Column) throws -> RowCondition { try a.compare(b) { $0 >= $1 } }

    private func compare(_ holds: (Double) -> Bool) throws -> RowCondition {
        RowCondition(try numbers().map { !$0.isNaN && holds($0) }, unknown: missing)
    }

    private func compare(_ other: Column, _ holds: (Double, Double) -> Bool) throws -> RowCondition {
        try checkRows(count, other.count)
        return RowCondition(
            zip(try numbers(), try other.numbers()).map { !$0.isNaN && !$1.isNaN && holds($0, $1) },
            unknown: missing.union(other.missing))
    }

    func compareTime(_ holds: (Int) -> Bool) throws -> RowCondition {
        guard case .dateTime(let times) = values else {
            throw ApusError(
                .invalidSchema, "Column “\(name)” holds \(type.name)s, not points in time; compare it with such.")
        }
        return RowCondition(times.map(holds), unknown: missing)
    }

    /// Where `holds` is true of the text.
    func compareText(_ holds: (String) -> Bool) throws -> RowCondition {
        switch values {
        case .string(let texts): return RowCondition(texts.map(holds), unknown: missing)
        case .categorical(let codes, let levels):
            let flags = levels.map(holds)
            return RowCondition(codes.map { $0 >= 0 && flags[Int($0)] }, unknown: missing)
        default:
            throw ApusError(
                .invalidSchema,
                "Column “\(name)” holds \(type.name)s, not text; compare it with a \(type.name).")
        }
    }
}
