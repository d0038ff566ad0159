import ApusCore

extension Column {
    /// How often each value occurs, the most frequent first, as pandas' `value_counts`.
    ///
    /// Values that occur equally often come in the order of their first appearance, categories in that of their levels,
    /// also those that do not occur.
    ///
    /// - Parameters:
    ///   - normalised: Whether shares are given, which add up to 1, in a column `proportion`, rather than numbers in a
    ///     column `count`.
    ///   - sorted: Whether the most frequent come first, rather than in the order of first appearance.
    ///   - ascending: Whether the least frequent come first.
    ///   - includesMissing: Whether missing values are counted, too.
    /// - Returns: A frame of the values and their counts.
    /// - Throws: `ApusError` with code `invalidSchema` when the column is called as the counts are.
    public func valueCounts(
        normalised: Bool = false, sorted: Bool = true, ascending: Bool = false, includesMissing: Bool = false
    ) throws -> DataFrame {
        let codes = keyCodes.includingMissing(includesMissing && !missing.isComplete)
        let counts = GroupKernel.counts(codes.codes, groups: codes.count)
        let rows = codes.firstRows
        var order: [Int]
        var values: Column
        if case .categorical(_, let levels) = self.values {
            order = Array(counts.indices)
            values = Column(
                name: name,
                values: .categorical(
                    codes: counts.indices.map { $0 < levels.count ? Int32($0) : -1 }, levels: levels),
                missing: MissingMask(counts.indices.map { $0 >= levels.count }))
        } else {
            let present = counts.indices.filter { counts[$0] > 0 }
            order = SortKernel.sorted(present.map { UInt64(rows[$0]) }, rows: present)
            values = self
        }
        if sorted {
            // Stable: ties keep the order that they have.
            let keys = order.map { ascending ? UInt64(counts[$0]) : ~UInt64(counts[$0]) }
            order = SortKernel.sorted(keys, rows: order)
        }
        if case .categorical = self.values {
            values = values.gathering(order)
        } else {
            values = values.gathering(order.map { rows[$0] })
        }
        let chosen = order.map { counts[$0] }
        guard normalised else { return try DataFrame(columns: [values, Column("count", chosen)]) }
        let total = Double(counts.reduce(0, +))
        return try DataFrame(columns: [values, Column("proportion", chosen.map { Double($0) / total })])
    }

    /// How many values fall in each of some bins of equal width, the most frequent first.
    ///
    /// - Parameters:
    ///   - bins: How many bins the range of the values is cut into, at least 1.
    ///   - normalised: Whether shares are given in place of counts; default false.
    ///   - sorted: Whether the most frequent bin comes first; otherwise bins ascend. Default true.
    /// - Throws: `ApusError`, as for `cut(bins:)`.
    public func valueCounts(bins: Int, normalised: Bool = false, sorted: Bool = true) throws -> DataFrame {
        try cut(bins: bins, includesLowest: true).valueCounts(normalised: normalised, sorted: sorted)
    }
}

extension DataFrame {
    /// How often each value of a column occurs, the most frequent first.
    ///
    /// - Throws: `ApusError` with code `unknownName`.
    public func valueCounts(_ name: String, normalised: Bool = false) throws -> DataFrame {
        try self[name].valueCounts(normalised: normalised)
    }
}
