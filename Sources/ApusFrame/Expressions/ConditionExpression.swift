import ApusCore

/// What is asked of each row, written as it reads: `$0["age"] > 30 && $0["city"] == "Oslo"`.
///
/// The logic is SQL's, with three values: comparing with a missing value is neither true nor false but unknown, also for
/// `!=` and also when negated; `isMissing` asks for missing values. Filters take the rows that are known to fulfil the
/// condition. (pandas' plain columns differ in one point: there, `!=` and `!` take missing values in.)
public struct ConditionExpression: Sendable {
    enum Comparison: String, Sendable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    indirect enum Node: Sendable {
        case comparison(Comparison, ColumnExpression, ColumnExpression)
        case holds(ColumnExpression)
        case test(String, ColumnExpression, @Sendable (Column) throws -> RowCondition)
        case known(RowCondition)
        case and(ConditionExpression, ConditionExpression)
        case or(ConditionExpression, ConditionExpression)
        case not(ConditionExpression)
    }

    let node: Node

    init(_ node: Node) { self.node = node }

    /// Where the condition holds, row by row.
    ///
    /// - Throws: `ApusError` with code `unknownName`, `invalidSchema` or `shapeMismatch`, saying which part of it fails.
    public func evaluated() throws -> RowCondition {
        switch node {
        case .comparison(let sign, let a, let b):
            return try ConditionExpression.compared(sign, try a.operand(), try b.operand(), description)
        case .holds(let column):
            let column = try column.evaluated()
            guard case .bool(let flags) = column.values else {
                throw ApusError(
                    .invalidSchema,
                    "Column “\(column.name)” holds \(column.type.name)s where a condition is needed; compare it "
                        + "with something.")
            }
            return RowCondition(flags, unknown: column.missing)
        case .test(_, let column, let body): return try body(column.evaluated())
        case .known(let condition): return condition
        case .and(let a, let b): return try a.evaluated() && b.evaluated()
        case .or(let a, let b): return try a.evaluated() || b.evaluated()
        case .not(let a): return !(try a.evaluated())
        }
    }

    private static func compared(
        _ sign: Comparison, _ a: ColumnExpression.Operand, _ b: ColumnExpression.Operand, _ formula: String
    ) throws -> RowCondition {
        guard case .column(let first) = a else {
            guard case .column = b else {
                throw ApusError(.undefined, "“\(formula)” is the same for any row; let a column take part in it.")
            }
            return try compared(sign.mirrored, b, a, formula)
        }
        var missing = first.missing
        if case .column(let second) = b {
            try checkRows(first.count, second.count)
            missing = missing.union(second.missing)
        }
        let count = first.count
        func flags(_ order: @Sendable (Int) -> Int) -> RowCondition {
            let holds = sign.holds
            let flags = [Bool](filledInParallelRows: count, width: 1, blockSize: 1 << 15) { block, out in
                for row in block { out[row] = holds(order(row)) }
            }
            return RowCondition(flags, unknown: missing)
        }
        if a.isText, b.isText {
            if case .literal(.text(let text)) = b {
                let holds = sign.holds
                return try first.compareText { holds(textOrder($0, text)) }
            }
            let second = b.column(count: count)
            return flags { textOrder(first.text(at: $0), second.text(at: $0)) }
        }
        if let x = a.wholes, let y = b.wholes { return RowCondition(sign.flags(x, y, count), unknown: missing) }
        if first.type == .dateTime || b.times != nil && !b.isText {
            guard let x = a.times, let y = b.times else {
                throw ApusError(
                    .invalidSchema,
                    "“\(formula)” compares a point in time with something else; use a DateTime, or a text such as "
                        + "2024-02-29.")
            }
            return RowCondition(sign.flags(x, y, count), unknown: missing)
        }
        guard !a.isText, !b.isText else {
            throw ApusError(
                .invalidSchema,
                "“\(formula)” compares text with a \(a.isText ? "number" : first.type.name); convert one.")
        }
        return RowCondition(sign.flags(try a.numbers(), try b.numbers(), count), unknown: missing)
    }

