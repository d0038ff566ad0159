import Apus
import ApusCore
import Foundation

/// The machine-learning interview guide, which computes every figure as you read.
///
///     let guide = Guide()
///     let chapters = try await guide.run(guide.sections(3)) { print($0.text(width: 100)) }
///     let index = try guide.write(chapters, to: "guide-output")
public struct Guide: Sendable {
    /// Every section, by number.
    public let sections: [any Section]

    /// The guide with all its sections.
    public init() {
        var sections: [any Section] = [
            SupervisedAndUnsupervised(), BiasAndVariance(), Preprocessing(), EvaluationMetrics(),
        ]
        #if Server
        sections.append(Deployment())
        #endif
        self.sections = sections
    }

    /// The section of a number, or all of them.
    ///
    /// - Parameter number: A section's number; nil for all.
    /// - Throws: `ApusError` with code `unknownName`, listing the sections there are.
    public func sections(_ number: Int?) throws -> [any Section] {
        guard let number else { return sections }
        let found = sections.filter { $0.number == number }
        guard found.isEmpty else { return found }
        let known = sections.map { "\($0.number) (\($0.title))" }.joined(separator: ", ")
        throw ApusError(.unknownName, "The guide has no section \(number); there are \(known).")
    }

    /// Runs sections one after the other.
    ///
    /// - Parameters:
    ///   - sections: What to run, in this order.
    ///   - report: Called with each chapter as soon as it is complete.
    /// - Returns: The chapters.
    /// - Throws: What a section throws, and `CancellationError` when the task is cancelled.
    public func run(
        _ sections: [any Section], report: @Sendable (Chapter) -> Void = { _ in }
    ) async throws -> [Chapter] {
        var chapters: [Chapter] = []
        for section in sections {
            try Task.checkCancellation()
            var chapter = Chapter(number: section.number, title: section.title)
            let start = ContinuousClock.now
            try await section.write(into: &chapter)
            chapter.seconds = (ContinuousClock.now - start) / .seconds(1)
            chapters.append(chapter)
            report(chapter)
        }
        return chapters
    }

    /// Writes chapters as one page, `index.html`, that needs nothing beside it; whole or not at all.
    ///
    /// - Parameters:
    ///   - chapters: What to write.
    ///   - folder: Where; it is made if it is not there.
    /// - Returns: The path of the page.
    /// - Throws: `ApusError` with code `unwritableFile`.
    public func write(_ chapters: [Chapter], to folder: String) throws -> String {
        let page = page(of: chapters)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ApusError(
                .unwritableFile,
                "The folder \(folder) cannot be made; check that no part of it is a file and that you may write there, "
                    + "or name another folder.")
        }
        let path = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent("index.html").path
        try page.write(to: path)
        return path
    }

    /// Every figure of the chapters by name.
    ///
    /// - Returns: `{"sections": [{"number", "title", "seconds", "figures": {name: value}}]}`.
    public func json(_ chapters: [Chapter]) -> JSONValue {
        let sections = chapters.map { chapter -> JSONValue in
            let figures = Dictionary(chapter.figures.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            return [
                "number": .int(chapter.number), "title": .string(chapter.title), "seconds": .double(chapter.seconds),
                "figures": .object(figures),
            ]
        }
        return ["sections": .array(sections)]
    }

    private func page(of chapters: [Chapter]) -> HTMLPage {
        var page = HTMLPage(
            title: "Machine learning, by running it",
            subtitle: "What interviewers ask, with the code that ran, the figures it gave and the pictures they make.")
        for chapter in chapters { chapter.write(to: &page) }
        return page
    }
}
