#if Server
import Apus
import ApusCore
import ApusGuide
import ArgumentParser

struct GuideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guide", abstract: "A machine-learning interview guide that computes its figures as you read.")

    @Argument(help: "The number of a section; default: all of them.")
    var section: Int?
    @Option(help: "The folder for index.html and the figures.")
    var output = "guide-output"
    @Flag(help: "Print every figure as one JSON object.")
    var json = false

    func run() async throws {
        let guide = Guide()
        let sections = try guide.sections(section)
        let finished = try await guide.run(sections) { chapter in
            if !json { Console.say(chapter.text(width: Console.width)) }
        }
        let page = try guide.write(finished, to: output)
        if json {
            try Console.say(json: guide.json(finished))
        } else {
            Console.say("Open \(page) in a browser.")
        }
    }
}
#endif
