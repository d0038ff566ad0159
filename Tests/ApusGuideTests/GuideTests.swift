import ApusCore
import ApusGuide
import Foundation
import Testing

struct GuideTests {
    private static let guide = Guide(isBrief: true)
    /// The whole guide, run once for all tests that read it.
    private static let chapters = Task { try await guide.run(guide.sections) }

    private func folder() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("apus-guide-\(UUID().uuidString)").path
    }

    /// A chapter with a block of each kind.
    private var sample: Chapter {
        var chapter = Chapter(number: 3, title: "A <sample> & more")
        chapter.heading("The idea")
        chapter.paragraph("Some `code` in a text that is long enough to be broken where the terminal is narrow, twice.")
        chapter.formula("ŷ = w·x + b")
        chapter.code("let model = try LinearRegression().fit(Matrix(column: x), y)  // \"fitted\" on a < b")
        chapter.output("printed")
        chapter.table(header: ["degree", "error"], rows: [["1", "0.5"], ["15", "undefined"]], caption: "Errors.")
        chapter.questions([Question("What?", "That."), .trap("Really?", "No.")])
        chapter.attempts([Attempt("Change it.", expect: "a change.")])
        chapter.record("error", 0.5)
        return chapter
    }

    @Test func givesAllSectionsOrTheOneOfANumber() throws {
        #expect(try Self.guide.sections(nil).map(\.number) == Self.guide.sections.map(\.number))
        #expect(try Self.guide.sections(3).map(\.title) == ["Bias and variance"])
    }

    @Test func listsTheSectionsWhenANumberIsUnknown() {
        let error = #expect(throws: ApusError.self) { try Self.guide.sections(99) }
        #expect(error?.code == .unknownName)
        #expect(error?.message.contains("no section 99") == true)
        #expect(error?.message.contains("3 (Bias and variance)") == true)
    }

    @Test(arguments: [1, 40, 60, 100]) func textKeepsToTheWidth(_ width: Int) {
        let lines = sample.text(width: width).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= max(40, width) }, "\(lines.filter { $0.count > max(40, width) })")
        #expect(lines.contains("3. A <sample> & more"))
    }

    @Test(arguments: [60, 100]) func sectionsKeepToTheWidth(_ width: Int) async throws {
        for chapter in try await Self.chapters.value {
            let long = chapter.text(width: width).split(separator: "\n").filter { $0.count > width }
            #expect(long.isEmpty, "section \(chapter.number)")
            #expect(!chapter.text(width: width).contains("\u{1B}"))
        }
    }

    @Test func everySectionAsksEnoughAndSetsATrap() async throws {
        for chapter in try await Self.chapters.value {
            let questions = chapter.blocks.flatMap { block -> [Question] in
                if case .questions(let questions) = block { questions } else { [] }
            }
            #expect(questions.count { !$0.isTrap } >= 5 && questions.count(where: \.isTrap) == 1, "\(chapter.title)")
            let attempts = chapter.blocks.flatMap { block -> [Attempt] in
                if case .attempts(let attempts) = block { attempts } else { [] }
            }
            #expect(attempts.count == 2, "\(chapter.title)")
        }
    }

    @Test func writesPagesThatNeedNothingElse() throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try Self.guide.write([sample], to: folder + "/deep")
        #expect(path == folder + "/deep/index.html")
        let index = try String(contentsOfFile: path, encoding: .utf8)
        let page = try String(contentsOfFile: folder + "/deep/section-3.html", encoding: .utf8)
        #expect(page.contains("A &lt;sample&gt; &amp; more"))
        #expect(page.contains("<span class=\"k\">let</span> model"))
        #expect(page.contains("href=\"section-2.html\"") && page.contains("href=\"section-4.html\""))
        #expect(index.contains("href=\"section-3.html\"") && !index.contains("href=\"section-4.html\""))
        #expect(index.contains("apus guide 4"))
        for text in [index, page] {
            for outside in ["src=\"http", "href=\"http", "@import", "url(http"] { #expect(!text.contains(outside)) }
        }
    }

    @Test func pagesOfAnEarlierRunStay() throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.guide.write([sample], to: folder)
        let path = try Self.guide.write([Chapter(number: 4, title: "Another")], to: folder)
        let index = try String(contentsOfFile: path, encoding: .utf8)
        #expect(index.contains("href=\"section-3.html\"") && index.contains("href=\"section-4.html\""))
    }

    @Test func saysSoWhenItCannotWrite() throws {
        let file = folder()
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data().write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: ApusError.self) { try Self.guide.write([sample], to: file) }
        #expect(error?.code == .unwritableFile)
        #expect(error?.message.contains(file) == true)
    }

    @Test func givesEveryFigureByName() {
        let json = Self.guide.json([sample])
        #expect(json["sections"]?.arrayValue?.first?["number"] == 3)
        #expect(json["sections"]?.arrayValue?.first?["figures"]?["error"] == 0.5)
    }
}
