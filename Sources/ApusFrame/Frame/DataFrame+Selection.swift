import ApusCore

extension DataFrame {
    /// The columns of the given names, in that order.
    ///
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when a name is repeated.
    public func selecting(columns names: [String]) throws -> DataFrame {
        if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw ApusError(.invalidSchema, "Column “\(names[twice])” is selected twice; name it once.")
        }
        return replacingColumns(try names.map { try self[$0] }, rowCount: rowCount)
    }

    /// All columns but those of the given names.
    ///
    /// - Throws: `ApusError` with code `unknownName`.
    public func dropping(columns names: [String]) throws -> DataFrame {
        for name in names { _ = try indexOfColumn(name) }
        let dropped = Set(names)
        return replacingColumns(columns.filter { !dropped.contains($0.name) }, rowCount: rowCount)
    }

    /// The rows with the given indices, in that order; an index may repeat.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when there is no such row.
    public func selecting(rows: [Int]) throws -> DataFrame {
        if let bad = rows.first(where: { $0 < 0 || $0 >= rowCount }) {
            throw ApusError(.invalidInput, "There is no row \(bad); rows are counted from 0 to \(rowCount - 1).")
        }
        return picking(rows)
    }

    /// The rows that are known to exist.
    func picking(_ rows: [Int]) -> DataFrame {
        let columns = columns
        return replacingColumns(
            Parallel.map(columns.count) { columns[$0].gathering(rows) }, rowCount: rows.count)
    }

    /// The rows of a range that there are.
    public func selecting(rows range: Range<Int>) -> DataFrame {
        picking(Array(range.clamped(to: 0..<rowCount)))
    }

    /// The first rows: `count` of them, or all if there are fewer.
    public func head(_ count: Int = 5) -> DataFrame { selecting(rows: 0..<max(0, count)) }

    /// The last rows: `count` of them, or all if there are fewer.
    public func tail(_ count: Int = 5) -> DataFrame { selecting(rows: max(0, rowCount - max(0, count))..<rowCount) }

    /// The rows where a condition holds; rows for which it cannot be told, because a value is missing, are left out.
    ///
    ///     try frame.filter(frame["age"] >= 18 && frame["country"] == "NL")
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the condition is about another number of rows.
    public func filter(_ condition: RowCondition) throws -> DataFrame {
        guard condition.count == rowCount else {
            throw ApusError(
                .shapeMismatch,
                "The condition is about \(condition.count) rows where the frame has \(rowCount); "
                    + "make it from columns of this frame.")
        }
        return picking(condition.rows)
    }

    /// The rows whose value in a column, nil where it is missing, fulfils a condition.
    ///
    ///     try frame.filter(on: "age", Int.self) { $0 ?? 0 >= 18 }
    ///
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when the column is of another type.
    public func filter<Value: ColumnElement>(
        on name: String, _ type: Value.Type, _ isIncluded: (Value?) throws -> Bool
    ) throws -> DataFrame {
        let values = try self[name].values(as: type)
        return picking(try values.indices.filter { try isIncluded(values[$0]) })
    }

    /// This frame with the rows of another below, whose columns may come in another order.
    ///
    /// Whole numbers join numbers as numbers, and categories join text as text.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when a column is missing on either side or of another type.
    public func appending(rows other: DataFrame) throws -> DataFrame {
        if columns.isEmpty { return other }
        if let extra = other.columnNames.first(where: { !containsColumn($0) }) {
            throw ApusError(
                .invalidSchema, "Column “\(extra)” is only in the rows to append; add it to the frame or drop it first."
            )
        }
        let joined = try columns.map { column -> Column in
            guard other.containsColumn(column.name) else {
                throw ApusError(
                    .invalidSchema, "The rows to append have no column “\(column.name)”; add it to them first.")
            }
            return try column.appending(other[column.name])
        }
        return replacingColumns(joined, rowCount: rowCount + other.rowCount)
    }
}

extension Column {
    /// This column with the rows of another below.
    func appending(_ other: Column) throws -> Column {
        let mask = missing.appending(other.missing)
        func made(_ values: Values) -> Column { Column(name: name, values: values, missing: mask) }
        switch (values, other.values) {
        case (.double(let a), .double(let b)): return made(.double(a + b))
        case (.int(let a), .int(let b)): return made(.int(a + b))
        case (.bool(let a), .bool(let b)): return made(.bool(a + b))
        case (.dateTime(let a), .dateTime(let b)): return made(.dateTime(a + b))
        case (.int, .double), (.double, .int): return made(.double(try numbers() + other.numbers()))
        case (.string(let a), .string(let b)): return made(.string(a.appending(b)))
        case (.categorical(let codes, let levels), .string(let b)):
            return made(.string(TextValues(.dictionary(codes: codes, levels: levels)).appending(b)))
        case (.string(let a), .categorical(let codes, let levels)):
            return made(.string(a.appending(TextValues(.dictionary(codes: codes, levels: levels)))))
        case (.categorical(let a, let levels), .categorical(let b, let others)):
            let (all, places) = TextValues.union(levels, others)
            return made(.categorical(codes: a + b.map { $0 < 0 ? -1 : places[Int($0)] }, levels: all))
        case _ where missingCount == count && other.type != type:
            // A column without any value has whatever type the other one has.
            return try Column.empty(name, other.type, levels: other.levels ?? [], count: count).appending(other)
        case _ where other.missingCount == other.count:
            return appendingMissing(other.count)
        default:
            throw ApusError(
                .invalidSchema,
                "Column “\(name)” holds \(type.name)s here and \(other.type.name)s in the rows to append; "
                    + "convert one of them first.")
        }
    }

    /// This column with rows without a value below.
    func appendingMissing(_ rows: Int) -> Column {
        if rows == 0 { return self }
        return gathering(Array(0..<count) + [Int](repeating: -1, count: rows), hasGaps: true)
    }

    /// The values as text, nil where missing.
    var texts: [String?] { (0..<count).map { missing[$0] ? nil : text(at: $0) } }
}
