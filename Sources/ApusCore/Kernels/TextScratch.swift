import Foundation

/// One document at a time as terms, for one thread: its units side by side in one buffer, so that every term, however
/// many units it has, is a run of it.
final class TextScratch {
    private let settings: TextSettings
    private let pattern: Regex<AnyRegexOutput>?
    /// What becomes of each ASCII character of a word; 0 for others, 255 beyond ASCII.
    private let wordBytes: UnsafeMutablePointer<UInt8>
    // One thread uses a scratch, one call after another, so access to what it holds need not be checked as it runs.
    @exclusivity(unchecked) private var bytes: UnsafeMutablePointer<UInt8>
    /// Where each unit begins and ends in `bytes`: a unit has at least one byte.
    @exclusivity(unchecked) private var units: UnsafeMutablePointer<Unit>
    @exclusivity(unchecked) private var count = 0
    @exclusivity(unchecked) private var capacity = 1 << 12
    /// Where each word begins among the units, for characters in words.
    @exclusivity(unchecked) private var words: [Int] = []

    private struct Unit {
        var start: Int
        var end: Int
    }

    init(_ settings: TextSettings) {
        self.settings = settings
        if case .matches(let text) = settings.unit {
            pattern = TextScratch.regex(text)
        } else {
            pattern = nil
        }
        wordBytes = .allocate(capacity: 256)
        for code in 0..<256 {
            let isWord = code < 128 && TextCharacters.isWord(UInt32(code))
            let isCapital = settings.lowercase && code >= 0x41 && code <= 0x5a
            wordBytes[code] = code >= 128 ? 255 : (isWord ? UInt8(isCapital ? code + 32 : code) : 0)
        }
        bytes = .allocate(capacity: capacity)
        units = .allocate(capacity: capacity)
    }

    deinit {
        wordBytes.deallocate()
        bytes.deallocate()
        units.deallocate()
    }

    /// A regular expression over code points with Python's plain word boundaries, or nil when it is none.
    static func regex(_ pattern: String) -> Regex<AnyRegexOutput>? {
        // Python's flag for Unicode is what Swift does anyway, and Swift does not know it.
        let text = pattern.hasPrefix("(?u)") ? String(pattern.dropFirst(4)) : pattern
        return try? Regex(text).matchingSemantics(.unicodeScalar).wordBoundaryKind(.simple)
    }

    /// Calls `body` with the bytes of each term of a document.
    @inline(__always)
    func forEachTerm(
        of document: String, _ finder: TermFinder?, _ body: (UnsafePointer<UInt8>, Int) -> Void
    ) {
        count = 0
        if !readASCIIWords(document, finder) { read(document, finder) }
        if case .charactersInWords = settings.unit { return forEachTermInWords(body) }
        let (base, units, count) = (UnsafePointer(bytes), units, count)
        // No run is longer than the document.
        guard settings.lengths.lowerBound <= count else { return }
        for length in settings.lengths.lowerBound...min(settings.lengths.upperBound, count) {
            for i in 0...count - length {
                let start = units[i].start
                body(base + start, units[i + length - 1].end - start)
            }
        }
    }

    private func forEachTermInWords(_ body: (UnsafePointer<UInt8>, Int) -> Void) {
        let (base, units) = (UnsafePointer(bytes), units)
        for (k, first) in words.enumerated() {
            let last = k + 1 < words.count ? words[k + 1] : count
            for length in settings.lengths {
                body(base + units[first].start, units[min(first + length, last) - 1].end - units[first].start)
                var place = first
                while place + length < last {
                    place += 1
                    body(base + units[place].start, units[place + length - 1].end - units[place].start)
                }
                // A word no longer than this gives itself once.
                if place == first { break }
            }
        }
    }

    /// Reads words straight from the bytes of a document; false where they are not all ASCII or not words are wanted.
    @inline(__always)
    private func readASCIIWords(_ document: String, _ finder: TermFinder?) -> Bool {
        guard case .words(let shortest) = settings.unit else { return false }
        return document.utf8.withContiguousStorageIfAvailable { source in
            reserve(source.count * 2 + 16)
            let (out, wordBytes, units) = (bytes, wordBytes, units)
            var (place, written, found) = (0, 0, 0)
            let end = source.count
            while place < end {
                var byte = wordBytes[Int(source[place])]
                if byte == 0 {
                    place += 1
                    continue
                }
                let start = written
                while byte != 0 {
                    if byte == 255 { return false }
                    out[written] = byte
                    written += 1
                    place += 1
                    if place == end { break }
                    byte = wordBytes[Int(source[place])]
                }
                let isKept =
                    written - start >= shortest
                    && finder.map { $0.place(of: out + start, written - start) < 0 } ?? true
                if isKept {
                    units[found] = Unit(start: start, end: written)
                    found += 1
                    out[written] = 0x20
                    written += 1
                } else {
                    written = start
                }
            }
            count = found
            return true
        } ?? false
    }

    /// Keeps the unit that has been written, unless it is too short or to be passed over; where to write on.
    private func finish(_ start: Int, _ end: Int, isLong: Bool, _ finder: TermFinder?) -> Int {
        guard isLong else { return start }
        if let finder, finder.place(of: bytes + start, end - start) >= 0 { return start }
        add(start, end)
        bytes[end] = 0x20
        return end + 1
    }

