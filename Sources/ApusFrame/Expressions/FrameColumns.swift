import ApusCore

/// The columns of a frame inside `filter { … }` and `adding(_:) { … }`, by name or as members.
@dynamicMemberLookup
public struct FrameColumns: Sendable {
    let frame: DataFrame

    /// The columns of a frame.
    public init(_ frame: DataFrame) { self.frame = frame }

    /// The column of that name; that there is none is found when the expression is evaluated.
    public subscript(_ name: String) -> ColumnExpression { frame.expression(of: name) }

    /// The column of that name.
    public subscript(dynamicMember name: String) -> ColumnExpression { frame.expression(of: name) }
}

extension DataFrame {
    func expression(of name: String) -> ColumnExpression {
        do {
            let column: Column = try self[name]
            return column.columnExpression
        } catch {
            let failure = error as? ApusError ?? unknownColumn(name, among: columnNames)
            return ColumnExpression(.failure(name, failure))
        }
    }

    /// The column of that name, for calculations: `frame.length * frame.width`.
    ///
    /// Names that the frame itself uses (`columns`, `rowCount`, …) and names that are no Swift identifiers are reached
    /// through `frame["name"]`. That there is no such column is found when the expression is evaluated.
    public subscript(dynamicMember name: String) -> ColumnExpression {
        get { expression(of: name) }
        set { self[name] = newValue }
    }

    /// The column of that name as an expression; setting it calculates the column.
    ///
    ///     frame["area"] = frame.length * frame.width
    ///
    /// When it cannot be calculated, the frame is without the column, and asking for it throws the reason, as does
    /// `checkAssignments()`; `adding(_:_:)` throws at once.
    @_disfavoredOverload
    public subscript(_ name: String) -> ColumnExpression {
        get { expression(of: name) }
        set { assign(newValue.result, to: name) }
    }

    /// A column of truth values from a condition; missing where it is unknown.
    ///
    ///     frame["adult"] = frame.age >= 18
    @_disfavoredOverload
    public subscript(_ name: String) -> ConditionExpression {
        get { expression(of: name).condition }
        set { self[name] = ColumnExpression(.condition(newValue)) }
    }

    /// This frame with one more column, or another in its place, calculated from its columns.
    ///
    ///     let wider = try frame.adding("area") { $0.length * $0.width }
    ///
    /// - Throws: `ApusError` saying why it cannot be calculated.
    public func adding(_ name: String, _ body: (FrameColumns) throws -> some ColumnOperand) throws -> DataFrame {
        var frame = self
        let operand = try body(FrameColumns(self)).columnExpression.operand()
        frame.assign(.success(operand.column(count: rowCount)), to: name)
        _ = try frame.indexOfColumn(name)
        return frame
    }

    /// The rows that fulfil a condition on their columns; a row for which it is unknown, because a value is missing, is
    /// left out.
    ///
    ///     try frame.filter { $0["age"] > 30 && $0["city"] == "Oslo" }
    ///
    /// - Throws: `ApusError` with code `unknownName` or `invalidSchema`.
    public func filter(_ condition: (FrameColumns) throws -> some ConditionOperand) throws -> DataFrame {
        try filter(condition(FrameColumns(self)).condition.evaluated())
    }

    /// The rows that fulfil a condition: `frame.filter(frame.age > 30)`.
    ///
    /// - Throws: `ApusError` with code `unknownName`, `invalidSchema`, or `shapeMismatch` when the condition is about
    ///   columns of another frame.
    public func filter(_ condition: ConditionExpression) throws -> DataFrame { try filter(condition.evaluated()) }
}

extension ColumnExpression {
    fileprivate var result: Result<Column, ApusError> {
        do {
            return .success(try evaluated())
        } catch {
            return .failure(error as? ApusError ?? ApusError(.undefined, "“\(self)” cannot be calculated: \(error)"))
        }
    }
}
