/// One section of the guide: it teaches a subject by computing it.
///
/// A section shows the code that it runs. The lines to show stand between the comments `// snippet: name` and
/// `// end`; `scripts/snippets` copies them into `Snippets.swift`, and a test fails when the copy is stale.
public protocol Section: Sendable {
    /// Its number, which stays the same when sections are added before or after it.
    var number: Int { get }

    /// What it is about.
    var title: String { get }

    /// What interviewers ask about it, with model answers: at least five, and a trap.
    var questions: [Question] { get }

    /// Computes everything and writes it down.
    ///
    /// - Parameter chapter: Receives text, code, tables, pictures and figures, in reading order.
    func write(into chapter: inout Chapter) async throws
}
