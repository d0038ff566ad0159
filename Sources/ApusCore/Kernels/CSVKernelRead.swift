extension CSVKernel {
    /// How many bytes a piece of a file has, about. It depends on nothing, so that results depend on the file alone.
    public static let pieceSize = 1 << 19

    /// A column of text with more different values than this keeps the bytes of every row.
    public static let mostLevels = 1 << 16

    /// Parses the records of a file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - start: Where the text begins, behind a byte order mark.
    ///   - dataStart: Where the first record of data begins, at or behind `start`.
    ///   - dialect: How the text is put together.
    ///   - kinds: For each column the type asked for, or nil to infer it from all values of the file.
    ///   - pieceSize: How many bytes one thread takes at a time.
    /// - Returns: The number of rows, and the columns: nil for those of kind `skipped`.
    /// - Throws: `Failure` for the first problem in the file.
    public static func read(
        _ bytes: CSVBytes, from start: Int, dataStart: Int, dialect: Dialect, kinds: [Kind?],
        pieceSize: Int = CSVKernel.pieceSize
    ) throws -> (rows: Int, columns: [Column?]) {
        let scan = try CSVScan(bytes, from: start, quote: dialect.quote, size: pieceSize)
        let words = CSVMissingWords(dialect.missingWords)
        let parser = CSVChunkParser(bytes, dialect, words)
        let pieces = speculativePieces(scan, bytes, dataStart, dialect.quote)
        do {
            return try CSVReading(bytes: bytes, parser: parser, pieces: pieces).columns(kinds)
        } catch let failure as Failure {
            // A quote inside an unquoted field makes pieces begin in the wrong place. Then each is found by walking
            // over the records, on one thread; if that makes no difference, the failure is what it says.
            guard scan.hasQuotes || failure.problem == .misaligned else { throw failure }
            let exact = try exactPieces(bytes, dataStart, parser, pieceSize, fields: kinds.count)
            guard exact != pieces else { throw failure }
            return try CSVReading(bytes: bytes, parser: parser, pieces: exact).columns(kinds)
        }
    }

    /// A piece of a file: the bytes of whole records, and how many there are at most.
    struct Piece: Sendable, Equatable {
        let range: Range<Int>
        let rows: Int
    }

    private static func speculativePieces(
        _ scan: CSVScan, _ bytes: CSVBytes, _ dataStart: Int, _ quote: UInt8
    ) -> [Piece] {
        var starts: [(offset: Int, lines: Int)] = [
            (dataStart, lineEnds(bytes, scan.starts.first ?? 0, dataStart, quote))
        ]
        for (offset, lines) in zip(scan.starts, scan.linesBefore) where offset > dataStart {
            starts.append((offset, lines))
        }
        let unfinished = bytes.count > dataStart && ![10, 13].contains(bytes.base[bytes.count - 1]) ? 1 : 0
        // A quote that is never closed hides line ends; there may then be fewer than before it.
        starts.append((bytes.count, scan.lines + unfinished))
        return zip(starts, starts.dropFirst()).compactMap { first, next in
            first.offset < next.offset
                ? Piece(range: first.offset..<next.offset, rows: max(1, next.lines - first.lines)) : nil
        }
    }

    /// The line ends outside of quotes in the few bytes before the data.
    private static func lineEnds(_ bytes: CSVBytes, _ start: Int, _ end: Int, _ quote: UInt8) -> Int {
        guard end > start else { return 0 }
        var (count, inside) = (0, false)
        for i in start..<end {
            switch bytes.base[i] {
            case quote: inside.toggle()
            case 10 where !inside: count += 1
            case 13 where !inside && bytes.base[i + 1] != 10: count += 1
            default: break
            }
        }
        return count
    }

    /// Pieces found by walking over all records.
    private static func exactPieces(
        _ bytes: CSVBytes, _ dataStart: Int, _ parser: CSVChunkParser, _ size: Int, fields: Int
    ) throws -> [Piece] {
        let sinks = UnsafeMutableBufferPointer<CSVSink>.allocate(capacity: fields)
        defer { sinks.deallocate() }
        sinks.initialize(repeating: CSVSink(kind: .skipped))
        let unescaped = CSVScratch()
        var pieces: [Piece] = []
        var position = dataStart
        while position < bytes.count {
            let (end, rows) = try parser.walk(from: position, atLeast: size, sinks: sinks, unescaped: unescaped)
            pieces.append(Piece(range: position..<end, rows: max(1, rows)))
            position = end
        }
        return pieces
    }
}

/// One reading of a file of which the pieces are known.
struct CSVReading: Sendable {
    let bytes: CSVBytes
    let parser: CSVChunkParser
    let pieces: [CSVKernel.Piece]

    /// What parsing one piece gives.
    private struct Outcome: @unchecked Sendable {
        var rows = 0
        var observed: [CSVKernel.Observed] = []
        var missing: [UnsafeMutablePointer<UInt64>?] = []
        var text: [CSVTextPiece?] = []
        var failure: CSVKernel.Failure?

        func deallocate() {
            for words in missing { words?.deallocate() }
            for piece in text { piece?.deallocate() }
        }
    }

    /// The storage of a column while it is filled, and what is known about it.
    private struct Slot {
        var kind: CSVKernel.Kind
        var isFixed: Bool
        var storage: CSVStorage
    }

