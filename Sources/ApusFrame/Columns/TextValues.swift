import ApusCore

/// The text of a column, stored compactly: as codes into the distinct texts where they repeat, else as one array of
/// UTF-8 bytes.
public struct TextValues: Sendable {
    enum Storage: Sendable {
        /// For each row an index into `levels`, or -1 where there is no text.
        case dictionary(codes: [Int32], levels: [String])
        case plain(UTF8Buffer)
    }

    let storage: Storage

    init(_ storage: Storage) { self.storage = storage }

    /// The given texts; nil where there is none.
    init(_ texts: some Collection<String?>) {
        var places: [ExactText: Int32] = [:]
        var levels: [String] = []
        var codes: [Int32] = []
        codes.reserveCapacity(texts.count)
        for text in texts {
            guard let text else {
                codes.append(-1)
                continue
            }
            if let place = places[ExactText(text)] {
                codes.append(place)
            } else if levels.count < CSVKernel.mostLevels {
                places[ExactText(text)] = Int32(levels.count)
                codes.append(Int32(levels.count))
                levels.append(text)
            } else {
                self.init(.plain(UTF8Buffer(texts.map { $0 ?? "" })))
                return
            }
        }
        self.init(.dictionary(codes: codes, levels: levels))
    }

    /// How many rows there are.
    public var count: Int {
        switch storage {
        case .dictionary(let codes, _): codes.count
        case .plain(let buffer): buffer.count
        }
    }

    /// The text of a row; empty where it is missing.
    public subscript(row: Int) -> String {
        switch storage {
        case .dictionary(let codes, let levels): codes[row] < 0 ? "" : levels[Int(codes[row])]
        case .plain(let buffer): buffer[row]
        }
    }

    /// The texts of all rows.
    var strings: [String] {
        switch storage {
        case .dictionary(let codes, let levels): codes.map { $0 < 0 ? "" : levels[Int($0)] }
        case .plain(let buffer): (0..<buffer.count).map { buffer[$0] }
        }
    }

    /// The result of `body` for the text of each row, computed once for each distinct text where texts repeat. Rows
    /// without a text get `body("")`.
    func map<Result>(_ body: (String) throws -> Result) rethrows -> [Result] {
        switch storage {
        case .dictionary(let codes, let levels):
            let results = try levels.map(body)
            let missing = codes.contains(-1) ? try body("") : nil
            return codes.compactMap { $0 < 0 ? missing : results[Int($0)] }
        case .plain(let buffer): return try (0..<buffer.count).map { try body(buffer[$0]) }
        }
    }

    /// The texts of the given rows; none where a row is negative.
    func gathering(_ rows: [Int]) -> TextValues {
        switch storage {
        case .dictionary(let codes, let levels):
            TextValues(.dictionary(codes: GatherKernel.codes(codes, rows), levels: levels))
        case .plain(let buffer): TextValues(.plain(GatherKernel.text(buffer, rows)))
        }
    }

    /// These texts followed by others.
    func appending(_ other: TextValues) -> TextValues {
        if case .dictionary(let a, let levels) = storage, case .dictionary(let b, let others) = other.storage {
            let (all, places) = TextValues.union(levels, others)
            return TextValues(.dictionary(codes: a + b.map { $0 < 0 ? -1 : places[Int($0)] }, levels: all))
        }
        let (a, b) = (plain, other.plain)
        let offset = a.bytes.count
        return TextValues(.plain(UTF8Buffer(bytes: a.bytes + b.bytes, ends: a.ends + b.ends.map { $0 + offset })))
    }

    /// The texts with one string for each row.
    var plain: UTF8Buffer {
        switch storage {
        case .plain(let buffer): buffer
        case .dictionary(let codes, let levels): GatherKernel.text(UTF8Buffer(levels), codes.map { Int($0) })
        }
    }

    /// Levels followed by those of others that are not among them, and the place there of each of the others.
    static func union(_ levels: [String], _ others: [String]) -> (all: [String], places: [Int32]) {
        var all = levels
        var known = Dictionary(
            zip(levels.map(ExactText.init), Int32(0)...), uniquingKeysWith: { first, _ in first })
        let places = others.map { level -> Int32 in
            if let place = known[ExactText(level)] { return place }
            known[ExactText(level)] = Int32(all.count)
            all.append(level)
            return Int32(all.count - 1)
        }
        return (all, places)
    }

    /// Distinct texts in no particular order, which may hold some that do not occur, and for each row the place of its
    /// text, or -1 where it is missing.
    func distinct(_ missing: MissingMask) -> (codes: [Int32], levels: [String]) {
        switch storage {
        case .dictionary(let codes, let levels): (codes, levels)
        case .plain(let buffer): buffer.coded(missing: missing.words)
        }
    }

    /// The distinct texts in ascending order of their code points, and for each row the place of its text, or -1 where
    /// it is missing.
    func coded(_ missing: MissingMask) -> (codes: [Int32], levels: [String]) {
        let (codes, levels) = distinct(missing)
        var used = [Bool](repeating: false, count: levels.count)
        for code in codes where code >= 0 { used[Int(code)] = true }
        let order = levels.indices.filter { used[$0] }.sorted { precedes(levels[$0], levels[$1]) }
        if order.count == levels.count, order.elementsEqual(levels.indices) { return (codes, levels) }
        var place = [Int32](repeating: -1, count: levels.count)
        for (new, old) in order.enumerated() { place[old] = Int32(new) }
        return (codes.map { $0 < 0 ? -1 : place[Int($0)] }, order.map { levels[$0] })
    }
}

/// Whether one text comes before another by Unicode code points, which is the order of their UTF-8 bytes.
func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
