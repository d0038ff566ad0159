import CApusKernels

/// The columns of a matrix for trees that tell classes apart by counting: each value as its rank among the distinct
/// Float32 values of its column, or among ranges of them, in one byte where 256 ranks do.
///
/// Made once and shared by all trees of a forest. The ranks are kept column by column, for large nodes, and row by row,
/// for small ones, whose rows lie far apart.
@_documentation(visibility: internal)
public final class TreePackedColumns: @unchecked Sendable {
    /// Where the ranks of a column are.
    struct Column {
        /// Whether a rank takes one byte.
        let isNarrow: Bool
        /// The column's place among those that are as narrow as it.
        let index: Int
        /// How many ranks there are, missing values not counted: also the rank of a missing value.
        let levels: Int
        let hasMissing: Bool
        /// Where its ranges start in `lows` and `highs`.
        let start: Int
        /// Where its bits start in `close`, or -1 when no values are close.
        let closeStart: Int
    }

    /// Number of rows, at most 2³² - 1.
    public let rows: Int
    /// Number of columns.
    public let features: Int
    let columns: [Column]
    /// The greatest rank of any column.
    let greatestRank: Int
    let narrowCount: Int
    let wideCount: Int
    let narrow: UnsafeMutablePointer<UInt8>
    let wide: UnsafeMutablePointer<UInt32>
    /// The same row by row, or nil where it would take too much memory.
    let narrowByRow: UnsafeMutablePointer<UInt8>?
    let wideByRow: UnsafeMutablePointer<UInt32>?
    /// The least and the greatest value of each rank, column after column.
    let lows: UnsafeMutablePointer<Float>
    let highs: UnsafeMutablePointer<Float>
    /// One bit a rank: whether it counts as equal to the one before it.
    let close: UnsafeMutablePointer<UInt32>

    /// Columns that are ranked together: so many values of a row lie side by side.
    private static let group = 8

