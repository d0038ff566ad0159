import ApusCore

extension DataFrame {
    /// This frame joined with another where a column has equal values in both.
    ///
    ///     try orders.joined(customers, on: "customer", kind: .left)
    ///
    /// Rows come in the order of the left frame (of the right one for `.right`, ascending by key for `.full`), and for
    /// each of them its partners in their order, as in pandas. As there, missing keys equal each other; SQL's do not.
    ///
    /// - Parameters:
    ///   - other: The right frame.
    ///   - name: The column of both that holds the keys; it is in the result once.
    ///   - kind: Which rows are in the result.
    ///   - suffixes: What is put behind the names of other columns that both frames have.
    ///   - relation: How many rows with the same keys are expected; more are an error.
    /// - Throws: `ApusError` with code `unknownName`; `invalidSchema` when the keys are of different types or two columns
    ///   of the result would have the same name; `invalidInput` when the relation is another or the result would not fit
    ///   in memory.
    public func joined(
        _ other: DataFrame, on name: String, kind: JoinKind = .inner, suffixes: (String, String) = ("_x", "_y"),
        relation: JoinRelation = .manyToMany
    ) throws -> DataFrame {
        try joined(other, on: [name], kind: kind, suffixes: suffixes, relation: relation)
    }

    /// This frame joined with another where several columns have equal values in both.
    ///
    /// - Throws: `ApusError`, as for one column.
    public func joined(
        _ other: DataFrame, on names: [String], kind: JoinKind = .inner, suffixes: (String, String) = ("_x", "_y"),
        relation: JoinRelation = .manyToMany
    ) throws -> DataFrame {
        try joined(other, on: (names, names), kind: kind, suffixes: suffixes, relation: relation)
    }

    /// This frame joined with another where columns of different names have equal values; both are in the result.
    ///
    ///     try orders.joined(customers, on: (left: ["customer"], right: ["id"]))
    ///
    /// - Throws: `ApusError`, as for one column, and with code `invalidParameter` when there is not one column on the
    ///   right for each on the left.
    public func joined(
        _ other: DataFrame, on names: (left: [String], right: [String]), kind: JoinKind = .inner,
        suffixes: (String, String) = ("_x", "_y"), relation: JoinRelation = .manyToMany
    ) throws -> DataFrame {
        guard !names.left.isEmpty, names.left.count == names.right.count else {
            throw ApusError(
                .invalidParameter,
                "\(names.left.count) columns of the left frame cannot be matched with \(names.right.count) of the right "
                    + "one; name at least one, and as many on both sides.")
        }
        let join = try FrameJoin(self, other, names)
        try join.check(relation)
        if kind == .semi || kind == .anti { return picking(join.leftRows(matching: kind == .semi)) }
        return try join.result(kind, suffixes)
    }
}

/// Two frames whose rows are to be matched.
private struct FrameJoin {
    let left: DataFrame
    let right: DataFrame
    let names: (left: [String], right: [String])
    /// For each row of either frame the number of its keys, in ascending order of the keys.
    let leftCodes: [Int32]
    let rightCodes: [Int32]
    let count: Int

    init(_ left: DataFrame, _ right: DataFrame, _ names: (left: [String], right: [String])) throws {
        self.left = left
        self.right = right
        self.names = names
        let both = try zip(names.left, names.right).map { a, b -> Column in
            let (first, second): (Column, Column) = (try left[a], try right[b])
            do {
                return try first.appending(second)
            } catch {
                throw ApusError(
                    .invalidSchema,
                    "Column “\(a)” of the left frame holds \(first.type.name)s and “\(b)” of the right one "
                        + "\(second.type.name)s, which are never equal; cast one of them to the type of the other.")
            }
        }
        let codes = KeyCodes.of(both, includesMissing: true)
        leftCodes = Array(codes.codes[..<left.rowCount])
        rightCodes = Array(codes.codes[left.rowCount...])
        count = codes.count
    }

    func check(_ relation: JoinRelation) throws {
        func check(_ codes: [Int32], _ side: String, _ frame: DataFrame, _ names: [String]) throws {
            let counts = GroupKernel.counts(codes, groups: count)
            guard let row = codes.firstIndex(where: { counts[Int($0)] > 1 }) else { return }
            let key = try names.map { try frame[$0].text(at: row) }.joined(separator: ", ")
            throw ApusError(
                .invalidInput,
                "The \(side) frame has \(counts[Int(codes[row])]) rows with the key “\(key)”, where one is expected; drop "
                    + "duplicates, or allow for many.")
        }
        if relation == .oneToOne || relation == .oneToMany { try check(leftCodes, "left", left, names.left) }
        if relation == .oneToOne || relation == .manyToOne { try check(rightCodes, "right", right, names.right) }
    }

