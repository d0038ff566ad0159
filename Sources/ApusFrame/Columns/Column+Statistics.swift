import ApusCore

// Missing values are left out everywhere; what is not defined without values is nil. Sums run in NumPy's order.
extension Column {
    /// The sum of the numbers; 0 where there is none.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func sum() throws -> Double { ColumnKernel.pairwise(try filledNumbers()) }

    /// The mean of the numbers.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func mean() throws -> Double? {
        let present = count - missingCount
        return present == 0 ? nil : ColumnKernel.pairwise(try filledNumbers()) / Double(present)
    }

    /// The variance of the numbers.
    ///
    /// - Parameter ddof: What is subtracted from the count in the denominator: 1 estimates that of a population from a
    ///   sample, as pandas does by default; 0 is that of the values themselves.
    /// - Returns: Nil unless there are more values than `ddof`.
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func variance(ddof: Int = 1) throws -> Double? {
        let present = count - missingCount
        guard present > ddof, let mean = try mean() else { return nil }
        let squares = try numbers().map { $0.isNaN ? 0 : (mean - $0) * (mean - $0) }
        return ColumnKernel.pairwise(squares) / Double(present - ddof)
    }

    /// The square root of the variance.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func standardDeviation(ddof: Int = 1) throws -> Double? { try variance(ddof: ddof)?.squareRoot() }

    /// The value that half of the values do not exceed: of an even number, between the middle two.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func median() throws -> Double? { try quantile(0.5) }

    /// The value that a share of the values does not exceed, interpolated between two of them.
    ///
    /// - Parameter share: From 0 to 1.
    /// - Throws: `ApusError` with code `invalidParameter` for another share, and `invalidSchema` for text.
    public func quantile(_ share: Double) throws -> Double? {
        guard share >= 0, share <= 1 else {
            throw ApusError(.invalidParameter, "The quantile \(share) is not within 0 and 1; give a share.")
        }
        return Quantiles(try numbers()).value(share)
    }

    /// The smallest value: of text the first by code point, of categories the first level.
    public func min() -> Cell { sortedEnds.min }

    /// The largest value.
    public func max() -> Cell { sortedEnds.max }

    private var sortedEnds: (min: Cell, max: Cell) {
        let codes = keyCodes
        let rows = codes.firstRows.filter { $0 >= 0 }
        guard let first = rows.first, let last = rows.last else { return (.missing, .missing) }
        return (self[first], self[last])
    }

    /// How many different values there are.
    public var distinctCount: Int { keyCodes.firstRows.count { $0 >= 0 } }

    /// The different values in order of first appearance.
    public func distinct() -> Column { gathering(keyCodes.firstRows.filter { $0 >= 0 }.sorted()) }

    /// The most frequent value, the smallest of several.
    public func mode() -> Cell {
        let codes = keyCodes
        let counts = GroupKernel.counts(codes.codes, groups: codes.count)
        guard let most = counts.max(), most > 0, let code = counts.firstIndex(of: most) else { return .missing }
        return self[codes.firstRows[code]]
    }

    /// The numbers with 0 where they are missing.
    func filledNumbers() throws -> [Double] {
        let values = try numbers()
        return missing.isComplete ? values : values.map { $0.isNaN ? 0 : $0 }
    }
}

/// Quantiles of some numbers, interpolated linearly between neighbours (R. Hyndman and Y. Fan, 1996, type 7).
struct Quantiles {
    let sorted: [Double]

    init(_ values: [Double]) {
        // NaN has no place in the order.
        let values = values.contains(where: \.isNaN) ? values.filter { !$0.isNaN } : values
        let keys = values.map { value -> UInt64 in
            let bits = (value == 0 ? 0 : value).bitPattern
            return bits >> 63 == 1 ? ~bits : bits | 1 << 63
        }
        sorted = GatherKernel.doubles(values, SortKernel.sorted(keys))
    }

    /// The quantile; nil without values.
    func value(_ share: Double) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        // From the nearer neighbour, as NumPy does, so that rounding is the same.
        let (a, b, t) = (sorted[below], sorted[below + 1], place - Double(below))
        if a == b { return a }
        return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t
    }
}
