import Apus
import ApusCore
import Foundation

/// The guide as pages in a folder: one for each section, and one that leads to them.
struct GuidePages {
    let guide: Guide
    let folder: String

    /// The file of a section's page.
    static func file(of section: Int) -> String { "section-\(section).html" }

    private func path(of file: String) -> String {
        URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent(file).path
    }

    func write(_ chapters: [Chapter]) throws -> String {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ApusError(
                .unwritableFile,
                "The folder \(folder) cannot be made; check that no part of it is a file and that you may write there, "
                    + "or name another folder.")
        }
        for chapter in chapters { try page(of: chapter).write(to: path(of: Self.file(of: chapter.number))) }
        let index = path(of: "index.html")
        try contents(chapters).write(to: index)
        return index
    }

    private func link(_ section: (any Section)?) -> HTMLPage.Link? {
        section.map { HTMLPage.Link("\($0.number). \($0.title)", file: Self.file(of: $0.number)) }
    }

    private func page(of chapter: Chapter) -> HTMLPage {
        var page = HTMLPage(title: "\(chapter.number). \(chapter.title)")
        page.pages(
            previous: link(guide.sections.last { $0.number < chapter.number }),
            contents: HTMLPage.Link("Contents", file: "index.html"),
            next: link(guide.sections.first { $0.number > chapter.number }))
        chapter.write(to: &page)
        page.script(PageScripts.copying)
        if chapter.blocks.contains(where: { if case .live = $0 { true } else { false } }) {
            page.script(PageScripts.live)
        }
        return page
    }

    private func contents(_ chapters: [Chapter]) -> HTMLPage {
        var page = HTMLPage(
            title: "Machine learning, by running it",
            subtitle: "What interviewers ask, with the code that ran, the figures it gave and the pictures they make.")
        let compared = chapters.compactMap { if case .same(let count) = $0.agreement { count } else { nil } }
        if compared.count > 1, compared.count == chapters.filter({ $0.agreement != .unknown }).count {
            page.badge("\(compared.reduce(0, +)) figures, all the same as Python’s", mood: .good)
        }
        page.cards(
            guide.sections.map { section in
                let title = "\(section.number). \(section.title)"
                guard let chapter = chapters.first(where: { $0.number == section.number }) else {
                    let isThere = FileManager.default.fileExists(atPath: path(of: Self.file(of: section.number)))
                    return HTMLPage.Card(
                        title: title, file: isThere ? Self.file(of: section.number) : nil,
                        remark: isThere
                            ? "Computed in an earlier run." : "Not computed yet: `apus guide \(section.number)`.")
                }
                let agreement = chapter.agreement
                let badge: (String, HTMLPage.Mood)? =
                    switch agreement {
                    case .same: (agreement.words, .good)
                    case .different: (agreement.words, .bad)
                    case .unknown: nil
                    }
                return HTMLPage.Card(
                    title: title, file: Self.file(of: section.number),
                    remark: "\(section.questions.count) questions; computed in \(Chapter.duration(chapter.seconds)).",
                    badge: badge)
            })
        page.remark(
            "Everything here was computed by Apus while you waited. `apus guide --serve` adds knobs to turn; "
                + "`apus guide quiz` asks the questions.")
        return page
    }
}
