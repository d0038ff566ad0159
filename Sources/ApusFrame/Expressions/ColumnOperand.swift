import ApusCore

/// What an expression over columns can be made of: `ColumnExpression`, `Column`, and single values that stand for a
/// column of equal ones: `Int`, `Double`, `String`, `Bool`, `DateTime`.
public protocol ColumnOperand: Sendable {
    /// The operand as an expression.
    var columnExpression: ColumnExpression { get }
}

extension ColumnExpression: ColumnOperand {
    /// Itself.
    public var columnExpression: ColumnExpression { self }
}

extension Column: ColumnOperand {
    /// The values of the column.
    public var columnExpression: ColumnExpression { ColumnExpression(.column(self)) }
}

extension Int: ColumnOperand {
    /// The number in every row.
    public var columnExpression: ColumnExpression { ColumnExpression(.literal(.whole(self))) }
}

extension Double: ColumnOperand {
    /// The number in every row.
    public var columnExpression: ColumnExpression { ColumnExpression(.literal(.number(self))) }
}

extension String: ColumnOperand {
    /// The text in every row.
    public var columnExpression: ColumnExpression { ColumnExpression(.literal(.text(self))) }
}

extension Bool: ColumnOperand {
    /// The truth value in every row.
    public var columnExpression: ColumnExpression { ColumnExpression(.literal(.flag(self))) }
}

extension DateTime: ColumnOperand {
    /// The point in time in every row.
    public var columnExpression: ColumnExpression { ColumnExpression(.literal(.time(self))) }
}

/// A value that stands for a column of equal ones in an expression: anything but columns themselves.
public protocol ColumnConstant: ColumnOperand {}

extension Int: ColumnConstant {}
extension Double: ColumnConstant {}
extension String: ColumnConstant {}
extension Bool: ColumnConstant {}
extension DateTime: ColumnConstant {}

/// What can be asked of rows: `ConditionExpression`, or a `ColumnExpression` of truth values.
public protocol ConditionOperand: Sendable {
    /// The operand as a condition.
    var condition: ConditionExpression { get }
}

extension ConditionOperand {
    /// Where both hold.
    public static func && (a: Self, b: some ConditionOperand) -> ConditionExpression {
        ConditionExpression(.and(a.condition, b.condition))
    }

    /// Where at least one holds.
    public static func || (a: Self, b: some ConditionOperand) -> ConditionExpression {
        ConditionExpression(.or(a.condition, b.condition))
    }

    /// Where it is known not to hold.
    public static prefix func ! (a: Self) -> ConditionExpression { ConditionExpression(.not(a.condition)) }
}

extension ConditionExpression: ConditionOperand {
    /// Itself.
    public var condition: ConditionExpression { self }
}

extension ColumnExpression: ConditionOperand {
    /// Where the truth value is true; unknown where it is missing.
    public var condition: ConditionExpression { ConditionExpression(.holds(self)) }
}
