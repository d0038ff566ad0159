import Apus
import ApusCore

extension Chapter {
    /// The chapter for a terminal, without colours or escapes.
    ///
    /// - Parameter width: Columns; fewer than 40 count as 40.
    /// - Returns: Lines of at most `width` columns, except tables that need more; each line ends in a line feed.
    public func text(width: Int) -> String {
        let layout = TextLayout(width: max(40, width))
        let name = "\(number). \(title)"
        let rule = String(repeating: "═", count: layout.width)
        var parts = ["\(rule)\n\(name)\n\(rule)"]
        parts += blocks.map(layout.text).filter { !$0.isEmpty }
        parts.append(layout.text(.paragraph("Computed in \(Self.duration(seconds)); \(agreement.words).")))
        return parts.joined(separator: "\n\n") + "\n"
    }
}

extension Chapter {
    /// A time to compute in words: `4.9 ms`, `12 s`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 0.001 { return "less than 1 ms" }
        return seconds < 1 ? "\(TextTable.significant(seconds * 1000, 2)) ms" : "\(TextTable.significant(seconds, 2)) s"
    }
}

/// Turns blocks into lines for a terminal.
struct TextLayout {
    let width: Int

    /// Lines of running text are no longer than this, however wide the terminal is.
    private var measure: Int { min(width, 92) }

    func text(_ block: Chapter.Block) -> String {
        switch block {
        case .heading(let title): "\(title)\n\(String(repeating: "─", count: displayWidth(title)))"
        case .paragraph(let text): wrapped(text)
        case .formula(let text):
            text.split(separator: "\n").map { wrapped(String($0), first: "    ", rest: "      ") }.joined(
                separator: "\n")
        case .code(let text): lines(text).map { broken($0, prefix: "  │ ") }.joined(separator: "\n")
        case .output(let text): lines(text).map { broken($0, prefix: "  ") }.joined(separator: "\n")
        case .table(let header, let rows, let caption): table(header, rows, caption)
        case .picture(let picture):
            picture.shownInTerminal
                ? lines(picture.text(width: width)).joined(separator: "\n") + "\n\n" + wrapped(picture.caption)
                : wrapped("(The page shows this as a picture.) \(picture.caption)")
        case .live: ""
        case .questions(let questions): questions.enumerated().map(question).joined(separator: "\n\n")
        case .attempts(let attempts): attempts.enumerated().map(attempt).joined(separator: "\n\n")
        }
    }

    private func question(_ index: Int, _ question: Question) -> String {
        let label = "\(index + 1). "
        let indent = String(repeating: " ", count: label.count)
        return wrapped(question.isTrap ? "A trap: \(question.text)" : question.text, first: label, rest: indent) + "\n"
            + wrapped(question.answer, first: indent + "→ ", rest: indent + "  ")
    }

    private func attempt(_ index: Int, _ attempt: Attempt) -> String {
        let label = "\(index + 1). "
        let indent = String(repeating: " ", count: label.count)
        return wrapped(attempt.change, first: label, rest: indent) + "\n"
            + wrapped("Expect: \(attempt.expectation)", first: indent, rest: indent)
    }

    private func table(_ header: [String], _ rows: [[String]], _ caption: String) -> String {
        var table = TextTable(header: header)
        for row in rows { table.add(row) }
        let set = lines(table.text(width: width - 2)).map { "  \($0)" }
        let fits = set.allSatisfy { displayWidth($0) <= width }
        let text = fits ? set.joined(separator: "\n") : stacked(header, rows)
        return caption.isEmpty ? text : "\(text)\n\n\(wrapped(caption))"
    }

    /// A table too wide for the terminal: each row on lines of its own, a line for each cell.
    private func stacked(_ header: [String], _ rows: [[String]]) -> String {
        rows.map { row in
            let title = wrapped(row.first ?? "", first: "  ", rest: "  ")
            let cells = zip(header, row).dropFirst().filter { !$1.isEmpty }.map { name, cell in
                wrapped("\(name): \(cell)", first: "    ", rest: "      ")
            }
            return ([title] + cells).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// The lines of a text, without empty ones at its end.
    private func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func trimmed(_ text: String) -> String { String(text.reversed().drop { $0 == " " }.reversed()) }

    /// Running text in lines of the measure.
    private func wrapped(_ text: String, first: String = "", rest: String = "") -> String {
        var lines = [first]
        var isEmpty = true
        for word in text.split(separator: " ") {
            let current = lines[lines.count - 1]
            if isEmpty || displayWidth(current) + 1 + displayWidth(String(word)) <= measure {
                lines[lines.count - 1] += (isEmpty ? "" : " ") + word
            } else {
                lines.append(rest + word)
            }
            isEmpty = false
        }
        return lines.joined(separator: "\n")
    }

    /// A line of code; one that is too long goes on below, indented further, broken at a space where there is one.
    private func broken(_ line: String, prefix: String) -> String {
        let room = width - displayWidth(prefix)
        let indent = String(line.prefix { $0 == " " }) + "      "
        var lines: [String] = []
        var rest = Substring(line)
        while displayWidth(String(rest)) > room {
            let start = rest.firstIndex { $0 != " " } ?? rest.startIndex
            let end = rest.index(rest.startIndex, offsetBy: room, limitedBy: rest.endIndex) ?? rest.endIndex
            let space = rest[start..<end].lastIndex(of: " ") ?? end
            lines.append(Self.trimmed(String(rest[..<space])))
            let tail = rest[space...].drop { $0 == " " }
            guard indent.count < room / 2 else {
                rest = tail
                continue
            }
            rest = Substring(indent + tail)
        }
        lines.append(String(rest))
        return lines.map { $0.isEmpty ? Self.trimmed(prefix) : prefix + $0 }.joined(separator: "\n")
    }
}
