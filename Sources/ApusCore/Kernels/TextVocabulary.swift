/// The terms of a block of documents and where they occur.
struct VocabularyBlock: Sendable {
    let bytes: [UInt8]
    let ends: [Int]
    let hashes: [UInt64]
    /// In how many documents each term occurs.
    let documents: [Int]
    /// How often each term occurs.
    let occurrences: [Int]
    let rows: RowCounts

    init(_ collector: TermCollector, _ rows: RowCounts) {
        bytes = Array(UnsafeBufferPointer(start: collector.bytes, count: collector.byteCount))
        ends = collector.ends
        hashes = collector.hashes
        var documents = [Int](repeating: 0, count: collector.count)
        var occurrences = documents
        for entry in rows.entries {
            documents[Int(entry.column)] += 1
            occurrences[Int(entry.column)] += Int(entry.count)
        }
        self.documents = documents
        self.occurrences = occurrences
        self.rows = rows
    }
}

/// The terms of all blocks as one vocabulary.
///
/// Terms are dealt to parts by their hashes, each part is merged and sorted by itself, and the sorted parts are merged:
/// the order of the result, by code point, does not depend on any of this.
struct VocabularyMerge {
    private static let parts = 16

    /// A term: where its bytes are, and how often it was met.
    private struct Term: Sendable {
        /// The first eight bytes as a number that is in the order of the bytes.
        var head: UInt64
        var block: Int32
        var start: Int
        var length: Int
        var documents: Int
        var occurrences: Int
        /// Its place in its part.
        var part: Int32
        var place: Int32
    }

    /// Terms of a part, and for each block and term of it the place in the part, -1 for terms of other parts.
    private struct Part: Sendable {
        var terms: [Term]
        var places: [[Int32]]
    }

    private let blocks: [VocabularyBlock]

    init(_ blocks: [VocabularyBlock]) { self.blocks = blocks }

    /// The terms that are kept, ascending by code point, and for each block the new number of its terms, -1 if not kept.
    ///
    /// - Throws: `ApusError` with code `numericalFailure` should merging leave a term twice.
    func selected(_ selection: TextKernel.Selection) throws -> (terms: TermTable, columns: [[Int32]]) {
        let parts = Parallel.map(Self.parts) { merged($0) }
        var sorted = Parallel.map(Self.parts) { part in
            parts[part].terms.filter {
                Double($0.documents) >= selection.fewestDocuments && Double($0.documents) <= selection.mostDocuments
            }.sorted(by: comesBefore)
        }
        while sorted.count > 1 {
            let pairs = sorted
            sorted = Parallel.map((pairs.count + 1) / 2) { k in
                2 * k + 1 < pairs.count ? mergedInOrder(pairs[2 * k], pairs[2 * k + 1]) : pairs[2 * k]
            }
        }
        var kept = sorted.first ?? []
        if let limit = selection.limit, kept.count > limit {
            let order = kept.indices.sorted {
                (kept[$0].occurrences, $1) > (kept[$1].occurrences, $0)
            }
            kept = order.prefix(limit).sorted().map { kept[$0] }
        }

        var numbers = parts.map { [Int32](repeating: -1, count: $0.terms.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(kept.reduce(0) { $0 + $1.length })
        var ends: [Int] = []
        ends.reserveCapacity(kept.count)
        for (number, term) in kept.enumerated() {
            numbers[Int(term.part)][Int(term.place)] = Int32(number)
            bytes.append(contentsOf: blocks[Int(term.block)].bytes[term.start..<term.start + term.length])
            ends.append(bytes.count)
        }
        let newNumbers = numbers
        let columns = Parallel.map(blocks.count) { block in
            (0..<blocks[block].ends.count).map { term in
                let part = Self.part(blocks[block].hashes[term])
                return newNumbers[part][Int(parts[part].places[block][term])]
            }
        }
        guard let table = TermTable(bytes: bytes, ends: ends) else {
            throw ApusError(
                .numericalFailure,
                "A term was left twice in the vocabulary; this is a mistake in Apus, please report it.")
        }
        return (table, columns)
    }

    private static func part(_ hash: UInt64) -> Int { Int(hash >> 60) }

    private func merged(_ part: Int) -> Part {
        let collector = TermCollector()
        var terms: [Term] = []
        var places: [[Int32]] = []
        for (b, block) in blocks.enumerated() {
            var own = [Int32](repeating: -1, count: block.ends.count)
            block.bytes.withUnsafeBufferPointer { bytes in
                // Where no term has a byte, the only one is empty, and any address will do.
                let base = bytes.baseAddress ?? UnsafePointer(collector.bytes)
                for term in block.ends.indices where Self.part(block.hashes[term]) == part {
                    let start = term == 0 ? 0 : block.ends[term - 1]
                    let length = block.ends[term] - start
                    let place = collector.place(of: base + start, length, hash: block.hashes[term])
                    own[term] = Int32(place)
                    if place == terms.count {
                        terms.append(
                            Term(
                                head: Self.head(base + start, length), block: Int32(b), start: start, length: length,
                                documents: 0, occurrences: 0, part: Int32(part), place: Int32(place)))
                    }
                    terms[place].documents += block.documents[term]
                    terms[place].occurrences += block.occurrences[term]
                }
            }
            places.append(own)
        }
        return Part(terms: terms, places: places)
    }

    private static func head(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        var head: UInt64 = 0
        for k in 0..<min(8, length) { head |= UInt64(bytes[k]) << UInt64(56 - 8 * k) }
        return head
    }

    /// Whether one term comes before another by code point, which is the order of UTF-8 bytes.
    @inline(__always)
    private func comesBefore(_ a: Term, _ b: Term) -> Bool {
        if a.head != b.head { return a.head < b.head }
        return blocks[Int(a.block)].bytes.withUnsafeBufferPointer { x in
            blocks[Int(b.block)].bytes.withUnsafeBufferPointer { y in
                let common = min(a.length, b.length)
                var k = 0
                while k < common {
                    let (p, q) = (x[a.start + k], y[b.start + k])
                    if p != q { return p < q }
                    k += 1
                }
                return a.length < b.length
            }
        }
    }

    private func mergedInOrder(_ a: [Term], _ b: [Term]) -> [Term] {
        var result: [Term] = []
        result.reserveCapacity(a.count + b.count)
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if comesBefore(b[j], a[i]) {
                result.append(b[j])
                j += 1
            } else {
                result.append(a[i])
                i += 1
            }
        }
        result.append(contentsOf: a[i...])
        result.append(contentsOf: b[j...])
        return result
    }
}
