import ApusCore

/// The last rows up to each row of a column.
///
///     frame["smooth"] = try frame["price"].rolling(7).mean()
///
/// Statistics are updated from row to row with compensated sums, in the order of pandas' `rolling`.
public struct RollingWindow: Sendable {
    let column: Column
    /// How many rows a window has, the row itself among them.
    public let size: Int
    /// How many values a window needs; with fewer the result is missing.
    public let minimumCount: Int
    /// Whether the row is in the middle of its window rather than at its end.
    public let isCentred: Bool

    /// The sums.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func sum() throws -> Column { try slide(RollingSum()) { $0.sum(minimumCount) } }

    /// The means.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func mean() throws -> Column { try slide(RollingSum()) { $0.mean(minimumCount) } }

    /// The variances, with `ddof` subtracted from the count in the denominator.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func variance(ddof: Int = 1) throws -> Column {
        try slide(RollingVariance()) { $0.variance(minimumCount, ddof) }
    }

    /// The standard deviations.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func standardDeviation(ddof: Int = 1) throws -> Column {
        try slide(RollingVariance()) { $0.variance(minimumCount, ddof).squareRoot() }
    }

    /// The smallest values.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func min() throws -> Column { try quantile(0) }

    /// The largest values.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func max() throws -> Column { try quantile(1) }

    /// The medians.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text.
    public func median() throws -> Column { try quantile(0.5) }

    /// The values that a share of the window does not exceed, interpolated between two of them.
    ///
    /// - Parameter share: From 0 to 1.
    /// - Throws: `ApusError` with code `invalidParameter` for another share, and `invalidSchema` for text.
    public func quantile(_ share: Double) throws -> Column {
        guard share >= 0, share <= 1 else {
            throw ApusError(.invalidParameter, "The quantile \(share) is not within 0 and 1; give a share.")
        }
        return try slide(RollingOrder()) { $0.quantile(share, minimumCount) }
    }

    /// How many values there are.
    public func counts() -> Column {
        let present = Column(column.name, (0..<column.count).map { column.missing[$0] ? 0.0 : 1 })
        let window = RollingWindow(column: present, size: size, minimumCount: 0, isCentred: isCentred)
        return (try? window.sum()) ?? present
    }

    /// Whatever `body` makes of the values of each window, missing ones left out.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text, and what `body` throws.
    public func applying(_ body: ([Double]) throws -> Double) throws -> Column {
        let values = try column.numbers()
        return Column(
            column.name,
            try values.indices.map { row in
                let own = values[bounds(row)].filter { !$0.isNaN }
                return own.count < Swift.max(1, minimumCount) ? .nan : try body(own)
            })
    }

    private func bounds(_ row: Int) -> Range<Int> {
        let end = row + 1 + (isCentred ? (size - 1) / 2 : 0)
        return Swift.max(0, Swift.min(end - size, column.count))..<Swift.min(end, column.count)
    }

    private func slide<State: RollingState>(_ start: State, _ result: (State) -> Double) throws -> Column {
        let values = try column.numbers()
        var state = start
        var last = 0..<0
        return Column(
            column.name,
            values.indices.map { row in
                let window = bounds(row)
                if window.lowerBound >= last.upperBound {
                    state = start
                    for place in window { state.add(values[place]) }
                } else {
                    for place in last.lowerBound..<window.lowerBound { state.remove(values[place]) }
                    for place in last.upperBound..<window.upperBound { state.add(values[place]) }
                }
                if state.isWorn {
                    state = start
                    for place in window { state.add(values[place]) }
                }
                last = window
                return result(state)
            })
    }
}

extension Column {
    /// The last `size` rows up to each row.
    ///
    /// - Parameters:
    ///   - size: How many rows, at least 1.
    ///   - minimumCount: How many values a window needs; all of them when nil.
    ///   - isCentred: Whether the row is in the middle of its window.
    /// - Throws: `ApusError` with code `invalidParameter`.
    public func rolling(_ size: Int, minimumCount: Int? = nil, isCentred: Bool = false) throws -> RollingWindow {
        let least = minimumCount ?? size
        guard size >= 1, size < 1 << 32, least >= 0, least <= size else {
            throw ApusError(
                .invalidParameter,
                "A window of \(size) rows that needs \(least) values cannot be; give at least 1 row, and at most as many "
                    + "values.")
        }
        return RollingWindow(column: self, size: size, minimumCount: least, isCentred: isCentred)
    }

    /// All rows up to each row.
    ///
    /// - Parameter minimumCount: How many values a window needs.
    public func expanding(minimumCount: Int = 1) -> RollingWindow {
        RollingWindow(
            column: self, size: Swift.max(1, count), minimumCount: Swift.max(0, minimumCount), isCentred: false)
    }
}
