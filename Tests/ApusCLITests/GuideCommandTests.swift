#if Server
import Foundation
import Testing

@Suite struct GuideCommandTests {
    @Test func writesOneSectionAndItsFigures() throws {
        let work = try Workplace()
        let run = try ApusProcess.run("guide", "3", "--output", work.path("guide"), "--json")
        #expect(run.status == 0, "\(run.errors)")
        let sections = try #require(try run.json()["sections"] as? [[String: Any]])
        #expect(sections.count == 1 && sections[0]["same_as_python"] as? Bool == true)
        #expect(try work.content("guide/section-3.html").contains("<svg"))
        #expect(try work.content("guide/index.html").contains("href=\"section-3.html\""))
    }

    @Test func theQuizKeepsTheScoreAndEndsWithoutAnAnswer() throws {
        let work = try Workplace()
        let run = try ApusProcess.run("guide", "quiz", "--section", "3", "--score", work.path("quiz.json"))
        #expect(run.status == 0 && run.output.contains("Bias and variance"), "\(run.errors)")
        let wrong = try ApusProcess.run("guide", "quiz", "--section", "77")
        #expect(wrong.status == 1 && wrong.errors.contains("no section 77"))
    }

    @Test func listsTheSectionsForAnUnknownOne() throws {
        let work = try Workplace()
        let run = try ApusProcess.run("guide", "99", "--output", work.path("guide"))
        #expect(run.status == 1)
        #expect(run.errors.contains("3") && run.errors.contains("13"), "\(run.errors)")
        #expect(work.files.isEmpty)
    }
}
#endif
