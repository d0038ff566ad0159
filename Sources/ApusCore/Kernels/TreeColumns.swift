/// The columns of a matrix for trees that search best splits: each value as its rank among the distinct Float32 values
/// of its column.
///
/// Made once and shared by all trees of a forest. Comparing ranks is comparing values, and a rank is small enough to be
/// packed into one word with its row.
@_documentation(visibility: internal)
public final class TreeColumns: @unchecked Sendable {
    /// Number of rows, at most 2³² - 1.
    public let rows: Int
    /// Number of columns.
    public let features: Int
    /// For column f and row i the rank at `f * rows + i`; a missing value has the rank after the last.
    let ranks: UnsafeMutablePointer<UInt32>
    /// The distinct values of each column, ascending, column after column.
    private let values: UnsafeMutablePointer<Float>
    /// The same where a rank is a single value, else the greatest value of each rank; `values` has the least one.
    private let greatest: UnsafeMutablePointer<Float>
    private let offsets: [Int]
    /// One bit a distinct value: whether it counts as equal to the one before it.
    private let closeness: UnsafeMutablePointer<UInt64>
    private let closenessOffsets: [Int]
    /// Whether a column has missing values.
    public let hasMissing: [Bool]

    /// Two values this close count as one.
    static let tolerance: Float = 1e-7

