import ApusCore

/// The first records of a file as text, to tell how it is put together.
struct CSVPreview {
    /// A field and whether it was quoted.
    struct Field {
        var text: String
        var isQuoted: Bool
        /// Whether an unquoted field began with a space.
        var beginsWithSpace: Bool
    }

    /// The fields of each record, without blank lines.
    private(set) var records: [[Field]] = []
    /// Where each of the records begins and where the next line begins, in bytes from the start of the file.
    private(set) var ranges: [Range<Int>] = []
    /// Where a quote opened that is not closed in what was looked at.
    private(set) var unclosedQuote: Int?

    /// Looks at some bytes.
    ///
    /// - Parameters:
    ///   - bytes: The beginning of the file.
    ///   - start: Where to begin.
    ///   - isWhole: Whether nothing follows; otherwise a record that is cut off is left out.
    ///   - limit: How many records to look at.
    init(_ bytes: [UInt8], from start: Int, isWhole: Bool, delimiter: UInt8, quote: UInt8, limit: Int) {
        var p = start
        while p < bytes.count, records.count < limit {
            if bytes[p] == 10 || bytes[p] == 13 {
                p += 1
                continue
            }
            let first = p
            var fields: [Field] = []
            while true {
                var content: [UInt8] = []
                var q = p
                while q < bytes.count, bytes[q] == 0x20 { q += 1 }
                let isQuoted = q < bytes.count && bytes[q] == quote && (q == p || !fields.isEmpty)
                let beginsWithSpace = q > p
                if isQuoted {
                    let opened = q
                    q += 1
                    while true {
                        guard q < bytes.count else {
                            unclosedQuote = opened
                            return
                        }
                        if bytes[q] == quote {
                            guard q + 1 < bytes.count, bytes[q + 1] == quote else { break }
                            q += 1
                        }
                        content.append(bytes[q])
                        q += 1
                    }
                    p = q + 1
                    while p < bytes.count, bytes[p] != delimiter, bytes[p] != 10, bytes[p] != 13 { p += 1 }
                } else {
                    while p < bytes.count, bytes[p] != delimiter, bytes[p] != 10, bytes[p] != 13 {
                        content.append(bytes[p])
                        p += 1
                    }
                }
                fields.append(
                    Field(
                        text: String(decoding: content, as: UTF8.self), isQuoted: isQuoted,
                        beginsWithSpace: beginsWithSpace))
                guard p < bytes.count, bytes[p] == delimiter else { break }
                p += 1
            }
            if p >= bytes.count, !isWhole { return }
            if p < bytes.count { p += bytes[p] == 13 && p + 1 < bytes.count && bytes[p + 1] == 10 ? 2 : 1 }
            records.append(fields)
            ranges.append(first..<p)
        }
    }
}