    @inline(__always)
    private func add(_ start: Int, _ end: Int) {
        units[count] = Unit(start: start, end: end)
        count += 1
    }

    /// Makes room for so many bytes, and as many units.
    private func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        capacity = max(wanted, capacity * 2)
        bytes.deallocate()
        units.deallocate()
        bytes = .allocate(capacity: capacity)
        units = .allocate(capacity: capacity)
    }

    /// Reads any document, code point by code point.
    private func read(_ document: String, _ finder: TermFinder?) {
        let text = prepared(document)
        // Four bytes a code point, and a space before and after each.
        reserve(text.count * 6 + 16)
        switch settings.unit {
        case .words(let shortest): readWords(text, shortest, finder)
        case .matches: readMatches(text, finder)
        case .characters: readCharacters(text)
        case .charactersInWords: readCharactersInWords(text)
        }
    }

    private func readWords(_ text: [UInt32], _ shortest: Int, _ finder: TermFinder?) {
        var (place, written) = (0, 0)
        while place < text.count {
            guard TextCharacters.isWord(text[place]) else {
                place += 1
                continue
            }
            let (start, first) = (written, place)
            while place < text.count, TextCharacters.isWord(text[place]) {
                written = write(text[place], written)
                place += 1
            }
            written = finish(start, written, isLong: place - first >= shortest, finder)
        }
    }

    private func readMatches(_ text: [UInt32], _ finder: TermFinder?) {
        guard let pattern else { return }
        var scalars = String.UnicodeScalarView()
        for code in text { if let scalar = Unicode.Scalar(code) { scalars.append(scalar) } }
        let matches = String(scalars).matches(of: pattern)
        let found = matches.map { $0.output.count > 1 ? $0.output[1].substring ?? "" : $0.output[0].substring ?? "" }
        reserve(found.reduce(16) { $0 + $1.utf8.count + 2 })
        var written = 0
        for word in found {
            let start = written
            for byte in word.utf8 {
                bytes[written] = byte
                written += 1
            }
            written = finish(start, written, isLong: true, finder)
        }
    }

    private func readCharacters(_ text: [UInt32]) {
        var (place, written) = (0, 0)
        while place < text.count {
            var next = place + 1
            var code = text[place]
            if TextCharacters.isSpace(code) {
                // Several spaces are one; a single one stays what it is.
                while next < text.count, TextCharacters.isSpace(text[next]) { next += 1 }
                if next > place + 1 { code = 0x20 }
            }
            let start = written
            written = write(code, written)
            add(start, written)
            place = next
        }
    }

    private func readCharactersInWords(_ text: [UInt32]) {
        words.removeAll(keepingCapacity: true)
        var written = 0
        func add(_ code: UInt32) {
            let start = written
            written = write(code, written)
            self.add(start, written)
        }
        var isInside = false
        for code in text {
            if TextCharacters.isSpace(code) {
                if isInside { add(0x20) }
                isInside = false
            } else {
                if !isInside {
                    words.append(count)
                    add(0x20)
                }
                isInside = true
                add(code)
            }
        }
        if isInside { add(0x20) }
    }

    /// Writes a code point as UTF-8; where to write on.
    @inline(__always)
    private func write(_ code: UInt32, _ place: Int) -> Int {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | (code >> shift & 0x3f)) }
        switch code {
        case ..<0x80:
            bytes[place] = UInt8(truncatingIfNeeded: code)
            return place + 1
        case ..<0x800:
            bytes[place] = UInt8(truncatingIfNeeded: 0xc0 | code >> 6)
            bytes[place + 1] = tail(0)
            return place + 2
        case ..<0x10000:
            bytes[place] = UInt8(truncatingIfNeeded: 0xe0 | code >> 12)
            bytes[place + 1] = tail(6)
            bytes[place + 2] = tail(0)
            return place + 3
        default:
            bytes[place] = UInt8(truncatingIfNeeded: 0xf0 | code >> 18)
            bytes[place + 1] = tail(12)
            bytes[place + 2] = tail(6)
            bytes[place + 3] = tail(0)
            return place + 4
        }
    }

    /// The code points of a document in lower case and without accents, where that is asked for.
    private func prepared(_ document: String) -> [UInt32] {
        var text = document.unicodeScalars.map(\.value)
        if settings.lowercase { text = TextCharacters.lowercased(text) }
        guard settings.accents != .keep, text.contains(where: { $0 >= 0x80 }) else { return text }
        var scalars = String.UnicodeScalarView()
        for code in text { if let scalar = Unicode.Scalar(code) { scalars.append(scalar) } }
        let decomposed = String(scalars).decomposedStringWithCompatibilityMapping.unicodeScalars
        let keepsASCII = settings.accents == .leaveOutAllButASCII
        return decomposed.compactMap { scalar in
            let isKept = keepsASCII ? scalar.isASCII : scalar.properties.canonicalCombiningClass == .notReordered
            return isKept ? scalar.value : nil
        }
    }
}
