import ApusCore
import ApusGuide
import Foundation
import Testing

struct QuizTests {
    private let guide = Guide(isBrief: true)

    private func file() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("apus-quiz-\(UUID().uuidString)/quiz.json").path
    }

    @Test func asksTheQuestionsOfAllSectionsOrOfOne() throws {
        let all = try Quiz(guide: guide).items
        #expect(all.count == guide.sections.map(\.questions.count).reduce(0, +))
        #expect(Set(all.map(\.identifier)).count == all.count)
        #expect(try Quiz(guide: guide, section: 3).items.allSatisfy { $0.identifier.hasPrefix("3.") })
        #expect(throws: ApusError.self) { try Quiz(guide: guide, section: 99) }
    }

    @Test func newQuestionsComeFirstThenTheUnknown() throws {
        let quiz = try Quiz(guide: guide, section: 3)
        var record = QuizRecord()
        for item in quiz.items.dropLast(2) { record.answers[item.identifier] = [true] }
        record.answers[quiz.items[0].identifier] = [true, false]
        let order = quiz.chosen(99, record: record, seed: 5).map(\.identifier)
        #expect(order.count == quiz.items.count)
        #expect(Set(order.prefix(2)) == Set(quiz.items.suffix(2).map(\.identifier)))
        #expect(order[2] == quiz.items[0].identifier)
        #expect(order == quiz.chosen(99, record: record, seed: 5).map(\.identifier))
    }

    @Test func theRecordIsKept() throws {
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var record = try QuizRecord(contentsOf: path)
        #expect(record == QuizRecord())
        record.answers["3.1"] = [false, true]
        record.answers["3.2"] = [false]
        try record.write(to: path)
        let again = try QuizRecord(contentsOf: path)
        #expect(again == record)
        #expect(again.score.asked == 2 && again.score.known == 1)
    }

    @Test func anotherFileIsLeftAlone() throws {
        let path = file()
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data("my notes".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: ApusError.self) { try QuizRecord(contentsOf: path) }
        #expect(error?.message.contains("--score") == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "my notes")
    }
}
