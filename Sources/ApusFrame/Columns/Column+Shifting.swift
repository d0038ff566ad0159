import ApusCore

// Features of the rows before a row. Sort the frame by time first.
extension Column {
    /// The values some rows further down, as lag features need them; missing at the top.
    ///
    /// - Parameter rows: How far down; negative for up.
    public func shifted(by rows: Int) -> Column {
        guard rows != 0, count > 0 else { return self }
        guard rows.magnitude < count else {
            return gathering([Int](repeating: -1, count: count), hasGaps: true)
        }
        return gathering((0..<count).map { (0..<count).contains($0 - rows) ? $0 - rows : -1 }, hasGaps: true)
    }

    /// The difference from the value some rows above; in seconds between points in time.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func diff(_ rows: Int = 1) throws -> Column {
        try (columnExpression - shifted(by: rows)).evaluated().renamed(name)
    }

    /// The change from the value some rows above, as a share of that.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func pctChange(_ rows: Int = 1) throws -> Column {
        try (columnExpression / shifted(by: rows) - 1).evaluated().renamed(name)
    }

    /// The sums of the values up to each row; missing values are passed over and stay missing.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func cumulativeSum() throws -> Column {
        if case .int(let values) = values {
            var sums = [Int](repeating: 0, count: count)
            var (sum, overflows) = (0, false)
            for row in values.indices where !missing[row] {
                let (next, over) = sum.addingReportingOverflow(values[row])
                (sum, sums[row], overflows) = (next, next, overflows || over)
            }
            if !overflows { return Column(name: name, values: .int(sums), missing: missing) }
        }
        return try cumulative(0) { $0 + $1 }
    }

    /// The products of the values up to each row; missing values are passed over and stay missing.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func cumulativeProduct() throws -> Column { try cumulative(1) { $0 * $1 } }

    /// The largest of the values up to each row; missing values are passed over and stay missing.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func cumulativeMax() throws -> Column { try cumulative(-.infinity) { Swift.max($0, $1) }.kept(as: type) }

    /// The smallest of the values up to each row; missing values are passed over and stay missing.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func cumulativeMin() throws -> Column { try cumulative(.infinity) { Swift.min($0, $1) }.kept(as: type) }

    /// How many values there are up to each row.
    public func cumulativeCount() -> Column {
        var present = 0
        return Column(
            name,
            (0..<count).map { row -> Int in
                present += missing[row] ? 0 : 1
                return present
            })
    }

    /// The rank of each value, from 1; the mean of their ranks for equal ones, as pandas' `rank`.
    public func ranks() -> Column {
        let codes = keyCodes
        let counts = GroupKernel.counts(codes.codes, groups: codes.count)
        var before = 0
        let ranks = counts.map { count -> Double in
            defer { before += count }
            return Double(before) + Double(count + 1) / 2
        }
        return Column(name, codes.codes.map { $0 < 0 ? Double.nan : ranks[Int($0)] })
    }

    private func cumulative(_ start: Double, _ body: (Double, Double) -> Double) throws -> Column {
        var last = start
        return Column(
            name,
            try numbers().map { value in
                if value.isNaN { return value }
                last = body(last, value)
                return last
            })
    }

    /// Whole numbers where the column was of such.
    private func kept(as type: ColumnType) -> Column {
        guard type == .int, let whole = try? cast(to: .int) else { return self }
        return whole
    }
}