    private static func textOrder(_ a: String, _ b: String) -> Int {
        a.utf8.elementsEqual(b.utf8) ? 0 : precedes(a, b) ? -1 : 1
    }
}

extension ConditionExpression.Comparison {
    /// Whether it holds for an order of -1, 0 or 1.
    fileprivate var holds: @Sendable (Int) -> Bool {
        switch self {
        case .equal: { $0 == 0 }
        case .unequal: { $0 != 0 }
        case .less: { $0 < 0 }
        case .lessOrEqual: { $0 <= 0 }
        case .greater: { $0 > 0 }
        case .greaterOrEqual: { $0 >= 0 }
        }
    }

    /// Where the comparison holds between two sequences of numbers.
    fileprivate func flags<Value: Comparable & Sendable>(
        _ x: Arithmetic.Values<Value>, _ y: Arithmetic.Values<Value>, _ count: Int
    ) -> [Bool] {
        func filled(_ holds: @Sendable (Value, Value) -> Bool) -> [Bool] {
            [Bool](filledInParallelRows: count, width: 1, blockSize: 1 << 16) { block, out in
                for row in block { out[row] = holds(x[row], y[row]) }
            }
        }
        return switch self {
        case .equal: filled { $0 == $1 }
        case .unequal: filled { $0 != $1 }
        case .less: filled { $0 < $1 }
        case .lessOrEqual: filled { $0 <= $1 }
        case .greater: filled { $0 > $1 }
        case .greaterOrEqual: filled { $0 >= $1 }
        }
    }

    /// The comparison with its sides exchanged.
    fileprivate var mirrored: Self {
        switch self {
        case .equal, .unequal: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}

extension ConditionExpression: CustomStringConvertible {
    /// The condition as it was written: `age > 30 && city == “Oslo”`.
    public var description: String {
        switch node {
        case .comparison(let sign, let a, let b): "\(a) \(sign.rawValue) \(b)"
        case .holds(let column): "\(column)"
        case .test(let name, let column, _): "\(name)(\(column))"
        case .known(let condition): "condition of \(condition.count) rows"
        case .and(let a, let b): "\(a.grouped) && \(b.grouped)"
        case .or(let a, let b): "\(a.grouped) || \(b.grouped)"
        case .not(let a): "!\(a.grouped)"
        }
    }

    private var grouped: String {
        switch node {
        case .and, .or: "(\(self))"
        default: description
        }
    }
}

// MARK: Comparing

extension ColumnExpression {
    private static func made(
        _ sign: ConditionExpression.Comparison, _ a: some ColumnOperand, _ b: some ColumnOperand
    ) -> ConditionExpression {
        ConditionExpression(.comparison(sign, a.columnExpression, b.columnExpression))
    }

    /// Where both are the same.
    public static func == (a: ColumnExpression, b: some ColumnOperand) -> ConditionExpression { made(.equal, a, b) }
    /// Where both are there and not the same.
    public static func != (a: ColumnExpression, b: some ColumnOperand) -> ConditionExpression { made(.unequal, a, b) }
    /// Where the left one is smaller, earlier, or comes first in the order of code points.
    public static func < (a: ColumnExpression, b: some ColumnOperand) -> ConditionExpression { made(.less, a, b) }
    /// Where the left one is at most the right one.
    public static func <= (a: ColumnExpression, b: some ColumnOperand) -> ConditionExpression {
        made(.lessOrEqual, a, b)
    }
    /// Where the left one is larger, later, or comes last in the order of code points.
    public static func > (a: ColumnExpression, b: some ColumnOperand) -> ConditionExpression { made(.greater, a, b) }
    /// Where the left one is at least the right one.
    public static func >= (a: ColumnExpression, b: some ColumnOperand) -> ConditionExpression {
        made(.greaterOrEqual, a, b)
    }
}