    func leftRows(matching: Bool) -> [Int] {
        var known = [Bool](repeating: false, count: count)
        for code in rightCodes { known[Int(code)] = true }
        return leftCodes.indices.filter { known[Int(leftCodes[$0])] == matching }
    }

    func result(_ kind: JoinKind, _ suffixes: (String, String)) throws -> DataFrame {
        let (leftRows, rightRows) = try pairs(kind)
        // Rows that stay as they are need not be copied.
        func taken(_ columns: [Column], _ rows: [Int], _ count: Int, hasGaps: Bool) -> [Column] {
            let isWhole = rows.count == count && rows.indices.allSatisfy { rows[$0] == $0 }
            return isWhole ? columns : columns.map { $0.gathering(rows, hasGaps: hasGaps) }
        }
        var lefts = taken(
            left.columns, leftRows, left.rowCount, hasGaps: kind == .right || kind == .full)
        let shared = Set(zip(names.left, names.right).filter { $0 == $1 }.map { $0.0 })
        if kind == .right || kind == .full {
            for name in names.left where shared.contains(name) {
                let place = try left.indexOfColumn(name)
                lefts[place] = try key(name, leftRows, rightRows)
            }
        }
        let others = right.columns.filter { !shared.contains($0.name) }
        let rights = taken(others, rightRows, right.rowCount, hasGaps: kind == .left || kind == .full)
        let (leftNames, rightNames) = (Set(left.columnNames), Set(others.map(\.name)))
        var columns: [Column] = []
        var schemas: [ColumnSchema] = []
        for (column, schema) in zip(lefts, left.schema) {
            columns.append(rightNames.contains(column.name) ? column.renamed(column.name + suffixes.0) : column)
            schemas.append(schema)
        }
        for column in rights {
            columns.append(leftNames.contains(column.name) ? column.renamed(column.name + suffixes.1) : column)
            schemas.append(right.schema[try right.indexOfColumn(column.name)])
        }
        return try DataFrame(columns: columns).assigning(schemas)
    }

    /// A key column with the value of whichever frame has the row.
    private func key(_ name: String, _ leftRows: [Int], _ rightRows: [Int]) throws -> Column {
        let both = try left[name].appending(right[name])
        return both.gathering(leftRows.indices.map { leftRows[$0] < 0 ? rightRows[$0] + left.rowCount : leftRows[$0] })
    }

    private func pairs(_ kind: JoinKind) throws -> (left: [Int], right: [Int]) {
        let flips = kind == .right
        let (driving, looked) = flips ? (rightCodes, leftCodes) : (leftCodes, rightCodes)
        let (rows, starts) = GroupKernel.rows(looked, groups: count)
        let total = GroupKernel.pairCount(driving, starts: starts, keepsLeft: kind != .inner)
        try Memory.check(
            Double(total) * Double(16 + 8 * (left.columns.count + right.columns.count)),
            "A join with \(total) rows", "join on more columns, or drop duplicate keys first")
        var (a, b) = GroupKernel.pairs(driving, rows: rows, starts: starts, keepsLeft: kind != .inner)
        if flips { return (b, a) }
        guard kind == .full else { return (a, b) }
        var known = [Bool](repeating: false, count: count)
        for code in leftCodes { known[Int(code)] = true }
        for (row, code) in rightCodes.enumerated() where !known[Int(code)] {
            a.append(-1)
            b.append(row)
        }
        let keys = a.indices.map { UInt64(a[$0] < 0 ? rightCodes[b[$0]] : leftCodes[a[$0]]) }
        let order = SortKernel.sorted(keys)
        return (GatherKernel.ints(a, order), GatherKernel.ints(b, order))
    }
}

extension DataFrame {
    /// The frame with the roles of some schemas, one for each column.
    func assigning(_ schemas: [ColumnSchema]) throws -> DataFrame {
        var frame = self
        for (name, schema) in zip(columnNames, schemas) {
            if schema.use != .feature { try frame.assign(schema.use, to: [name]) }
            if schema.isSensitive { try frame.assign(.sensitive, to: [name]) }
        }
        return frame
    }
}
