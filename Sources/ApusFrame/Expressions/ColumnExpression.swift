import ApusCore

/// A calculation over columns, row by row, written as it reads:
///
///     frame["area"] = frame.length * frame.width
///     frame["bmi"] = frame.weight / frame.height.power(2)
///     let adults = try frame.filter { $0["age"] > 30 && $0["city"] == "Oslo" }
///
/// It is a tree that the compiler has checked: comparing gives a `ConditionExpression`, and only conditions can be
/// combined with `&&`, `||` and `!`. Nothing is calculated before it is assigned, filtered by, or `evaluated()`; then each
/// step runs over whole columns. Errors (no such column, text where numbers are needed, another number of rows) are thrown
/// where it is evaluated; an assignment, which cannot throw, keeps the error for whoever asks for the column.
///
/// Where an operand is missing, so is the result, and so is a result that is not a number. Whole numbers stay whole under
/// `+`, `-`, `*` and `%`, unless one would overflow; `/` always gives floating-point numbers. `+` joins texts.
public struct ColumnExpression: Sendable {
    /// A value in every row.
    enum Literal: Sendable {
        case number(Double)
        case whole(Int)
        case text(String)
        case flag(Bool)
        case time(DateTime)
    }

    enum Sign: String, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
        case remainder = "%"
        case power = "**"
    }

    indirect enum Node: Sendable {
        case column(Column)
        case failure(String, ApusError)
        case literal(Literal)
        case arithmetic(Sign, ColumnExpression, ColumnExpression)
        case function(String, ColumnExpression, @Sendable (Column) throws -> Column)
        case condition(ConditionExpression)
        case choice(ConditionExpression, ColumnExpression, ColumnExpression)
    }

    /// What a part of the tree gives: a column, or one value for all rows.
    enum Operand: Sendable {
        case column(Column)
        case literal(Literal)
    }

    let node: Node

    init(_ node: Node) { self.node = node }

    /// The column that the calculation gives, called by its formula.
    ///
    /// - Throws: `ApusError` with code `unknownName`, `invalidSchema` or `shapeMismatch`, saying which part of it fails;
    ///   `undefined` when no column takes part, so that the number of rows is not known.
    public func evaluated() throws -> Column {
        guard case .column(let column) = try operand() else {
            throw ApusError(.undefined, "“\(self)” is the same for any row; let a column take part in it.")
        }
        return column
    }

    func operand() throws -> Operand {
        switch node {
        case .column(let column): return .column(column)
        case .failure(_, let error): throw error
        case .literal(let literal): return .literal(literal)
        case .arithmetic(let sign, let a, let b):
            return try Arithmetic.result(sign, try a.operand(), try b.operand(), description)
        case .function(_, let argument, let body):
            return .column(try body(argument.evaluated()).renamed(description))
        case .condition(let condition):
            let rows = try condition.evaluated()
            return .column(Column(name: description, values: .bool(rows.flags), missing: rows.unknown))
        case .choice(let condition, let a, let b):
            return .column(try chosen(condition.evaluated(), try a.operand(), try b.operand()))
        }
    }

    private func chosen(_ condition: RowCondition, _ a: Operand, _ b: Operand) throws -> Column {
        let (yes, no) = (a.column(count: condition.count), b.column(count: condition.count))
        try checkRows(condition.count, yes.count)
        try checkRows(condition.count, no.count)
        // Both below one another, so that types are brought together as everywhere.
        let both = try yes.appending(no)
        let rows = (0..<condition.count).map { row in
            condition.unknown[row] ? -1 : condition.flags[row] ? row : row + condition.count
        }
        return both.gathering(rows, hasGaps: !condition.unknown.isComplete).renamed(description)
    }
}

extension ColumnExpression.Operand {
    /// The operand as a column of `count` rows.
    func column(count: Int) -> Column {
        switch self {
        case .column(let column): column
        case .literal(.number(let value)): Column("value", [Double](repeating: value, count: count))
        case .literal(.whole(let value)): Column("value", [Int](repeating: value, count: count))
        case .literal(.flag(let value)): Column("value", [Bool](repeating: value, count: count))
        case .literal(.time(let value)): Column("value", [DateTime](repeating: value, count: count))
        case .literal(.text(let value)):
            Column(
                name: "value",
                values: .string(
                    TextValues(.dictionary(codes: [Int32](repeating: 0, count: count), levels: [value]))),
                missing: MissingMask(complete: count))
        }
    }
}

extension ColumnExpression: CustomStringConvertible {
    /// The formula: `length * width`.
    public var description: String {
        switch node {
        case .column(let column): column.name
        case .failure(let name, _): name
        case .literal(let literal): literal.description
        case .arithmetic(let sign, let a, let b): "\(a.grouped) \(sign.rawValue) \(b.grouped)"
        case .function(let name, let argument, _): "\(name)(\(argument))"
        case .condition(let condition): condition.description
        case .choice(let condition, let a, let b): "\(condition) ? \(a) : \(b)"
        }
    }

    private var grouped: String {
        switch node {
        case .arithmetic, .condition, .choice: "(\(self))"
        default: description
        }
    }
}

extension ColumnExpression.Literal: CustomStringConvertible {
    var description: String {
        switch self {
        case .number(let value): "\(value)"
        case .whole(let value): "\(value)"
        case .text(let value): "“\(value)”"
        case .flag(let value): "\(value)"
        case .time(let value): "\(value)"
        }
    }
}

// MARK: Operators

extension ColumnExpression {
    private static func made(_ sign: Sign, _ a: some ColumnOperand, _ b: some ColumnOperand) -> ColumnExpression {
        ColumnExpression(.arithmetic(sign, a.columnExpression, b.columnExpression))
    }

    /// The sums; of texts, one behind the other.
    public static func + (a: ColumnExpression, b: some ColumnOperand) -> ColumnExpression { made(.plus, a, b) }
    /// The sums; of texts, one behind the other.
    public static func + (a: some ColumnConstant, b: ColumnExpression) -> ColumnExpression { made(.plus, a, b) }
    /// The differences.
    public static func - (a: ColumnExpression, b: some ColumnOperand) -> ColumnExpression { made(.minus, a, b) }
    /// The differences.
    public static func - (a: some ColumnConstant, b: ColumnExpression) -> ColumnExpression { made(.minus, a, b) }
    /// The products.
    public static func * (a: ColumnExpression, b: some ColumnOperand) -> ColumnExpression { made(.times, a, b) }
    /// The products.
    public static func * (a: some ColumnConstant, b: ColumnExpression) -> ColumnExpression { made(.times, a, b) }
    /// The quotients, which are never whole numbers in type; infinite where a number other than 0 is divided by 0.
    public static func / (a: ColumnExpression, b: some ColumnOperand) -> ColumnExpression { made(.over, a, b) }
    /// The quotients, which are never whole numbers in type; infinite where a number other than 0 is divided by 0.
    public static func / (a: some ColumnConstant, b: ColumnExpression) -> ColumnExpression { made(.over, a, b) }
    /// The remainders of division, with the sign of the divisor as in pandas; missing where the divisor is 0.
    public static func % (a: ColumnExpression, b: some ColumnOperand) -> ColumnExpression { made(.remainder, a, b) }
    /// The opposites.
    public static prefix func - (a: ColumnExpression) -> ColumnExpression { made(.times, a, -1) }
    /// Each number to the power of `exponent`.
    public func power(_ exponent: some ColumnOperand) -> ColumnExpression {
        ColumnExpression.made(.power, self, exponent)
    }
}
