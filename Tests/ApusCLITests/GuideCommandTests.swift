#if Server
import Foundation
import Testing

@Suite struct GuideCommandTests {
    @Test func writesOneSectionAndItsFigures() throws {
        let work = try Workplace()
        let run = try ApusProcess.run("guide", "3", "--output", work.path("guide"), "--json")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try !run.json().isEmpty)
        #expect(try work.content("guide/index.html").contains("<svg"))
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
