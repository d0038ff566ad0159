import ApusCore

extension DataFrame {
    /// When a row with missing values is dropped.
    public enum MissingRule: Sendable, Hashable {
        /// When any of its values is missing.
        case any
        /// When all of its values are missing.
        case all
        /// When fewer than this many of its values are there.
        case fewerThan(Int)
    }

    /// The rows without a missing value in the given columns, or in any.
    ///
    /// - Parameters:
    ///   - names: The columns that count; all when nil.
    ///   - rule: When a row is dropped.
    /// - Throws: `ApusError` with code `unknownName`.
    public func droppingMissing(in names: [String]? = nil, when rule: MissingRule = .any) throws -> DataFrame {
        let all = try (names ?? columnNames).map { try self[$0].missing }
        let masks = all.filter { !$0.isComplete }
        let complete = all.count - masks.count
        switch rule {
        case .any:
            guard !masks.isEmpty else { return self }
            return picking((0..<rowCount).filter { row in masks.allSatisfy { !$0[row] } })
        case .all:
            guard complete == 0, !all.isEmpty else { return self }
            return picking((0..<rowCount).filter { row in masks.contains { !$0[row] } })
        case .fewerThan(let least):
            return picking((0..<rowCount).filter { row in complete + masks.count { !$0[row] } >= least })
        }
    }

    /// The columns with at least a share of their values, or with all of them by default.
    ///
    /// - Parameter share: The least share of values that are there, from 0 to 1.
    public func droppingColumns(withFewerThan share: Double = 1) -> DataFrame {
        replacingColumns(
            columns.filter { column in
                Double(column.count - column.missingCount) >= share * Double(column.count)
            }, rowCount: rowCount)
    }

    /// Which of several equal rows are kept.
    public enum Duplicates: Sendable, Hashable, CaseIterable {
        /// The first of them.
        case keepFirst
        /// The last of them.
        case keepLast
        /// None of them.
        case keepNone
    }

    /// The rows that differ in the given columns, or in all, in their order. Missing values equal each other.
    ///
    /// - Throws: `ApusError` with code `unknownName`.
    public func distinctRows(by names: [String]? = nil, _ duplicates: Duplicates = .keepFirst) throws -> DataFrame {
        let flags = try duplicated(by: names, duplicates).flags
        return picking(flags.indices.filter { !flags[$0] })
    }

    /// Where a row equals another in the given columns, or in all, that is kept instead of it.
    ///
    /// - Throws: `ApusError` with code `unknownName`.
    public func duplicated(
        by names: [String]? = nil, _ duplicates: Duplicates = .keepFirst
    ) throws -> RowCondition {
        let keys = try (names ?? columnNames).map { try self[$0] as Column }
        guard !keys.isEmpty else { return RowCondition([Bool](repeating: false, count: rowCount)) }
        let codes = KeyCodes.of(keys, includesMissing: true)
        let counts = GroupKernel.counts(codes.codes, groups: codes.count)
        var seen = [Bool](repeating: false, count: codes.count)
        var flags = [Bool](repeating: false, count: rowCount)
        switch duplicates {
        case .keepNone: for row in 0..<rowCount { flags[row] = counts[Int(codes.codes[row])] > 1 }
        case .keepFirst:
            for row in 0..<rowCount {
                flags[row] = seen[Int(codes.codes[row])]
                seen[Int(codes.codes[row])] = true
            }
        case .keepLast:
            for row in (0..<rowCount).reversed() {
                flags[row] = seen[Int(codes.codes[row])]
                seen[Int(codes.codes[row])] = true
            }
        }
        return RowCondition(flags)
    }

    // MARK: Columns

    /// The frame with other names for some columns; their roles stay with them.
    ///
    /// - Parameter names: New names by old ones. Names may be exchanged.
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when two columns would have the same name.
    public func renaming(columns names: [String: String]) throws -> DataFrame {
        for name in names.keys.sorted(by: precedes) { _ = try indexOfColumn(name) }
        let renamed = columnNames.map { names[$0] ?? $0 }
        if let twice = renamed.indices.first(where: { renamed[..<$0].contains(renamed[$0]) }) {
            throw ApusError(.invalidSchema, "Two columns would be called “\(renamed[twice])”; choose another name.")
        }
        var result = try DataFrame(columns: zip(columns, renamed).map { $0.renamed($1) })
        if columns.isEmpty { return self }
        for (schema, name) in zip(schema, renamed) {
            try result.assign(schema.use, to: [name])
            if schema.isSensitive { try result.assign(.sensitive, to: [name]) }
        }
        return result
    }

    /// The frame with the given columns first, in that order, and the others behind them.
    ///
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when a name is repeated.
    public func reordering(first names: [String]) throws -> DataFrame {
        let chosen = Set(names)
        return try selecting(columns: names + columnNames.filter { !chosen.contains($0) })
    }

    /// The columns of some types, from left to right.
    public func selecting(types: Set<ColumnType>) -> DataFrame {
        replacingColumns(columns.filter { types.contains($0.type) }, rowCount: rowCount)
    }
}
