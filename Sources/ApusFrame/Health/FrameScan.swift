import ApusCore

/// What one pass over a table tells, chunk by chunk, in memory that does not grow with the table.
///
///     var scan = FrameScan(target: "paid", sensitive: ["sex"])
///     try DataFrame.chunks(csv: path, rows: 100_000).forEach { try scan.add($0) }
///     print(scan.rowCount, scan.duplicates.count)
///
/// Counts, means, extremes and groups are exact; distinct values are counted up to a limit; copies of rows are counted
/// exactly up to some millions of rows and estimated beyond; and a sample of the rows is kept for everything else.
public struct FrameScan: Sendable {
    /// How many rows were seen.
    public private(set) var rowCount = 0
    /// The facts about each column, from left to right.
    public private(set) var columns: [ColumnTally] = []
    /// The groups of the sensitive columns; nil without such columns.
    public private(set) var groups: GroupTally?
    private var repeats: RowRepeats
    private let sampleRows: Int
    private let seed: UInt64
    private var parts: [(frame: DataFrame, places: [UInt64])] = []
    private var threshold = UInt64.max

    /// A scan before its first chunk.
    ///
    /// - Parameters:
    ///   - target: The column to predict, for the groups.
    ///   - sensitive: The columns whose values make groups.
    ///   - sampleRows: About how many rows the sample keeps: all of a table with fewer, else between this and twice this.
    ///   - hashedRows: Up to how many rows copies are counted exactly.
    ///   - seed: What chooses the sample.
    public init(
        target: String? = nil, sensitive: [String] = [], sampleRows: Int = 50_000, hashedRows: Int = 8_000_000,
        seed: UInt32 = 0
    ) {
        groups = sensitive.isEmpty ? nil : GroupTally(names: sensitive, target: target)
        repeats = RowRepeats(limit: Swift.max(1, hashedRows))
        self.sampleRows = Swift.max(1, sampleRows)
        self.seed = UInt64(seed)
    }

    /// The number of rows that repeat an earlier row, and whether it is exact or an estimate.
    public var duplicates: (count: Int, isExact: Bool) { (repeats.count, repeats.isExact) }

    /// Adds the rows of a chunk.
    ///
    /// - Throws: `ApusError` with code `unknownName` for a target or sensitive column that is not there, `invalidSchema` for
    ///   a chunk with other columns than the first, and `invalidInput` for far too many groups.
    public mutating func add(_ chunk: DataFrame) throws {
        if columns.isEmpty {
            let limit = Swift.max(1000, Swift.min(100_000, 2_000_000 / Swift.max(1, chunk.columns.count)))
            columns = chunk.columns.map { ColumnTally($0, limit: limit) }
        }
        guard columns.map(\.name) == chunk.columnNames, columns.map(\.type) == chunk.columns.map(\.type) else {
            throw ApusError(
                .invalidSchema, "A chunk has other columns, or columns of other types, than the first one.")
        }
        let before = columns
        columns = Parallel.map(before.count) { place in
            var tally = before[place]
            tally.add(chunk.columns[place])
            return tally
        }
        try groups?.add(chunk)
        repeats.add(chunk)
        try keep(chunk)
        rowCount += chunk.rowCount
    }

    /// Keeps the rows of a chunk whose place, mixed with the seed, is small enough.
    private mutating func keep(_ chunk: DataFrame) throws {
        let places = (0..<chunk.rowCount).map { mixed(UInt64(rowCount + $0) ^ seed << 32) }
        let kept = places.indices.filter { places[$0] <= threshold }
        guard !kept.isEmpty else { return }
        parts.append(
            kept.count == chunk.rowCount
                ? (chunk, places) : (try chunk.selecting(rows: kept), kept.map { places[$0] }))
        while parts.reduce(0, { $0 + $1.places.count }) > 2 * sampleRows {
            threshold >>= 1
            parts = try parts.map { part in
                let kept = part.places.indices.filter { part.places[$0] <= threshold }
                return (try part.frame.selecting(rows: kept), kept.map { part.places[$0] })
            }
        }
    }

    /// The rows that were kept, in their order: all of them, or a sample in which each had the same chance.
    public func sample() throws -> DataFrame {
        parts.count == 1 ? parts[0].frame : try DataFrame.concatenating(rows: parts.map(\.frame))
    }
}
