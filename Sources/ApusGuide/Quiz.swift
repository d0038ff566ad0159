import Apus
import ApusCore
import Foundation

/// The guide's questions, asked in turn, with a record of what was known.
///
///     var quiz = Quiz(guide: Guide(), record: try QuizRecord(contentsOf: "quiz.json"))
///     let asked = quiz.next(10, section: nil, seed: 1)
public struct Quiz: Sendable {
    /// A question with its place in the guide.
    public struct Item: Sendable, Hashable {
        /// `SECTION.NUMBER`, such as `3.2`.
        public let identifier: String
        /// The section's number and title.
        public let section: String
        /// The question and its answer.
        public let question: Question
    }

    /// Every question, by section.
    public let items: [Item]

    /// The questions of a guide.
    ///
    /// - Parameters:
    ///   - guide: Whose questions.
    ///   - section: The number of a section; nil for all.
    /// - Throws: `ApusError` with code `unknownName`, listing the sections there are.
    public init(guide: Guide, section: Int? = nil) throws {
        items = try guide.sections(section).flatMap { section in
            section.questions.enumerated().map { index, question in
                Item(
                    identifier: "\(section.number).\(index + 1)", section: "\(section.number). \(section.title)",
                    question: question)
            }
        }
    }

    /// Questions to ask now: first those never asked, then those not known the last time, then the rest, each group in random
    /// order.
    ///
    /// - Parameters:
    ///   - count: How many at most.
    ///   - record: What was known so far.
    ///   - seed: Of the order.
    public func chosen(_ count: Int, record: QuizRecord, seed: UInt32) -> [Item] {
        var random = RandomState(seed: seed)
        let order = random.permutation(items.count).map { items[$0] }
        func rank(_ item: Item) -> Int {
            guard let answers = record.answers[item.identifier], let last = answers.last else { return 0 }
            return last ? 2 : 1
        }
        let ranked = order.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
        return ranked.prefix(max(0, count)).map(\.element)
    }
}

/// Which questions were known, in a file of the reader's own.
public struct QuizRecord: Sendable, Hashable, Codable {
    /// For each question, by identifier, whether it was known, each time it was asked.
    public var answers: [String: [Bool]]

    /// A record without answers.
    public init() { answers = [:] }

    /// The record in a file; an empty one where there is none.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when the file is no record; it is then left as it is.
    public init(contentsOf path: String) throws {
        self.init()
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            self = try JSONDecoder().decode(QuizRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw ApusError(
                .unreadableData,
                "\(path) is not a record of answers; name another file with --score, or remove this one to begin anew.",
                cause: error)
        }
    }

    /// Writes the record, whole or not at all; the folder is made if it is not there.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`.
    public func write(to path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try WholeFile.write(encoder.encode(self), to: path)
    }

    /// How many questions were asked, and how many of them were known the last time.
    public var score: (asked: Int, known: Int) {
        (answers.values.count { !$0.isEmpty }, answers.values.count { $0.last == true })
    }
}
