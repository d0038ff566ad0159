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
        let ranks = try keys.map { key in
            let ranks = try self[key.column].ranks
            return key.isAscending ? ranks : ranks.map { $0 == .max ? .max : .max - 1 - $0 }
        }
        guard let first = ranks.first else { return self }
        let order = (0..<rowCount).sorted { a, b in
            if first[a] != first[b] { return first[a] < first[b] }
            for rank in ranks.dropFirst() where rank[a] != rank[b] { return rank[a] < rank[b] }
            return a < b
        }
        return picking(order)
    }
}

extension Column {
    /// For each row a number that is smaller where the value comes earlier; `UInt64.max` where it is missing.
    fileprivate var ranks: [UInt64] {
        /// The bits of a number, so that their order as whole numbers is that of the numbers.
        func rank(_ value: Double) -> UInt64 {
            let bits = (value == 0 ? 0 : value).bitPattern
            return bits >> 63 == 1 ? ~bits : bits | 1 << 63
        }
        func rank(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value)) ^ 1 << 63 }
        let ranks: [UInt64]
        switch values {
        case .double(let values): ranks = values.map(rank)
        case .int(let values), .dateTime(let values): ranks = values.map { min(rank($0), .max - 1) }
        case .bool(let values): ranks = values.map { $0 ? 1 : 0 }
        case .categorical(let codes, _): ranks = codes.map { UInt64(max(0, $0)) }
        case .string:
            guard case .categorical(let codes, _) = asCategorical().values else { return [] }
            ranks = codes.map { UInt64(max(0, $0)) }
        }
        return missing.isComplete ? ranks : ranks.enumerated().map { missing[$0] ? .max : $1 }
    }
}
