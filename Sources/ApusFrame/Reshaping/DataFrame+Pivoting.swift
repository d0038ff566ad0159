import ApusCore

extension DataFrame {
    /// From wide to long: a row for each value of some columns, with the name of its column, as pandas' `melt`.
    ///
    /// - Parameters:
    ///   - names: The columns whose values become rows; all but `identifiers` when nil.
    ///   - identifiers: The columns that are repeated beside them.
    ///   - variable: What the column with the names is called.
    ///   - value: What the column with the values is called.
    /// - Returns: The rows of the first column, then those of the second, and so on.
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when the values are of different types or two
    ///   columns would have the same name.
    public func melted(
        _ names: [String]? = nil, identifiers: [String] = [], variable: String = "variable", value: String = "value"
    ) throws -> DataFrame {
        let kept = try selecting(columns: identifiers)
        let own = Set(identifiers)
        let names = names ?? columnNames.filter { !own.contains($0) }
        let columns = try names.map { try self[$0] as Column }
        guard let first = columns.first else {
            throw ApusError(.invalidSchema, "There is no column left whose values could become rows; name some.")
        }
        var values = first
        for column in columns.dropFirst() {
            do {
                values = try values.appending(column)
            } catch {
                throw ApusError(
                    .invalidSchema,
                    "Columns “\(first.name)” and “\(column.name)” hold \(first.type.name)s and \(column.type.name)s, which "
                        + "cannot be one column; cast one of them first.")
            }
        }
        let rows = (0..<columns.count).flatMap { _ in 0..<rowCount }
        var result = kept.picking(rows)
        if identifiers.isEmpty { result = DataFrame() }
        let codes = (0..<columns.count).flatMap { [Int32](repeating: Int32($0), count: rowCount) }
        try result.append(
            column: Column(
                name: variable, values: .string(TextValues(.dictionary(codes: codes, levels: names))),
                missing: MissingMask(complete: codes.count)))
        try result.append(column: values.renamed(value))
        return result
    }

    /// From long to wide: a column for each value of a column, filled with the values of another, as pandas' `pivot`.
    ///
    /// - Parameters:
    ///   - index: The columns that name the rows, which come in ascending order of their values.
    ///   - columns: The column whose values become columns, in ascending order.
    ///   - values: The column with the values; missing where there is none for a row and a column.
    /// - Throws: `ApusError` with code `unknownName`, `invalidInput` when there are several values for a row and a column
    ///   (ask for `pivotTable`), and `invalidSchema` when two columns would have the same name.
    public func pivoted(index: [String], columns: String, values: String) throws -> DataFrame {
        let cells = try grouped(by: index + [columns], includesMissing: true)
        if let row = (0..<rowCount).first(where: { cells.firstRows[Int(cells.codes[$0])] != $0 }) {
            throw ApusError(
                .invalidInput,
                "There are several values for “\(try self[columns].text(at: row))” in row \(row) and row "
                    + "\(cells.firstRows[Int(cells.codes[row])]); make a pivot table, which says what to make of them.")
        }
        return try spread(index, columns, [(self[values].gathering(cells.firstRows), "")], cells)
    }

    /// From long to wide, with several values for a row and a column made into one, as pandas' `pivot_table`.
    ///
    /// - Parameters:
    ///   - index: The columns that name the rows, which come in ascending order of their values; rows with a missing one
    ///     are left out.
    ///   - columns: The column whose values become columns, in ascending order.
    ///   - values: The columns with the values. With several of them, columns are called `value_LEVEL`.
    ///   - aggregation: What is made of several values.
    ///   - filling: A number in place of what has no values.
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when the calculation does not suit the values.
    public func pivotTable(
        index: [String], columns: String, values: [String], by aggregation: Aggregation.Kind = .mean,
        filling: Double? = nil
    ) throws -> DataFrame {
        let cells = try grouped(by: index + [columns])
        let made = try cells.aggregated(by: aggregation, columns: values)
        let parts = try values.map { name -> (Column, String) in
            (try made[name], values.count == 1 ? "" : name + "_")
        }
        return try spread(index, columns, parts, cells, filling: filling)
    }

    /// Puts values, one for each cell, into rows and columns.
    private func spread(
        _ index: [String], _ columns: String, _ parts: [(Column, String)], _ cells: RowGrouping, filling: Double? = nil
    ) throws -> DataFrame {
        guard !index.isEmpty else {
            throw ApusError(.invalidParameter, "No column names the rows of the pivot; name at least one.")
        }
        let frame = cells.groups
        let rows = try frame.grouped(by: index, includesMissing: true)
        let heads = try frame.grouped(by: [columns], includesMissing: true)
        try Memory.check(
            Double(rows.count) * Double(heads.count) * Double(parts.count) * 8,
            "A pivot of \(rows.count) rows and \(heads.count) columns", "choose a column with fewer different values")
        var result = rows.groups
        let head: Column = try frame[columns]
        let (members, starts) = GroupKernel.rows(heads.codes, groups: heads.count)
        for (values, prefix) in parts {
            for group in 0..<heads.count {
                var places = [Int](repeating: -1, count: rows.count)
                for cell in members[starts[group]..<starts[group + 1]] { places[Int(rows.codes[cell])] = cell }
                let row = heads.firstRows[group]
                let level = head.missing[row] ? "missing" : head.text(at: row)
                var column = values.gathering(places, hasGaps: true).renamed(prefix + level)
                if let filling { column = try column.filled(with: .constant(.number(filling))) }
                try result.append(column: column)
            }
        }
        return result
    }
}
