import ApusCore

extension DataFrame {
    /// Which columns the rows of several frames get when they are put below one another.
    public enum ColumnChoice: Sendable, Hashable, CaseIterable {
        /// All columns that any of them has; missing where a frame does not have it.
        case union
        /// The columns that all of them have.
        case intersection
    }

    /// The rows of several frames below one another, as pandas' `concat`.
    ///
    /// Columns come in the order of their first appearance. Whole numbers join numbers as numbers, and categories join
    /// text as text.
    ///
    /// - Parameters:
    ///   - frames: Frames of any number of rows; roles are those of the first frame that has the column.
    ///   - choice: Which columns the result has.
    /// - Throws: `ApusError` with code `invalidSchema` when a column is of different types.
    public static func concatenating(rows frames: [DataFrame], columns choice: ColumnChoice = .union) throws
        -> DataFrame
    {
        var schemas: [ColumnSchema] = []
        var known: Set<String> = []
        for frame in frames {
            for schema in frame.schema where known.insert(schema.name).inserted { schemas.append(schema) }
        }
        if choice == .intersection {
            schemas.removeAll { schema in !frames.allSatisfy { $0.containsColumn(schema.name) } }
        }
        let columns = try schemas.map { schema -> Column in
            var result: Column?
            var rows = 0
            for frame in frames {
                if frame.containsColumn(schema.name) {
                    let part: Column = try frame[schema.name]
                    let gap = rows == 0 ? nil : Column.empty(schema.name, part.type, count: rows).matching(part)
                    result = try (result ?? gap)?.appending(part) ?? part
                } else if let known = result {
                    result = known.appendingMissing(frame.rowCount)
                }
                rows += frame.rowCount
            }
            return result ?? Column.empty(schema.name, schema.type, count: rows)
        }
        return try DataFrame(columns: columns).assigning(schemas)
    }

    /// This frame with the columns of another at the right.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when it has another number of rows, and `invalidSchema` when both
    ///   have a column of the same name.
    public func appending(columns other: DataFrame) throws -> DataFrame {
        var frame = self
        for column in other.columns { try frame.append(column: column) }
        return try frame.assigning(schema + other.schema)
    }
}

extension Column {
    /// Rows without a value, with the levels of another column.
    fileprivate func matching(_ other: Column) -> Column {
        guard case .categorical(_, let levels) = other.values else { return self }
        return .empty(name, .categorical, levels: levels, count: count)
    }
}
