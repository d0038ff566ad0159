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
    ///
    /// - Parameter isBrief: Leaves out what takes long where code is not optimised: the 70,000 images of section 12, and most
    ///   candidates of the search in section 10. Default false.
    public init(isBrief: Bool = false) {
        var sections: [any Section] = [
            CoreConcepts(), SupervisedAndUnsupervised(), BiasAndVariance(), PopularAlgorithms(), Preprocessing(),
            FeatureEngineering(), EvaluationMetrics(), CrossValidationSection(), Imbalance(),
            Tuning(candidates: isBrief ? 6 : 100),
            Sentiment(), Images(usesAllOfMNIST: !isBrief), WhereToGoOn(),
        ]
        #if Server
        sections += [Deployment(), Ethics()] as [any Section]
        #endif
        self.sections = sections.sorted { $0.number < $1.number }
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

    /// Writes a page for each chapter, and `index.html`, which leads to them; each whole or not at all.
    ///
    /// Pages of other sections that are in the folder already stay and are linked to.
    ///
    /// - Parameters:
    ///   - chapters: What to write.
    ///   - folder: Where; it is made if it is not there.
    /// - Returns: The path of `index.html`.
    /// - Throws: `ApusError` with code `unwritableFile`.
    @discardableResult
    public func write(_ chapters: [Chapter], to folder: String) throws -> String {
        try GuidePages(guide: self, folder: folder).write(chapters)
    }

    /// Every figure of the chapters by name.
    ///
    /// - Returns: `{"sections": [{"number", "title", "seconds", "figures": {name: value}, "same_as_python"}]}`, the last
    ///   true, false, or null where there is nothing to compare with.
    public func json(_ chapters: [Chapter]) -> JSONValue {
        let sections = chapters.map { chapter -> JSONValue in
            let figures = Dictionary(chapter.figures.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            return [
                "number": .int(chapter.number), "title": .string(chapter.title), "seconds": .double(chapter.seconds),
                "figures": .object(figures), "same_as_python": chapter.agreement.json,
            ]
        }
        return ["sections": .array(sections)]
    }
}