    /// Parses all columns, those of unknown type twice if the sample misled.
    func columns(_ kinds: [CSVKernel.Kind?]) throws -> (rows: Int, columns: [CSVKernel.Column?]) {
        let sampled = sample(kinds)
        var wanted = zip(kinds, sampled).map { $0 ?? $1.kind }
        var seen = sampled
        var columns = [CSVKernel.Column?](repeating: nil, count: kinds.count)
        var rows = 0
        while true {
            let (count, parsed, observed) = try pass(wanted, fixed: kinds.map { $0 != nil })
            rows = count
            var again = [CSVKernel.Kind](repeating: .skipped, count: kinds.count)
            for column in kinds.indices where wanted[column] != .skipped {
                seen[column].formUnion(observed[column])
                let kind = kinds[column] ?? seen[column].kind
                if kind == wanted[column] {
                    columns[column] = parsed[column]
                } else {
                    again[column] = kind
                }
            }
            if again.allSatisfy({ $0 == .skipped }) { return (rows, columns) }
            wanted = again
        }
    }

    /// What the first records of some pieces, spread over the file, look like.
    private func sample(_ kinds: [CSVKernel.Kind?]) -> [CSVKernel.Observed] {
        guard kinds.contains(where: { $0 == nil }) else { return kinds.map { _ in [] } }
        let step = max(1, pieces.count / 16)
        let chosen = stride(from: 0, to: pieces.count, by: step).map { pieces[$0] }
        let looks = Parallel.map(chosen.count) { index -> [CSVKernel.Observed] in
            let sinks = UnsafeMutableBufferPointer<CSVSink>.allocate(capacity: kinds.count)
            defer { sinks.deallocate() }
            for (column, kind) in kinds.enumerated() {
                sinks.initializeElement(at: column, to: CSVSink(kind: kind == nil ? .observed : .skipped))
            }
            let unescaped = CSVScratch()
            // What is wrong with a record is found, and told, when it is parsed.
            _ = try? parser.parse(
                chosen[index].range, limit: 64, stopsAtLimit: true, sinks: sinks, unescaped: unescaped)
            return sinks.map(\.observed)
        }
        return looks.reduce(into: kinds.map { _ in [] }) { all, look in
            for column in all.indices { all[column].formUnion(look[column]) }
        }
    }

    /// Parses all pieces, each column as the type given.
    private func pass(
        _ kinds: [CSVKernel.Kind], fixed: [Bool]
    ) throws -> (rows: Int, columns: [CSVKernel.Column?], observed: [CSVKernel.Observed]) {
        let total = pieces.reduce(0) { $0 + $1.rows }
        let storage = kinds.map { CSVStorage(kind: $0, rows: total) }
        var firstRows: [Int] = []
        var next = 0
        for piece in pieces {
            firstRows.append(next)
            next += piece.rows
        }
        let offsets = firstRows
        let outcomes = Parallel.map(pieces.count) { index in
            let outcome = parse(pieces[index], offsets[index], kinds, fixed, storage)
            bytes.release(pieces[index].range)
            return outcome
        }
        defer { for outcome in outcomes { outcome.deallocate() } }
        if let failure = outcomes.lazy.compactMap(\.failure).first { throw failure }
        let rows = outcomes.reduce(0) { $0 + $1.rows }
        let counts = outcomes.map(\.rows)
        let masks = Parallel.map(kinds.count) { column in CSVMerge.mask(outcomes.map { $0.missing[column] }, counts) }
        // One after another: the work on a column of text is itself spread over threads.
        let columns = kinds.indices.map { column -> CSVKernel.Column? in
            switch kinds[column] {
            case .skipped: return nil
            case .text:
                let text = CSVMerge.text(outcomes.compactMap { $0.text[column] })
                return CSVKernel.Column(values: text, missing: masks[column])
            default:
                storage[column].close(gaps: offsets, counts: counts)
                return CSVKernel.Column(values: storage[column].take(rows), missing: masks[column])
            }
        }
        var observed = [CSVKernel.Observed](repeating: [], count: kinds.count)
        for outcome in outcomes {
            for column in kinds.indices { observed[column].formUnion(outcome.observed[column]) }
        }
        return (rows, columns, observed)
    }

    private func parse(
        _ piece: CSVKernel.Piece, _ firstRow: Int, _ kinds: [CSVKernel.Kind], _ fixed: [Bool], _ storage: [CSVStorage]
    ) -> Outcome {
        let sinks = UnsafeMutableBufferPointer<CSVSink>.allocate(capacity: kinds.count)
        defer { sinks.deallocate() }
        let words = (piece.rows + 63) / 64
        for (column, kind) in kinds.enumerated() {
            var sink = CSVSink(kind: kind, isFixed: fixed[column], values: storage[column].pointer(to: firstRow))
            if kind != .skipped {
                let missing = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
                missing.initialize(repeating: 0, count: words)
                sink.missing = missing
            }
            if kind == .text { sink.text = CSVTextPiece(capacity: piece.rows) }
            sinks.initializeElement(at: column, to: sink)
        }
        var outcome = Outcome()
        let unescaped = CSVScratch()
        do throws(CSVKernel.Failure) {
            outcome.rows = try parser.parse(
                piece.range, limit: piece.rows, stopsAtLimit: false, sinks: sinks, unescaped: unescaped)
        } catch {
            outcome.failure = error
        }
        for sink in sinks {
            outcome.observed.append(sink.observed)
            outcome.text.append(sink.text)
            if sink.missingCount > 0 {
                outcome.missing.append(sink.missing)
            } else {
                sink.missing?.deallocate()
                outcome.missing.append(nil)
            }
        }
        return outcome
    }
}
