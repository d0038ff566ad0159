import ApusCore

extension DataFrame {
    /// The rows in the order of one column or several, the first of which counts most.
    ///
    ///     try frame.sorted(by: "country", .descending("income"))
    ///
    /// Rows that are equal in all of them keep their order, and missing values come last in either direction. Text is
    /// ordered by code point, categories by their levels, and false comes before true.
    ///
    /// - Throws: `ApusError` with code `unknownName`.
    public func sorted(by keys: SortKey...) throws -> DataFrame { try sorted(by: keys) }

    /// The rows in the order of the given columns.
    ///
    /// - Throws: `ApusError` with code `unknownName`.
    public func sorted(by keys: [SortKey]) throws -> DataFrame {
        let columns = try keys.map { (column: try self[$0.column], isAscending: $0.isAscending) }
        guard !columns.isEmpty else { return self }
        // The last key first: each later pass keeps the order of the earlier ones among its equals.
        let order = columns.reversed().reduce([Int]?.none) { order, key in
            key.column.sortedRows(order, ascending: key.isAscending)
        }
        return picking(order ?? Array(0..<rowCount))
    }
}

extension Column {
    /// The places of the values in ascending or descending order; equal ones keep theirs and missing ones come last.
    public func sortedRows(ascending: Bool = true) -> [Int] { sortedRows(nil, ascending: ascending) }

    /// The same for rows that have an order already; nil stands for that of the column.
    func sortedRows(_ order: [Int]?, ascending: Bool) -> [Int] {
        var rows = order
        var absent: [Int] = []
        if !missing.isComplete {
            let all = order ?? Array(0..<count)
            absent = all.filter { missing[$0] }
            rows = all.filter { !missing[$0] }
        }
        if case .string(let texts) = values, case .plain(let buffer) = texts.storage {
            return SortKernel.sorted(buffer, rows: rows ?? Array(0..<count), descending: !ascending) + absent
        }
        var keys = orderKeys ?? []
        if let rows { keys = GatherKernel.keys(keys, rows) }
        if !ascending { for place in keys.indices { keys[place] = ~keys[place] } }
        let sorted = SortKernel.sorted(keys, rows: rows)
        return absent.isEmpty ? sorted : sorted + absent
    }
}
