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
    /// - Throws: `ApusError` with code `invalidInput` for a value that is infinite as a 32-bit number, or for too many
    ///   rows.
    public init(_ x: Matrix) throws {
        rows = x.rows
        features = x.columns
        let turned = try TreeValues.singlePrecision(x)
        let count = x.rows
        let ranks = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, count * x.columns))
        let shared = SharedBuffer(UnsafeMutableBufferPointer(start: ranks, count: max(1, count * x.columns)))
        let distinct = Parallel.map(x.columns) { feature in
            turned.withUnsafeBufferPointer { column in
                TreeColumns.rank(
                    UnsafeBufferPointer(rebasing: column[feature * count..<(feature + 1) * count]),
                    into: shared.base + feature * count)
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
            where column.values[k] <= column.values[k - 1] + TreeColumns.tolerance {
                bits[k >> 6] |= 1 << UInt64(k & 63)
            }
        }
        self.closeness = closeness
        self.closenessOffsets = closenessOffsets
    }

    deinit {
        ranks.deallocate()
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
        let values = distinctValues(feature)
        return Double(values[Int(below)]) / 2 + Double(values[Int(above)]) / 2
    }

    private struct Distinct: Sendable {
        let values: [Float]
        let hasMissing: Bool
    }

    private static func rank(
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
