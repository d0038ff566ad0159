#if Server
import Apus
import ApusCore
import ApusGuide
import ArgumentParser
import Foundation

struct QuizCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quiz", abstract: "Asks the guide's questions and keeps your score.",
        discussion: """
            Read the question, answer it aloud, press Return to see a model answer, and say whether you knew it. New questions \
            come first, then those you did not know the last time.
            """)

    @Option(help: "Questions of this section alone.")
    var section: Int?
    @Option(help: "How many questions.")
    var count = 10
    @Option(help: "The file with your score.")
    var score: String?
    @Option(help: "The seed of the order; default: another order each time.")
    var seed: UInt32?

    func validate() throws {
        guard count >= 1 else { throw ValidationError("--count must be at least 1.") }
    }

    /// `$XDG_DATA_HOME/apus/quiz.json`, or the like.
    private var path: String {
        if let score { return score }
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return "\(base ?? "\(NSHomeDirectory())/.local/share")/apus/quiz.json"
    }

    func run() throws {
        let path = path
        let quiz = try Quiz(guide: Guide(), section: section)
        var record = try QuizRecord(contentsOf: path)
        var (asked, known) = (0, 0)
        for item in quiz.chosen(count, record: record, seed: seed ?? UInt32.random(in: 0...UInt32.max)) {
            Console.say("\n\(item.identifier)  \(item.section)")
            Console.say(wrapped((item.question.isTrap ? "A trap: " : "") + item.question.text))
            Console.write("\nReturn shows an answer, q ends: ")
            guard let line = readLine(), line.lowercased() != "q" else { break }
            Console.say("\n" + wrapped(item.question.answer, indent: "  "))
            guard let wasKnown = answer() else { break }
            asked += 1
            if wasKnown { known += 1 }
            record.answers[item.identifier, default: []].append(wasKnown)
            try record.write(to: path)
        }
        let total = record.score
        Console.say(
            "\nThis time you knew \(known) of \(asked). Of \(quiz.items.count) questions here and in all sections asked so far, "
                + "you know \(total.known) of \(total.asked); your score is in \(path).")
    }

    private func answer() -> Bool? {
        while true {
            Console.write("\nDid you know it? [y/n/q] ")
            switch readLine()?.lowercased() {
            case "y", "yes": return true
            case "n", "no": return false
            case nil, "q": return nil
            default: Console.say("Say y, n or q.")
            }
        }
    }

    /// Running text in lines of a readable width, without the marks around code.
    private func wrapped(_ text: String, indent: String = "") -> String {
        let width = min(Console.width, 92)
        var lines = [indent]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if line == indent {
                lines[lines.count - 1] += word
            } else if displayWidth(line) + 1 + displayWidth(String(word)) <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(indent + word)
            }
        }
        return lines.joined(separator: "\n")
    }
}
#endif
