/// Counts the terms of documents, in blocks of documents that the data fix.
@_documentation(visibility: internal)
public enum TextKernel {
    /// Counts of terms by document: compressed sparse rows, column indices ascending within each.
    public struct Counts: Sendable {
        /// Where each document begins in `columns` and `counts`, and where the last one ends.
        public var offsets: [Int]
        /// The column of each term of a document.
        public var columns: [Int32]
        /// How often it occurs there.
        public var counts: [Int32]
    }

    /// Which terms are kept.
    public struct Selection: Sendable {
        /// In how many documents a term occurs at least.
        public var fewestDocuments: Double
        /// In how many documents a term occurs at most.
        public var mostDocuments: Double
        /// How many terms are kept at most: the most frequent, of equally frequent ones the first by code point.
        public var limit: Int?

        /// A selection.
        public init(fewestDocuments: Double, mostDocuments: Double, limit: Int?) {
            self.fewestDocuments = fewestDocuments
            self.mostDocuments = mostDocuments
            self.limit = limit
        }
    }

    /// Blocks run side by side in waves, after each of which the work may be cancelled.
    private static let blocksInWave = 16

    private static func waves<Block: Sendable>(
        _ count: Int, step: (Int) throws -> Void, _ body: @Sendable (Range<Int>) -> Block
    ) throws -> [Block] {
        let size = min(max(512, (count + blocksInWave - 1) / blocksInWave), 1 << 15)
        let ranges = Parallel.blocks(of: count, size: size)
        var blocks: [Block] = []
        for wave in Parallel.blocks(of: ranges.count, size: blocksInWave) {
            blocks += Parallel.map(wave.count) { body(ranges[wave.lowerBound + $0]) }
            try step(ranges[wave.upperBound - 1].upperBound)
        }
        return blocks
    }

    /// Counts the terms of a table and no others.
    ///
    /// - Parameter step: Called after every wave of blocks with the number of documents so far.
    public static func count(
        _ documents: [String], _ settings: TextSettings, terms: TermTable, step: (Int) throws -> Void
    ) throws -> Counts {
        let blocks = try waves(documents.count, step: step) { range in
            withStopWords(settings) { stopWords in
                terms.withFinder { finder in
                    let scratch = TextScratch(settings)
                    var rows = RowCounts(columns: terms.count)
                    for document in range {
                        scratch.forEachTerm(of: documents[document], stopWords) { bytes, length in
                            let place = finder.place(of: bytes, length)
                            if place >= 0 { rows.add(Int(place)) }
                        }
                        rows.finish()
                    }
                    return rows
                }
            }
        }
        return assembled(blocks.map { ($0, nil) })
    }

    /// Finds the terms of documents, and counts those that are kept.
    ///
    /// - Returns: The kept terms, ascending by code point, and the counts.
    public static func collect(
        _ documents: [String], _ settings: TextSettings, selecting: (_ documents: Int) -> Selection,
        step: (Int) throws -> Void
    ) throws -> (terms: TermTable, counts: Counts) {
        let blocks = try waves(documents.count, step: step) { range in
            withStopWords(settings) { stopWords in
                let scratch = TextScratch(settings)
                let collector = TermCollector()
                var rows = RowCounts(columns: 0)
                for document in range {
                    scratch.forEachTerm(of: documents[document], stopWords) { bytes, length in
                        rows.add(collector.place(of: bytes, length, hash: TermHash.of(bytes, length)))
                    }
                    rows.finish()
                }
                return VocabularyBlock(collector, rows)
            }
        }
        let merged = try VocabularyMerge(blocks).selected(selecting(documents.count))
        return (merged.terms, assembled(zip(blocks, merged.columns).map { ($0.rows, $1) }))
    }

    /// Adds ±1 to the column of each term's hash.
    ///
    /// - Parameters:
    ///   - columns: How many columns there are, below 2³¹.
    ///   - signed: Whether half of the terms subtract.
    public static func hash(
        _ documents: [String], _ settings: TextSettings, columns: Int, signed: Bool, step: (Int) throws -> Void
    ) throws -> Counts {
        let blocks = try waves(documents.count, step: step) { range in
            withStopWords(settings) { stopWords in
                let scratch = TextScratch(settings)
                var block = Counts(offsets: [0], columns: [], counts: [])
                var row: [Int64] = []
                for document in range {
                    row.removeAll(keepingCapacity: true)
                    scratch.forEachTerm(of: documents[document], stopWords) { bytes, length in
                        let hash = TermHash.murmur(bytes, length)
                        row.append(Int64(Int(hash.magnitude) % columns) << 1 | (signed && hash < 0 ? 1 : 0))
                    }
                    row.sort()
                    for entry in row {
                        let column = Int32(truncatingIfNeeded: entry >> 1)
                        let change: Int32 = entry & 1 == 0 ? 1 : -1
                        if let last = block.columns.last, last == column,
                            block.columns.count > block.offsets[block.offsets.count - 1]
                        {
                            block.counts[block.counts.count - 1] += change
                        } else {
                            block.columns.append(column)
                            block.counts.append(change)
                        }
                    }
                    block.offsets.append(block.columns.count)
                }
                return block
            }
        }
        var all = Counts(offsets: [0], columns: [], counts: [])
        for block in blocks {
            let start = all.columns.count
            all.columns += block.columns
            all.counts += block.counts
            all.offsets += block.offsets.dropFirst().map { $0 + start }
        }
        return all
    }