    /// Ranks the values of a matrix; NaN stands for a missing value.
    ///
    /// - Parameters:
    ///   - x: The rows.
    ///   - levels: The most ranks of a column: ranges that hold about as many rows each; nil for one a value.
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number, or for too many
    ///   rows.
    public init(_ x: Matrix, levels: Int? = nil) throws {
        rows = x.rows
        features = x.columns
        let turned = try TreeValues.singlePrecision(x)
        let count = x.rows
        let ranks = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, count * x.columns))
        let shared = SharedBuffer(UnsafeMutableBufferPointer(start: ranks, count: max(1, count * x.columns)))
        let distinct = Parallel.map(x.columns) { feature in
            turned.withUnsafeBufferPointer { column in
                let target = shared.base + feature * count
                var distinct = TreeColumns.rank(
                    UnsafeBufferPointer(rebasing: column[feature * count..<(feature + 1) * count]), into: target)
                if let levels, distinct.values.count > levels {
                    (distinct.values, distinct.greatest) = TreeColumns.merge(
                        UnsafeMutableBufferPointer(start: target, count: count), distinct.values, levels: levels)
                }
                return distinct
            }
        }
        self.ranks = ranks
        var offsets = [0]
        for column in distinct { offsets.append(offsets[offsets.count - 1] + column.values.count) }
        let values = UnsafeMutablePointer<Float>.allocate(capacity: max(1, offsets[x.columns]))
        for (feature, column) in distinct.enumerated() {
            for (k, value) in column.values.enumerated() { values[offsets[feature] + k] = value }
        }
        self.values = values
        if levels == nil {
            greatest = values
        } else {
            greatest = .allocate(capacity: max(1, offsets[x.columns]))
            for (feature, column) in distinct.enumerated() {
                for (k, value) in (column.greatest ?? column.values).enumerated() {
                    greatest[offsets[feature] + k] = value
                }
            }
        }
        self.offsets = offsets
        hasMissing = distinct.map(\.hasMissing)
        var closenessOffsets = [0]
        for column in distinct {
            closenessOffsets.append(closenessOffsets[closenessOffsets.count - 1] + column.values.count / 64 + 1)
        }
        let closeness = UnsafeMutablePointer<UInt64>.allocate(capacity: closenessOffsets[x.columns] + 1)
        closeness.initialize(repeating: 0, count: closenessOffsets[x.columns] + 1)
        for (feature, column) in distinct.enumerated() {
            let bits = closeness + closenessOffsets[feature]
            for k in column.values.indices.dropFirst()
            where column.values[k] <= (column.greatest ?? column.values)[k - 1] + TreeColumns.tolerance {
                bits[k >> 6] |= 1 << UInt64(k & 63)
            }
        }
        self.closeness = closeness
        self.closenessOffsets = closenessOffsets
    }

    deinit {
        ranks.deallocate()
        if greatest != values { greatest.deallocate() }
        values.deallocate()
        closeness.deallocate()
    }

    /// How many different values a column has, missing ones not counted: also the rank of a missing value.
    func distinctCount(_ feature: Int) -> Int { offsets[feature + 1] - offsets[feature] }

    /// The distinct values of a column, ascending.
    func distinctValues(_ feature: Int) -> UnsafePointer<Float> { UnsafePointer(values + offsets[feature]) }

    /// For each distinct value of a column a bit: whether it counts as equal to the one before it though it differs.
    func closeValues(_ feature: Int) -> UnsafePointer<UInt64> {
        UnsafePointer(closeness + closenessOffsets[feature])
    }

    /// Whether all values between two ranks count as equal.
    @inline(__always)
    func isConstant(_ feature: Int, from low: UInt32, to high: UInt32) -> Bool {
        if low == high { return true }
        // What is close to an earlier value is close to the one just before it, too; bits stay in the cache.
        if closeValues(feature)[Int(high &>> 6)] &>> UInt64(high & 63) & 1 == 0 { return false }
        let values = distinctValues(feature)
        return values[Int(high)] <= values[Int(low)] + TreeColumns.tolerance
    }

    /// The threshold halfway between two ranks; infinity where only missing values are above.
    func threshold(_ feature: Int, between below: UInt32, and above: UInt32) -> Double {
        if above == TreeSplit.missingRight { return .infinity }
        let start = offsets[feature]
        return Double(greatest[start + Int(below)]) / 2 + Double(values[start + Int(above)]) / 2
    }

    /// The distinct values of a column, ascending, or the least and the greatest of ranges of them.
    struct Distinct: Sendable {
        var values: [Float]
        var greatest: [Float]?
        let hasMissing: Bool
    }

    /// Joins neighbouring ranks so that `levels` are left at most, each with about as many rows.
    ///
    /// - Parameters:
    ///   - ranks: The rank of each row; a missing value has the rank after the last.
    ///   - values: The value of each rank.
    /// - Returns: The least and the greatest value of each new rank.
    static func merge(
        _ ranks: UnsafeMutableBufferPointer<UInt32>, _ values: [Float], levels: Int
    ) -> (lows: [Float], highs: [Float]) {
        var sizes = [Int](repeating: 0, count: values.count + 1)
        for rank in ranks { sizes[Int(rank)] += 1 }
        let present = ranks.count - sizes[values.count]
        var level = [UInt32](repeating: 0, count: values.count + 1)
        var (lows, highs): ([Float], [Float]) = ([], [])
        var sum = 0
        for rank in values.indices {
            // A range ends once it and those before it hold their part of the rows; close values stay together.
            let isFull = sum * levels >= present * lows.count
            if lows.isEmpty || isFull && values[rank] > values[rank - 1] + tolerance {
                lows.append(values[rank])
                highs.append(values[rank])
            } else {
                highs[highs.count - 1] = values[rank]
            }
            sum += sizes[rank]
            level[rank] = UInt32(lows.count - 1)
        }
        level[values.count] = UInt32(lows.count)
        for place in ranks.indices { ranks[place] = level[Int(ranks[place])] }
        return (lows, highs)
    }

    /// Ranks the values of a column; a missing value has the rank after the last.
    static func rank(
        _ column: UnsafeBufferPointer<Float>, into ranks: UnsafeMutablePointer<UInt32>
    ) -> Distinct {
        let count = column.count
        var values: [Float] = []
        var hasMissing = false
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(2, 2 * count)) { storage in
            let keys = storage.baseAddress.unsafelyUnwrapped
            for row in 0..<count {
                // Adding 0 makes one zero of the two, which are equal and need one rank.
                let value = column[row] + 0
                let bits = value.bitPattern
                let ordered = value.isNaN ? UInt32.max : bits ^ (bits &>> 31 == 1 ? UInt32.max : 0x8000_0000)
                keys[row] = UInt64(ordered) << 32 | UInt64(row)
            }
            TreeSort.radixSort(keys, keys + count, count)
            var previous: UInt64 = 0
            var rank: UInt32 = 0
            for i in 0..<count {
                let key = keys[i]
                let row = Int(key & 0xffff_ffff)
                if i == 0 || key &>> 32 != previous {
                    previous = key &>> 32
                    if i > 0 { rank += 1 }
                    if column[row].isNaN { hasMissing = true } else { values.append(column[row] + 0) }
                }
                ranks[row] = rank
            }
        }
        return Distinct(values: values, hasMissing: hasMissing)
    }
}
