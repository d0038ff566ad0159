import ApusCore

/// The rows of a frame in groups of equal values in some columns.
public struct RowGrouping: Sendable {
    /// The frame that is grouped.
    let frame: DataFrame
    /// The columns that make the groups.
    let keys: [Column]
    /// For each row its group, or -1 for a row that belongs to none.
    let codes: [Int32]
    /// The first row of each group.
    let firstRows: [Int]

    /// How many groups there are.
    public var count: Int { firstRows.count }

    /// The values that make the groups, one row for each.
    public var groups: DataFrame { frame.replacingColumns(keys.map { $0.gathering(firstRows) }, rowCount: count) }

    /// How many rows each group has, behind the values that make it.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when one of these columns is called `name`.
    public func counts(as name: String = "count") throws -> DataFrame { try aggregated(.count(as: name)) }

    /// For each group the values that make it, and what was asked for.
    ///
    ///     try frame.grouped(by: "city").aggregated(.mean("income"), .quantile("income", 0.9))
    ///
    /// - Throws: `ApusError` with code `unknownName`, `invalidSchema` when a calculation does not suit the type of its
    ///   column or two columns would have the same name, and `invalidParameter` for a quantile that is no share.
    public func aggregated(_ aggregations: Aggregation...) throws -> DataFrame { try aggregated(aggregations) }

    /// For each group the values that make it, and what was asked for.
    ///
    /// - Throws: `ApusError`, as for several arguments.
    public func aggregated(_ aggregations: [Aggregation]) throws -> DataFrame {
        let columns = try aggregations.map { aggregation -> Column? in
            try aggregation.column.map { try frame[$0] }
        }
        let worker = Aggregator(codes: codes, groups: count)
        // One after another would leave threads idle; each works through the rows in their order, so that sums have the
        // same bits for any number of threads.
        let results = try Parallel.tryMap(aggregations.count) { place in
            try worker.result(aggregations[place].work, columns[place]).renamed(aggregations[place].name)
        }
        var result = groups
        for column in results { try result.append(column: column) }
        return result
    }

    /// One calculation for each of some columns, which keep their names; all columns of numbers that make no groups when
    /// none are named.
    ///
    ///     try frame.grouped(by: "species").aggregated(by: .mean)
    ///
    /// - Throws: `ApusError`, as for single aggregations.
    public func aggregated(by kind: Aggregation.Kind, columns names: [String]? = nil) throws -> DataFrame {
        let own = Set(keys.map(\.name))
        let chosen =
            names
            ?? frame.columns.filter { ($0.type == .double || $0.type == .int) && !own.contains($0.name) }
            .map(\.name)
        return try aggregated(chosen.map { .of($0, kind, as: $0) })
    }

    /// The rows of each group as a frame, in the order of the groups.
    public func frames() -> [DataFrame] {
        let (rows, starts) = GroupKernel.rows(codes, groups: count)
        return (0..<count).map { frame.picking(Array(rows[starts[$0]..<starts[$0 + 1]])) }
    }

    /// For each row of the frame what was calculated for its group, as a column; missing for rows without one.
    ///
    ///     frame["share"] = frame.income / (try frame.grouped(by: "city").broadcast(.sum("income")))
    ///
    /// - Throws: `ApusError`, as for `aggregated`.
    public func broadcast(_ aggregation: Aggregation) throws -> Column {
        let column: Column? = try aggregation.column.map { try frame[$0] }
        let values = try Aggregator(codes: codes, groups: count).result(aggregation.work, column)
        return values.gathering(codes.map { Int($0) }, hasGaps: true).renamed(aggregation.name)
    }
}

extension DataFrame {
    /// The rows in groups of equal values in the given columns.
    ///
    ///     try frame.grouped(by: "city", "segment").aggregated(.mean("income"))
    ///
    /// Groups come in ascending order of their values, the first column counting most. Rows with a missing value among
    /// them belong to no group.
    ///
    /// - Throws: `ApusError` with code `unknownName`, or `invalidParameter` when no column is named.
    public func grouped(by names: String...) throws -> RowGrouping { try grouped(by: names) }

    /// The rows in groups of equal values in the given columns.
    ///
    /// - Parameters:
    ///   - names: The columns, at least one.
    ///   - includesMissing: Whether missing values make groups of their own, behind the others; otherwise rows with one
    ///     belong to no group.
    ///   - sorted: Whether groups come in ascending order of their values, rather than of first appearance.
    /// - Throws: `ApusError` with code `unknownName`, or `invalidParameter` when no column is named.
    public func grouped(
        by names: [String], includesMissing: Bool = false, sorted: Bool = true
    ) throws -> RowGrouping {
        guard !names.isEmpty else {
            throw ApusError(.invalidParameter, "No column to group by was named; name at least one.")
        }
        if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw ApusError(.invalidParameter, "Column “\(names[twice])” is to be grouped by twice; name it once.")
        }
        let keys = try names.map { try self[$0] as Column }
        let all = KeyCodes.of(keys, includesMissing: includesMissing)
        let rows = all.firstRows
        var present = rows.indices.filter { rows[$0] >= 0 }
        if !sorted { present.sort { rows[$0] < rows[$1] } }
        let isDense = present.count == all.count && present.elementsEqual(rows.indices)
        var codes = all.codes
        if !isDense {
            var place = [Int32](repeating: -1, count: all.count)
            for (new, old) in present.enumerated() { place[old] = Int32(new) }
            let (old, places) = (codes, place)
            codes = [Int32](filledInParallelRows: old.count, width: 1, blockSize: 1 << 16) { block, out in
                for row in block { out[row] = old[row] < 0 ? -1 : places[Int(old[row])] }
            }
        }
        return RowGrouping(frame: self, keys: keys, codes: codes, firstRows: present.map { rows[$0] })
    }
}