    private static func withStopWords<Result>(
        _ settings: TextSettings, _ body: (TermFinder?) -> Result
    ) -> Result {
        guard let stopWords = settings.stopWords else { return body(nil) }
        return stopWords.withFinder { body($0) }
    }

    /// Rows of all blocks, their columns renumbered and ascending within each.
    ///
    /// - Parameter blocks: The rows, and for each of their columns its new number or -1; nil leaves the numbers.
    private static func assembled(_ blocks: [(rows: RowCounts, columns: [Int32]?)]) -> Counts {
        let kept = Parallel.map(blocks.count) { b -> (sizes: [Int], total: Int) in
            let (rows, columns) = blocks[b]
            var sizes: [Int] = []
            sizes.reserveCapacity(rows.ends.count)
            var (start, total) = (0, 0)
            for end in rows.ends {
                var size = end - start
                if let columns {
                    size = 0
                    for p in start..<end where columns[Int(rows.entries[p].column)] >= 0 { size += 1 }
                }
                sizes.append(size)
                total += size
                start = end
            }
            return (sizes, total)
        }
        var offsets = [0]
        offsets.reserveCapacity(kept.reduce(1) { $0 + $1.sizes.count })
        var starts: [Int] = []
        for block in kept {
            starts.append(offsets[offsets.count - 1])
            for size in block.sizes { offsets.append(offsets[offsets.count - 1] + size) }
        }
        let total = offsets[offsets.count - 1]
        let firsts = starts
        var counts = [Int32](repeating: 0, count: total)
        let columns = [Int32](unsafeUninitializedCapacity: total) { columnBuffer, filled in
            filled = total
            guard total > 0 else { return }
            counts.withUnsafeMutableBufferPointer { countBuffer in
                let (columnsOut, countsOut) = (SharedBuffer(columnBuffer), SharedBuffer(countBuffer))
                Parallel.forEach(blocks.count) { b in
                    let (rows, columns) = blocks[b]
                    var row: [UInt64] = []
                    var (start, place) = (0, firsts[b])
                    for end in rows.ends {
                        row.removeAll(keepingCapacity: true)
                        for p in start..<end {
                            let entry = rows.entries[p]
                            let column = columns.map { $0[Int(entry.column)] } ?? entry.column
                            if column >= 0 {
                                row.append(
                                    UInt64(UInt32(bitPattern: column)) << 32 | UInt64(UInt32(bitPattern: entry.count)))
                            }
                        }
                        row.sort()
                        for entry in row {
                            columnsOut[place] = Int32(truncatingIfNeeded: entry >> 32)
                            countsOut[place] = Int32(truncatingIfNeeded: entry)
                            place += 1
                        }
                        start = end
                    }
                }
            }
        }
        return Counts(offsets: offsets, columns: columns, counts: counts)
    }
}

/// Counts within the documents of a block, row after row.
struct RowCounts: Sendable {
    struct Entry: Sendable {
        var column: Int32
        var count: Int32
    }

    /// The entries of all rows, in the order in which terms are first met.
    private(set) var entries: [Entry] = []
    /// Where each row ends in `entries`.
    private(set) var ends: [Int] = []
    /// For each column the entry it has in the current row, if that is one of this row's.
    private var places: [Int]
    private var start = 0

    init(columns: Int) { places = [Int](repeating: -1, count: columns) }

    /// Counts a column once more in the current row.
    @inline(__always)
    mutating func add(_ column: Int) {
        if column >= places.count { widen(to: column + 1) }
        let place = places[column]
        if place >= start {
            entries[place].count += 1
        } else {
            places[column] = entries.count
            entries.append(Entry(column: Int32(column), count: 1))
        }
    }

    @inline(never)
    private mutating func widen(to count: Int) {
        places.append(contentsOf: repeatElement(-1, count: max(count, places.count * 2) - places.count))
    }

    /// Ends the current row.
    mutating func finish() {
        start = entries.count
        ends.append(start)
    }
}