    /// Ranks the values of a matrix; NaN stands for a missing value.
    ///
    /// - Parameters:
    ///   - x: The rows.
    ///   - levels: The most ranks of a column, 2 to 255: ranges that hold about as many rows each; nil for one a value.
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number, or for too many
    ///   rows.
    public init(_ x: Matrix, levels: Int? = nil) throws {
        try TreeValues.checkCount(x)
        try TreeWalkKernel.checkUsable(x)
        let (rows, features) = (x.rows, x.columns)
        self.rows = rows
        self.features = features
        let ranked = TreePackedColumns.rank(x, levels: levels)
        narrowCount = ranked.count { $0.bytes != nil }
        wideCount = features - narrowCount
        let narrow = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, narrowCount * rows))
        let wide = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, wideCount * rows))
        var columns: [Column] = []
        var start = 0
        var closeStart = 0
        var narrowIndex = 0
        for column in ranked {
            let hasClose = TreePackedColumns.hasClose(column)
            let index = column.bytes != nil ? narrowIndex : columns.count - narrowIndex
            columns.append(
                Column(
                    isNarrow: column.bytes != nil, index: index, levels: column.lows.count,
                    hasMissing: column.hasMissing, start: start, closeStart: hasClose ? closeStart : -1))
            if let bytes = column.bytes {
                bytes.withUnsafeBufferPointer { bytes in
                    if let base = bytes.baseAddress { (narrow + index * rows).initialize(from: base, count: rows) }
                }
                narrowIndex += 1
            } else {
                column.words.withUnsafeBufferPointer { words in
                    if let base = words.baseAddress { (wide + index * rows).initialize(from: base, count: rows) }
                }
            }
            start += column.lows.count
            if hasClose { closeStart += column.lows.count / 32 + 1 }
        }
        self.columns = columns
        greatestRank = columns.map(\.levels).max() ?? 0
        lows = .allocate(capacity: max(1, start))
        highs = .allocate(capacity: max(1, start))
        close = .allocate(capacity: max(1, closeStart))
        close.initialize(repeating: 0, count: max(1, closeStart))
        for (column, source) in zip(columns, ranked) {
            for k in source.lows.indices {
                lows[column.start + k] = source.lows[k]
                highs[column.start + k] = source.highs[k]
                guard k > 0, column.closeStart >= 0 else { continue }
                if source.lows[k] <= source.highs[k - 1] + TreeColumns.tolerance {
                    close[column.closeStart + k >> 5] |= 1 << UInt32(k & 31)
                }
            }
        }
        self.narrow = narrow
        self.wide = wide
        let fits = (narrowCount + 4 * wideCount) * rows <= Memory.size / 8
        narrowByRow = fits && narrowCount > 0 ? TreePackedColumns.turned(narrow, rows, narrowCount) : nil
        wideByRow = fits && wideCount > 0 ? TreePackedColumns.turned(wide, rows, wideCount) : nil
    }

    deinit {
        narrow.deallocate()
        wide.deallocate()
        narrowByRow?.deallocate()
        wideByRow?.deallocate()
        lows.deallocate()
        highs.deallocate()
        close.deallocate()
    }

    /// Whether all values between two ranks count as equal.
    func isConstant(_ column: Column, from low: Int, to high: Int) -> Bool {
        if low == high { return true }
        // What is close to an earlier value is close to the one just before it, too.
        return column.closeStart >= 0 && highs[column.start + high] <= lows[column.start + low] + TreeColumns.tolerance
    }

    /// The threshold halfway between two ranks; infinity where only missing values are above.
    func threshold(_ column: Column, between below: UInt32, and above: UInt32) -> Double {
        if above == TreeSplit.missingRight { return .infinity }
        return Double(highs[column.start + Int(below)]) / 2 + Double(lows[column.start + Int(above)]) / 2
    }

    // MARK: Ranking

    private struct Ranked: Sendable {
        var bytes: [UInt8]?
        var words: [UInt32] = []
        var lows: [Float]
        var highs: [Float]
        var hasMissing: Bool
    }

    private static func hasClose(_ column: Ranked) -> Bool {
        column.lows.indices.dropFirst().contains { column.lows[$0] <= column.highs[$0 - 1] + TreeColumns.tolerance }
    }

    private static func rank(_ x: Matrix, levels: Int?) -> [Ranked] {
        let groups = Parallel.blocks(of: x.columns, size: group)
        let rows = x.rows
        return Parallel.map(groups.count) { index -> [Ranked] in
            let features = groups[index]
            return withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * features.count) { buffer in
                x.values.withUnsafeBufferPointer { values in
                    for row in 0..<rows {
                        for (k, feature) in features.enumerated() {
                            // Adding 0 makes one zero of the two, which are equal and need one rank.
                            buffer[k * rows + row] = Float(values[row * x.columns + feature]) + 0
                        }
                    }
                }
                return (0..<features.count).map { k in
                    rank(UnsafeBufferPointer(rebasing: buffer[k * rows..<(k + 1) * rows]), levels: levels)
                }
            }
        }.flatMap(\.self)
    }

    private static func rank(_ column: UnsafeBufferPointer<Float>, levels: Int?) -> Ranked {
        if let ranked = rankBytes(column, levels: levels) { return ranked }
        let rows = column.count
        var values: [Float] = []
        var hasMissing = false
        let words = [UInt32](unsafeUninitializedCapacity: rows) { words, filled in
            filled = rows
            guard let base = words.baseAddress else { return }
            let distinct = TreeColumns.rank(column, into: base)
            (values, hasMissing) = (distinct.values, distinct.hasMissing)
        }
        var ranked = Ranked(words: words, lows: values, highs: values, hasMissing: hasMissing)
        if let levels, values.count > levels {
            ranked.words.withUnsafeMutableBufferPointer { words in
                (ranked.lows, ranked.highs) = TreeColumns.merge(words, values, levels: levels)
            }
        }
        if ranked.lows.count + (hasMissing ? 1 : 0) <= 256 {
            ranked.bytes = ranked.words.map { UInt8(truncatingIfNeeded: $0) }
            ranked.words = []
        }
        return ranked
    }

    /// Ranks a column of at most 256 distinct values, missing ones among them, without sorting its rows; nil for any other
    /// column.
    private static func rankBytes(_ column: UnsafeBufferPointer<Float>, levels: Int?) -> Ranked? {
        // An open table of the values met so far, four times as large as it may get full.
        let slots = 1024
        return withUnsafeTemporaryAllocation(of: (bits: UInt32, code: Int32).self, capacity: slots) { table in
            table.initialize(repeating: (0, -1))
            var distinct: [Float] = []
            var codes: [UInt8] = []
            codes.reserveCapacity(column.count)
            var previous: (bits: UInt32, code: UInt8)?
            for value in column {
                let bits = value.isNaN ? Float.nan.bitPattern : value.bitPattern
                if let previous, previous.bits == bits {
                    codes.append(previous.code)
                    continue
                }
                var slot = Int((bits &* 0x9e37_79b1) &>> 22)
                while table[slot].code >= 0, table[slot].bits != bits { slot = (slot &+ 1) & (slots - 1) }
                if table[slot].code < 0 {
                    guard distinct.count < 256 else { return nil }
                    table[slot] = (bits, Int32(distinct.count))
                    distinct.append(value)
                }
                let code = UInt8(truncatingIfNeeded: table[slot].code)
                previous = (bits, code)
                codes.append(code)
            }
            return ranked(codes, distinct, levels: levels)
        }
    }

    /// Numbers codes of distinct values by rank.
    private static func ranked(_ codes: [UInt8], _ distinct: [Float], levels: Int?) -> Ranked? {
        let ascending = distinct.indices.filter { !distinct[$0].isNaN }.sorted { distinct[$0] < distinct[$1] }
        if let levels, ascending.count > levels { return nil }
        // A missing value, the only one without a place, has the rank after the last.
        var rank = [UInt8](repeating: UInt8(truncatingIfNeeded: ascending.count), count: 256)
        for (place, code) in ascending.enumerated() { rank[code] = UInt8(truncatingIfNeeded: place) }
        let values = ascending.map { distinct[$0] }
        return Ranked(
            bytes: codes.map { rank[Int($0)] }, lows: values, highs: values, hasMissing: values.count < distinct.count)
    }

    private static func turned<Rank: BitwiseCopyable & Sendable>(
        _ columns: UnsafeMutablePointer<Rank>, _ rows: Int, _ count: Int
    ) -> UnsafeMutablePointer<Rank> {
        let result = UnsafeMutablePointer<Rank>.allocate(capacity: rows * count)
        let source = SharedBuffer(UnsafeMutableBufferPointer(start: columns, count: rows * count))
        let target = SharedBuffer(UnsafeMutableBufferPointer(start: result, count: rows * count))
        let blocks = Parallel.blocks(of: rows, size: 64)
        Parallel.forEach(blocks.count) { block in
            for index in 0..<count {
                for row in blocks[block] { target[row * count + index] = source[index * rows + row] }
            }
        }
        return result
    }
}
