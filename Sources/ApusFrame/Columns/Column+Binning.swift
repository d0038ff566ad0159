import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Column {
    /// The numbers as categories: bins of equal width over their range, as pandas' `cut`.
    ///
    /// - Parameters:
    ///   - bins: How many, at least 1.
    ///   - labels: A level for each bin; intervals such as `(17.955, 29.25]` when nil.
    ///   - closedRight: Whether a bin holds its upper edge rather than its lower one.
    ///   - includesLowest: Whether the first bin holds its lower edge, too.
    ///   - precision: The decimals of the edges in the levels, more where edges would look the same.
    /// - Throws: `ApusError` with code `invalidParameter` for no bins or too few labels, `invalidInput` when there is no
    ///   finite value, and `invalidSchema` for text.
    public func cut(
        bins: Int, labels: [String]? = nil, closedRight: Bool = true, includesLowest: Bool = false, precision: Int = 3
    ) throws -> Column {
        guard bins >= 1, bins <= 1_000_000 else {
            throw ApusError(.invalidParameter, "There are to be \(bins) bins; ask for 1 to 1,000,000.")
        }
        let present = try numbers().filter { !$0.isNaN }
        guard var low = present.min(), var high = present.max() else {
            throw ApusError(.invalidInput, "Column “\(name)” has no value to cut into bins; fill it or leave it out.")
        }
        guard low.isFinite, high.isFinite, (high - low).isFinite else {
            throw ApusError(
                .invalidInput, "Column “\(name)” holds infinite or huge values; give the edges of the bins.")
        }
        let isConstant = low == high
        if isConstant {
            low -= low != 0 ? 0.001 * low.magnitude : 0.001
            high += high != 0 ? 0.001 * high.magnitude : 0.001
        }
        var edges = Column.evenly(low, high, bins)
        if !isConstant {
            let margin = (high - low) * 0.001
            if closedRight { edges[0] -= margin } else { edges[bins] += margin }
        }
        return try cut(
            edges: edges, labels: labels, closedRight: closedRight, includesLowest: includesLowest,
            precision: precision)
    }

    /// The numbers as categories: bins between given edges, as pandas' `cut`. Values outside become missing.
    ///
    /// - Parameters:
    ///   - edges: At least two, ascending.
    ///   - labels: A level for each bin; intervals such as `(18, 30]` when nil.
    ///   - closedRight: Whether a bin holds its upper edge rather than its lower one.
    ///   - includesLowest: Whether the first bin holds its lower edge, too.
    ///   - precision: The decimals of the edges in the levels, more where edges would look the same.
    /// - Throws: `ApusError` with code `invalidParameter` for edges that do not ascend or labels that do not fit, and
    ///   `invalidSchema` for text.
    public func cut(
        edges: [Double], labels: [String]? = nil, closedRight: Bool = true, includesLowest: Bool = false,
        precision: Int = 3
    ) throws -> Column {
        guard edges.count >= 2, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw ApusError(
                .invalidParameter,
                "The edges of the bins do not ascend from each to the next; give at least two that do.")
        }
        return try binned(
            edges, labels: labels, closedRight: closedRight, includesLowest: includesLowest, precision: precision,
            wholes: false)
    }

    /// The numbers as categories between given whole edges, whose levels have no decimals, `(18, 30]`, unless the first bin
    /// holds its lower edge, too.
    ///
    /// - Throws: `ApusError`, as for edges that are not whole.
    public func cut(
        edges: [Int], labels: [String]? = nil, closedRight: Bool = true, includesLowest: Bool = false
    ) throws -> Column {
        guard edges.count >= 2, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw ApusError(
                .invalidParameter,
                "The edges of the bins do not ascend from each to the next; give at least two that do.")
        }
        return try binned(
            edges.map { Double($0) }, labels: labels, closedRight: closedRight, includesLowest: includesLowest,
            precision: 3, wholes: true)
    }

    /// The numbers as categories of about equal size, as pandas' `qcut`.
    ///
    /// - Parameters:
    ///   - quantiles: How many bins, at least 1: 4 for quartiles.
    ///   - labels: A level for each bin; intervals when nil.
    ///   - mergingDuplicates: Whether bins with equal edges become one, instead of an error.
    ///   - precision: The decimals of the edges in the levels.
    /// - Throws: `ApusError` with code `invalidInput` when edges are equal or there is no finite value, and otherwise as
    ///   for `cut`.
    public func qcut(
        _ quantiles: Int, labels: [String]? = nil, mergingDuplicates: Bool = false, precision: Int = 3
    ) throws -> Column {
        guard quantiles >= 1, quantiles <= 1_000_000 else {
            throw ApusError(.invalidParameter, "There are to be \(quantiles) bins; ask for 1 to 1,000,000.")
        }
        return try qcut(
            shares: Column.evenly(0, 1, quantiles), labels: labels, mergingDuplicates: mergingDuplicates,
            precision: precision)
    }

    /// The numbers as categories between quantiles, given as ascending shares from 0 to 1.
    ///
    /// - Throws: `ApusError`, as for a number of bins.
    public func qcut(
        shares: [Double], labels: [String]? = nil, mergingDuplicates: Bool = false, precision: Int = 3
    ) throws -> Column {
        guard shares.count >= 2, shares.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
            throw ApusError(.invalidParameter, "Quantiles are given as at least two shares from 0 to 1; give such.")
        }
        let sorted = Quantiles(try numbers())
        var edges = shares.compactMap { sorted.value($0) }
        guard edges.count == shares.count, edges.allSatisfy(\.isFinite) else {
            throw ApusError(
                .invalidInput, "Column “\(name)” has no values, or infinite ones, to cut into bins; fill it in first.")
        }
        if !zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) {
            guard mergingDuplicates else {
                throw ApusError(
                    .invalidInput,
                    "Quantiles of column “\(name)” coincide, as one value makes up more than a bin; ask for fewer bins, "
                        + "or let such bins be merged.")
            }
            edges = edges.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
            guard edges.count >= 2 else {
                throw ApusError(
                    .invalidInput, "Column “\(name)” has one value only, which makes no bins; leave it out.")
            }
        }
        return try binned(
            edges, labels: labels, closedRight: true, includesLowest: true, precision: precision, wholes: false)
    }

    /// `count + 1` numbers from `low` to `high`, as NumPy's `linspace` rounds them.
    private static func evenly(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
        let step = (high - low) / Double(count)
        return (0..<count).map { Double($0) * step + low } + [high]
    }

    private func binned(
        _ edges: [Double], labels: [String]?, closedRight: Bool, includesLowest: Bool, precision: Int, wholes: Bool
    ) throws -> Column {
        let bins = edges.count - 1
        let levels =
            labels
            ?? Column.intervals(
                edges, closedRight: closedRight, includesLowest: includesLowest, precision: precision, wholes: wholes)
        guard levels.count == bins, Set(levels.map(ExactText.init)).count == bins else {
            throw ApusError(
                .invalidParameter,
                "There are \(levels.count) labels for \(bins) bins, or two are equal; give a label of its own to each bin."
            )
        }
        let values = try numbers()
        let codes = values.map { value -> Int32 in
            if value.isNaN { return -1 }
            if includesLowest, value == edges[0] { return 0 }
            // How many edges are below the value, or not above it.
            var (low, high) = (0, edges.count)
            while low < high {
                let middle = (low + high) / 2
                if closedRight ? edges[middle] < value : edges[middle] <= value {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return low == 0 || low == edges.count ? -1 : Int32(low - 1)
        }
        return Column(
            name: name, values: .categorical(codes: codes, levels: levels),
            missing: MissingMask(codes.lazy.map { $0 < 0 }))
    }

    /// The names of the bins: as many decimals as `precision`, more where edges would look the same.
    private static func intervals(
        _ edges: [Double], closedRight: Bool, includesLowest: Bool, precision: Int, wholes: Bool
    ) -> [String] {
        let start = Swift.max(0, precision)
        let digits =
            (start..<Swift.max(start + 1, 20)).first { digits in
                Set(edges.map { rounded($0, digits) }).count == edges.count
            } ?? start
        var shown = edges.map { rounded($0, digits) }
        if closedRight, includesLowest { shown[0] -= power(-digits) }
        let wholes = wholes && !(closedRight && includesLowest)
        func text(_ value: Double) -> String { wholes ? numberText(value) : "\(value)" }
        return zip(shown, shown.dropFirst()).map { low, high in
            closedRight ? "(\(text(low)), \(text(high))]" : "[\(text(low)), \(text(high)))"
        }
    }

    /// A number with some decimals, counted from the first digit that is not zero when it is below 1.
    private static func rounded(_ value: Double, _ precision: Int) -> Double {
        guard value.isFinite, value != 0 else { return value }
        let fraction = value - value.rounded(.towardZero)
        let digits =
            value.magnitude < 1 ? -Int(log10(fraction.magnitude).rounded(.down)) - 1 + precision : precision
        let unit = power(digits)
        let scaled = (value * unit).rounded(.toNearestOrEven)
        return scaled.isFinite ? scaled / unit : value
    }

    private static func power(_ digits: Int) -> Double { pow(10, Double(digits)) }
}
