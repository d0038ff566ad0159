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
        let columns = try schemas.map { try Column.joining($0, of: frames) }
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
    /// The column of that name of all frames, missing in the rows of those that do not have it.
    fileprivate static func joining(_ schema: ColumnSchema, of frames: [DataFrame]) throws -> Column {
        let known = try frames.filter { $0.containsColumn(schema.name) }.map { try $0[schema.name] as Column }
        let model = known.first ?? .empty(schema.name, schema.type, count: 0)
        var next = 0
        let parts = frames.map { frame -> Column in
            guard frame.containsColumn(schema.name) else {
                return Column.empty(schema.name, model.type, levels: model.levels ?? [], count: frame.rowCount)
            }
            next += 1
            return known[next - 1]
        }
        return try parts.isEmpty ? model : joining(parts[...])
    }

    /// Columns below one another, by halves, so that no value is copied more often than their number can be halved.
    private static func joining(_ parts: ArraySlice<Column>) throws -> Column {
        if parts.count == 1 { return parts[parts.startIndex] }
        let middle = parts.startIndex + parts.count / 2
        return try joining(parts[..<middle]).appending(joining(parts[middle...]))
    }
}
