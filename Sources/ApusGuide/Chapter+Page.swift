import Apus
import ApusCore

extension Chapter {
    /// Adds the chapter to a page.
    func write(to page: inout HTMLPage) {
        let agreement = agreement
        switch agreement {
        case .same: page.badge(agreement.words, mood: .good)
        case .different: page.badge(agreement.words, mood: .bad)
        case .unknown: break
        }
        for block in blocks { Self.write(block, to: &page) }
        if case .different(let names) = agreement {
            page.note("These figures differ from those of the Python tools: \(names.joined(separator: ", ")).")
        }
        page.remark("Computed in \(Self.duration(seconds)).")
    }

    private static func write(_ block: Block, to page: inout HTMLPage) {
        switch block {
        case .heading(let title): page.heading(title)
        case .paragraph(let text): page.paragraph(text)
        case .formula(let text): page.formula(text)
        case .code(let text): page.code(text)
        case .output(let text): page.output(text)
        case .table(let header, let rows, let caption): page.table(header: header, rows: rows, caption: caption)
        case .picture(let picture): page.figure(svg: picture.svg, caption: picture.caption)
        case .questions(let questions):
            for question in questions {
                page.question(question.text, answer: question.answer, label: question.isTrap ? "Trap" : "")
            }
        case .live(let name): page.liveFigure(name)
        case .attempts(let attempts):
            page.steps(attempts.map { ($0.change, "Expect: \($0.expectation)") })
        }
    }
}
